/* SPDX-License-Identifier: MIT */
/* Finds bits and says what they hold. Knows no register in particular, and reads none. */
#include "cli/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/near.h"
#include "cli/registers.h"
#include "util/number.h"

/* "HIGH:LOW" or "BIT"; false: text is something else. */
static bool parse_range(const char *text, uint64_t *high, uint64_t *low)
{
	char first[FIELDS_BITS_SIZE];
	size_t length = strcspn(text, ":");

	if (length >= sizeof first)
		return false;
	snprintf(first, sizeof first, "%.*s", (int)length, text);
	if (!number_parse(first, UINT32_MAX, high))
		return false;
	*low = *high;
	return text[length] == '\0' || number_parse(text + length + 1, UINT32_MAX, low);
}

static unsigned top_bit(const struct place *place)
{
	unsigned bit = 0;

	while (op_space_mask(place->space) >> bit >> 1)
		bit++;
	return bit;
}

static bool set_range(const struct place *place, const char *text, uint64_t high, uint64_t low,
	struct arch_bits *bits, char error[FIELDS_ERROR_SIZE])
{
	unsigned top = top_bit(place);

	if (high > top || low > top) {
		snprintf(error, FIELDS_ERROR_SIZE, "%s: the register has bits %u:0", text, top);
		return false;
	}
	if (high < low) {
		snprintf(error, FIELDS_ERROR_SIZE, "%s: the higher bit comes first: %u:%u", text,
			(unsigned)low, (unsigned)high);
		return false;
	}
	*bits = (struct arch_bits){.high = (uint8_t)high, .low = (uint8_t)low};
	return true;
}

/* A range that is a field is that field. */
static const struct arch_bits *find_range(
	const struct arch_layout *layout, const struct arch_bits *range)
{
	for (size_t i = 0; layout && i < layout->n_bits; i++)
		if (layout->bits[i].high == range->high && layout->bits[i].low == range->low)
			return &layout->bits[i];
	return NULL;
}

static void say_unknown(const struct arch *arch, const struct place *place,
	const struct arch_layout *layout, const char *text, char error[FIELDS_ERROR_SIZE])
{
	char name[ARCH_NAME_SIZE], number[16];
	const char *called = registers_name(arch, place, name);
	struct near near = near_to(text);

	snprintf(number, sizeof number, "0x%x", place->reg);
	if (!layout) {
		snprintf(error, FIELDS_ERROR_SIZE,
			"%s: no fields of %s are known; bits are written HIGH:LOW, such as 15:8",
			text, called ? called : number);
		return;
	}
	for (size_t i = 0; i < layout->n_bits; i++)
		near_look(&near, layout->bits[i].name);
	snprintf(error, FIELDS_ERROR_SIZE,
		"%s is neither bits such as 15:8 nor a field of %s%s%s%s", text, called,
		near.is_found ? "; did you mean " : "; `msrctl read -x` shows them",
		near.is_found ? near.name : "", near.is_found ? "?" : "");
}

bool fields_find(const struct arch *arch, const struct place *place, const char *text,
	struct arch_bits *bits, char error[FIELDS_ERROR_SIZE])
{
	const struct arch_layout *layout = arch_layout_at(arch, place);
	const struct arch_bits *known = arch_bits_find(layout, text);
	uint64_t high, low;

	if (!known && parse_range(text, &high, &low)) {
		if (!set_range(place, text, high, low, bits, error))
			return false;
		known = find_range(layout, bits);
	} else if (!known) {
		say_unknown(arch, place, layout, text, error);
		return false;
	}
	if (known)
		*bits = *known;
	return true;
}

const char *fields_bits(const struct arch_bits *bits, char text[FIELDS_BITS_SIZE])
{
	if (bits->high == bits->low)
		snprintf(text, FIELDS_BITS_SIZE, "%u", bits->high);
	else
		snprintf(text, FIELDS_BITS_SIZE, "%u:%u", bits->high, bits->low);
	return text;
}

bool fields_unit_register(const struct arch *arch, const struct arch_bits *bits, uint32_t *reg)
{
	const struct arch_bits *unit_bits;
	enum arch_kind unit;

	return arch_kind_asks(arch, bits->kind, &unit) &&
	       arch_kind_find(arch, unit, reg, &unit_bits);
}

struct field fields_get(
	const struct arch *arch, const struct arch_bits *bits, uint64_t value, const uint64_t *unit)
{
	struct field field = {.value = arch_bits_get(bits, value)};
	const struct arch_bits *unit_bits = NULL;
	enum arch_kind unit_kind;
	uint32_t reg;

	field.said = arch_bits_value(bits, field.value, &field.said_length);
	field.unit = arch_kind_unit(bits->kind);
	if (!field.unit)
		return field;
	if (arch_kind_asks(arch, bits->kind, &unit_kind)) {
		if (!unit || !arch_kind_find(arch, unit_kind, &reg, &unit_bits))
			return field;
	}
	field.has_amount = true;
	field.amount = arch_bits_amount(
		arch, bits, field.value, unit_bits ? arch_bits_get(unit_bits, *unit) : 0);
	return field;
}
