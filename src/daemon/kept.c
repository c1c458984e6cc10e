/* SPDX-License-Identifier: MIT */
/*
 * A table of fixed size that is searched by place. Knows neither what the registers mean nor what
 * becomes of the values.
 */
#include "daemon/kept.h"

#include <errno.h>
#include <stdlib.h>

#include "util/array.h"

int kept_init(struct kept *kept, size_t capacity)
{
	size_t n_slots = 2; /* never full, so that every search ends */

	*kept = (struct kept){0};
	if (capacity > UINT32_MAX / 4)
		return -ENOMEM;
	while (n_slots < 2 * capacity)
		n_slots *= 2;
	kept->values = calloc(capacity + 1, sizeof *kept->values);
	kept->slots = calloc(n_slots, sizeof *kept->slots);
	if (!kept->values || !kept->slots) {
		kept_deinit(kept);
		return -ENOMEM;
	}
	kept->capacity = capacity;
	kept->n_slots = n_slots;
	return 0;
}

void kept_deinit(struct kept *kept)
{
	free(kept->values);
	free(kept->slots);
	*kept = (struct kept){0};
}

void kept_clear(struct kept *kept)
{
	for (size_t i = 0; i < kept->n_slots; i++)
		kept->slots[i] = 0;
	kept->n = 0;
}

static size_t hash(const struct place *place)
{
	const uint32_t fields[] = {
		place->cpu, place->package, (uint32_t)place->unit, place->index, place->reg};
	size_t hash = 0;

	/* odd, so that no bit of a field is lost */
	for (size_t i = 0; i < N_ELEMENTS(fields); i++)
		hash = 31 * hash + fields[i];
	return hash;
}

/* The slot of the place, or the free one where it would be. */
static uint32_t *find_slot(const struct kept *kept, const struct place *place)
{
	size_t i = hash(place) & (kept->n_slots - 1);

	while (kept->slots[i]) {
		const struct kept_value *value = &kept->values[kept->slots[i] - 1];

		if (value->place.reg == place->reg && place_same_device(&value->place, place))
			break;
		i = (i + 1) & (kept->n_slots - 1);
	}
	return &kept->slots[i];
}

struct kept_value *kept_find(const struct kept *kept, const struct place *place)
{
	uint32_t number = kept->n_slots ? *find_slot(kept, place) : 0;

	return number ? &kept->values[number - 1] : NULL;
}

struct kept_value *kept_add(struct kept *kept, const struct place *place, uint64_t old)
{
	struct kept_value *value;

	if (kept->n == kept->capacity)
		return NULL;
	value = &kept->values[kept->n++];
	*find_slot(kept, place) = (uint32_t)kept->n;
	*value = (struct kept_value){.place = *place, .old = old};
	return value;
}
