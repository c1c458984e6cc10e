/* SPDX-License-Identifier: MIT */
/* What the files of count have in common. */
#ifndef MSRD_CLI_COUNT_COUNT_INTERNAL_H
#define MSRD_CLI_COUNT_COUNT_INTERNAL_H

#include "cli/count/count.h"
#include "cli/measure/cache.h"

/* The devices that have what is wanted, each with its slots; count_devices.c. */
int count_find_devices(
	struct count *count, struct cache *cache, const struct places *cpus, bool all_packages);
/* Another one, with its slots. 0 or -ENOMEM. */
int count_add_device(struct count *count, struct count_device device, struct count_device **added);
bool count_wants_kind(const struct count *count, enum want_kind kind, const struct arch_box *box);
/* One that is not there is of no package. */
const struct node_cpu *count_find_cpu(const struct node *node, uint32_t cpu);

/* The boxes of a package and its running registers, and before that what is asked for them;
 * count_boxes.c. */
void count_want_package(const struct count *count, struct cache *cache, uint32_t package,
	const struct places *cpus);
int count_add_package(
	struct count *count, struct cache *cache, uint32_t package, const struct places *cpus);

/* Which counters are free goes into what each slot can have; count_free.c. */
int count_look(struct count *count, struct cache *cache);

/* Where the slot's counter and its select are, once it is assigned; count_places.c. */
void count_find_places(struct count *count, struct count_device *device, struct count_slot *slot);

/* Bits of the select that are ours, what they are to be, and which of them enables. */
void count_get_select(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, uint64_t *mask, uint64_t *value, uint64_t *enable);

/* Claims and switches on what the slots need, but for the turns of their selects;
 * count_program.c. */
int count_program(struct count *count, struct cache *cache);
/* Writes the selects and filters of the set that is on. */
int count_select(struct count *count, struct cache *cache);

/* "CPU 3", "cbox1 of socket 0". Returns text. */
const char *count_device_text(const struct count_device *device, char text[OP_TEXT_SIZE]);

/* The set of the device that is on while count->set is. */
unsigned count_set_of(const struct count *count, const struct count_device *device);

/* Every slot of the device that has no cause yet. */
void count_set_causes(struct count_device *device, const struct cause *cause);

/* A register of the filter, match or mask that the slot's want needs: number i, from 0. False: no
 * more. mask: the bits that matter. */
bool count_filter(const struct count *count, const struct count_device *device,
	const struct count_slot *slot, size_t i, struct place *place, uint64_t *mask,
	uint64_t *value);

#endif
