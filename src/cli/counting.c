/* SPDX-License-Identifier: MIT */
/* Events and groups as a way to measure; where events take turns, it changes them. */
#include "cli/counting.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli/count/show_records.h"
#include "cli/reach.h"
#include "util/array.h"
#include "util/clock.h"

static int start_count(struct run *run)
{
	struct counting *counting = run->context;
	char error[WANT_ERROR_SIZE] = "";
	int r = hold_begin(&run->hold);

	counting->count = (struct count){
		.node = &run->cli->node,
		.topology = &counting->topology,
		.journal = &run->hold.plan.journal,
		.wants = counting->wants,
		.n_wants = counting->n_wants,
		.clock = stint_clock(run->stint),
	};
	if (r == 0)
		r = count_start(&counting->count, run->hold.msrd, run->cpus,
			run->stint->all_sockets, !counting->no_rotate, error);
	hold_end(&run->hold);
	if (r == -EINVAL && error[0]) {
		warnx("%s", error);
		run->is_usage = true;
	}
	return r;
}

/* What formulas have besides events; NAN where the machine does not say it. */
static double constant(const struct msrd_op *op, const struct arch_field *field, double unit)
{
	uint64_t value = op->status == MSRD_OK ? arch_field_get(field, op->value) : 0;

	return value ? (double)value * unit : NAN;
}

static void read_constants(const struct run *run, struct counting *counting)
{
	const struct arch *arch = run->cli->node.arch;
	const struct place ratio = place_at(run->cpus->list[0], arch->base_ratio.reg);
	const struct place hot = place_at(run->cpus->list[0], arch->hot.reg);
	struct msrd_op ops[] = {reach_op(OP_READ, &ratio, 0), reach_op(OP_READ, &hot, 0)};

	for (size_t i = 0; i < N_ELEMENTS(ops); i++)
		ops[i].status = MSRD_SKIPPED; /* also where no batch can be made */
	msrd_batch(run->hold.msrd, ops, N_ELEMENTS(ops), MSRD_EACH, NULL);
	counting->shown_groups =
		(struct show_groups){.list = counting->groups, .n = counting->n_groups};
	counting->shown_groups.constants[GROUP_BASE_CLOCK] =
		constant(&ops[0], &arch->base_ratio, 1e6 * arch->ratio_mhz);
	counting->shown_groups.constants[GROUP_TJMAX] = constant(&ops[1], &arch->hot, 1);
}

static int program(struct run *run)
{
	struct counting *counting = run->context;
	int r = topology_init(&counting->topology, &run->cli->node);

	if (counting->n_groups > 0)
		read_constants(run, counting);
	return r < 0 ? r : start_count(run);
}

static int take(struct run *run)
{
	struct counting *counting = run->context;

	return count_read(&counting->count, run->hold.msrd);
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

	return count_rotate(&counting->count, run->hold.msrd);
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
	return 0;
}

static size_t max_tables(const struct run *run)
{
	const struct counting *counting = run->context;

	return 1 + 2 * counting->n_groups + 1;
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
	return n;
}

static bool judge(struct run *run)
{
	(void)run;
	return true;
}

static void deinit(struct run *run)
{
	struct counting *counting = run->context;

	count_deinit(&counting->count);
	topology_deinit(&counting->topology);
}

const struct way counting_way = {
	.program = program,
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
