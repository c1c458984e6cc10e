/* SPDX-License-Identifier: MIT */
/*
 * Gives the model's search for the package of each uncore bus what it asks of
 * this machine: config space, NUMA nodes, and which packages have CPUs.
 */
#include <errno.h>
#include <stdlib.h>

#include "node/file.h"
#include "node/internal.h"
#include "util/cpulist.h"

/* What the search hands back to us. */
struct context {
	const struct node_search *search;
	const struct bus_function *functions; /* those that were seen, in the same order */
};

static int read_config(
	void *context, const struct bus_function *function, uint32_t offset, uint32_t *value)
{
	const struct context *ours = context;
	const struct node_search *search = ours->search;
	unsigned device = function->devfn >> 3, number = function->devfn & 7;

	if (search->seen[function - ours->functions].in_sysfs)
		return file_read_le32(search->root_fd, offset, value,
			"sys/bus/pci/devices/%04x:%02x:%02x.%x/config", function->domain,
			function->bus, device, number);
	return file_read_le32(search->root_fd, offset, value, "proc/bus/pci/%02x/%02x.%x",
		function->bus, device, number);
}

static bool first_number(void *context, uint32_t number)
{
	*(uint32_t *)context = number;
	return false;
}

/* The package of the first CPU of its NUMA node. */
static uint32_t numa_package(void *context, const struct bus_function *function)
{
	const struct node_search *search = ((const struct context *)context)->search;
	const struct node *node = search->node;
	uint32_t cpu = UINT32_MAX;
	char text[4096];
	long numa_node;

	if (file_read_number(search->root_fd, &numa_node,
		    "sys/bus/pci/devices/%04x:%02x:%02x.%x/numa_node", function->domain,
		    function->bus, function->devfn >> 3, function->devfn & 7) < 0 ||
		numa_node < 0 ||
		file_read_text(search->root_fd, text, sizeof text,
			"sys/devices/system/node/node%ld/cpulist", numa_node) < 0)
		return BUS_NO_PACKAGE;
	cpulist_parse(text, UINT32_MAX - 1, first_number, &cpu);
	return cpu < node->n_cpus ? node->cpus[cpu].package : BUS_NO_PACKAGE;
}

static bool has_lost_cpus(const struct node *node)
{
	for (uint32_t i = 0; i < node->n_cpus; i++)
		if (node->cpus[i].present && node->cpus[i].package == NODE_NO_PACKAGE)
			return true;
	return false;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

static int add_packages_of_buses(struct node *node)
{
	uint32_t *all = reallocarray(
		node->packages, node->n_packages + node->n_buses + 1, sizeof *node->packages);

	if (!all)
		return -ENOMEM;
	node->packages = all;
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].package != BUS_NO_PACKAGE &&
			!node_has_package(node, node->buses[i].package))
			all[node->n_packages++] = node->buses[i].package;
	qsort(all + node->n_cpu_packages, node->n_packages - node->n_cpu_packages, sizeof *all,
		compare_u32);
	return 0;
}

int node_map_buses(const struct node_search *search)
{
	struct node *node = search->node;
	struct bus_function *functions = calloc(search->n_seen + 1, sizeof *functions);

	if (!functions)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++)
		functions[i] = search->seen[i].function;

	struct context context = {search, functions};
	const struct bus_search bus_search = {
		.arch = node->arch,
		.functions = functions,
		.n_functions = search->n_seen,
		.packages = node->packages,
		.n_packages = node->n_cpu_packages,
		.has_lost_cpus = has_lost_cpus(node),
		.read_config = read_config,
		.numa_package = numa_package,
		.context = &context,
	};
	int r = buses_map(&bus_search, &node->buses, &node->n_buses);
	free(functions);
	return r < 0 ? r : add_packages_of_buses(node);
}
