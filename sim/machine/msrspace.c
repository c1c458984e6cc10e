/* SPDX-License-Identifier: MIT */
/*
 * One MSR access: finds the register, checks what a processor would fault on,
 * and leaves what the register does to the file of its class. The caller has
 * the machine's lock and knows the time.
 */
#include "sim/machine/msrspace.h"

#include <errno.h>

/* Speculation control came with this microcode revision (measured). */
#define SPEC_CTRL_MICROCODE 0x713

/* One register of one CPU at one moment. */
struct access {
	struct machine *machine;
	uint32_t cpu;  /* index of the CPU asked */
	uint32_t home; /* index of the CPU that has the value */
	struct register_place place;
	uint64_t ns;
};

/*
 * A CBox keeps one slice of the last-level cache, which the slices of cores that
 * the BIOS has switched off belong to as well. 2.5 MiB a slice, 20 MiB for eight:
 * Intel's product data. Without an L3 in the fixture: one a core. What the
 * registers of a CBox that is not there do is not known; that they fault is assumed.
 */
#define L3_SLICE_KIB 2560

static uint32_t count_cboxes(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_caches; i++)
		if (fixture->caches[i].level == 3)
			return fixture->caches[i].size_kib / L3_SLICE_KIB;
	return fixture->cores_per_package;
}

static bool entry_exists(const struct fixture *fixture, const struct register_entry *entry)
{
	if (entry->class == REGISTER_ABSENT)
		return false;
	switch (entry->condition) {
	case REGISTER_ALWAYS:
		return true;
	case REGISTER_EIGHT_COUNTERS:
		return fixture->threads_per_core == 1;
	case REGISTER_SPEC_CTRL:
		return fixture->microcode >= SPEC_CTRL_MICROCODE;
	case REGISTER_CBOX:
		return entry->box < count_cboxes(fixture);
	}
	return false;
}

/* False: the model has no such register. */
static bool access_init(
	struct access *access, struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns)
{
	*access = (struct access){.machine = machine, .cpu = cpu, .ns = ns};
	if (!registers_find(machine->table, address, &access->place) ||
		!entry_exists(machine->fixture, access->place.entry))
		return false;
	access->home = machine->cpus[cpu].home[access->place.entry->scope];
	return true;
}

static uint64_t *stored_value(const struct access *access)
{
	struct machine *machine = access->machine;

	return &machine->values[(size_t)access->home * machine->n_slots + access->place.slot];
}

static uint32_t register_number(const struct access *access)
{
	return access->place.entry->first + access->place.index;
}

static struct machine_package *package_of(const struct access *access)
{
	struct machine *machine = access->machine;

	return &machine->packages[machine->fixture->cpus[access->home].package];
}

static struct thermal *thermal_of(const struct access *access)
{
	if (access->place.entry->scope == FIXTURE_PACKAGE)
		return &package_of(access)->thermal;
	return &access->machine->cpus[access->home].thermal;
}

static struct pmu *pmu_of(const struct access *access)
{
	return &access->machine->cpus[access->cpu].pmu;
}

static struct uncore_box *box_of(const struct access *access)
{
	struct machine_package *package = package_of(access);

	switch (access->place.entry->kind) {
	case UNCORE_UBOX:
		return &package->ubox;
	case UNCORE_PCU:
		return &package->pcu;
	default:
		return &package->cboxes[access->place.entry->box];
	}
}

/* How far a running register has come by itself. */
static uint64_t running_total(const struct access *access)
{
	const struct register_entry *entry = access->place.entry;
	const struct fixture *fixture = access->machine->fixture;
	struct flow flow = {
		.fixture = fixture,
		.kind = entry->flow,
		.cpu = access->home,
		.package = fixture->cpus[access->home].package,
		.levels = FLOW_ANY_LEVEL,
		.units_per_joule = package_of(access)->units_per_joule,
	};
	uint64_t period = entry->period_ns == 0 ? 1 : entry->period_ns;

	return flow_total(&flow, access->ns - access->ns % period);
}

static uint64_t running_mask(const struct register_entry *entry)
{
	return UINT64_MAX >> (64 - entry->width);
}

static uint64_t register_read(const struct access *access)
{
	const struct register_entry *entry = access->place.entry;
	uint32_t number = register_number(access);

	switch (entry->class) {
	case REGISTER_RUNNING:
		return (*stored_value(access) + running_total(access)) & running_mask(entry);
	case REGISTER_THERMAL:
		return thermal_read(thermal_of(access), access->ns);
	case REGISTER_PMU:
		return pmu_read(pmu_of(access), entry->part, number, access->ns);
	case REGISTER_UNCORE:
		return uncore_read(box_of(access), entry->part, number, access->ns);
	default:
		return *stored_value(access);
	}
}

/* Bits that software can change; 0 is read only. */
static uint64_t register_write_mask(const struct access *access)
{
	const struct register_entry *entry = access->place.entry;

	switch (entry->class) {
	case REGISTER_STORAGE:
		return *stored_value(access) & entry->lock ? 0 : entry->write_mask;
	case REGISTER_RUNNING:
		return entry->write_mask;
	case REGISTER_CLEARABLE:
		return UINT64_MAX;
	case REGISTER_THERMAL:
		return THERMAL_WRITE_MASK;
	case REGISTER_PMU:
		return pmu_write_mask(pmu_of(access), entry->part);
	case REGISTER_UNCORE:
		return uncore_write_mask(box_of(access), entry->part);
	default:
		return 0;
	}
}

/* -EIO (#GP) for a read-only register and for a reserved bit that would change. */
static int register_write(const struct access *access, uint64_t value)
{
	const struct register_entry *entry = access->place.entry;
	uint32_t number = register_number(access);
	uint64_t mask = register_write_mask(access);

	if (mask == 0 || ((register_read(access) ^ value) & ~mask))
		return -EIO;
	switch (entry->class) {
	case REGISTER_RUNNING:
		*stored_value(access) = value - running_total(access);
		return 0;
	case REGISTER_CLEARABLE:
		if (value != 0)
			return -EIO;
		*stored_value(access) = 0;
		return 0;
	case REGISTER_THERMAL:
		thermal_write(thermal_of(access), access->ns, value);
		return 0;
	case REGISTER_PMU:
		pmu_write(pmu_of(access), entry->part, number, access->ns, value);
		return 0;
	case REGISTER_UNCORE:
		uncore_write(box_of(access), entry->part, number, access->ns, value);
		return 0;
	default:
		*stored_value(access) = value;
		return 0;
	}
}

/* The value that the fixture recorded, at time 0. False when the register
 * cannot hold it. */
static bool register_preset(const struct access *access, uint64_t value)
{
	const struct register_entry *entry = access->place.entry;
	uint32_t number = register_number(access);

	switch (entry->class) {
	case REGISTER_RUNNING:
		*stored_value(access) = value;
		return (value & ~running_mask(entry)) == 0;
	case REGISTER_THERMAL:
		thermal_preset(thermal_of(access), value);
		return true;
	case REGISTER_PMU:
		return pmu_preset(pmu_of(access), entry->part, number, value);
	case REGISTER_UNCORE:
		uncore_write(box_of(access), entry->part, number, 0, value);
		return (value & ~uncore_write_mask(box_of(access), entry->part)) == 0;
	default:
		*stored_value(access) = value;
		return true;
	}
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
	struct access access;

	if (access_init(&access, machine, cpu, address, ns)) {
		*value = register_read(&access);
		return 0;
	}
	return recorded_value(machine->fixture, cpu, address, value) ? 0 : -EIO;
}

int msrspace_write(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value)
{
	struct access access;

	if (!access_init(&access, machine, cpu, address, ns))
		return -EIO;
	return register_write(&access, value);
}

bool msrspace_preset(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value)
{
	struct access access;

	return !access_init(&access, machine, cpu, address, 0) || register_preset(&access, value);
}

void msrspace_reset(struct machine *machine, uint32_t cpu)
{
	uint64_t *value = &machine->values[(size_t)cpu * machine->n_slots];

	for (size_t i = 0; i < machine->table->n_entries; i++) {
		const struct register_entry *entry = &machine->table->entries[i];
		for (uint32_t n = registers_entry_count(entry); n > 0; n--)
			*value++ = entry->reset;
	}
}
