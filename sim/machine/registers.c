/* SPDX-License-Identifier: MIT */
/* Looks things up in the register tables. Knows no register in particular. */
#include "sim/machine/registers.h"

#include <stdio.h>
#include <string.h>

const struct register_table *registers_find_table(uint32_t family, uint32_t model)
{
	static const struct register_table *const tables[] = {&sim_registers_06_2d};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (tables[i]->family == family && tables[i]->model == model)
			return tables[i];
	return NULL;
}

uint32_t registers_entry_count(const struct register_entry *entry)
{
	return entry->count == 0 ? 1 : entry->count;
}

static bool entry_index(const struct register_entry *entry, uint32_t address, uint32_t *index)
{
	uint32_t distance = address - entry->address;
	uint32_t stride = entry->stride == 0 ? 1 : entry->stride;

	if (address < entry->address || distance % stride != 0)
		return false;
	*index = distance / stride;
	return *index < registers_entry_count(entry);
}

bool registers_find(
	const struct register_table *table, uint32_t address, struct register_place *place)
{
	uint32_t slot = 0;

	for (size_t i = 0; i < table->n_entries; i++) {
		const struct register_entry *entry = &table->entries[i];
		uint32_t index;
		if (entry_index(entry, address, &index)) {
			*place = (struct register_place){entry, index, slot + index};
			return true;
		}
		slot += registers_entry_count(entry);
	}
	return false;
}

uint32_t registers_count(const struct register_table *table)
{
	uint32_t count = 0;

	for (size_t i = 0; i < table->n_entries; i++)
		count += registers_entry_count(&table->entries[i]);
	return count;
}

void registers_name(const struct register_place *place, char *name, size_t size)
{
	const char *pattern = place->entry->name;
	const char *number = strchr(pattern, '#');

	if (number)
		snprintf(name, size, "%.*s%u%s", (int)(number - pattern), pattern,
			place->entry->first + place->index, number + 1);
	else
		snprintf(name, size, "%s", pattern);
}
