/* SPDX-License-Identifier: MIT */
/*
 * The figures of msrctl stat and a group beside them. Each is measured by the
 * room that stat has it from; here is the order of it all. Shows nothing.
 */
#include "cli/top/meter.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "util/clock.h"

/* What a group is called that every model has, or one's own. */
static const char extra_groups[] = "thermal,cstates";

static uint64_t clock_of(const struct meter *meter)
{
	struct reading_clock clock = stint_clock(&meter->stint);

	return clock.now_ns(clock.context);
}

/* A group that is no good is told of, and done without. */
static int add_extras(struct meter *meter)
{
	bool is_usage;
	int r;

	if (!tally_add(&meter->extras, meter->cli->node.arch, extra_groups)) {
		tally_deinit(&meter->extras);
		return 0;
	}
	r = counting_add_to(&meter->extras.counting, &meter->stint, &meter->hold, &meter->topology,
		meter->cpus, &meter->extras.count, &is_usage);
	return r < 0 ? r
		     : tally_begin(&meter->extras, &meter->hold, &meter->topology,
			       &meter->cpus->list[0]);
}

static int program(struct meter *meter)
{
	struct hold *hold = &meter->hold;
	int r = hold_begin(hold);

	if (r == 0)
		r = plan_start(&hold->plan, hold->msrd, &meter->cli->node, meter->cpus,
			meter->stint.all_sockets, &hold->peers);
	if (r == 0)
		r = add_extras(meter);
	hold_end(hold);
	return r;
}

static int init_board(struct meter *meter)
{
	struct metrics metrics;
	int r = metrics_init(&metrics, &meter->readings);

	if (r == 0)
		r = board_init(&meter->board, &metrics, &meter->topology);
	if (r == 0)
		tally_name_extras(&meter->extras, &meter->board);
	metrics_deinit(&metrics);
	return r;
}

int meter_start(struct meter *meter, const struct cli *cli, const struct places *cpus,
	const struct stint *stint)
{
	struct msrd *msrd;
	int r;

	*meter = (struct meter){.cli = cli, .cpus = cpus, .stint = *stint};
	r = topology_init(&meter->topology, &cli->node);
	if (r < 0)
		return r;
	msrd = cli_open(cli);
	hold_init(&meter->hold, cli, msrd, stint->wait_ms);
	if (!msrd)
		return -EBUSY; /* it was told why */
	meter->failed = &meter->hold;
	r = program(meter);
	if (r == 0)
		r = readings_init(&meter->readings, &meter->hold.plan, stint_clock(&meter->stint));
	if (r == 0)
		r = readings_take(&meter->readings, meter->hold.msrd);
	if (r == 0)
		r = init_board(meter);
	meter->begin_ns = clock_of(meter);
	return r;
}

int meter_read(struct meter *meter)
{
	int r;

	meter->failed = &meter->hold;
	r = readings_take(&meter->readings, meter->hold.msrd);
	if (r == 0 && meter->extras.is_on)
		r = count_read(&meter->extras.count, meter->hold.msrd);
	if (r < 0 || !meter->group.is_on)
		return r;
	meter->failed = &meter->group_hold;
	return count_read(&meter->group.count, meter->group_hold.msrd);
}

uint64_t meter_keep_up_ns(const struct meter *meter)
{
	uint64_t ns = readings_keep_up_ns(&meter->readings);

	return ns < COUNT_KEEP_UP_NS ? ns : COUNT_KEEP_UP_NS;
}

bool meter_takes_turns(const struct meter *meter)
{
	return meter->group.is_on && meter->group.count.n_sets > 1;
}

int meter_turn(struct meter *meter)
{
	meter->failed = &meter->group_hold;
	return count_rotate(&meter->group.count, meter->group_hold.msrd);
}

static int check(struct meter *meter)
{
	int r = plan_check(&meter->hold.plan, meter->hold.msrd);

	if (r == 0 && meter->extras.is_on)
		r = count_check(&meter->extras.count, meter->hold.msrd);
	if (r < 0 || !meter->group.is_on)
		return r;
	meter->failed = &meter->group_hold;
	return count_check(&meter->group.count, meter->group_hold.msrd);
}

static int update(struct meter *meter)
{
	struct metrics metrics;
	int r = metrics_init(&metrics, &meter->readings);

	if (r == 0) {
		board_update(&meter->board, &metrics);
		tally_set_extras(&meter->extras, &meter->board);
	}
	metrics_deinit(&metrics);
	return r;
}

static void restart(struct meter *meter)
{
	readings_restart(&meter->readings);
	if (meter->extras.is_on)
		count_restart(&meter->extras.count);
	if (meter->group.is_on)
		count_restart(&meter->group.count);
	meter->begin_ns = meter->now_ns;
}

int meter_end_interval(struct meter *meter, bool *is_over)
{
	int r = meter_read(meter);

	meter->now_ns = clock_of(meter);
	*is_over = r == 0 && meter->now_ns > meter->begin_ns;
	if (!*is_over)
		return r;
	r = check(meter);
	if (r == 0)
		r = update(meter);
	if (r == 0 && meter->group.is_on)
		r = tally_keep(&meter->group);
	meter->last_s = clock_seconds(meter->now_ns - meter->begin_ns);
	restart(meter);
	return r;
}

int meter_skip_interval(struct meter *meter)
{
	int r = meter_read(meter);

	meter->now_ns = clock_of(meter);
	restart(meter);
	return r;
}

/* Its daemon goes with it. */
static bool drop_group(struct meter *meter)
{
	bool is_good = true;

	if (meter->group_hold.msrd) {
		is_good = hold_release(&meter->group_hold);
		msrd_close(meter->group_hold.msrd);
		plan_deinit(&meter->group_hold.plan);
	}
	meter->group_hold = (struct hold){0};
	tally_deinit(&meter->group);
	return is_good;
}

static int begin_group(struct meter *meter, const char *name)
{
	struct tally *group = &meter->group;
	struct msrd *msrd;
	bool is_usage;
	int r;

	if (!tally_add(group, meter->cli->node.arch, name))
		return -EINVAL;
	msrd = cli_open(meter->cli);
	if (!msrd)
		return -EINVAL;
	hold_init(&meter->group_hold, meter->cli, msrd, meter->stint.wait_ms);
	r = counting_program(&group->counting, &meter->stint, &meter->group_hold, &meter->topology,
		meter->cpus, &group->count, &is_usage);
	return r < 0 ? r
		     : tally_begin(
			       group, &meter->group_hold, &meter->topology, &meter->cpus->list[0]);
}

int meter_choose(struct meter *meter, const char *name)
{
	int r;

	drop_group(meter);
	meter->failed = &meter->hold;
	/* the group's interval is that of the others */
	r = meter_skip_interval(meter);
	if (r < 0 || !name)
		return r;
	meter->failed = &meter->group_hold;
	r = begin_group(meter, name);
	/* what was told, and what is another measurement's, is no reason to end all of them */
	if (r == -EINVAL || r == -EBUSY) {
		drop_group(meter);
		return 0;
	}
	return r;
}

bool meter_stop(struct meter *meter)
{
	bool is_good = drop_group(meter);

	readings_deinit(&meter->readings); /* whose daemon may become another now */
	if (meter->hold.msrd)
		is_good = hold_release(&meter->hold) && is_good;
	msrd_close(meter->hold.msrd);
	tally_deinit(&meter->extras);
	plan_deinit(&meter->hold.plan);
	board_deinit(&meter->board);
	topology_deinit(&meter->topology);
	return is_good;
}
