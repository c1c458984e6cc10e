/* SPDX-License-Identifier: MIT */
/* fuse-msr check: what a fixture is, and what is wrong with it. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "fuse-msr/check_events.h"
#include "fuse-msr/host/paths.h"
#include "fuse-msr/verb.h"
#include "sim/machine/buses.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/compare.h"
#include "util/cpulist.h"

static void complain(void *context, const char *message)
{
	size_t *n = context;

	(*n)++;
	fprintf(stderr, "%s\n", message);
}

static void print_identity(const struct fixture *fixture)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);

	printf("%s\n", fixture->name);
	printf("  CPU        %s (%s, family %u, model %u, stepping %u, microcode 0x%x)\n",
		fixture->model_name, fixture->vendor, fixture->family, fixture->model,
		fixture->stepping, fixture->microcode);
	printf("  uncore of  %s\n", arch ? arch->text : "a model that msrd does not know");
}

/* Some lines of prose. */
static void print_origin(const struct fixture *fixture)
{
	const char *line = fixture->origin ? fixture->origin : "not said";

	for (const char *label = "origin"; *line != '\0'; label = "") {
		size_t length = strcspn(line, "\n");
		printf("  %-10s %.*s\n", label, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static size_t count_online(const struct fixture *fixture)
{
	size_t n = 0;

	for (size_t i = 0; i < fixture->n_cpus; i++)
		n += fixture->cpus[i].online;
	return n;
}

static bool has_package(const void *context, uint32_t number)
{
	const struct fixture *fixture = context;

	return bsearch(&number, fixture->packages, fixture->n_packages, sizeof number, compare_u32);
}

static void print_topology(const struct fixture *fixture)
{
	/* ascending */
	uint32_t last = fixture->packages[fixture->n_packages - 1];
	cleanup_free char *packages = cpulist_text(has_package, fixture, last + 1);

	printf("  topology   packages %s: %u cores each, %u threads a core, %zu CPUs, %zu online\n",
		packages ? packages : "(out of memory)", fixture->cores_per_package,
		fixture->threads_per_core, fixture->n_cpus, count_online(fixture));
	for (size_t i = 0; i < fixture->n_caches; i++) {
		const struct fixture_cache *cache = &fixture->caches[i];
		printf("  cache      L%u %s, %u KiB, %u ways, %u sets\n", cache->level, cache->type,
			cache->size_kib, cache->ways, cache->sets);
	}
	for (size_t i = 0; i < fixture->n_numa_nodes; i++)
		printf("  NUMA node  %u, %.1f GiB\n", fixture->numa_nodes[i].number,
			(double)fixture->numa_nodes[i].memory_kib / (1 << 20));
	printf("  clocks     BCLK %.0f, TSC %.0f, uncore %.0f, DRAM %.0f, QPI %.0f, "
	       "cores %.0f to %.0f MHz\n",
		fixture->bus_mhz, fixture->tsc_mhz, fixture->uclk_mhz, fixture->dclk_mhz,
		fixture->qclk_mhz, fixture->min_mhz, fixture->max_mhz);
}

static bool is_on(const struct fixture_function *function, const struct fixture_function *bus)
{
	return function->domain == bus->domain && function->bus == bus->bus;
}

/* What is on the bus that this function is on, and which package that is of. */
static void print_bus(const struct fixture *fixture, const struct arch *arch, const struct bus *bus,
	const struct fixture_function *first)
{
	size_t counts[OP_N_UNITS] = {0}, others = 0;

	for (size_t i = 0; i < fixture->n_functions; i++) {
		if (!is_on(&fixture->functions[i], first))
			continue;
		const struct arch_function *unit =
			arch ? machine_find_unit(arch, &fixture->functions[i]) : NULL;
		if (unit)
			counts[unit->unit]++;
		else
			others++;
	}
	printf("  PCI bus    %04x:%02x", first->domain, first->bus);
	if (bus && bus->package != BUS_NO_PACKAGE)
		printf(", package %u (%s)", bus->package, bus_source_text(bus->source));
	else if (bus)
		printf(", no package (%s)", bus_doubt_text(bus->doubt));
	printf(":");
	for (int unit = 0; unit < OP_N_UNITS; unit++)
		if (counts[unit] > 0)
			printf(" %zu %s,", counts[unit], op_unit_name((enum op_unit)unit));
	printf(" %zu other functions\n", others);
}

static bool is_first_of_bus(const struct fixture *fixture, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_on(&fixture->functions[i], &fixture->functions[index]))
			return false;
	return true;
}

static void print_registers(const struct fixture *fixture)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);
	cleanup_free struct bus *buses = NULL;
	size_t n = 0;

	if (arch && machine_map_buses(fixture, arch, &buses, &n) < 0)
		warnx("out of memory: the packages of buses are not shown");
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		if (is_first_of_bus(fixture, i))
			print_bus(fixture, arch, machine_find_bus(buses, n, function), function);
	}
	printf("  MSRs       %zu values\n", fixture->n_msrs);
}

static void print_workload(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_phases; i++) {
		const struct fixture_phase *phase = &fixture->phases[i];
		printf("  workload   %s, ", phase->name ? phase->name : "unnamed");
		if (phase->seconds > 0)
			printf("%g s", phase->seconds);
		else
			printf("for ever");
		printf(": %zu CPU loads, %zu package loads\n", phase->n_cpu_loads,
			phase->n_package_loads);
	}
}

static void print_events(const struct fixture *fixture)
{
	if (fixture->n_events > 0)
		printf("  events     %zu, the last at %g s\n", fixture->n_events,
			clock_seconds(fixture->events[fixture->n_events - 1].ns));
}

int verb_check(const struct options *options)
{
	cleanup_free char *path = paths_fixture(options->fixture);
	size_t n_complaints = 0;

	if (!path)
		return EXIT_FAILURE;
	struct fixture *fixture = fixture_load(path, complain, &n_complaints);
	/* well formed is not enough: it has to be a machine that can be */
	struct machine *machine =
		fixture ? machine_new(fixture, MACHINE_CLOCK_MANUAL, complain, &n_complaints)
			: NULL;
	bool good = machine;

	if (good) {
		print_identity(fixture);
		print_topology(fixture);
		print_registers(fixture);
		print_workload(fixture);
		print_events(fixture);
		print_origin(fixture);
		machine_check(machine, complain, &n_complaints);
		if (fixture->n_events > 0)
			check_events(fixture, complain, &n_complaints);
	} else {
		fprintf(stderr, "%s: %zu complaints\n", options->fixture, n_complaints);
	}
	machine_free(machine);
	fixture_free(fixture);
	return n_complaints == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
