/* SPDX-License-Identifier: MIT */
/* Looks fields up and reckons what they amount to. Knows no register in particular. */
#include "arch/fields.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arch/models.h"
#include "util/array.h"

#define X(model) extern const struct arch_layouts fields_##model;
ARCH_MODELS(X)
#undef X

static const struct {
	const char *model;
	const struct arch_layouts *layouts;
} models[] = {
#define X(model) {#model, &fields_##model},
	ARCH_MODELS(X)
#undef X
};

const struct arch_layouts *arch_layouts_of(const struct arch *arch)
{
	for (size_t i = 0; arch && i < N_ELEMENTS(models); i++)
		if (strcmp(models[i].model, arch->name) == 0)
			return models[i].layouts;
	return NULL;
}

/* Is the name one of the patterns? */
static bool is_one_of(const char *patterns, const char *name)
{
	while (*patterns) {
		int length = (int)strcspn(patterns, " ");
		char pattern[ARCH_NAME_SIZE];

		snprintf(pattern, sizeof pattern, "%.*s", length, patterns);
		if (fnmatch(pattern, name, 0) == 0)
			return true;
		patterns += length;
		patterns += strspn(patterns, " ");
	}
	return false;
}

static bool is_layout_of(const struct arch_layout *layout, const struct arch_hit *hit)
{
	const struct place device = {.space = layout->space, .unit = layout->unit};
	char name[ARCH_NAME_SIZE];

	return arch_register_is_of(hit->entry, &device) &&
	       is_one_of(layout->registers, arch_register_name(hit, name));
}

const struct arch_layout *arch_layout_at(const struct arch *arch, const struct place *place)
{
	const struct arch_layouts *layouts = arch_layouts_of(arch);
	struct arch_hit hit;

	if (!layouts || !arch_register_at(arch, place, &hit))
		return NULL;
	for (; layouts; layouts = layouts->base)
		for (size_t i = 0; i < layouts->n; i++)
			if (is_layout_of(&layouts->list[i], &hit))
				return &layouts->list[i];
	return NULL;
}

const struct arch_bits *arch_bits_find(const struct arch_layout *layout, const char *name)
{
	for (size_t i = 0; layout && i < layout->n_bits; i++)
		if (strcasecmp(layout->bits[i].name, name) == 0)
			return &layout->bits[i];
	return NULL;
}

static uint64_t mask_of(const struct arch_bits *bits)
{
	return UINT64_MAX >> (64 - (bits->high - bits->low + 1));
}

uint64_t arch_bits_get(const struct arch_bits *bits, uint64_t value)
{
	return value >> bits->low & mask_of(bits);
}

uint64_t arch_layout_mask(const struct arch_layout *layout)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < layout->n_bits; i++)
		mask |= mask_of(&layout->bits[i]) << layout->bits[i].low;
	return mask;
}

static const char *const units[] = {
#define X(kind, word, unit) [kind] = unit,
	ARCH_KINDS(X)
#undef X
};

const char *arch_kind_unit(enum arch_kind kind)
{
	return units[kind];
}

bool arch_kind_asks(const struct arch *arch, enum arch_kind kind, enum arch_kind *unit)
{
	switch (kind) {
	case ARCH_WATTS:
		*unit = ARCH_WATTS_UNIT;
		return true;
	case ARCH_DRAM_JOULES:
		*unit = ARCH_JOULES_UNIT;
		return arch->dram_joules == 0;
	case ARCH_JOULES:
		*unit = ARCH_JOULES_UNIT;
		return true;
	case ARCH_SECONDS:
	case ARCH_WINDOW:
		*unit = ARCH_SECONDS_UNIT;
		return true;
	case ARCH_NUMBER:
	case ARCH_COUNT:
	case ARCH_RATIO:
	case ARCH_CELSIUS:
	case ARCH_SIXTEENTHS:
	case ARCH_VOLTS:
	case ARCH_WATTS_UNIT:
	case ARCH_JOULES_UNIT:
	case ARCH_SECONDS_UNIT:
		return false;
	}
	return false;
}

static const struct arch_bits *find_kind(const struct arch_layout *layout, enum arch_kind kind)
{
	for (size_t i = 0; i < layout->n_bits; i++)
		if (layout->bits[i].kind == kind)
			return &layout->bits[i];
	return NULL;
}

bool arch_kind_find(
	const struct arch *arch, enum arch_kind kind, uint32_t *reg, const struct arch_bits **bits)
{
	const struct place cpu = place_of_cpu(0);
	const struct arch_layouts *layouts = arch_layouts_of(arch);
	struct arch_hit hit;

	for (; layouts; layouts = layouts->base)
		for (size_t i = 0; i < layouts->n; i++) {
			*bits = find_kind(&layouts->list[i], kind);
			if (*bits &&
				arch_register_find(arch, &cpu, layouts->list[i].registers, &hit)) {
				*reg = hit.address;
				return true;
			}
		}
	return false;
}

/* SDM vol. 3, Package RAPL Domain: Y in [4:0], Z in [6:5] */
static double window(uint64_t n)
{
	enum { Y_BITS = 5, QUARTERS = 4 };
	uint64_t y = n & ((1u << Y_BITS) - 1);

	return ldexp(1 + (double)(n >> Y_BITS) / QUARTERS, (int)y);
}

double arch_bits_amount(
	const struct arch *arch, const struct arch_bits *bits, uint64_t n, uint64_t unit_n)
{
	enum { VOLTS = 13, SIXTEENTH_OF_100 = 4, PERCENT = 100 };

	switch (bits->kind) {
	case ARCH_RATIO:
		return (double)n * arch->ratio_mhz;
	case ARCH_SIXTEENTHS:
		return ldexp((double)n * PERCENT, -SIXTEENTH_OF_100);
	case ARCH_VOLTS:
		return ldexp((double)n, -VOLTS);
	case ARCH_DRAM_JOULES:
		if (arch->dram_joules > 0)
			return (double)n * arch->dram_joules;
		return ldexp((double)n, -(int)unit_n);
	case ARCH_WATTS:
	case ARCH_JOULES:
	case ARCH_SECONDS:
		return ldexp((double)n, -(int)unit_n);
	case ARCH_WINDOW:
		return ldexp(window(n), -(int)unit_n);
	case ARCH_WATTS_UNIT:
	case ARCH_JOULES_UNIT:
	case ARCH_SECONDS_UNIT:
		return ldexp(1, -(int)n);
	case ARCH_NUMBER:
	case ARCH_COUNT:
	case ARCH_CELSIUS:
		return (double)n;
	}
	return (double)n;
}

const char *arch_bits_value(const struct arch_bits *bits, uint64_t n, int *length)
{
	const char *value = bits->values;

	while (value && *value) {
		char *end;
		uint64_t number = strtoull(value, &end, 0);
		const char *next = strchr(end, '|');

		if (number == n) {
			*length = (int)(next ? next - end : (ptrdiff_t)strlen(end)) - 1;
			return end + 1;
		}
		value = next ? next + 1 : NULL;
	}
	return NULL;
}
