/* SPDX-License-Identifier: MIT */
/*
 * The machine: makes the state out of a fixture, and has the clock and the
 * lock. What registers do stands elsewhere; it must not know who asks.
 */
#include "sim/machine/machine.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/machine/buses.h"
#include "sim/machine/msrspace.h"
#include "sim/machine/pcispace.h"
#include "util/clock.h"

static uint64_t now_ns(const struct machine *machine)
{
	if (machine->clock == MACHINE_CLOCK_MANUAL)
		return machine->clock_ns;
	return clock_now_ns() - machine->clock_ns;
}

static bool find_cpu(const struct fixture *fixture, uint32_t number, uint32_t *index)
{
	const struct fixture_cpu *cpu = fixture_find_cpu(fixture, number);

	*index = cpu ? (uint32_t)(cpu - fixture->cpus) : 0;
	return cpu;
}

/* Index of the first CPU that shares its registers of this scope with cpu. */
static uint32_t find_home(const struct fixture *fixture, uint32_t cpu, enum arch_scope scope)
{
	const struct fixture_cpu *self = &fixture->cpus[cpu];
	uint32_t i = 0;

	if (scope == ARCH_THREAD)
		return cpu;
	while (fixture->cpus[i].package != self->package ||
		(scope == ARCH_CORE && fixture->cpus[i].core != self->core))
		i++;
	return i;
}

static struct machine_package *find_package(const struct machine *machine, uint32_t id)
{
	struct machine_package *package = machine->packages;

	while (package->id != id)
		package++;
	return package;
}

static void init_cpu(struct machine *machine, uint32_t cpu)
{
	struct machine_cpu *state = &machine->cpus[cpu];

	for (unsigned scope = 0; scope < MACHINE_N_SCOPES; scope++)
		state->home[scope] = find_home(machine->fixture, cpu, scope);
	state->online = machine->fixture->cpus[cpu].online;
	state->package = find_package(machine, machine->fixture->cpus[cpu].package);
	pmu_init(&state->pmu, machine->arch->core, machine->fixture, cpu, &machine->log);
	msrspace_reset(machine, cpu);
}

static void init_package(struct machine *machine, uint32_t rank)
{
	const struct arch *arch = machine->arch;
	struct machine_package *package = &machine->packages[rank];

	package->id = machine->fixture->packages[rank];
	package->boxes = &machine->boxes[(size_t)rank * machine->n_boxes];
	for (size_t kind = 0; kind < arch->n_boxes; kind++) {
		uint32_t first = machine->first_box[kind];
		for (uint32_t i = first; i < machine->first_box[kind + 1]; i++)
			uncore_init(&package->boxes[i], &arch->boxes[kind], machine->fixture,
				package->id, i - first, &machine->log);
	}
}

static uint64_t read_field(struct machine *machine, uint32_t cpu, const struct arch_field *field)
{
	uint64_t value = 0;

	/* it exists on every machine of the model */
	(void)msrspace_read(machine, cpu, field->reg, 0, &value);
	return arch_field_get(field, value);
}

/* What counts for ever, of this CPU or where it is the home. */
static void start_running(struct machine *machine, uint32_t cpu)
{
	const struct machine_package *package = machine->cpus[cpu].package;

	for (unsigned quantity = 0; quantity < ARCH_N_QUANTITIES; quantity++) {
		const struct flow flow = {
			.fixture = machine->fixture,
			.kind = flow_quantity(quantity),
			.cpu = cpu,
			.package = package->id,
			.levels = FLOW_ANY_LEVEL,
			.units_per_joule = quantity == ARCH_DRAM_ENERGY
						   ? package->dram_units_per_joule
						   : package->units_per_joule,
		};
		meter_init(&machine->cpus[cpu].running[quantity], &flow);
	}
}

/* What depends on values that the fixture may have set. */
static void calibrate_cpu(struct machine *machine, uint32_t cpu)
{
	const struct arch *arch = machine->arch;
	struct machine_package *package = machine->cpus[cpu].package;
	struct flow hot = {
		.fixture = machine->fixture,
		.cpu = cpu,
		.package = package->id,
		.limit_c = (double)read_field(machine, cpu, &arch->hot),
	};

	hot.kind = FLOW_CPU_HOT;
	meter_init(&machine->cpus[cpu].thermal.hot, &hot);
	hot.kind = FLOW_PACKAGE_HOT;
	meter_init(&package->thermal.hot, &hot);
	package->units_per_joule =
		(double)(UINT64_C(1) << read_field(machine, cpu, &arch->energy_unit));
	package->dram_units_per_joule =
		arch->dram_joules != 0 ? 1 / arch->dram_joules : package->units_per_joule;
	start_running(machine, cpu);
}

static int allocate_state(struct machine *machine)
{
	const struct fixture *fixture = machine->fixture;

	machine->cpus = calloc(fixture->n_cpus, sizeof *machine->cpus);
	machine->packages = calloc(fixture->n_packages, sizeof *machine->packages);
	machine->values = calloc(fixture->n_cpus, machine->n_slots * sizeof *machine->values);
	/* calloc of nothing may be NULL: a node may have no PCI functions, a model no boxes */
	machine->boxes =
		calloc((size_t)fixture->n_packages * machine->n_boxes + 1, sizeof *machine->boxes);
	machine->functions = calloc(fixture->n_functions + 1, sizeof *machine->functions);
	if (!machine->cpus || !machine->packages || !machine->values || !machine->boxes ||
		!machine->functions)
		return -ENOMEM;
	return machine_map_buses(fixture, machine->arch, &machine->buses, &machine->n_buses);
}

static struct machine *allocate(const struct fixture *fixture, const struct arch *arch)
{
	struct machine *machine = calloc(1, sizeof *machine);

	if (!machine)
		return NULL;
	machine->fixture = fixture;
	machine->arch = arch;
	machine->n_slots = arch_register_slots(arch);
	machine->n_slices = msrspace_count_slices(machine);
	pthread_mutex_init(&machine->lock, NULL);
	if (machine_list_registers(machine) < 0 || allocate_state(machine) < 0)
		return machine_free(machine);
	return machine;
}

static int init_state(struct machine *machine)
{
	const struct fixture *fixture = machine->fixture;
	int r = 0;

	for (uint32_t i = 0; i < fixture->n_packages; i++)
		init_package(machine, i);
	for (uint32_t i = 0; i < fixture->n_cpus; i++)
		init_cpu(machine, i);
	for (uint32_t i = 0; i < fixture->n_functions && r == 0; i++) {
		const struct bus *bus =
			machine_find_bus(machine->buses, machine->n_buses, &fixture->functions[i]);
		r = pcispace_init(machine, i, bus ? bus->package : BUS_NO_PACKAGE);
	}
	return r;
}

struct machine *machine_new(const struct fixture *fixture, enum machine_clock clock,
	void (*complain)(void *context, const char *message), void *context)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);
	struct machine *machine;

	if (!arch) {
		complain(context, "node.yaml: no register table has this family and model");
		return NULL;
	}
	machine = allocate(fixture, arch);
	if (!machine || init_state(machine) < 0) {
		complain(context, "out of memory");
		return machine_free(machine);
	}
	machine->clock = clock;
	if (!machine_preset(machine, complain, context))
		return machine_free(machine);
	for (uint32_t i = 0; i < fixture->n_cpus; i++)
		calibrate_cpu(machine, i);
	if (clock == MACHINE_CLOCK_REAL)
		machine->clock_ns = clock_now_ns();
	return machine;
}

struct machine *machine_free(struct machine *machine)
{
	if (!machine)
		return NULL;
	for (size_t i = 0; machine->functions && i < machine->fixture->n_functions; i++)
		pcispace_deinit(&machine->functions[i]);
	pthread_mutex_destroy(&machine->lock);
	free(machine->registers);
	free(machine->first_box);
	free(machine->cpus);
	free(machine->packages);
	free(machine->boxes);
	free(machine->functions);
	free(machine->buses);
	free(machine->values);
	free(machine);
	return NULL;
}

void machine_hold_boxes(
	struct machine *machine, const struct machine_package *package, bool held, uint64_t ns)
{
	for (uint32_t i = 0; i < machine->n_boxes; i++)
		uncore_hold(&package->boxes[i], held, ns);
	for (size_t i = 0; i < machine->fixture->n_functions; i++)
		if (machine->functions[i].box.kind && machine->functions[i].package == package->id)
			uncore_hold(&machine->functions[i].box, held, ns);
}

static bool find_online_cpu(const struct machine *machine, uint32_t number, uint32_t *index)
{
	return find_cpu(machine->fixture, number, index) && machine->cpus[*index].online;
}

int machine_msr_read(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t *value)
{
	uint32_t index;

	if (!find_online_cpu(machine, cpu, &index))
		return -ENXIO;
	pthread_mutex_lock(&machine->lock);
	int r = msrspace_read(machine, index, address, now_ns(machine), value);
	pthread_mutex_unlock(&machine->lock);
	return r;
}

int machine_msr_write(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value)
{
	uint32_t index;

	if (!find_online_cpu(machine, cpu, &index))
		return -ENXIO;
	pthread_mutex_lock(&machine->lock);
	int r = msrspace_write(machine, index, address, now_ns(machine), value);
	pthread_mutex_unlock(&machine->lock);
	return r;
}

uint32_t machine_pci_read(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width)
{
	if (function >= machine->fixture->n_functions)
		return UINT32_MAX >> (32 - 8 * width);
	pthread_mutex_lock(&machine->lock);
	uint64_t ns = now_ns(machine);
	uint32_t value = pcispace_read(machine, function, offset, width, ns);
	pthread_mutex_unlock(&machine->lock);
	return value;
}

void machine_pci_write(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width, uint32_t value)
{
	if (function >= machine->fixture->n_functions)
		return;
	pthread_mutex_lock(&machine->lock);
	pcispace_write(machine, function, offset, width, now_ns(machine), value);
	pthread_mutex_unlock(&machine->lock);
}

bool machine_find_function(
	const struct machine *machine, const struct place *place, uint32_t *function)
{
	for (uint32_t i = 0; i < machine->fixture->n_functions; i++) {
		const struct machine_function *candidate = &machine->functions[i];
		if (candidate->uncore && candidate->package == place->package &&
			candidate->uncore->unit == place->unit &&
			candidate->uncore->index == place->index) {
			*function = i;
			return place->package != BUS_NO_PACKAGE;
		}
	}
	return false;
}

void machine_write_log(struct machine *machine, FILE *out)
{
	pthread_mutex_lock(&machine->lock);
	sim_log_write(&machine->log, out);
	pthread_mutex_unlock(&machine->lock);
}

bool machine_cpu_is_online(struct machine *machine, uint32_t cpu)
{
	uint32_t index;

	return find_online_cpu(machine, cpu, &index);
}

uint64_t machine_clock_ns(struct machine *machine)
{
	pthread_mutex_lock(&machine->lock);
	uint64_t ns = now_ns(machine);
	pthread_mutex_unlock(&machine->lock);
	return ns;
}

const uint64_t *machine_started_ns(const struct machine *machine)
{
	return machine->clock == MACHINE_CLOCK_REAL ? &machine->clock_ns : NULL;
}

int machine_clock_advance(struct machine *machine, uint64_t ns)
{
	if (machine->clock != MACHINE_CLOCK_MANUAL)
		return -EPERM;
	pthread_mutex_lock(&machine->lock);
	bool fits = ns <= UINT64_MAX - machine->clock_ns;
	if (fits)
		machine->clock_ns += ns;
	pthread_mutex_unlock(&machine->lock);
	return fits ? 0 : -EOVERFLOW;
}
