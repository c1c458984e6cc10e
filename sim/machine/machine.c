/* SPDX-License-Identifier: MIT */
/*
 * The machine: makes the state out of a fixture, and has the clock and the
 * lock. What registers do stands elsewhere; it must not know who asks.
 */
#include "sim/machine/machine.h"

#include "sim/machine/msrspace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MSR_TEMPERATURE_TARGET 0x1A2 /* [23:16] TjMax */
#define MSR_RAPL_POWER_UNIT    0x606 /* [12:8] n: the energy unit is 1/2^n J */

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t now_ns(const struct machine *machine)
{
	if (machine->clock == MACHINE_CLOCK_MANUAL)
		return machine->clock_ns;
	return monotonic_ns() - machine->clock_ns;
}

static bool find_cpu(const struct fixture *fixture, uint32_t number, uint32_t *index)
{
	size_t low = 0, high = fixture->n_cpus;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (fixture->cpus[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	*index = (uint32_t)low;
	return low < fixture->n_cpus && fixture->cpus[low].number == number;
}

/* Index of the first CPU that shares its registers of this scope with cpu. */
static uint32_t find_home(const struct fixture *fixture, uint32_t cpu, enum fixture_scope scope)
{
	const struct fixture_cpu *self = &fixture->cpus[cpu];
	uint32_t i = 0;

	if (scope == FIXTURE_THREAD)
		return cpu;
	while (fixture->cpus[i].package != self->package ||
		(scope == FIXTURE_CORE && fixture->cpus[i].core != self->core))
		i++;
	return i;
}

static void init_cpu(struct machine *machine, uint32_t cpu)
{
	struct machine_cpu *state = &machine->cpus[cpu];

	for (unsigned scope = 0; scope < MACHINE_N_SCOPES; scope++)
		state->home[scope] = find_home(machine->fixture, cpu, scope);
	pmu_init(&state->pmu, machine->fixture, cpu);
	msrspace_reset(machine, cpu);
}

static void init_package(struct machine *machine, uint32_t number)
{
	struct machine_package *package = &machine->packages[number];

	for (uint32_t i = 0; i < UNCORE_N_CBOXES; i++)
		uncore_init(&package->cboxes[i], UNCORE_CBOX, machine->fixture, number, i);
	uncore_init(&package->ubox, UNCORE_UBOX, machine->fixture, number, 0);
	uncore_init(&package->pcu, UNCORE_PCU, machine->fixture, number, 0);
}

/* What depends on values that the fixture may have set. */
static void calibrate_cpu(struct machine *machine, uint32_t cpu)
{
	const struct fixture *fixture = machine->fixture;
	uint32_t number = fixture->cpus[cpu].package;
	struct machine_package *package = &machine->packages[number];
	uint64_t target = 0, units = 0;

	/* both registers exist on every machine of the model */
	(void)msrspace_read(machine, cpu, MSR_TEMPERATURE_TARGET, 0, &target);
	(void)msrspace_read(machine, cpu, MSR_RAPL_POWER_UNIT, 0, &units);

	double limit_c = (double)(target >> 16 & 0xFF);
	struct flow hot = {.fixture = fixture, .cpu = cpu, .package = number, .limit_c = limit_c};
	machine->cpus[cpu].thermal.hot = hot;
	machine->cpus[cpu].thermal.hot.kind = FLOW_CPU_HOT;
	package->thermal.hot = hot;
	package->thermal.hot.kind = FLOW_PACKAGE_HOT;
	package->units_per_joule = UINT64_C(1) << (units >> 8 & 0x1F);
}

/* NULL, or what is wrong with the value. */
static const char *preset_msr(struct machine *machine, const struct fixture_msr *msr)
{
	uint32_t cpu;

	if (!find_cpu(machine->fixture, msr->cpu, &cpu))
		return "there is no such CPU";
	if (!msrspace_preset(machine, cpu, msr->address, msr->value))
		return "the value has bits that the register does not have";
	return NULL;
}

static void complain_of_msr(const struct machine *machine, const struct fixture_msr *msr,
	const char *problem, void (*complain)(void *context, const char *message), void *context)
{
	struct register_place place;
	char name[40] = "unknown to the model";
	char message[256];

	if (registers_find(machine->table, msr->address, &place))
		registers_name(&place, name, sizeof name);
	snprintf(message, sizeof message,
		"msr.txt:%" PRIu32 ": 0x%" PRIX32 " (%s) of CPU %" PRIu32 " = 0x%" PRIX64 ": %s",
		msr->line, msr->address, name, msr->cpu, msr->value, problem);
	complain(context, message);
}

static bool preset(struct machine *machine, void (*complain)(void *context, const char *message),
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

static struct machine *allocate(const struct fixture *fixture, const struct register_table *table)
{
	struct machine *machine = calloc(1, sizeof *machine);

	if (!machine)
		return NULL;
	machine->fixture = fixture;
	machine->table = table;
	machine->n_slots = registers_count(table);
	pthread_mutex_init(&machine->lock, NULL);
	machine->cpus = calloc(fixture->n_cpus, sizeof *machine->cpus);
	machine->packages = calloc(fixture->n_packages, sizeof *machine->packages);
	machine->values = calloc(fixture->n_cpus, machine->n_slots * sizeof *machine->values);
	/* a node may have no PCI functions, and calloc of nothing may be NULL */
	machine->functions = calloc(fixture->n_functions + 1, sizeof *machine->functions);
	if (!machine->cpus || !machine->packages || !machine->values || !machine->functions)
		return machine_free(machine);
	return machine;
}

static void init_state(struct machine *machine)
{
	const struct fixture *fixture = machine->fixture;

	for (uint32_t i = 0; i < fixture->n_cpus; i++)
		init_cpu(machine, i);
	for (uint32_t i = 0; i < fixture->n_packages; i++)
		init_package(machine, i);
	for (uint32_t i = 0; i < fixture->n_functions; i++)
		pcispace_init(&machine->functions[i], fixture, i);
}

struct machine *machine_new(const struct fixture *fixture, enum machine_clock clock,
	void (*complain)(void *context, const char *message), void *context)
{
	const struct register_table *table = registers_find_table(fixture->family, fixture->model);
	struct machine *machine;

	if (!table) {
		complain(context, "node.yaml: no register table has this family and model");
		return NULL;
	}
	machine = allocate(fixture, table);
	if (!machine) {
		complain(context, "out of memory");
		return NULL;
	}
	machine->clock = clock;
	init_state(machine);
	if (!preset(machine, complain, context))
		return machine_free(machine);
	for (uint32_t i = 0; i < fixture->n_cpus; i++)
		calibrate_cpu(machine, i);
	if (clock == MACHINE_CLOCK_REAL)
		machine->clock_ns = monotonic_ns();
	return machine;
}

struct machine *machine_free(struct machine *machine)
{
	if (!machine)
		return NULL;
	pthread_mutex_destroy(&machine->lock);
	free(machine->cpus);
	free(machine->packages);
	free(machine->functions);
	free(machine->values);
	free(machine);
	return NULL;
}

static bool find_online_cpu(const struct machine *machine, uint32_t number, uint32_t *index)
{
	const struct fixture *fixture = machine->fixture;

	return find_cpu(fixture, number, index) && fixture->cpus[*index].online;
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
	uint32_t value = pcispace_read(&machine->functions[function], offset, width, ns);
	pthread_mutex_unlock(&machine->lock);
	return value;
}

void machine_pci_write(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width, uint32_t value)
{
	if (function >= machine->fixture->n_functions)
		return;
	pthread_mutex_lock(&machine->lock);
	pcispace_write(&machine->functions[function], offset, width, now_ns(machine), value);
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
