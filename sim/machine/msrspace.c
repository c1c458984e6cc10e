/* SPDX-License-Identifier: MIT */
/*
 * One MSR access: finds the register, checks what a processor would fault on,
 * and leaves what the register does to its class. The caller has the machine's
 * lock and knows the time.
 */
#include "sim/machine/msrspace.h"

#include <errno.h>

/*
 * Slices of last-level cache in a package; those of cores that the BIOS has
 * switched off are there as well. Without an L3 in the fixture: one a core. What
 * the registers of a box without a slice do is not known; that they fault is assumed.
 */
uint32_t msrspace_count_slices(const struct machine *machine)
{
	const struct fixture *fixture = machine->fixture;

	for (size_t i = 0; i < fixture->n_caches; i++)
		if (fixture->caches[i].level == 3)
			return fixture->caches[i].size_kib / machine->arch->slice_kib;
	return fixture->cores_per_package;
}

static bool entry_exists(const struct machine *machine, const struct arch_register *entry)
{
	if (entry->class == ARCH_ABSENT)
		return false;
	switch (entry->condition) {
	case ARCH_ALWAYS:
	case ARCH_X2APIC: /* as the CPU's APIC is now: is_shown */
		return true;
	case ARCH_ALL_COUNTERS:
		return machine->fixture->threads_per_core == 1;
	case ARCH_MICROCODE:
		return machine->fixture->microcode >= entry->microcode;
	case ARCH_SLICE:
		return entry->index < machine->n_slices;
	}
	return false;
}

static struct uncore_box *find_box(
	const struct machine *machine, const struct arch_register *entry, uint32_t home)
{
	size_t kind = (size_t)(entry->box - machine->arch->boxes);

	return &machine->cpus[home].package->boxes[machine->first_box[kind] + entry->index];
}

/* False: there is no such register. */
static bool find_instance(struct instance *instance, struct machine *machine, uint32_t cpu,
	uint32_t address, uint64_t ns)
{
	const struct arch_hit *hit = machine_find_msr(machine, address);

	if (!hit || !entry_exists(machine, hit->entry))
		return false;
	uint32_t home = machine->cpus[cpu].home[hit->entry->scope];
	instance->entry = hit->entry;
	instance->number = hit->entry->first + hit->index;
	instance->ns = ns;
	instance->stored = &machine->values[(size_t)home * machine->n_slots + hit->slot];
	instance->running = &machine->cpus[home].running[hit->entry->quantity];
	instance->thermal = hit->entry->scope == ARCH_PACKAGE
				    ? &machine->cpus[home].package->thermal
				    : &machine->cpus[home].thermal;
	/* whoever shares a counter has it to himself: there is no sibling then */
	instance->pmu = &machine->cpus[cpu].pmu;
	instance->apic_id = machine->fixture->cpus[cpu].apic_id;
	instance->box = hit->entry->box ? find_box(machine, hit->entry, home) : NULL;
	instance->machine = machine;
	instance->package = machine->cpus[home].package;
	return true;
}

/* Does an access find it, as the CPU is now? */
static bool is_shown(const struct instance *instance, uint32_t cpu)
{
	const struct arch_field *mode = &instance->machine->arch->apic_mode;
	struct instance base;

	return instance->entry->condition != ARCH_X2APIC ||
	       (find_instance(&base, instance->machine, cpu, mode->reg, instance->ns) &&
		       arch_field_get(mode, *base.stored) == ARCH_MODE_X2APIC);
}

/* What the fixture says of a register that the model does not know: it was
 * seen, so it can be read, and that is all that is known of it. */
static bool recorded_value(
	const struct fixture *fixture, uint32_t cpu, uint32_t address, uint64_t *value)
{
	for (size_t i = 0; i < fixture->n_msrs; i++) {
		const struct fixture_msr *msr = &fixture->msrs[i];
		if (msr->cpu == fixture->cpus[cpu].number && msr->address == address) {
			*value = msr->value;
			return true;
		}
	}
	return false;
}

int msrspace_read(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t *value)
{
	struct instance instance;

	if (find_instance(&instance, machine, cpu, address, ns)) {
		if (!is_shown(&instance, cpu))
			return -EIO;
		*value = class_ops(instance.entry->class)->read(&instance);
		return 0;
	}
	return recorded_value(machine->fixture, cpu, address, value) ? 0 : -EIO;
}

/* -EIO (#GP) also for a read-only register and for a reserved bit that would change. */
int msrspace_write(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value)
{
	struct instance instance;

	if (!find_instance(&instance, machine, cpu, address, ns) || !is_shown(&instance, cpu))
		return -EIO;
	const struct class_ops *ops = class_ops(instance.entry->class);
	uint64_t mask = ops->write_mask(&instance);
	if (mask == 0 || ((ops->read(&instance) ^ value) & ~mask))
		return -EIO;
	return ops->write(&instance, value);
}

bool msrspace_preset(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value)
{
	struct instance instance;

	return !find_instance(&instance, machine, cpu, address, 0) ||
	       class_ops(instance.entry->class)->preset(&instance, value);
}

int msrspace_set(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value)
{
	struct instance instance;

	if (!find_instance(&instance, machine, cpu, address, ns))
		return -ENOENT;
	return class_set(&instance, value);
}

void msrspace_reset(struct machine *machine, uint32_t cpu)
{
	uint64_t *values = &machine->values[(size_t)cpu * machine->n_slots];

	for (size_t i = 0; i < machine->n_registers; i++)
		values[machine->registers[i].slot] = machine->registers[i].entry->reset;
}
