/* SPDX-License-Identifier: MIT */
/* The registers that a fixture recorded become the machine's. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/machine/msrspace.h"

/* NULL, or what is wrong with the value. */
static const char *preset_msr(struct machine *machine, const struct fixture_msr *msr)
{
	const struct fixture_cpu *cpu = fixture_find_cpu(machine->fixture, msr->cpu);

	if (!cpu)
		return "there is no such CPU";
	if (!msrspace_preset(
		    machine, (uint32_t)(cpu - machine->fixture->cpus), msr->address, msr->value))
		return "the value has bits that the register does not have";
	return NULL;
}

bool machine_takes(struct machine *machine, const struct fixture_msr *msr)
{
	return !preset_msr(machine, msr);
}

static void complain_of_msr(const struct machine *machine, const struct fixture_msr *msr,
	const char *problem, void (*complain)(void *context, const char *message), void *context)
{
	const struct place place = {.space = OP_MSR, .reg = msr->address};
	char name[ARCH_NAME_SIZE] = "unknown to the model";
	struct arch_hit hit;
	char message[256];

	if (arch_register_at(machine->arch, &place, &hit))
		arch_register_name(&hit, name);
	snprintf(message, sizeof message,
		"msr.txt:%" PRIu32 ": 0x%" PRIX32 " (%s) of CPU %" PRIu32 " = 0x%" PRIX64 ": %s",
		msr->line, msr->address, name, msr->cpu, msr->value, problem);
	complain(context, message);
}

bool machine_preset(struct machine *machine, void (*complain)(void *context, const char *message),
	void *context)
{
	bool is_good = true;

	for (size_t i = 0; i < machine->fixture->n_msrs; i++) {
		const struct fixture_msr *msr = &machine->fixture->msrs[i];
		const char *problem = preset_msr(machine, msr);
		if (!problem)
			continue;
		complain_of_msr(machine, msr, problem, complain, context);
		is_good = false;
	}
	return is_good;
}
