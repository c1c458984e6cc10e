/* SPDX-License-Identifier: MIT */
/* Events and groups as a way to measure; where events take turns, it changes them. */
#include "cli/counting.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "cli/count/show_records.h"
#include "cli/reach.h"
#include "util/array.h"
#include "util/clock.h"

static int program(struct run *run)
{
	struct counting *counting = run->context;
	int r = topology_init(&counting->topology, &run->cli->node);

	if (r == 0)
		r = counting_program(counting, run->stint, &run->hold, &counting->topology,
			run->cpus, &counting->count, &run->is_usage);
	if (run->is_usage && counting->regions)
		warnx("with --regions events take no turns: ask for fewer at once");
	if (r == 0)
		counting_constants(
			counting, &run->hold, &run->cpus->list[0], &counting->shown_groups);
	return r;
}

static int take_marks(struct run *run)
{
	struct counting *counting = run->context;

	return regions_take(&counting->marked);
}

static int offer(struct run *run)
{
	struct counting *counting = run->context;
	int r;

	if (!counting->regions)
		return 0;
	r = regions_offer(&counting->marked, run->cli, &counting->count, run->hold.msrd, run->cpus,
		run->stint->clock < 0 ? "" : STINT_NODE_CLOCK);
	if (r < 0)
		warnx("--regions: %s", strerror(-r));
	run->job.input = counting->marked.pipe;
	return r;
}

static int take(struct run *run)
{
	struct counting *counting = run->context;
	/* the last marks may have come together with the end */
	int r = take_marks(run);

	return r < 0 ? r : count_read(&counting->count, run->hold.msrd);
}

static void discard(struct run *run)
{
	struct counting *counting = run->context;

	count_discard(&counting->count);
}

static uint64_t step_ns(const struct run *run)
{
	const struct counting *counting = run->context;

	return counting->count.n_sets > 1 ? (uint64_t)(counting->turn_s * (double)CLOCK_SECOND_NS)
					  : COUNT_KEEP_UP_NS;
}

static int turn(struct run *run)
{
	struct counting *counting = run->context;
	int r = count_rotate(&counting->count, run->hold.msrd);

	regions_see(&counting->marked);
	return r;
}

static int check(struct run *run)
{
	struct counting *counting = run->context;

	return count_check(&counting->count, run->hold.msrd);
}

static void restart(struct run *run)
{
	struct counting *counting = run->context;

	count_restart(&counting->count);
}

static void span(const struct run *run, uint64_t *begin_ns, uint64_t *end_ns)
{
	const struct counting *counting = run->context;

	*begin_ns = counting->count.begin_ns;
	*end_ns = counting->count.read_ns;
}

/* The same counts, as they are or all together. */
static struct count get_count(const struct counting *counting, enum run_part part)
{
	struct count count = counting->count;

	count.is_whole = part == RUN_WHOLE;
	return count;
}

/* They are of the whole run, and so are they written; an exposition takes counts from one part and
 * gauges from the other. Tables of them are their own. */
static bool has_region_records(const struct run *run, enum run_part part)
{
	const struct counting *counting = run->context;

	if (!counting->regions || output_wants_tables(run->output))
		return false;
	return part == RUN_WHOLE || run->output->format == OUTPUT_OPENMETRICS;
}

static int add_records(struct run *run, enum run_part part, struct records *records)
{
	const struct counting *counting = run->context;
	const struct count count = get_count(counting, part);
	/* what the figures of groups are computed of is what the counters have */
	size_t n_events = run->is_raw ? counting->n_wants : counting->n_events;
	int r = show_event_records(
		&counting->show, &count, &counting->topology, n_events, run->is_raw, records);

	if (r == 0 && !run->is_raw)
		r = show_group_records(&counting->show, &counting->shown_groups, &count,
			&counting->topology, records);
	if (r == 0 && has_region_records(run, part))
		r = regions_records(&counting->marked, &counting->show, &counting->shown_groups,
			counting->n_events, records);
	return r;
}

static int add_tables(struct run *run, enum run_part part, struct table **tables, size_t *n)
{
	const struct counting *counting = run->context;
	const struct count count = get_count(counting, part);

	/* of one interval they would be the same again */
	if (part == RUN_WHOLE && run->n_done < 2)
		return 0;
	if (counting->n_events > 0) {
		tables[*n] = show_events(
			&counting->show, &count, &counting->topology, counting->n_events);
		if (!tables[(*n)++])
			return -ENOMEM;
	}
	if (counting->n_groups > 0)
		*n += show_group_tables(&counting->show, &counting->shown_groups, &count,
			&counting->topology, &tables[*n]);
	if (counting->regions)
		*n += regions_show(&counting->marked, &counting->show, &counting->shown_groups,
			counting->n_events, &tables[*n]);
	return 0;
}

static size_t max_tables(const struct run *run)
{
	const struct counting *counting = run->context;

	return 1 + 2 * counting->n_groups + 1 +
	       (counting->regions ? regions_max_tables(&counting->marked) : 0);
}

static unsigned device_failures(
	const struct counting *counting, const struct count_device *device, const char **said)
{
	struct sum_place place = sum_place_of(&counting->topology, device, SUM_BOX);
	char text[SUM_PLACE_SIZE];
	unsigned n = 0;

	for (size_t i = 0; i < device->n_slots; i++) {
		const struct cause *cause = &device->slots[i].cause;

		if (!cause->text[0] || cause->is_absence)
			continue;
		n++;
		if (*said && strcmp(*said, cause->text) != 0)
			warnx("%s: %s", sum_place_text(&place, text), cause->text);
		*said = *said ? cause->text : NULL;
	}
	return n;
}

/* Whoever does not look at the tables hears of it too. */
static unsigned failures(const struct run *run, bool is_quiet)
{
	const struct counting *counting = run->context;
	const char *said = is_quiet ? NULL : "";
	unsigned n = 0;

	for (size_t i = 0; i < counting->count.n_devices; i++)
		n += device_failures(counting, &counting->count.devices[i], &said);
	return is_quiet ? n : n + regions_tell(&counting->marked);
}

static bool judge(struct run *run)
{
	(void)run;
	return true;
}

static void deinit(struct run *run)
{
	struct counting *counting = run->context;

	regions_deinit(&counting->marked);
	count_deinit(&counting->count);
	topology_deinit(&counting->topology);
}

const struct way counting_way = {
	.program = program,
	.offer = offer,
	.take_input = take_marks,
	.read = take,
	.discard = discard,
	.step_ns = step_ns,
	.step = turn,
	.check = check,
	.restart = restart,
	.span = span,
	.add_records = add_records,
	.add_tables = add_tables,
	.max_tables = max_tables,
	.failures = failures,
	.judge = judge,
	.deinit = deinit,
};
