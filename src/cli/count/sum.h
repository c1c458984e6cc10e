/* SPDX-License-Identifier: MIT */
/* Counts of devices added up: per box, CPU, core, NUMA node, socket, or over the whole node. */
#ifndef MSRD_CLI_COUNT_SUM_H
#define MSRD_CLI_COUNT_SUM_H

#include "cli/count/count.h"
#include "cli/count/topology.h"

/* From small to large. X(level, name) */
#define SUM_LEVELS(X)                                                                              \
	X(SUM_BOX, "box")                                                                          \
	X(SUM_CPU, "cpu")                                                                          \
	X(SUM_CORE, "core")                                                                        \
	X(SUM_NUMA, "numa")                                                                        \
	X(SUM_SOCKET, "socket")                                                                    \
	X(SUM_NODE, "node")

enum sum_level {
#define X(level, name) level,
	SUM_LEVELS(X)
#undef X
		SUM_DEFAULT, /* events of CPUs by CPU, others by socket */
};
#define SUM_N_LEVELS ((unsigned)SUM_DEFAULT)

const char *sum_level_name(enum sum_level level);
bool sum_level_find(const char *name, enum sum_level *level);

/* Whose counts are added up. */
struct sum_place {
	enum sum_level level;	    /* what it is, never SUM_DEFAULT */
	uint32_t package;	    /* BOX, CORE, SOCKET; NODE_NO_PACKAGE: not known */
	uint32_t number;	    /* of the box, CPU, core or NUMA node */
	const struct arch_box *box; /* BOX */
};
#define SUM_PLACE_SIZE 64
/* "cpu 0", "imc1 of socket 0", "node". Returns text. */
const char *sum_place_text(const struct sum_place *place, char text[SUM_PLACE_SIZE]);

/* Where a device belongs at a level: the next larger one where the level says nothing of it (what
 * a socket has is no CPU's). */
struct sum_place sum_place_of(
	const struct topology *topology, const struct count_device *device, enum sum_level level);
/* ... and where a CPU, or a whole package, does. */
struct sum_place sum_place_of_cpu(
	const struct topology *topology, uint32_t package, uint32_t cpu, enum sum_level level);
struct sum_place sum_place_of_package(
	const struct topology *topology, uint32_t package, enum sum_level level);
bool sum_place_same(const struct sum_place *a, const struct sum_place *b);

/* The places of an event at a level, each once, in the order of the devices: *places (free()
 * it). 0 or -ENOMEM. */
int sum_places(const struct topology *topology, const struct count *count, const struct want *want,
	enum sum_level level, struct sum_place **places, size_t *n);

struct sum {
	double value;	      /* NAN: some of it is not known; of a gauge the average */
	double min, max;      /* of a device */
	double share;	      /* the least of a device */
	double raw;	      /* what the counters counted, without scale and turns */
	double grain_percent; /* as count_grain, of the coarsest; NAN: none is */
	size_t n;	      /* devices */
	const char *cause;    /* why not, or NULL; lives as long as count */
	bool has_failure;
};

/* What the devices of a place counted of it; the place may be larger than theirs. */
struct sum sum_get(const struct topology *topology, const struct count *count,
	const struct want *want, const struct sum_place *place);

#endif
