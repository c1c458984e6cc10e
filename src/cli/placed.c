/* SPDX-License-Identifier: MIT */
/* Writes places into tables. Knows no command. */
#include "cli/placed.h"

#include <inttypes.h>

#include "cli/registers.h"
#include "util/array.h"

static const struct table_column cpu = {"CPU", "cpu", true}, socket = {"SOCKET", "socket", true},
				 unit = {"UNIT", "unit", false},
				 reg = {"REGISTER", "register", false},
				 name = {"NAME", "name", false};

/* Of a place and what is behind it; chosen, not tuned. */
#define MAX_COLUMNS 16

static void look_at(struct placed *placed, const struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_unit = op_space_has_units(ops[i].place.space);

		placed->has_units |= is_unit;
		placed->has_cpus |= !is_unit;
	}
}

struct placed placed_new(const char *key, const struct arch *arch, const struct op *ops,
	size_t n_ops, const struct table_column *more, size_t n_more, bool json)
{
	struct placed placed = {.arch = arch};
	struct table_column columns[MAX_COLUMNS];
	size_t n = 0;

	look_at(&placed, ops, n_ops);
	if (placed.has_cpus || !placed.has_units)
		columns[n++] = cpu;
	if (placed.has_units) {
		columns[n++] = socket;
		columns[n++] = unit;
	}
	columns[n++] = reg;
	columns[n++] = name;
	for (size_t i = 0; i < n_more && n < MAX_COLUMNS; i++)
		columns[n++] = more[i];
	placed.table = table_new(key, columns, n, json);
	return placed;
}

static void put_unit(struct table *table, const struct place *place)
{
	table_cell(table, "%u", place->package);
	table_cell(table, "%s%u", op_unit_name(place->unit), place->index);
}

void placed_row(struct placed *placed, const struct place *place)
{
	char text[ARCH_NAME_SIZE];
	const char *called = registers_name(placed->arch, place, text);

	table_row(placed->table);
	switch (place->space) {
	case OP_MSR:
		table_cell(placed->table, "%u", place->cpu);
		for (int i = 0; placed->has_units && i < 2; i++)
			table_no_cell(placed->table);
		break;
	case OP_PCI:
		if (placed->has_cpus)
			table_no_cell(placed->table);
		put_unit(placed->table, place);
		break;
	}
	table_cell(placed->table, "0x%x", place->reg);
	if (called)
		table_cell(placed->table, "%s", called);
	else
		table_no_cell(placed->table);
}

void placed_value(struct placed *placed, enum base base, unsigned bits, uint64_t value)
{
	enum { BITS_PER_DIGIT = 4 };

	switch (base) {
	case BASE_HEX:
		table_cell(placed->table, "0x%0*" PRIx64,
			(int)((bits + BITS_PER_DIGIT - 1) / BITS_PER_DIGIT), value);
		break;
	case BASE_DECIMAL:
		table_cell(placed->table, "%" PRIu64, value);
		break;
	case BASE_OCTAL:
		table_cell(placed->table, "%s%" PRIo64, value ? "0" : "", value);
		break;
	}
}

unsigned placed_bits(const struct place *place)
{
	unsigned bits = 0;

	for (uint64_t mask = op_space_mask(place->space); mask; mask >>= 1)
		bits++;
	return bits;
}
