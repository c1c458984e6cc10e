/* SPDX-License-Identifier: MIT */
/*
 * The search for the package of each uncore bus. The UBOX's word comes first;
 * other sources count for a bus only where no UBOX speaks of it. Whoever asks
 * brings the functions and reads their config space; no file is known here.
 */
#include "arch/buses.h"

#include <errno.h>

#include "arch/arch.h"
#include "util/array.h"

static bool is_helper(const struct arch_helper *helper, const struct bus_function *function)
{
	return helper->device_id != 0 && function->devfn == helper->devfn &&
	       function->device_id == helper->device_id;
}

bool buses_want(const struct arch *arch, uint8_t devfn, uint16_t device_id)
{
	const struct bus_function function = {.devfn = devfn, .device_id = device_id};

	return is_helper(&arch->buses.ubox, &function) || is_helper(&arch->buses.iio, &function) ||
	       arch_find_function(arch, devfn, device_id);
}

static const struct arch_function *unit_of(
	const struct bus_search *search, const struct bus_function *function)
{
	return arch_find_function(search->arch, function->devfn, function->device_id);
}

static bool is_on(const struct bus_function *function, const struct bus *bus)
{
	return function->domain == bus->domain && function->bus == bus->bus;
}

/* Do both carry the same unit? Then they belong to two packages. */
static bool share_a_unit(
	const struct bus_search *search, const struct bus *bus, const struct bus *other)
{
	for (size_t i = 0; i < search->n_functions; i++) {
		const struct arch_function *unit = unit_of(search, &search->functions[i]);

		for (size_t j = 0;
			unit && is_on(&search->functions[i], bus) && j < search->n_functions; j++)
			if (is_on(&search->functions[j], other) &&
				unit_of(search, &search->functions[j]) == unit)
				return true;
	}
	return false;
}

static bool has_cpus(const struct bus_search *search, uint32_t package)
{
	for (size_t i = 0; i < search->n_packages; i++)
		if (search->packages[i] == package)
			return true;
	return false;
}

/* What a UBOX says; without a package there is a doubt. */
static void ask_ubox(
	const struct bus_search *search, const struct bus_function *ubox, struct bus *bus)
{
	const struct arch_buses *how = &search->arch->buses;
	uint32_t mask = (1u << how->node_id_bits) - 1, node_id, map;

	if (search->read_config(search->context, ubox, how->node_id, &node_id) < 0 ||
		search->read_config(search->context, ubox, how->node_map, &map) < 0) {
		bus->doubt = BUS_HIDDEN;
		return;
	}
	bus->doubt = BUS_CONTRADICTED;
	/* the first field that holds the node id is the package's */
	for (uint32_t i = 0; i < how->map_fields; i++) {
		if ((map >> how->node_id_bits * i & mask) != (node_id & mask))
			continue;
		/* a package where all CPUs are off is still one */
		if (has_cpus(search, i) || search->has_lost_cpus) {
			bus->package = i;
			bus->doubt = BUS_NO_DOUBT;
		}
		return;
	}
}

/* The nearest bus that has one, up or down as the model says. */
static const struct bus_function *find_sibling_ubox(
	const struct bus_search *search, const struct bus *bus)
{
	const struct arch_buses *how = &search->arch->buses;
	const struct bus_function *lower = NULL;

	for (size_t i = 0; i < search->n_functions; i++) {
		const struct bus_function *function = &search->functions[i];

		if (!is_helper(&how->ubox, function) || function->domain != bus->domain)
			continue;
		if (how->inherits_from_higher && function->bus > bus->bus)
			return function;
		if (function->bus < bus->bus)
			lower = function;
	}
	return how->inherits_from_higher ? NULL : lower;
}

static void map_by_ubox(const struct bus_search *search, struct bus *bus)
{
	for (size_t i = 0; i < search->n_functions; i++) {
		if (!is_on(&search->functions[i], bus) ||
			!is_helper(&search->arch->buses.ubox, &search->functions[i]))
			continue;
		bus->source = BUS_BY_UBOX;
		ask_ubox(search, &search->functions[i], bus);
		return;
	}

	const struct bus_function *ubox = find_sibling_ubox(search, bus);
	if (!ubox)
		return;
	const struct bus sibling = {.domain = ubox->domain, .bus = ubox->bus};
	/* its own UBOX is hidden, then, and that one is another package's */
	if (share_a_unit(search, bus, &sibling))
		return;
	bus->source = BUS_BY_SIBLING;
	ask_ubox(search, ubox, bus);
}

/* The uncore bus that the address map of an I/O bus names. */
static bool read_bus_number(const struct bus_search *search, uint32_t io_bus, uint32_t *uncore_bus)
{
	const struct arch_buses *how = &search->arch->buses;

	for (size_t i = 0; i < search->n_functions; i++) {
		const struct bus_function *function = &search->functions[i];
		uint32_t value;

		if (!is_helper(&how->iio, function) || function->domain != 0 ||
			function->bus != io_bus)
			continue;
		if (search->read_config(search->context, function, how->bus_number, &value) < 0 ||
			!(value & how->bus_number_valid))
			return false;
		*uncore_bus = value >> how->uncore_bus_shift & 0xff;
		return true;
	}
	return false;
}

/*
 * The first package has I/O bus 0, and the next one's follows the uncore bus.
 * So this gives an order of packages: it names them only if all of them are seen.
 */
static void map_by_bus_number(const struct bus_search *search, struct bus *bus)
{
	uint32_t io_bus = 0, uncore_bus, package = BUS_NO_PACKAGE;
	size_t n = 0;

	if (search->arch->buses.bus_number == 0 || search->has_lost_cpus || bus->domain != 0)
		return;
	for (; read_bus_number(search, io_bus, &uncore_bus); n++) {
		if (uncore_bus < io_bus || n == search->n_packages)
			return; /* makes no sense */
		if (uncore_bus == bus->bus)
			package = search->packages[n];
		io_bus = uncore_bus + 1;
	}
	if (n != search->n_packages || package == BUS_NO_PACKAGE)
		return;
	bus->package = package;
	bus->source = BUS_BY_CPUBUSNO;
}

static void map_by_numa(const struct bus_search *search, struct bus *bus)
{
	for (size_t i = 0; search->numa_package && i < search->n_functions; i++) {
		if (!is_on(&search->functions[i], bus) || !unit_of(search, &search->functions[i]))
			continue;
		bus->package = search->numa_package(search->context, &search->functions[i]);
		if (bus->package == BUS_NO_PACKAGE)
			continue;
		bus->source = BUS_BY_NUMA;
		return;
	}
}

static void map_by_only_package(
	const struct bus_search *search, const struct bus *buses, size_t n, struct bus *bus)
{
	if (search->n_packages != 1 || search->has_lost_cpus)
		return;
	for (size_t i = 0; i < n; i++)
		if (&buses[i] != bus && share_a_unit(search, bus, &buses[i]))
			return; /* there must be another package, whatever the CPUs say */
	bus->package = search->packages[0];
	bus->source = BUS_BY_SINGLE;
}

static void map_bus(
	const struct bus_search *search, const struct bus *buses, size_t n, struct bus *bus)
{
	map_by_ubox(search, bus);
	if (bus->package != BUS_NO_PACKAGE || bus->doubt == BUS_CONTRADICTED)
		return;
	map_by_bus_number(search, bus);
	if (bus->package == BUS_NO_PACKAGE)
		map_by_numa(search, bus);
	if (bus->package == BUS_NO_PACKAGE)
		map_by_only_package(search, buses, n, bus);
	if (bus->package != BUS_NO_PACKAGE)
		bus->doubt = BUS_NO_DOUBT;
	else if (bus->doubt == BUS_NO_DOUBT)
		bus->doubt = BUS_SILENT;
}

int buses_map(const struct bus_search *search, struct bus **buses, size_t *n)
{
	*buses = NULL;
	*n = 0;
	for (size_t i = 0; i < search->n_functions; i++) {
		const struct bus_function *function = &search->functions[i];

		if (!unit_of(search, function) || (*n > 0 && is_on(function, &(*buses)[*n - 1])))
			continue;
		struct bus *grown = array_grow(*buses, *n, sizeof *grown);
		if (!grown) {
			free(*buses);
			*buses = NULL;
			*n = 0;
			return -ENOMEM;
		}
		*buses = grown;
		grown[(*n)++] = (struct bus){function->domain, function->bus, BUS_NO_PACKAGE,
			BUS_BY_NOTHING, BUS_NO_DOUBT};
	}
	for (size_t i = 0; i < *n; i++)
		map_bus(search, *buses, *n, &(*buses)[i]);
	for (size_t i = 0; i < *n; i++)
		if ((*buses)[i].package == BUS_NO_PACKAGE)
			(*buses)[i].source = BUS_BY_NOTHING;
	return 0;
}

const char *bus_source_text(enum bus_source source)
{
	static const char *const texts[] = {
#define X(name, text) [name] = text,
		BUS_SOURCES(X)
#undef X
	};

	return texts[source];
}

const char *bus_doubt_text(enum bus_doubt doubt)
{
	static const char *const texts[] = {
#define X(name, text) [name] = text,
		BUS_DOUBTS(X)
#undef X
	};

	return texts[doubt];
}
