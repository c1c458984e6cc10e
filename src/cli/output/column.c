/* SPDX-License-Identifier: MIT */
#include "cli/output/column.h"

#include <math.h>
#include <string.h>

#include "cli/output/text.h"
#include "util/array.h"

static const struct column table[N_COLUMNS] = {
#define X(column, name, heading, is_number, is_intervals, help)                                    \
	[column] = {name, heading, help, is_number, is_intervals},
	COLUMNS(X)
#undef X
};

const struct column *column_get(enum column_id id)
{
	return &table[id];
}

void columns_all(struct columns *columns, bool has_regions)
{
	columns->n = has_regions ? N_COLUMNS : N_PLAIN_COLUMNS;
	for (unsigned i = 0; i < columns->n; i++)
		columns->list[i] = (enum column_id)i;
}

void columns_few(struct columns *columns)
{
	static const enum column_id few[] = {COLUMN_PLACE, COLUMN_METRIC, COLUMN_VALUE, COLUMN_UNIT,
		COLUMN_PER_SECOND, COLUMN_REASON};

	columns->n = N_ELEMENTS(few);
	memcpy(columns->list, few, sizeof few);
}

static bool find(const char *name, size_t length, enum column_id *id)
{
	for (unsigned i = 0; i < N_PLAIN_COLUMNS; i++) {
		if (strlen(table[i].name) != length || strncmp(table[i].name, name, length) != 0)
			continue;
		*id = (enum column_id)i;
		return true;
	}
	return false;
}

static void take_out(struct columns *columns, enum column_id id)
{
	size_t n = 0;

	for (size_t i = 0; i < columns->n; i++)
		if (columns->list[i] != id)
			columns->list[n++] = columns->list[i];
	columns->n = n;
}

bool columns_choose(struct columns *columns, const char *list, char error[COLUMNS_ERROR_SIZE])
{
	bool is_change = *list == '+' || *list == '-';

	if (!is_change)
		columns->n = 0;
	for (;; list++) {
		char sign = '\0';

		if (*list == '+' || *list == '-')
			sign = *list++;
		size_t length = strcspn(list, ",");
		enum column_id id;

		if (!find(list, length, &id)) {
			snprintf(error, COLUMNS_ERROR_SIZE,
				"there is no column \"%.*s\"; --columns help lists them",
				length < 64 ? (int)length : 64, list);
			return false;
		}
		if (is_change && !sign) {
			snprintf(error, COLUMNS_ERROR_SIZE,
				"%s wants + or - in front of it, as those before it have",
				table[id].name);
			return false;
		}
		/* once, and where it was named last */
		take_out(columns, id);
		if (sign != '-')
			columns->list[columns->n++] = id;
		list += length;
		if (!*list)
			break;
	}
	if (columns->n == 0)
		snprintf(error, COLUMNS_ERROR_SIZE, "no column is left");
	return columns->n > 0;
}

static void set_text(struct cell *cell, const char *text)
{
	if (text && *text) {
		cell->kind = CELL_TEXT;
		cell->text = text;
	}
}

static void set_number(struct cell *cell, double number)
{
	if (isfinite(number)) {
		cell->kind = CELL_NUMBER;
		cell->number = number;
	}
}

static void set_integer(struct cell *cell, bool is_there, uint64_t integer)
{
	if (is_there) {
		cell->kind = CELL_INTEGER;
		cell->integer = integer;
	}
}

static void get_of_interval(struct cell *cell, enum column_id id, const struct interval *interval)
{
	/* a node's clock is no other one's */
	bool has_clock = interval->kind == INTERVAL_ONE || interval->kind == INTERVAL_TOTAL;
	bool has_time = interval->kind != INTERVAL_SUMMARY;

	if (id == COLUMN_KIND)
		set_text(cell, interval_kind(interval->kind));
	else if (id == COLUMN_INTERVAL)
		set_integer(cell, interval->kind == INTERVAL_ONE, interval->number);
	else if (id == COLUMN_BEGIN_NS)
		set_integer(cell, has_clock, interval->begin.ns);
	else if (id == COLUMN_END_NS)
		set_integer(cell, has_clock, interval->end.ns);
	else if (id == COLUMN_BEGIN && has_time)
		set_text(cell, text_time(interval->begin.wall_ns, cell->buffer));
	else if (id == COLUMN_END && has_time)
		set_text(cell, text_time(interval->end.wall_ns, cell->buffer));
	else if (id == COLUMN_SECONDS && has_clock)
		set_number(cell, interval_seconds(interval));
	else if (id == COLUMN_COMMAND && interval->has_command)
		set_text(cell, interval->command);
	else if (id == COLUMN_NODE)
		set_text(cell, interval->node);
	else if (id == COLUMN_MODEL)
		set_text(cell, interval->model);
	else if (id == COLUMN_RANKS)
		set_integer(cell, interval->ranks > 0, interval->ranks);
	else if (id == COLUMN_JOB_RANKS)
		set_integer(cell, interval->job_ranks > 0, interval->job_ranks);
}

static void get_number(struct cell *cell, enum column_id id, const struct record *record)
{
	bool is_ratio = record->together == RECORD_RATIO;
	const double numbers[N_COLUMNS] = {
		[COLUMN_VALUE] = record->value,
		[COLUMN_PER_SECOND] = record->per_second,
		[COLUMN_MIN] = record->min,
		[COLUMN_MAX] = record->max,
		[COLUMN_AVERAGE] = record->average,
		[COLUMN_DEVIATION] = record->deviation,
		[COLUMN_SHARE] = 100 * record->share,
		[COLUMN_GRAIN] = record->grain_percent,
		[COLUMN_EXPECTED] = record->expected,
		[COLUMN_OFF] = record->off_percent,
		[COLUMN_DIVIDEND] = is_ratio ? record->dividend : NAN,
		[COLUMN_DIVISOR] = is_ratio ? record->divisor : NAN,
	};

	set_number(cell, numbers[id]);
}

static void get_text(struct cell *cell, enum column_id id, const struct record *record)
{
	const char *const texts[N_COLUMNS] = {
		[COLUMN_PLACE] = record->place,
		[COLUMN_SCOPE] = record->scope,
		[COLUMN_GROUP] = record->group,
		[COLUMN_METRIC] = record->metric,
		[COLUMN_TYPE] = record->is_count ? "count" : "gauge",
		[COLUMN_UNIT] = record->unit,
		[COLUMN_ENCODING] = record->encoding,
		[COLUMN_REASON] = record->reason,
		[COLUMN_TOGETHER] = record_together(record->together),
		[COLUMN_REGION] = record->region,
		[COLUMN_BY] = record->by,
		[COLUMN_NOTE] = record->note,
	};

	set_text(cell, texts[id]);
}

void cell_get(struct cell *cell, enum column_id id, const struct interval *interval,
	const struct record *record)
{
	cell->kind = CELL_NONE;
	if (table[id].is_intervals)
		get_of_interval(cell, id, interval);
	else if (id == COLUMN_NUMBER)
		set_integer(cell, record->has_number, record->number);
	else if (id == COLUMN_SOCKET)
		set_integer(cell, record->has_socket, record->socket);
	else if (id == COLUMN_N)
		set_integer(cell, record->n > 0, record->n);
	else if (id == COLUMN_PROCESS)
		set_integer(cell, record->is_thread, (uint64_t)record->process);
	else if (id == COLUMN_THREAD)
		set_integer(cell, record->is_thread, (uint64_t)record->thread);
	else if (id == COLUMN_CPU)
		set_integer(cell, record->is_thread, record->cpu);
	else if (table[id].is_number)
		get_number(cell, id, record);
	else
		get_text(cell, id, record);
}
