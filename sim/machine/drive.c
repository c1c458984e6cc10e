/* SPDX-License-Identifier: MIT */
/* Values from outside. It must not know who sends them, or when they are to come. */
#include "sim/machine/drive.h"

#include <errno.h>

#include "sim/machine/msrspace.h"
#include "sim/machine/pcispace.h"

/* Index of the CPU of that number, or n_cpus. */
static uint32_t find_cpu(const struct machine *machine, uint32_t number)
{
	const struct fixture *fixture = machine->fixture;
	const struct fixture_cpu *cpu = fixture_find_cpu(fixture, number);

	return cpu ? (uint32_t)(cpu - fixture->cpus) : (uint32_t)fixture->n_cpus;
}

int machine_msr_set(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value)
{
	uint32_t index = find_cpu(machine, cpu);

	if (index == machine->fixture->n_cpus)
		return -ENXIO;
	pthread_mutex_lock(&machine->lock);
	int r = msrspace_set(machine, index, address, ns, value);
	pthread_mutex_unlock(&machine->lock);
	return r;
}

int machine_pci_set(
	struct machine *machine, uint32_t function, uint32_t offset, uint64_t ns, uint32_t value)
{
	if (function >= machine->fixture->n_functions)
		return -ENXIO;
	pthread_mutex_lock(&machine->lock);
	int r = pcispace_set(machine, function, offset, ns, value);
	pthread_mutex_unlock(&machine->lock);
	return r;
}

uint32_t machine_msr_home(const struct machine *machine, uint32_t cpu, uint32_t address)
{
	const struct place place = {.space = OP_MSR, .reg = address};
	uint32_t index = find_cpu(machine, cpu);
	struct arch_hit hit;

	if (index == machine->fixture->n_cpus || !arch_register_at(machine->arch, &place, &hit))
		return cpu;
	return machine->fixture->cpus[machine->cpus[index].home[hit.entry->scope]].number;
}

int machine_cpu_set_online(struct machine *machine, uint32_t cpu, bool online)
{
	uint32_t index = find_cpu(machine, cpu);

	if (index == machine->fixture->n_cpus)
		return -ENXIO;
	machine->cpus[index].online = online;
	return 0;
}
