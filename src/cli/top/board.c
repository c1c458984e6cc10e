/* SPDX-License-Identifier: MIT */
/* From the figures of an interval to those that are shown. Measures nothing, draws nothing. */
#include "cli/top/board.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const headings[BOARD_N_VIEWS] = {
#define X(view, heading) [view] = (heading),
	BOARD_VIEWS(X)
#undef X
};

static uint32_t package_of(const struct topology *topology, uint32_t cpu)
{
	const struct node *node = topology->node;

	return cpu < node->n_cpus ? node->cpus[cpu].package : NODE_NO_PACKAGE;
}

static void clear(double *values)
{
	for (size_t i = 0; i < BOARD_MAX_EXTRAS; i++)
		values[i] = NAN;
}

int board_init(struct board *board, const struct metrics *metrics, const struct topology *topology)
{
	*board = (struct board){
		.cpus = calloc(metrics->n_rows + 1, sizeof *board->cpus),
		.sockets = calloc(metrics->n_rows + 1, sizeof *board->sockets),
	};
	if (!board->cpus || !board->sockets)
		return -ENOMEM;
	for (size_t i = 0; i < metrics->n_rows; i++) {
		const struct metrics_row *row = &metrics->rows[i];

		if (row->kind == SUBJECT_SOCKET) {
			struct board_socket *socket = &board->sockets[board->n_sockets++];

			*socket = (struct board_socket){.package = row->number,
				.read = NAN,
				.write = NAN,
				.package_watts = NAN,
				.dram_watts = NAN};
			clear(socket->extras);
			continue;
		}
		board->cpus[board->n_cpus] = (struct board_cpu){.number = row->number,
			.package = package_of(topology, row->number),
			.core = topology_core(topology, row->number),
			.instructions = NAN,
			.cycles = NAN,
			.active = NAN};
		clear(board->cpus[board->n_cpus++].extras);
	}
	return 0;
}

void board_deinit(struct board *board)
{
	free(board->cpus);
	free(board->sockets);
	*board = (struct board){0};
}

/* The clock is cycles of an active second; who did no cycle was not active. */
static double get_active(const struct metrics_row *row)
{
	double cycles = row->figures[METRIC_CYCLES].value;
	double mhz = row->figures[METRIC_CLOCK].value;

	return cycles == 0 ? 0 : cycles / (mhz * 1e6);
}

static void update_cpu(struct board_cpu *cpu, const struct metrics_row *row)
{
	cpu->instructions = row->figures[METRIC_INSTRUCTIONS].value;
	cpu->cycles = row->figures[METRIC_CYCLES].value;
	cpu->active = get_active(row);
	history_add(&cpu->busy, cpu->active);
	/* that it was idle is seen */
	snprintf(cpu->cause, sizeof cpu->cause, "%s",
		isnan(cpu->instructions + cpu->cycles + cpu->active) ? row->cause : "");
}

static void update_socket(struct board_socket *socket, const struct metrics_row *row)
{
	socket->read = row->figures[METRIC_MEMORY_READ].value;
	socket->write = row->figures[METRIC_MEMORY_WRITE].value;
	socket->package_watts = row->figures[METRIC_PACKAGE_POWER].value;
	socket->dram_watts = row->figures[METRIC_DRAM_POWER].value;
	history_add(&socket->memory, socket->read + socket->write);
	history_add(&socket->power, socket->package_watts);
	snprintf(socket->cause, sizeof socket->cause, "%s", row->cause);
}

void board_update(struct board *board, const struct metrics *metrics)
{
	size_t n_cpus = 0, n_sockets = 0;

	for (size_t i = 0; i < metrics->n_rows; i++)
		if (metrics->rows[i].kind == SUBJECT_CPU)
			update_cpu(&board->cpus[n_cpus++], &metrics->rows[i]);
		else
			update_socket(&board->sockets[n_sockets++], &metrics->rows[i]);
	board->n_intervals++;
}

/* CPUs that are one row. */
struct part {
	const struct board_cpu *cpus[64];
	size_t n;
};

static void set_history(struct grid_row *row, const struct part *part)
{
	const struct history *histories[64];

	for (size_t i = 0; i < part->n; i++)
		histories[i] = &part->cpus[i]->busy;
	history_average(&row->history, histories, part->n);
}

static double mean_extra(const struct part *part, size_t extra)
{
	double sum = 0;

	for (size_t i = 0; i < part->n; i++)
		sum += part->cpus[i]->extras[extra];
	return sum / (double)part->n;
}

/* In the order of the columns. */
static void set_cpu_values(const struct board *board, struct grid_row *row, const struct part *part)
{
	double instructions = 0, cycles = 0, active = 0;
	size_t n = 0;

	for (size_t i = 0; i < part->n; i++) {
		instructions += part->cpus[i]->instructions;
		cycles += part->cpus[i]->cycles;
		active += part->cpus[i]->active;
	}
	row->values[n++] = part->cpus[0]->package == NODE_NO_PACKAGE
				   ? (double)NAN
				   : (double)part->cpus[0]->package;
	row->values[n++] = 100 * active / (double)part->n;
	row->values[n++] = active > 0 ? cycles / active / 1e6 : NAN;
	row->values[n++] = instructions;
	row->values[n++] = instructions > 0 ? cycles / instructions : NAN;
	for (size_t i = 0; i < board->n_cpu_extras; i++)
		row->values[n++] = mean_extra(part, i);
	set_history(row, part);
}

static void add_cpu_columns(const struct board *board, struct grid *grid)
{
	grid_add_column(grid, "SKT", GRID_ID, 3);
	grid_add_column(grid, "BUSY %", GRID_PERCENT, 5);
	grid_add_column(grid, "MHZ", GRID_FIGURE, 4);
	grid_add_column(grid, "INSTR/S", GRID_FIGURE, 7);
	grid_add_column(grid, "CPI", GRID_FIGURE, 5);
	for (size_t i = 0; i < board->n_cpu_extras; i++)
		grid_add_column(grid, board->cpu_extras[i].heading, board->cpu_extras[i].kind, 4);
	grid->has_history = true;
}

/* A CPU whose core is not known is one by itself. */
static bool is_together(const struct board_cpu *a, const struct board_cpu *b, enum board_view view)
{
	if (a == b)
		return true;
	return view == BOARD_CORES && a->core == b->core && a->package == b->package &&
	       a->core != TOPOLOGY_UNKNOWN && a->package != NODE_NO_PACKAGE;
}

static bool is_first(const struct board *board, size_t cpu, enum board_view view)
{
	for (size_t i = 0; i < cpu; i++)
		if (is_together(&board->cpus[i], &board->cpus[cpu], view))
			return false;
	return true;
}

static void set_cpu_name(struct grid_row *row, const struct board_cpu *cpu, enum board_view view)
{
	if (view == BOARD_CORES && cpu->core == TOPOLOGY_UNKNOWN)
		snprintf(row->name, sizeof row->name, "cpu %u", cpu->number);
	else
		snprintf(row->name, sizeof row->name, "%u",
			view == BOARD_CORES ? cpu->core : cpu->number);
}

static int add_cpus(const struct board *board, enum board_view view, struct grid *grid)
{
	add_cpu_columns(board, grid);
	for (size_t i = 0; i < board->n_cpus; i++) {
		struct part part = {.n = 0};
		struct grid_row *row;

		if (view == BOARD_CORES && !is_first(board, i, view))
			continue;
		row = grid_add_row(grid);
		if (!row)
			return -ENOMEM;
		part.cpus[part.n++] = &board->cpus[i];
		for (size_t j = i + 1; view == BOARD_CORES && j < board->n_cpus && part.n < 64; j++)
			if (is_together(&board->cpus[i], &board->cpus[j], view))
				part.cpus[part.n++] = &board->cpus[j];
		set_cpu_name(row, &board->cpus[i], view);
		set_cpu_values(board, row, &part);
	}
	return 0;
}

static int add_sockets(const struct board *board, struct grid *grid)
{
	grid_add_column(grid, "READ B/S", GRID_FIGURE, 8);
	grid_add_column(grid, "WRITE B/S", GRID_FIGURE, 8);
	grid_add_column(grid, "PACKAGE W", GRID_FIGURE, 6);
	grid_add_column(grid, "DRAM W", GRID_FIGURE, 6);
	for (size_t i = 0; i < board->n_socket_extras; i++)
		grid_add_column(
			grid, board->socket_extras[i].heading, board->socket_extras[i].kind, 5);
	for (size_t i = 0; i < board->n_sockets; i++) {
		const struct board_socket *socket = &board->sockets[i];
		struct grid_row *row = grid_add_row(grid);

		if (!row)
			return -ENOMEM;
		if (socket->package == NODE_NO_PACKAGE)
			snprintf(row->name, sizeof row->name, "-");
		else
			snprintf(row->name, sizeof row->name, "%u", socket->package);
		row->values[0] = socket->read;
		row->values[1] = socket->write;
		row->values[2] = socket->package_watts;
		row->values[3] = socket->dram_watts;
		for (size_t j = 0; j < board->n_socket_extras; j++)
			row->values[4 + j] = socket->extras[j];
		row->history = socket->memory;
	}
	return 0;
}

int board_grid(const struct board *board, enum board_view view, struct grid *grid)
{
	grid_init(grid, headings[view]);
	return view == BOARD_SOCKETS ? add_sockets(board, grid) : add_cpus(board, view, grid);
}

double board_peak_memory(const struct board *board, size_t n)
{
	double peak = 0;

	for (size_t i = 0; i < board->n_sockets; i++)
		peak = fmax(peak, history_peak(&board->sockets[i].memory, n));
	return peak;
}

double board_peak_power(const struct board *board, size_t n)
{
	double peak = 0;

	for (size_t i = 0; i < board->n_sockets; i++)
		peak = fmax(peak, history_peak(&board->sockets[i].power, n));
	return peak;
}
