/* SPDX-License-Identifier: MIT */
/* Reads lists of devices. Does not know whether the machine has them: that is the daemon's. */
#include "cli/places.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cpulist.h"

/* No package has as many units of a kind. */
#define MAX_INDEX 63

int places_add(struct places *places, struct place place)
{
	struct place *list = array_grow(places->list, places->n, sizeof *list);

	if (!list)
		return -ENOMEM;
	list[places->n++] = place;
	places->list = list;
	return 0;
}

void places_deinit(struct places *places)
{
	free(places->list);
	*places = (struct places){0};
}

/* What cpulist_parse puts its numbers into. */
struct adder {
	struct places *places;
	struct place pattern; /* all but the number */
	uint32_t *number;     /* ... which belongs here in it */
	int r;
};

static bool add_number(void *context, uint32_t number)
{
	struct adder *adder = context;

	*adder->number = number;
	adder->r = places_add(adder->places, adder->pattern);
	return adder->r == 0;
}

static int add_numbers(struct adder *adder, const char *text, uint32_t max)
{
	if (*text != '\0' && cpulist_parse(text, max, add_number, adder))
		return 0;
	return adder->r ? adder->r : -EINVAL;
}

/* The unit whose name, followed by a number or nothing, starts the word. */
static const char *parse_unit(const char *word, enum op_unit *unit)
{
	for (unsigned i = 0; i < OP_N_UNITS; i++) {
		const char *name = op_unit_name((enum op_unit)i);
		size_t length = strlen(name);

		if (strncmp(word, name, length) == 0 &&
			(word[length] == '\0' || isdigit((unsigned char)word[length]))) {
			*unit = (enum op_unit)i;
			return word + length;
		}
	}
	return NULL;
}

static int add_all_of_kind(struct adder *adder, const struct arch *arch)
{
	int r = -EINVAL;

	for (size_t i = 0; arch && i < arch->n_functions; i++) {
		if (arch->functions[i].unit != adder->pattern.unit)
			continue;
		adder->pattern.index = arch->functions[i].index;
		r = places_add(adder->places, adder->pattern);
		if (r < 0)
			break;
	}
	return r;
}

int places_parse_units(
	struct places *places, const struct arch *arch, uint32_t package, const char *text)
{
	struct adder adder = {.places = places, .pattern = place_of_unit(package, UNIT_IMC, 0)};
	bool has_unit = false;

	adder.number = &adder.pattern.index;
	do {
		size_t length = strcspn(text, ",");
		char word[64];
		const char *numbers = word;
		int r;

		if (snprintf(word, sizeof word, "%.*s", (int)length, text) >= (int)sizeof word)
			return -EINVAL;
		if (!isdigit((unsigned char)word[0])) {
			numbers = parse_unit(word, &adder.pattern.unit);
			has_unit = numbers != NULL;
		}
		if (!has_unit)
			return -EINVAL;
		r = *numbers ? add_numbers(&adder, numbers, MAX_INDEX)
			     : add_all_of_kind(&adder, arch);
		if (r < 0)
			return r;
		text += length;
	} while (*text++ == ',');
	return 0;
}
