/* SPDX-License-Identifier: MIT */
/* What spaces, units and places are called. Knows no machine, and nobody who asks. */
#include "op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct space {
	const char *name;
	unsigned bits, step;
	bool has_units;
};

static const struct space spaces[OP_N_SPACES] = {
#define X(space, name, bits, step, has_units) [space] = {name, bits, step, has_units},
	OP_SPACES(X)
#undef X
};

static const char *const units[OP_N_UNITS] = {
#define X(unit, name) [unit] = name,
	OP_UNITS(X)
#undef X
};

struct place place_of_cpu(uint32_t cpu)
{
	return (struct place){.space = OP_MSR, .cpu = cpu};
}

struct place place_of_unit(uint32_t package, enum op_unit unit, uint32_t index)
{
	return (struct place){.space = OP_PCI, .package = package, .unit = unit, .index = index};
}

struct place place_at(struct place device, uint32_t reg)
{
	device.reg = reg;
	return device;
}

bool place_same_device(const struct place *a, const struct place *b)
{
	/* what a space does not use is 0 in both */
	return a->space == b->space && a->cpu == b->cpu && a->package == b->package &&
	       a->unit == b->unit && a->index == b->index;
}

bool place_same_kind(const struct place *a, const struct place *b)
{
	return a->space == b->space && a->unit == b->unit;
}

const char *op_space_name(enum op_space space)
{
	return spaces[space].name;
}

uint64_t op_space_mask(enum op_space space)
{
	return UINT64_MAX >> (64 - spaces[space].bits);
}

uint32_t op_space_step(enum op_space space)
{
	return spaces[space].step;
}

bool op_space_has_units(enum op_space space)
{
	return spaces[space].has_units;
}

const char *op_unit_name(enum op_unit unit)
{
	return (unsigned)unit < OP_N_UNITS ? units[unit] : NULL;
}

bool op_unit_find(const char *name, enum op_unit *unit)
{
	for (unsigned i = 0; i < OP_N_UNITS; i++) {
		if (strcmp(units[i], name) == 0) {
			*unit = (enum op_unit)i;
			return true;
		}
	}
	return false;
}

const char *op_status_text(enum op_status status)
{
	static const char *const texts[] = {
#define X(name, text) [name] = text,
		OP_STATUSES(X)
#undef X
	};

	return (unsigned)status < OP_N_STATUSES ? texts[status] : NULL;
}

const char *place_describe_device(const struct place *place, char text[OP_TEXT_SIZE])
{
	switch (place->space) {
	case OP_MSR:
		snprintf(text, OP_TEXT_SIZE, "CPU %" PRIu32, place->cpu);
		break;
	case OP_PCI:
		snprintf(text, OP_TEXT_SIZE, "%s%" PRIu32 " of socket %" PRIu32,
			op_unit_name(place->unit), place->index, place->package);
		break;
	}
	return text;
}

const char *place_describe(const struct place *place, char text[OP_TEXT_SIZE])
{
	char device[OP_TEXT_SIZE];

	place_describe_device(place, device);
	switch (place->space) {
	case OP_MSR:
		snprintf(text, OP_TEXT_SIZE, "MSR 0x%" PRIx32 " on %.64s", place->reg, device);
		break;
	case OP_PCI:
		snprintf(text, OP_TEXT_SIZE, "offset 0x%" PRIx32 " in %.64s", place->reg, device);
		break;
	}
	return text;
}

const char *op_describe(const struct op *op, char text[OP_TEXT_SIZE])
{
	char place[OP_TEXT_SIZE];

	switch (op->verb) {
	case OP_READ:
		snprintf(text, OP_TEXT_SIZE, "read of %.64s", place_describe(&op->place, place));
		break;
	case OP_WRITE:
		snprintf(text, OP_TEXT_SIZE, "write of 0x%" PRIx64 " to %.60s", op->value,
			place_describe(&op->place, place));
		break;
	case OP_CHECK:
		snprintf(text, OP_TEXT_SIZE, "check of %.64s",
			place_describe_device(&op->place, place));
		break;
	}
	return text;
}
