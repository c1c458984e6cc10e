/* SPDX-License-Identifier: MIT */
/* The registers that a replay has met: a table of slots, at most half of which are used. */
#include <stdlib.h>

#include "sim/tap/replay_match.h"

#define FIRST_SLOTS 256u

static struct replay_register **find_slot(
	const struct replay_registers *registers, const struct trace_place *place, uint32_t width)
{
	uint64_t hash = (place->device << 8 | place->space << 4 | width) ^ (uint64_t)place->reg
										   << 32;
	size_t i = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (registers->n_slots - 1);

	for (;; i = (i + 1) & (registers->n_slots - 1)) {
		const struct replay_register *its = registers->slots[i];
		if (!its || (its->width == width && trace_place_equal(&its->place, place)))
			return &registers->slots[i];
	}
}

static bool grow(struct replay_registers *registers)
{
	struct replay_registers grown = {
		.n_slots = registers->n_slots > 0 ? 2 * registers->n_slots : FIRST_SLOTS,
		.n_used = registers->n_used,
	};

	grown.slots = calloc(grown.n_slots, sizeof *grown.slots);
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < registers->n_slots; i++) {
		struct replay_register *its = registers->slots[i];
		if (its)
			*find_slot(&grown, &its->place, its->width) = its;
	}
	free(registers->slots);
	*registers = grown;
	return true;
}

struct replay_register *replay_find(
	struct replay_registers *registers, const struct trace_access *access)
{
	struct replay_register **slot;

	if (2 * registers->n_used >= registers->n_slots && !grow(registers))
		return NULL;
	slot = find_slot(registers, &access->place, access->width);
	if (!*slot && (*slot = malloc(sizeof **slot))) {
		registers->n_used++;
		**slot = (struct replay_register){
			.place = access->place,
			.width = access->width,
			.head = WINDOW_NONE,
			.tail = WINDOW_NONE,
		};
	}
	return *slot;
}

void replay_registers_deinit(struct replay_registers *registers)
{
	for (size_t i = 0; i < registers->n_slots; i++)
		free(registers->slots[i]);
	free(registers->slots);
	*registers = (struct replay_registers){0};
}
