/* SPDX-License-Identifier: MIT */
/* Looks things up in a model's table of registers. Knows no register in particular. */
#include "arch/registers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arch/arch.h"

uint32_t arch_register_count(const struct arch_register *entry)
{
	return entry->count == 0 ? 1 : entry->count;
}

static uint32_t stride_of(const struct arch_register *entry)
{
	return entry->stride == 0 ? op_space_step(entry->space) : entry->stride;
}

uint32_t arch_register_address(const struct arch_register *entry, uint32_t index)
{
	return entry->address + index * stride_of(entry);
}

/* A place of the entry's first register, on any device of its kind. */
static struct place place_of(const struct arch_register *entry)
{
	return (struct place){.space = entry->space, .unit = entry->unit, .reg = entry->address};
}

bool arch_register_is_of(const struct arch_register *entry, const struct place *device)
{
	struct place place = place_of(entry);

	return place_same_kind(&place, device);
}

/* The model's own entries, then those of the tables that its own stands on; NULL behind the last.
 */
static const struct arch_register *next_entry(struct arch_walk *walk)
{
	while (walk->table && walk->next == walk->table->n_entries) {
		walk->table = walk->table->base;
		walk->next = 0;
	}
	return walk->table ? &walk->table->entries[walk->next++] : NULL;
}

/* Most entries are refused by their address alone: a table is walked for each register that a
 * policy has, each time a daemon starts. */
static bool find_in(
	const struct arch_register *entry, const struct place *place, struct arch_hit *hit)
{
	uint32_t count = arch_register_count(entry), distance = place->reg - entry->address;

	if (place->reg < entry->address || (distance > 0 && count == 1) ||
		!arch_register_is_of(entry, place))
		return false;
	uint32_t stride = stride_of(entry), index = distance / stride;

	if (distance % stride != 0 || index >= count)
		return false;
	*hit = (struct arch_hit){entry, place->reg, index, hit->slot + index};
	return true;
}

bool arch_register_at(const struct arch *arch, const struct place *place, struct arch_hit *hit)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;

	for (*hit = (struct arch_hit){0}; (entry = next_entry(&walk));
		hit->slot += arch_register_count(entry))
		if (find_in(entry, place, hit))
			return true;
	return false;
}

/* Is it what the model says, or does its own table say otherwise of this place? */
static bool is_current(const struct arch *arch, const struct arch_register *entry, uint32_t index,
	struct arch_hit *hit)
{
	struct place place = place_at(place_of(entry), arch_register_address(entry, index));

	return arch_register_at(arch, &place, hit) && hit->entry == entry;
}

uint32_t arch_register_slots(const struct arch *arch)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;
	uint32_t slots = 0;

	while ((entry = next_entry(&walk)))
		slots += arch_register_count(entry);
	return slots;
}

struct arch_walk arch_walk(const struct arch *arch)
{
	return (struct arch_walk){.table = arch ? arch->registers : NULL, .arch = arch};
}

bool arch_register_next(struct arch_walk *walk, struct arch_hit *hit)
{
	const struct arch *arch = walk->arch;

	for (;;) {
		while (walk->entry && walk->index < arch_register_count(walk->entry))
			if (is_current(arch, walk->entry, walk->index++, hit))
				return true;
		walk->entry = next_entry(walk);
		walk->index = 0;
		if (!walk->entry)
			return false;
	}
}

/* The pattern of the first length bytes, its # replaced by the register's number. */
static void write_name(
	const struct arch_hit *hit, const char *pattern, int length, char name[ARCH_NAME_SIZE])
{
	const char *number = memchr(pattern, '#', (size_t)length);
	int before = number ? (int)(number - pattern) : length;

	if (number)
		snprintf(name, ARCH_NAME_SIZE, "%.*s%u%.*s", before, pattern,
			hit->entry->first + hit->index, length - before - 1, number + 1);
	else
		snprintf(name, ARCH_NAME_SIZE, "%.*s", length, pattern);
}

const char *arch_register_name(const struct arch_hit *hit, char name[ARCH_NAME_SIZE])
{
	write_name(hit, hit->entry->name, (int)strlen(hit->entry->name), name);
	return name;
}

bool arch_register_called(const struct arch_hit *hit, size_t i, char name[ARCH_NAME_SIZE])
{
	const char *alias = hit->entry->aliases;

	if (i == 0)
		return arch_register_name(hit, name) != NULL;
	while (alias && *alias) {
		int length = (int)strcspn(alias, " ");

		if (--i == 0) {
			write_name(hit, alias, length, name);
			return true;
		}
		alias += length;
		alias += strspn(alias, " ");
	}
	return false;
}

static bool is_called(const struct arch_hit *hit, const char *text)
{
	char name[ARCH_NAME_SIZE];

	for (size_t i = 0; arch_register_called(hit, i, name); i++)
		if (strcasecmp(name, text) == 0)
			return true;
	return false;
}

static bool find_called(const struct arch *arch, const struct arch_register *entry,
	const char *name, struct arch_hit *hit)
{
	for (uint32_t n = 0; n < arch_register_count(entry); n++) {
		*hit = (struct arch_hit){
			.entry = entry, .address = arch_register_address(entry, n), .index = n};
		if (is_called(hit, name) && is_current(arch, entry, n, hit))
			return true;
	}
	return false;
}

bool arch_register_find(
	const struct arch *arch, const struct place *device, const char *name, struct arch_hit *hit)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;

	while ((entry = next_entry(&walk)))
		if (arch_register_is_of(entry, device) && find_called(arch, entry, name, hit))
			return true;
	return false;
}

/* Numbers of a part run through its banks: those of PERFEVTSEL4 begin at 4. */
static bool address_of(const struct arch *arch, const struct arch_register *entry, uint32_t number,
	uint32_t *address)
{
	uint32_t index = number - entry->first;
	struct arch_hit hit;

	if (number < entry->first || index >= arch_register_count(entry) ||
		!is_current(arch, entry, index, &hit))
		return false;
	*address = arch_register_address(entry, index);
	return true;
}

bool arch_core_register(
	const struct arch *arch, enum arch_core_part part, uint32_t index, uint32_t *address)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;

	while ((entry = next_entry(&walk)))
		if (entry->class == ARCH_CORE_PMU && entry->part == part &&
			address_of(arch, entry, index, address))
			return true;
	return false;
}

bool arch_box_register(const struct arch *arch, const struct arch_box *box, uint32_t box_index,
	enum arch_box_part part, uint32_t index, uint32_t *address)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;

	while ((entry = next_entry(&walk)))
		if (entry->class == ARCH_BOX && entry->box == box && entry->part == part &&
			entry->shift == 0 &&
			(op_space_has_units(box->space) || entry->index == box_index) &&
			address_of(arch, entry, index, address))
			return true;
	return false;
}

const struct arch_register *arch_running_register(
	const struct arch *arch, enum arch_quantity quantity)
{
	struct arch_walk walk = arch_walk(arch);
	const struct arch_register *entry;
	struct arch_hit hit;

	while ((entry = next_entry(&walk)))
		if (entry->class == ARCH_RUNNING && entry->quantity == quantity &&
			is_current(arch, entry, 0, &hit))
			return entry;
	return NULL;
}
