/* SPDX-License-Identifier: MIT */
/* Puts the fixture's dump to the search for the packages of buses. */
#include "sim/machine/buses.h"

#include <errno.h>
#include <stdlib.h>

#include "util/bytes.h"

/* The functions that matter, and what the fixture knows of each. */
struct search {
	const struct fixture *fixture;
	struct bus_function *functions;
	const struct fixture_function **dumps;
	size_t n;
};

static const struct fixture_function *dump_of(
	const struct search *search, const struct bus_function *function)
{
	return search->dumps[function - search->functions];
}

static int read_config(
	void *context, const struct bus_function *function, uint32_t offset, uint32_t *value)
{
	const struct fixture_function *dump = dump_of(context, function);

	if (offset + 4 > dump->size)
		return -ENODATA;
	*value = get_le32(dump->config + offset);
	return 0;
}

static uint32_t numa_package(void *context, const struct bus_function *function)
{
	const struct search *search = context;
	const struct fixture *fixture = search->fixture;
	int32_t node = dump_of(search, function)->numa_node;

	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *cpu = &fixture->cpus[i];
		if ((int64_t)fixture->numa_nodes[cpu->numa_node].number == node)
			return cpu->package;
	}
	return BUS_NO_PACKAGE;
}

/* 0: none of Intel's. */
static uint16_t device_id(const struct fixture_function *function)
{
	return get_le16(function->config) == BUS_VENDOR ? get_le16(function->config + 2) : 0;
}

static void collect(struct search *search, const struct arch *arch)
{
	for (size_t i = 0; i < search->fixture->n_functions; i++) {
		const struct fixture_function *dump = &search->fixture->functions[i];

		if (dump->domain > UINT16_MAX || !buses_want(arch, dump->devfn, device_id(dump)))
			continue;
		search->dumps[search->n] = dump;
		search->functions[search->n++] = (struct bus_function){
			(uint16_t)dump->domain, dump->bus, dump->devfn, device_id(dump)};
	}
}

static int map(struct search *search, const struct arch *arch, struct bus **buses, size_t *n)
{
	const struct bus_search bus_search = {
		.arch = arch,
		.functions = search->functions,
		.n_functions = search->n,
		.packages = search->fixture->packages,
		.n_packages = search->fixture->n_packages,
		.read_config = read_config,
		.numa_package = search->fixture->n_numa_nodes > 0 ? numa_package : NULL,
		.context = search,
	};

	return buses_map(&bus_search, buses, n);
}

int machine_map_buses(
	const struct fixture *fixture, const struct arch *arch, struct bus **buses, size_t *n)
{
	struct search search = {
		.fixture = fixture,
		.functions = calloc(fixture->n_functions + 1, sizeof *search.functions),
		.dumps = calloc(fixture->n_functions + 1, sizeof *search.dumps),
	};
	int r = -ENOMEM;

	if (search.functions && search.dumps) {
		collect(&search, arch);
		r = map(&search, arch, buses, n);
	}
	free(search.functions);
	free(search.dumps);
	return r;
}

const struct arch_function *machine_find_unit(
	const struct arch *arch, const struct fixture_function *function)
{
	return arch_find_function(arch, function->devfn, device_id(function));
}

const struct bus *machine_find_bus(
	const struct bus *buses, size_t n, const struct fixture_function *function)
{
	/* no uncore is below a VMD controller, whose domains those are */
	return function->domain > UINT16_MAX
		       ? NULL
		       : buses_find(buses, n, (uint16_t)function->domain, function->bus);
}
