/* SPDX-License-Identifier: MIT */
#include "cli/export/programmed.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/measure/metric.h"
#include "util/array.h"
#include "util/clock.h"

/* So soon it is tried again where the counters were not to be had; chosen, not tuned. */
#define RETRY_NS (10 * CLOCK_SECOND_NS)
/* Where most of it counts that is less and less often: each time all is put back first, also what
 * another user's measurement may count by. */
#define RETRY_AT_MOST_NS (RETRY_NS << 6)
/* For another measurement that programs its own: longer, and a scrape would miss its time. */
#define WAIT_MS 1000

static const struct {
	enum family_id family;
	enum event_id event;
} events[] = {
	{FAMILY_MEMORY_READ, EVENT_MEMORY_READ},
	{FAMILY_MEMORY_WRITTEN, EVENT_MEMORY_WRITE},
	{FAMILY_INSTRUCTIONS, EVENT_INSTRUCTIONS},
};

static int add_samples(struct programmed *programmed)
{
	const struct node *node = &programmed->cli->node;
	int r = 0;

	for (size_t i = 0; r == 0 && i < N_ELEMENTS(events); i++) {
		struct sample sample = {.family = events[i].family, .cpu = SAMPLE_NO_NUMBER};

		if (event_subject(events[i].event) == SUBJECT_SOCKET) {
			for (uint32_t j = 0; r == 0 && j < node->n_packages; j++) {
				sample.socket = node->packages[j];
				r = samples_add(&programmed->samples, &sample);
			}
			continue;
		}
		for (size_t j = 0; r == 0 && j < programmed->cpus.n; j++) {
			sample.cpu = programmed->cpus.list[j].cpu;
			sample.socket = node->cpus[sample.cpu].package == NODE_NO_PACKAGE
						? SAMPLE_NO_NUMBER
						: node->cpus[sample.cpu].package;
			r = samples_add(&programmed->samples, &sample);
		}
	}
	return r;
}

int programmed_init(struct programmed *programmed, const struct cli *cli, bool with_instructions)
{
	int r = 0;

	*programmed = (struct programmed){.cli = cli, .is_wanted = true, .n_unknown = SIZE_MAX};
	for (uint32_t cpu = 0; r == 0 && with_instructions && cpu < cli->node.n_cpus; cpu++)
		if (cli->node.cpus[cpu].online)
			r = places_add(&programmed->cpus, place_of_cpu(cpu));
	if (r == 0)
		r = add_samples(programmed);
	programmed->totals = calloc(programmed->samples.n + 1, sizeof *programmed->totals);
	return r == 0 && !programmed->totals ? -ENOMEM : r;
}

/* Lets go of all: what can't be put back now, whoever starts next does. */
static bool stop(struct programmed *programmed)
{
	bool is_good = true;

	readings_deinit(&programmed->readings);
	if (programmed->hold.msrd)
		is_good = hold_release(&programmed->hold);
	programmed->is_left = programmed->is_left || !is_good;
	msrd_close(programmed->hold.msrd);
	plan_deinit(&programmed->hold.plan);
	programmed->hold = (struct hold){0};
	programmed->is_on = programmed->is_short = false;
	programmed->retry_ns = clock_now_ns() + RETRY_NS;
	return is_good;
}

static int explain(struct programmed *programmed, const struct sample *sample, const char *text)
{
	struct why why = {.family = sample->family, .n = 1};

	snprintf(why.text, sizeof why.text, "%s", text);
	return whys_count(&programmed->whys, &why) ? 0 : whys_add(&programmed->whys, &why);
}

static int forget_all(struct programmed *programmed, const char *text)
{
	int r = 0;

	whys_clear(&programmed->whys);
	for (size_t i = 0; r == 0 && i < programmed->samples.n; i++) {
		programmed->samples.list[i].value = NAN;
		r = explain(programmed, &programmed->samples.list[i], text);
	}
	return r;
}

/* 0: nobody else has been given the counters. -EBUSY: somebody has, or the daemon says no to
 * everything. Else there is no daemon any more. */
static int ask(struct msrd *msrd, char text[MSRD_ERROR_SIZE])
{
	struct msrd_machine machine;
	int r = msrd_info(msrd, &machine);

	if (r < 0) {
		msrd_error(msrd, text, MSRD_ERROR_SIZE);
		return r;
	}
	snprintf(text, MSRD_ERROR_SIZE, "%s", machine.text);
	return machine.status == MSRD_OK ? 0 : -EBUSY;
}

static int program(struct programmed *programmed, struct msrd *msrd)
{
	struct hold *hold = &programmed->hold;
	int r;

	hold_init(hold, programmed->cli, msrd, WAIT_MS);
	r = hold_program(hold, &programmed->cpus, true);
	if (r == 0)
		r = readings_init(&programmed->readings, &hold->plan, (struct reading_clock){0});
	if (r == 0)
		r = readings_take(&programmed->readings, hold->msrd);
	programmed->is_on = r == 0;
	/* that has put back what was left before */
	programmed->is_left = programmed->is_left && r < 0;
	return r;
}

/* Nothing is written as long as the counters are another's: not even what is to be put back. */
static int start(struct programmed *programmed, char text[MSRD_ERROR_SIZE])
{
	const struct cli *cli = programmed->cli;
	const struct msrd_options options = {
		.daemon = cli->daemon, .service = cli->service, .direct = cli->direct};
	struct msrd *msrd;
	int r;

	programmed->is_on = programmed->is_short = false;
	programmed->retry_ns = clock_now_ns() + RETRY_NS;
	if (programmed->hold.msrd && ask(programmed->hold.msrd, text) == -EBUSY)
		return -EBUSY;
	stop(programmed);
	r = msrd_open(&msrd, &options, text, MSRD_ERROR_SIZE);
	if (r < 0)
		return r;
	programmed->n_starts++;
	r = ask(msrd, text);
	if (r < 0) {
		msrd_close(msrd);
		return r;
	}
	r = program(programmed, msrd);
	if (r < 0) {
		snprintf(text, MSRD_ERROR_SIZE, "%s",
			r == -EBUSY ? "another measurement of this user is programming counters"
				    : strerror(-r));
		stop(programmed);
	}
	return r;
}

static const struct metrics_row *find_row(
	const struct metrics *metrics, const struct sample *sample, enum event_id event)
{
	enum subject_kind kind = event_subject(event);
	uint32_t number = kind == SUBJECT_CPU ? sample->cpu : sample->socket;

	for (size_t i = 0; i < metrics->n_rows; i++)
		if (metrics->rows[i].kind == kind && metrics->rows[i].number == number)
			return &metrics->rows[i];
	return NULL;
}

static enum event_id event_of(enum family_id family)
{
	size_t i = 0;

	while (events[i].family != family)
		i++;
	return events[i].event;
}

/* What one interval adds; the sum stays also where the next is not known. */
static int add_amounts(
	struct programmed *programmed, const struct metrics *metrics, size_t *n_unknown)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < programmed->samples.n; i++) {
		struct sample *sample = &programmed->samples.list[i];
		enum event_id event = event_of(sample->family);
		const struct metrics_row *row = find_row(metrics, sample, event);
		double amount = row ? row->amounts[event].value : NAN;

		sample->value = NAN;
		if (!isnan(amount)) {
			programmed->totals[i] += amount;
			sample->value = programmed->totals[i];
			continue;
		}
		++*n_unknown;
		r = explain(programmed, sample, row ? row->cause : "nothing counts there");
	}
	return r;
}

/* What this machine can't count it never will; what was lost on the way may come back. The rest of
 * it counts on until then. */
static void note_unknown(struct programmed *programmed, size_t n_unknown)
{
	bool is_short = n_unknown > programmed->n_unknown;
	uint64_t now_ns = clock_now_ns();

	if (n_unknown < programmed->n_unknown)
		programmed->n_unknown = n_unknown;
	programmed->is_on = n_unknown < programmed->samples.n;
	if (!is_short)
		programmed->patience_ns = RETRY_NS;
	if (!programmed->is_on) {
		programmed->retry_ns = now_ns + RETRY_NS;
	} else if (is_short && !programmed->is_short) {
		programmed->retry_ns = now_ns + programmed->patience_ns;
		if (programmed->patience_ns < RETRY_AT_MOST_NS)
			programmed->patience_ns *= 2;
	}
	programmed->is_short = is_short;
}

static int take(struct programmed *programmed, char text[MSRD_ERROR_SIZE])
{
	struct hold *hold = &programmed->hold;
	size_t n_unknown = 0;
	struct metrics metrics;
	int r = readings_take(&programmed->readings, hold->msrd);

	if (r == 0)
		r = plan_check(&hold->plan, hold->msrd);
	if (r < 0) {
		msrd_error(hold->msrd, text, MSRD_ERROR_SIZE);
		stop(programmed);
		return r;
	}
	whys_clear(&programmed->whys);
	r = metrics_init(&metrics, &programmed->readings);
	if (r == 0)
		r = add_amounts(programmed, &metrics, &n_unknown);
	metrics_deinit(&metrics);
	readings_restart(&programmed->readings);
	note_unknown(programmed, n_unknown);
	return r;
}

int programmed_read(struct programmed *programmed)
{
	bool may_try = clock_now_ns() >= programmed->retry_ns;
	char text[MSRD_ERROR_SIZE] = "";
	int r = 0;

	if (!programmed->is_wanted)
		return 0;
	/* also before it is programmed anew: what was counted until now counts */
	if (programmed->is_on)
		r = take(programmed, text);
	if (r == 0 && may_try && (!programmed->is_on || programmed->is_short)) {
		r = start(programmed, text);
		if (r == 0)
			r = take(programmed, text);
	}
	return r < 0 && r != -ENOMEM ? forget_all(programmed, text) : r;
}

uint64_t programmed_keep_up_ns(const struct programmed *programmed)
{
	uint64_t ns = programmed->is_on && !programmed->is_short
			      ? readings_keep_up_ns(&programmed->readings)
			      : RETRY_NS;

	return programmed->is_wanted ? ns : UINT64_MAX;
}

/* What could not be put back when a daemon was lost; as the next measurement would do. */
static bool put_back_left(const struct cli *cli)
{
	struct hold hold;
	bool is_good, is_left;

	hold_init(&hold, cli, cli_open(cli), WAIT_MS);
	if (!hold.msrd)
		return false;
	is_good = hold_begin(&hold) == 0;
	is_left = hold.peers.n_dead_names > 0;
	hold_end(&hold);
	is_good = hold_release(&hold) && is_good && !is_left;
	if (is_left)
		warnx("what was programmed is left: the counters are another user's; the next "
		      "msrctl stat puts it back");
	msrd_close(hold.msrd);
	plan_deinit(&hold.plan);
	return is_good;
}

bool programmed_deinit(struct programmed *programmed)
{
	bool was_left = programmed->is_left, is_good = stop(programmed);

	if (was_left)
		is_good = put_back_left(programmed->cli) && is_good;
	places_deinit(&programmed->cpus);
	samples_deinit(&programmed->samples);
	free(programmed->totals);
	whys_clear(&programmed->whys);
	*programmed = (struct programmed){0};
	return is_good;
}
