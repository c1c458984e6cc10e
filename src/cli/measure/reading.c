/* SPDX-License-Identifier: MIT */
/* Reads counters, and the clock around each. Programs nothing. */
#include "cli/measure/reading.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/reach.h"
#include "util/clock.h"

/* A reading that took longer says less about when it was; chosen so that its
 * middle is known to 0.05 % of a second. */
#define QUICK_NS  1000000
#define MAX_TRIES 4
/* Nothing here counts faster (16 instructions a cycle at 6 GHz): a higher rate
 * means that the counter was set back and only seems to have wrapped. */
#define MAX_RATE 1e11
/* Nor does a package take more. */
#define MAX_WATTS 1000

int readings_init(struct readings *readings, struct plan *plan, struct reading_clock clock)
{
	*readings = (struct readings){.plan = plan, .clock = clock};
	/* one more: none at all is no failure */
	readings->list = calloc(plan->n_counters + 1, sizeof *readings->list);
	readings->op_of = calloc(plan->n_counters + 1, sizeof *readings->op_of);
	return readings->list && readings->op_of ? 0 : -ENOMEM;
}

void readings_deinit(struct readings *readings)
{
	for (size_t i = 0; i < readings->n_groups; i++) {
		msrd_batch_free(readings->groups[i].batch);
		free(readings->groups[i].quickest);
	}
	free(readings->groups);
	free(readings->op_of);
	free(readings->list);
	*readings = (struct readings){0};
}

/* A counter in two halves goes on counting between the two reads. If the high
 * half moved, the low half that fits it is the one read after that. */
static int read_halves(struct msrd *msrd, const struct place *place, uint64_t *value)
{
	struct place high_place = place_at(*place, place->reg + op_space_step(place->space));
	uint64_t before, low, high;
	int r = reach_read(msrd, &high_place, &before);

	if (r == 0)
		r = reach_read(msrd, place, &low);
	if (r == 0)
		r = reach_read(msrd, &high_place, &high);
	if (r == 0 && high != before)
		r = reach_read(msrd, place, &low);
	if (r == 0)
		*value = high << 32 | low;
	return r;
}

static int read_once(struct msrd *msrd, const struct plan_counter *counter, uint64_t *value)
{
	return counter->has_high ? read_halves(msrd, &counter->place, value)
				 : reach_read(msrd, &counter->place, value);
}

static uint64_t now_ns(const struct reading_clock *clock)
{
	return clock->now_ns ? clock->now_ns(clock->context) : clock_now_ns();
}

/* The quickest of a few readings, with the time at its middle. */
static int read_timed(struct readings *readings, struct msrd *msrd,
	const struct plan_counter *counter, uint64_t *value, struct instant *when)
{
	const struct reading_clock *clock = &readings->clock;
	uint64_t quickest = UINT64_MAX;
	unsigned n_tries = 0;

	do {
		/* several reads: ours are the only stamps around all of them */
		uint64_t begin = now_ns(clock), raw, took;
		int r = read_once(msrd, counter, &raw);

		if (r != 0)
			return r;
		took = now_ns(clock) - begin;
		if (took < quickest) {
			quickest = took;
			*value = raw;
			*when = (struct instant){begin + took / 2, (took + 1) / 2};
		}
	} while (quickest > QUICK_NS && ++n_tries < MAX_TRIES);
	return 0;
}

void reading_advance(struct reading *reading, unsigned width, uint64_t raw, struct instant when)
{
	if (reading->is_begun)
		reading->total += (raw - reading->raw) & UINT64_MAX >> (64 - width);
	else
		reading->begin = when;
	reading->is_begun = true;
	reading->raw = raw;
	reading->end = when;
}

static struct cause *cause_of(const struct readings *readings, size_t i)
{
	const struct plan_counter *counter = &readings->plan->counters[i];

	return &readings->plan->subjects[counter->subject].counts[counter->event].cause;
}

/* One whose reading with the others says nothing. */
static int take_alone(struct readings *readings, struct msrd *msrd, size_t i)
{
	const struct plan_counter *counter = &readings->plan->counters[i];
	struct instant when = {0};
	uint64_t value = 0;
	int r = read_timed(readings, msrd, counter, &value, &when);

	if (r == 0)
		reading_advance(&readings->list[i], counter->width, value, when);
	return cause_note(cause_of(readings, i), msrd, r);
}

/* A counter of two halves is read as by read_halves. */
static size_t add_ops(struct msrd_op *ops, const struct plan_counter *counter)
{
	const struct place *place = &counter->place;
	const struct place high = place_at(*place, place->reg + op_space_step(place->space));

	if (!counter->has_high) {
		ops[0] = reach_op(OP_READ, place, 0);
		return 1;
	}
	ops[0] = ops[2] = reach_op(OP_READ, &high, 0);
	ops[1] = reach_op(OP_READ, place, 0);
	return 3;
}

/* False: the value is not known, or two halves don't fit. */
static bool get_value(
	const struct msrd_op *ops, const struct plan_counter *counter, uint64_t *value)
{
	for (size_t i = 0; i < (counter->has_high ? 3 : 1); i++)
		if (ops[i].status != MSRD_OK)
			return false;
	*value = counter->has_high ? ops[0].value << 32 | ops[1].value : ops[0].value;
	return !counter->has_high || ops[0].value == ops[2].value;
}

/* Those of the group whose count has no cause by now. */
static int prepare(struct readings *readings, struct msrd *msrd, struct reading_group *group)
{
	struct msrd_op *ops = calloc(3 * group->n, sizeof *ops);
	size_t n = 0;
	int r;

	if (!ops)
		return -ENOMEM;
	for (size_t i = group->first; i < group->first + group->n; i++) {
		readings->op_of[i] = n;
		if (!cause_of(readings, i)->text[0])
			n += add_ops(&ops[n], &readings->plan->counters[i]);
	}
	r = msrd_prepare(msrd, &group->batch, ops, n, MSRD_EACH);
	free(ops);
	return r;
}

static int make_groups(struct readings *readings, struct msrd *msrd)
{
	const struct plan *plan = readings->plan;
	int r = 0;

	readings->groups = calloc(plan->n_counters + 1, sizeof *readings->groups);
	if (!readings->groups)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < plan->n_counters;) {
		struct reading_group *group = &readings->groups[readings->n_groups++];

		group->first = i;
		while (i < plan->n_counters &&
			plan->counters[i].subject == plan->counters[group->first].subject)
			i++;
		group->n = i - group->first;
		group->quickest = calloc(3 * group->n, sizeof *group->quickest);
		r = group->quickest ? prepare(readings, msrd, group) : -ENOMEM;
	}
	return r;
}

/* Of one that was read with the others at when; its time is over before that of take_alone. */
static int take_result(struct readings *readings, struct msrd *msrd,
	const struct reading_group *group, size_t i, struct instant when)
{
	const struct plan_counter *counter = &readings->plan->counters[i];
	const struct msrd_op *ops = group->quickest + readings->op_of[i];
	uint64_t value;

	if (cause_of(readings, i)->text[0])
		return 0;
	if (!get_value(ops, counter, &value))
		return take_alone(readings, msrd, i);
	reading_advance(&readings->list[i], counter->width, value, when);
	return 0;
}

static size_t count_fallen(const struct readings *readings, const struct reading_group *group)
{
	size_t n = 0;

	for (size_t i = group->first; i < group->first + group->n; i++)
		n += cause_of(readings, i)->text[0] != '\0';
	return n;
}

/* What has fallen out of the plan is not read again. */
static int take_results(struct readings *readings, struct msrd *msrd, struct reading_group *group,
	struct instant when)
{
	size_t n_fallen = count_fallen(readings, group);
	int r = 0;

	for (size_t i = group->first; r == 0 && i < group->first + group->n; i++)
		r = take_result(readings, msrd, group, i, when);
	if (r < 0 || count_fallen(readings, group) == n_fallen)
		return r;
	group->batch = msrd_batch_free(group->batch);
	return prepare(readings, msrd, group);
}

/* How long one took, and when it was; its results are with the batch. */
static int run_group(const struct readings *readings, const struct reading_group *group,
	uint64_t *took, struct instant *when)
{
	const struct reading_clock *clock = &readings->clock;
	struct msrd_times times = {.begin_ns = now_ns(clock)}, stamps;
	int r = msrd_run(group->batch);

	times.end_ns = now_ns(clock);
	stamps = msrd_batch_times(group->batch);
	/* nothing to read: no stamps */
	if (!clock->now_ns && stamps.begin_ns != 0)
		times = stamps;
	*took = times.end_ns - times.begin_ns;
	*when = (struct instant){times.begin_ns + *took / 2, (*took + 1) / 2};
	return r < 0 ? r : 0;
}

/* Once more where it took long: the quickest counts. */
static int take_group(struct readings *readings, struct msrd *msrd, struct reading_group *group)
{
	uint64_t quickest = UINT64_MAX, took;
	struct instant when = {0}, now;
	unsigned n_tries = 0;

	do {
		size_t n;
		int r = run_group(readings, group, &took, &now);
		const struct msrd_op *ops = msrd_batch_ops(group->batch, &n);

		if (r < 0)
			return r;
		if (took >= quickest)
			continue;
		quickest = took;
		when = now;
		if (n > 0 && group->quickest)
			memcpy(group->quickest, ops, n * sizeof *ops);
	} while (quickest > QUICK_NS && ++n_tries < MAX_TRIES);
	if (group == readings->groups)
		readings->taken_ns = when.ns;
	return take_results(readings, msrd, group, when);
}

int readings_take(struct readings *readings, struct msrd *msrd)
{
	int r = readings->groups ? 0 : make_groups(readings, msrd);

	if (r == 0 && readings->n_groups == 0)
		readings->taken_ns = now_ns(&readings->clock);
	for (size_t i = 0; r == 0 && i < readings->n_groups; i++)
		r = take_group(readings, msrd, &readings->groups[i]);
	if (!readings->is_begun)
		readings->begin_ns = readings->taken_ns;
	readings->is_begun = true;
	return r;
}

/* Seconds. */
static double shortest_wrap(const struct plan *plan, const struct plan_counter *counter)
{
	const struct plan_count *count = &plan->subjects[counter->subject].counts[counter->event];

	if (count->cause.text[0] || count->scale_cause.text[0])
		return INFINITY; /* nobody is told what it counts */
	/* what is not programmed counts joules */
	return ldexp(1, (int)counter->width) /
	       (counter->is_programmed ? MAX_RATE : MAX_WATTS / count->scale);
}

uint64_t readings_keep_up_ns(const struct readings *readings)
{
	/* also where nothing counts; and a number of nanoseconds */
	double seconds = ldexp(1, 32);

	for (size_t i = 0; i < readings->plan->n_counters; i++)
		seconds =
			fmin(seconds, shortest_wrap(readings->plan, &readings->plan->counters[i]));
	return (uint64_t)(seconds / 2 * (double)CLOCK_SECOND_NS);
}

void readings_discard(struct readings *readings)
{
	for (size_t i = 0; i < readings->plan->n_counters; i++) {
		readings->list[i].total = 0;
		readings->list[i].begin = readings->list[i].end;
	}
	readings->begin_ns = readings->taken_ns;
}

void readings_restart(struct readings *readings)
{
	for (size_t i = 0; i < readings->plan->n_counters; i++) {
		struct reading *reading = &readings->list[i];

		reading->past += reading->total;
		reading->past_ns += reading->end.ns - reading->begin.ns;
	}
	readings_discard(readings);
}

int readings_whole(const struct readings *readings, struct readings *whole)
{
	*whole = *readings;
	whole->list = calloc(readings->plan->n_counters + 1, sizeof *whole->list);
	if (!whole->list)
		return -ENOMEM;
	for (size_t i = 0; i < readings->plan->n_counters; i++) {
		struct reading *reading = &whole->list[i];

		*reading = readings->list[i];
		reading->total += reading->past;
		reading->begin.ns -= reading->past_ns;
	}
	return 0;
}

double reading_rate(const struct reading *reading)
{
	double rate;

	if (!reading->is_begun || reading->end.ns <= reading->begin.ns)
		return NAN;
	rate = (double)reading->total / clock_seconds(reading->end.ns - reading->begin.ns);
	return rate <= MAX_RATE ? rate : NAN;
}
