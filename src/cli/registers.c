/* SPDX-License-Identifier: MIT */
/* Names of registers and what is near to them. Knows no register in particular. */
#include "cli/registers.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "util/number.h"

/* A name may be off by one in so many letters; chosen, not tuned. */
#define LETTERS_PER_ERROR 4
/* So short a part of a name is a part of too many. */
#define MIN_PART 4

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

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters to insert, to leave out or to change, case ignored (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[ARCH_NAME_SIZE + 1];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			unsigned same = toupper((unsigned char)a[i]) == toupper((unsigned char)b[j])
						? diagonal
						: diagonal + 1;

			diagonal = row[j + 1];
			row[j + 1] = min(same, min(row[j], diagonal) + 1);
		}
	}
	return row[n];
}

/* A part of a name is as near as one letter; of equally near names the shorter counts. */
static unsigned rate(const char *text, const char *name)
{
	unsigned letters = distance(text, name);
	bool is_part = strlen(text) >= MIN_PART && strcasestr(name, text);

	return (is_part ? 1 : letters) * ARCH_NAME_SIZE + letters;
}

struct nearest {
	const char *text;
	unsigned best; /* no more than this is near */
	char *name;
	bool is_found;
};

static void look_at(struct nearest *nearest, const struct arch_hit *hit)
{
	char name[ARCH_NAME_SIZE];

	for (size_t i = 0; arch_register_called(hit, i, name); i++) {
		unsigned rated = rate(nearest->text, name);

		/* of equally near ones the first: tables ascend */
		if (rated > nearest->best || (nearest->is_found && rated == nearest->best))
			continue;
		nearest->best = rated;
		nearest->is_found = true;
		snprintf(nearest->name, ARCH_NAME_SIZE, "%s", name);
	}
}

const char *registers_nearest(const struct arch *arch, const struct place *device, const char *text,
	char name[ARCH_NAME_SIZE])
{
	struct nearest nearest = {.text = text, .name = name};
	struct arch_walk walk = arch_walk(arch);
	struct arch_hit hit;

	/* as rate() has it: one letter less than what is too far */
	nearest.best = ((unsigned)strlen(text) / LETTERS_PER_ERROR + 1) * ARCH_NAME_SIZE - 1;
	if (strlen(text) >= ARCH_NAME_SIZE)
		return NULL;
	while (arch_register_next(&walk, &hit))
		if (arch_register_is_of(hit.entry, device))
			look_at(&nearest, &hit);
	return nearest.is_found ? name : NULL;
}
