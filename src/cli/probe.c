/* SPDX-License-Identifier: MIT */
/* Reads a counter, and when. Does not know what it counts. */
#include "cli/probe.h"

#include "util/clock.h"

/* A reading that took longer says less about when it was; chosen so that its
 * middle is known to 0.05 % of a second. */
#define QUICK_NS  1000000
#define MAX_TRIES 4

int probe_note(struct probe_cause *cause, struct msrd *msrd, int r)
{
	if (r <= 0)
		return r;
	msrd_error(msrd, cause->text, sizeof cause->text);
	cause->is_absence = r == MSRD_ABSENT;
	return 0;
}

/* A counter in two halves goes on counting between the two reads. If the high
 * half moved, the low half that fits it is the one read after that. */
static int read_halves(struct msrd *msrd, const struct probe *probe, uint64_t *value)
{
	uint64_t before, low, high;
	int r = target_read(msrd, &probe->target, probe->reg + 4, &before);

	if (r == 0)
		r = target_read(msrd, &probe->target, probe->reg, &low);
	if (r == 0)
		r = target_read(msrd, &probe->target, probe->reg + 4, &high);
	if (r == 0 && high != before)
		r = target_read(msrd, &probe->target, probe->reg, &low);
	if (r == 0)
		*value = high << 32 | low;
	return r;
}

static int read_once(struct msrd *msrd, const struct probe *probe, uint64_t *value)
{
	return probe->is_halves ? read_halves(msrd, probe, value)
				: target_read(msrd, &probe->target, probe->reg, value);
}

/* The quickest of a few readings, with the time at its middle. */
static int read_timed(struct msrd *msrd, const struct probe *probe, uint64_t *value, uint64_t *ns)
{
	uint64_t quickest = UINT64_MAX;
	unsigned n_tries = 0;

	do {
		uint64_t begin = clock_now_ns(), raw, took;
		int r = read_once(msrd, probe, &raw);

		if (r != 0)
			return r;
		took = clock_now_ns() - begin;
		if (took < quickest) {
			quickest = took;
			*value = raw;
			*ns = begin + took / 2;
		}
	} while (quickest > QUICK_NS && ++n_tries < MAX_TRIES);
	return 0;
}

int probe_read(struct probe *probe, struct msrd *msrd, struct probe_cause *cause)
{
	uint64_t value = 0, ns = 0;
	int r;

	if (cause->text[0])
		return 0;
	r = read_timed(msrd, probe, &value, &ns);
	if (r != 0)
		return probe_note(cause, msrd, r);
	if (probe->counter.is_started)
		sample_counter_advance(&probe->counter, value, ns);
	else
		sample_counter_start(&probe->counter, value, ns);
	return 0;
}
