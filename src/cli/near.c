/* SPDX-License-Identifier: MIT */
/* Counts letters to change. Knows no names. */
#include "cli/near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A name may be off by one in so many letters; chosen, not tuned. */
#define LETTERS_PER_ERROR 4
/* So short a part of a name is a part of too many. */
#define MIN_PART 4

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters to insert, to leave out or to change, case ignored (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NEAR_NAME_SIZE + 1];
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

	return (is_part ? 1 : letters) * NEAR_NAME_SIZE + letters;
}

struct near near_to(const char *text)
{
	return (struct near){.text = text,
		.best = ((unsigned)strlen(text) / LETTERS_PER_ERROR + 1) * NEAR_NAME_SIZE - 1};
}

void near_look(struct near *near, const char *name)
{
	unsigned rated;

	if (strlen(name) >= NEAR_NAME_SIZE || strlen(near->text) >= NEAR_NAME_SIZE)
		return;
	rated = rate(near->text, name);
	if (rated > near->best || (near->is_found && rated == near->best))
		return;
	near->best = rated;
	near->is_found = true;
	snprintf(near->name, sizeof near->name, "%s", name);
}
