/* SPDX-License-Identifier: MIT */
/*
 * Which package an uncore bus belongs to: how a model says it (data), and the
 * one search that follows it, for the daemon and for the simulator. A bus
 * whose package is not proven has none.
 */
#ifndef MSRD_ARCH_BUSES_H
#define MSRD_ARCH_BUSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arch;

#define BUS_NO_PACKAGE UINT32_MAX

#define BUS_VENDOR 0x8086 /* of every function that matters: Intel's */

/* A PCI function by place and id (vendor 8086). */
struct arch_helper {
	uint8_t devfn;
	uint16_t device_id;
};

/* Where a model says which package a bus is of. */
struct arch_buses {
	/* the UBOX: this bus's node id, and the map of node ids, a field a package */
	struct arch_helper ubox;
	uint32_t node_id, node_map;	  /* offsets in its config space */
	uint8_t node_id_bits, map_fields; /* of a field; how many */
	bool inherits_from_higher;	  /* a bus without UBOX takes after the next higher one */
	/* the address map of the I/O side: names the uncore bus of its socket */
	struct arch_helper iio;
	uint32_t bus_number; /* offset; 0: the model has none */
	uint32_t bus_number_valid;
	uint8_t uncore_bus_shift;
};

/* What a bus's package was found by. X(source, text) */
#define BUS_SOURCES(X)                                                                             \
	X(BUS_BY_NOTHING, "nothing")                                                               \
	X(BUS_BY_UBOX, "the UBOX's node id")                                                       \
	X(BUS_BY_SIBLING, "the UBOX of its sibling bus")                                           \
	X(BUS_BY_CPUBUSNO, "CPUBUSNO")                                                             \
	X(BUS_BY_NUMA, "numa_node in sysfs")                                                       \
	X(BUS_BY_SINGLE, "being on the only package")

enum bus_source {
#define X(source, text) source,
	BUS_SOURCES(X)
#undef X
};

/* Why a bus has no package. X(doubt, text) */
#define BUS_DOUBTS(X)                                                                              \
	X(BUS_NO_DOUBT, "it has one")                                                              \
	X(BUS_SILENT, "nothing says which")                                                        \
	X(BUS_HIDDEN, "its UBOX may not be read by this user")                                     \
	X(BUS_CONTRADICTED, "its UBOX names a package that no CPU is in")

enum bus_doubt {
#define X(doubt, text) doubt,
	BUS_DOUBTS(X)
#undef X
};

struct bus {
	uint16_t domain;
	uint8_t bus;
	uint32_t package; /* physical id, or BUS_NO_PACKAGE */
	enum bus_source source;
	enum bus_doubt doubt;
};

/* A function that matters: a unit of the model, its UBOX, its I/O address map. */
struct bus_function {
	uint16_t domain;
	uint8_t bus, devfn;
	uint16_t device_id;
};

/* What is known of the machine. */
struct bus_search {
	const struct arch *arch;
	const struct bus_function *functions; /* ascending by domain, bus, devfn */
	size_t n_functions;
	const uint32_t *packages; /* physical ids that CPUs are in, ascending */
	size_t n_packages;
	bool has_lost_cpus; /* some CPUs do not say which package they are in: offline */
	/* A dword of a function's config space: 0 or -errno. */
	int (*read_config)(void *context, const struct bus_function *function, uint32_t offset,
		uint32_t *value);
	/* The package of the NUMA node of a function; BUS_NO_PACKAGE: not known. May be NULL. */
	uint32_t (*numa_package)(void *context, const struct bus_function *function);
	void *context;
};

/*
 * The buses that carry units of the model, ascending, each with its package or
 * the doubt about it: *buses (free() it) and *n. 0 or -ENOMEM.
 */
int buses_map(const struct bus_search *search, struct bus **buses, size_t *n);

/* That bus of n; NULL: it carries no units. */
const struct bus *buses_find(const struct bus *buses, size_t n, uint16_t domain, uint8_t bus);

const char *bus_source_text(enum bus_source source);
const char *bus_doubt_text(enum bus_doubt doubt);

/* Does the function matter to the search, by place and id? */
bool buses_want(const struct arch *arch, uint8_t devfn, uint16_t device_id);

#endif
