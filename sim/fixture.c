/* SPDX-License-Identifier: MIT */
/*
 * A fixture as a whole: loads its four files and frees them. The formats are
 * in fixture_node.c, fixture_msr.c, fixture_pci.c and fixture_workload.c.
 */
#include "sim/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fixture_load.h"

static void no_complaint(void *context, const char *message)
{
	(void)context;
	(void)message;
}

struct fixture *fixture_load(
	const char *path, void (*complain)(void *context, const char *message), void *context)
{
	struct fixture_load load = {
		.fixture = calloc(1, sizeof *load.fixture),
		.complain = complain ? complain : no_complaint,
		.context = context,
	};

	if (load.fixture)
		load.fixture->path = strdup(path);
	if (!load.fixture || !load.fixture->path) {
		load.complain(context, "out of memory");
		return fixture_free(load.fixture);
	}
	/* the node first: the others are about its CPUs and packages */
	fixture_load_node(&load);
	fixture_load_msr(&load);
	fixture_load_pci(&load);
	fixture_load_workload(&load);
	free(load.buses);
	return load.n_complaints > 0 ? fixture_free(load.fixture) : load.fixture;
}

static void rates_free(struct fixture_rate *rates, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(rates[i].name);
	free(rates);
}

static void package_load_deinit(struct fixture_package_load *load)
{
	for (size_t i = 0; i < load->n_boxes; i++) {
		free(load->boxes[i].unit);
		free(load->boxes[i].boxes);
		rates_free(load->boxes[i].rates, load->boxes[i].n_rates);
	}
	free(load->boxes);
	free(load->packages);
}

static void phase_deinit(struct fixture_phase *phase)
{
	for (size_t i = 0; i < phase->n_cpu_loads; i++) {
		free(phase->cpu_loads[i].cpus);
		rates_free(phase->cpu_loads[i].rates, phase->cpu_loads[i].n_rates);
	}
	free(phase->cpu_loads);
	for (size_t i = 0; i < phase->n_package_loads; i++)
		package_load_deinit(&phase->package_loads[i]);
	free(phase->package_loads);
	free(phase->name);
}

struct fixture *fixture_free(struct fixture *fixture)
{
	if (!fixture)
		return NULL;
	for (size_t i = 0; i < fixture->n_phases; i++)
		phase_deinit(&fixture->phases[i]);
	free(fixture->phases);
	for (size_t i = 0; i < fixture->n_functions; i++) {
		free(fixture->functions[i].config);
		free(fixture->functions[i].name);
	}
	free(fixture->functions);
	for (size_t i = 0; i < fixture->n_numa_nodes; i++)
		free(fixture->numa_nodes[i].distances);
	free(fixture->numa_nodes);
	free(fixture->msrs);
	free(fixture->caches);
	free(fixture->cpus);
	free(fixture->path);
	free(fixture->name);
	free(fixture->origin);
	free(fixture->vendor);
	free(fixture->model_name);
	free(fixture->flags);
	free(fixture->bugs);
	free(fixture);
	return NULL;
}
