/* SPDX-License-Identifier: MIT */
/* What the files of count have in common. */
#ifndef MSRD_CLI_COUNT_COUNT_INTERNAL_H
#define MSRD_CLI_COUNT_COUNT_INTERNAL_H

#include "cli/count/count.h"

/* The devices that have what is wanted, each with its slots; count_devices.c. */
int count_find_devices(
	struct count *count, struct msrd *msrd, const struct places *cpus, bool all_packages);

/* Which counters are free goes into what each slot can have; count_free.c. */
int count_look(struct count *count, struct msrd *msrd, struct count_device *device);

/* Claims and switches on what the device's slots need, but for their selects; count_program.c. */
int count_program(struct count *count, struct msrd *msrd, struct count_device *device);
/* Writes the selects and filters of the set that is on. */
int count_select(struct count *count, struct msrd *msrd);

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
