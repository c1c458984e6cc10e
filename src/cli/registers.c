/* SPDX-License-Identifier: MIT */
/* Names of registers and what is near to them. Knows no register in particular. */
#include "cli/registers.h"

#include <stdio.h>

#include "cli/near.h"
#include "util/number.h"

bool registers_find(
	const struct arch *arch, const struct place *device, const char *text, uint32_t *reg)
{
	struct arch_hit hit;
	uint64_t number;

	if (number_parse(text, UINT32_MAX, &number)) {
		*reg = (uint32_t)number;
		return true;
	}
	if (!arch_register_find(arch, device, text, &hit))
		return false;
	*reg = arch_register_address(hit.entry, hit.index);
	return true;
}

const char *registers_name(
	const struct arch *arch, const struct place *place, char name[ARCH_NAME_SIZE])
{
	struct arch_hit hit;

	return arch_register_at(arch, place, &hit) ? arch_register_name(&hit, name) : NULL;
}

const char *registers_nearest(const struct arch *arch, const struct place *device, const char *text,
	char name[ARCH_NAME_SIZE])
{
	struct near near = near_to(text);
	struct arch_walk walk = arch_walk(arch);
	struct arch_hit hit;

	/* of equally near ones the first: tables ascend */
	while (arch_register_next(&walk, &hit))
		if (arch_register_is_of(hit.entry, device))
			for (size_t i = 0; arch_register_called(&hit, i, name); i++)
				near_look(&near, name);
	if (!near.is_found)
		return NULL;
	snprintf(name, ARCH_NAME_SIZE, "%.*s", ARCH_NAME_SIZE - 1, near.name);
	return name;
}
