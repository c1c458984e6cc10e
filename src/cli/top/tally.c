/* SPDX-License-Identifier: MIT */
/* Rows of count/'s figures. Computes none itself. */
#include "cli/top/tally.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/count/figure.h"

bool tally_add(struct tally *tally, const struct arch *arch, const char *name)
{
	return counting_add_groups(&tally->counting, arch, name);
}

int tally_begin(struct tally *tally, struct hold *hold, const struct topology *topology,
	const struct place *cpu)
{
	counting_constants(&tally->counting, hold, cpu, &tally->groups);
	tally->topology = topology;
	tally->is_on = true;
	return count_read(&tally->count, hold->msrd);
}

static void forget(struct tally *tally)
{
	for (size_t i = 0; i < BOARD_N_VIEWS; i++)
		grid_deinit(&tally->cpus[i]);
	grid_deinit(&tally->others);
}

void tally_deinit(struct tally *tally)
{
	forget(tally);
	count_deinit(&tally->count);
	counting_deinit(&tally->counting);
	*tally = (struct tally){0};
}

static enum grid_kind kind_of(const struct group_metric *metric)
{
	if (strcmp(metric->unit, "C") == 0)
		return GRID_WHOLE;
	return strcmp(metric->unit, "%") == 0 ? GRID_TENTH : GRID_FIGURE;
}

/* "READ BANDWIDTH B/s" */
static void get_heading(const struct group_metric *metric, char heading[GRID_HEADING_SIZE])
{
	snprintf(heading, GRID_HEADING_SIZE, "%s%s%s", metric->key, metric->unit[0] ? " " : "",
		metric->unit);
	for (size_t i = 0; i < strlen(metric->key) && heading[i]; i++)
		heading[i] = (char)(heading[i] == '_' ? ' ' : toupper((unsigned char)heading[i]));
}

static void add_columns(const struct group *group, bool is_cpus, struct grid *grid)
{
	char heading[GRID_HEADING_SIZE];

	for (size_t i = 0; i < group->n_metrics; i++) {
		if (group_metric_is_cpus(group, &group->metrics[i]) != is_cpus)
			continue;
		get_heading(&group->metrics[i], heading);
		grid_add_column(grid, heading, kind_of(&group->metrics[i]), 7);
	}
}

static int add_row(const struct shown *shown, const struct group *group, bool is_cpus,
	const struct sum_place *place, struct grid *grid)
{
	struct grid_row *row = grid_add_row(grid);
	size_t n = 0;

	if (!row)
		return -ENOMEM;
	sum_place_text(place, row->name);
	for (size_t i = 0; i < group->n_metrics && n < GRID_MAX_COLUMNS; i++) {
		const char *cause;
		double share = 1;

		if (group_metric_is_cpus(group, &group->metrics[i]) == is_cpus)
			row->values[n++] = figure_value(
				shown, group, &group->metrics[i], place, &cause, &share);
	}
	return 0;
}

static int make_grid(
	const struct tally *tally, enum sum_level level, bool is_cpus, struct grid *grid)
{
	const struct show show = {.level = level};
	const struct shown shown = {&show, &tally->groups, &tally->count, tally->topology};
	const struct group *group = &tally->counting.groups[0];
	struct sum_place *places;
	size_t n;
	int r;

	grid_init(grid, "");
	r = figure_places(&shown, group, is_cpus, &places, &n);
	if (r == 0 && n > 0)
		add_columns(group, is_cpus, grid);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_row(&shown, group, is_cpus, &places[i], grid);
	free(places);
	return r;
}

int tally_keep(struct tally *tally)
{
	static const enum sum_level levels[BOARD_N_VIEWS] = {
		[BOARD_CPUS] = SUM_CPU, [BOARD_CORES] = SUM_CORE, [BOARD_SOCKETS] = SUM_SOCKET};
	int r;

	forget(tally);
	r = make_grid(tally, SUM_SOCKET, false, &tally->others);
	for (size_t i = 0; r == 0 && i < BOARD_N_VIEWS; i++)
		r = make_grid(tally, levels[i], true, &tally->cpus[i]);
	return r;
}

/* "C6 %" of package_c6: the table says of what it is. */
static void name_extra(const struct group_metric *metric, struct board_extra *extra)
{
	const char *end = strchr(metric->key, '_');
	struct group_metric rest = *metric;

	snprintf(rest.key, sizeof rest.key, "%s", end ? end + 1 : metric->key);
	if (strcmp(rest.key, "temperature") == 0)
		snprintf(rest.key, sizeof rest.key, "temp");
	get_heading(&rest, extra->heading);
	extra->kind = kind_of(metric);
}

void tally_name_extras(const struct tally *tally, struct board *board)
{
	for (size_t i = 0; i < tally->counting.n_groups; i++) {
		const struct group *group = &tally->counting.groups[i];

		for (size_t j = 0; j < group->n_metrics; j++) {
			bool is_cpus = group_metric_is_cpus(group, &group->metrics[j]);
			size_t *n = is_cpus ? &board->n_cpu_extras : &board->n_socket_extras;

			if (*n == BOARD_MAX_EXTRAS)
				continue;
			name_extra(&group->metrics[j],
				is_cpus ? &board->cpu_extras[*n] : &board->socket_extras[*n]);
			(*n)++;
		}
	}
}

static void set_place(const struct tally *tally, bool is_cpus, const struct sum_place *place,
	double extras[BOARD_MAX_EXTRAS])
{
	const struct show show = {.level = SUM_DEFAULT};
	const struct shown shown = {&show, &tally->groups, &tally->count, tally->topology};
	size_t n = 0;

	for (size_t i = 0; i < tally->counting.n_groups; i++) {
		const struct group *group = &tally->counting.groups[i];

		for (size_t j = 0; j < group->n_metrics && n < BOARD_MAX_EXTRAS; j++) {
			const char *cause;
			double share = 1;

			if (group_metric_is_cpus(group, &group->metrics[j]) == is_cpus)
				extras[n++] = figure_value(
					&shown, group, &group->metrics[j], place, &cause, &share);
		}
	}
}

void tally_set_extras(const struct tally *tally, struct board *board)
{
	if (!tally->is_on)
		return;
	for (size_t i = 0; i < board->n_cpus; i++) {
		const struct sum_place place = {.level = SUM_CPU,
			.package = board->cpus[i].package,
			.number = board->cpus[i].number};

		set_place(tally, true, &place, board->cpus[i].extras);
	}
	for (size_t i = 0; i < board->n_sockets; i++) {
		const struct sum_place place = {
			.level = SUM_SOCKET, .package = board->sockets[i].package};

		set_place(tally, false, &place, board->sockets[i].extras);
	}
}

void tally_explain(const struct tally *tally,
	void (*each)(void *context, const char *where, const char *why), void *context)
{
	for (size_t i = 0; tally->is_on && i < tally->count.n_devices; i++) {
		const struct count_device *device = &tally->count.devices[i];
		struct sum_place place = sum_place_of(tally->topology, device, SUM_BOX);
		char text[SUM_PLACE_SIZE];

		for (size_t j = 0; j < device->n_slots; j++)
			if (device->slots[j].cause.text[0])
				each(context, sum_place_text(&place, text),
					device->slots[j].cause.text);
	}
}
