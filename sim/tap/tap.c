/* SPDX-License-Identifier: MIT */
/* The end of a chain of taps, and the end of all of them. */
#include "sim/tap/tap.h"

#include <stdlib.h>

struct tap_machine {
	struct tap tap;
	struct machine *machine;
};

static void access_msr(struct machine *machine, struct tap_access *access)
{
	if (access->is_write)
		access->error =
			machine_msr_write(machine, access->device, access->reg, access->value);
	else
		access->error =
			machine_msr_read(machine, access->device, access->reg, &access->value);
}

static void access_pci(struct machine *machine, struct tap_access *access)
{
	access->error = 0;
	if (access->is_write)
		machine_pci_write(machine, access->device, access->reg, access->width,
			(uint32_t)access->value);
	else
		access->value =
			machine_pci_read(machine, access->device, access->reg, access->width);
}

/* An offline CPU answers nothing, whatever was recorded: its answer is left. */
static bool is_there(struct machine *machine, const struct tap_access *access)
{
	return op_space_has_units(access->space) || machine_cpu_is_online(machine, access->device);
}

static void take_answer(struct tap_access *access)
{
	access->error = access->answer->error;
	if (!access->is_write)
		access->value = access->answer->value;
	access->answer = NULL;
}

static void machine_access(struct tap *tap, struct tap_access *access)
{
	struct machine *machine = ((struct tap_machine *)tap)->machine;
	static void (*const spaces[])(struct machine *, struct tap_access *) = {
		[OP_MSR] = access_msr,
		[OP_PCI] = access_pci,
	};

	bool is_answered = access->answer && is_there(machine, access);
	if (!is_answered || (access->is_write && access->answer->error == 0))
		spaces[access->space](machine, access);
	if (is_answered)
		take_answer(access);
	if (!access->is_write && access->error < 0)
		access->value = tap_failed_value(access);
}

static void machine_free_tap(struct tap *tap)
{
	free(tap);
}

struct tap *tap_machine_new(struct machine *machine)
{
	static const struct tap_ops ops = {.access = machine_access, .free = machine_free_tap};
	struct tap_machine *end = malloc(sizeof *end);

	if (!end)
		return NULL;
	*end = (struct tap_machine){.tap = {.ops = &ops}, .machine = machine};
	return &end->tap;
}

struct tap *tap_free(struct tap *tap)
{
	while (tap) {
		struct tap *next = tap->next;
		tap->ops->free(tap);
		tap = next;
	}
	return NULL;
}
