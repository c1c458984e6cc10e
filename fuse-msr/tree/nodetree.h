/* SPDX-License-Identifier: MIT */
/*
 * The files of a node: dev/cpu, proc, sys and sim, made from its fixture. One
 * source file for each of these; nodetree_new puts them together.
 */
#ifndef MSRD_FUSE_MSR_TREE_NODETREE_H
#define MSRD_FUSE_MSR_TREE_NODETREE_H

#include "fuse-msr/tree/cpumask.h"
#include "fuse-msr/tree/tree.h"
#include "sim/fixture/fixture.h"

/* started_ns: as in sim/fixture/expect.h, NULL with a manual clock. NULL when out of memory. A node
 * in some condition is a fixture with other CPUs online and functions hidden. */
struct tree *nodetree_new(const struct fixture *fixture, const uint64_t *started_ns);

/* A set of CPUs as a file with a list; the same set in its two spellings. */
void tree_list(struct tree *tree, uint32_t dir, const char *name, const struct cpumask *mask);
void tree_masks(struct tree *tree, uint32_t dir, const char *map_name, const char *list_name,
	const struct cpumask *mask);

void tree_cpu_add(struct tree *tree, const struct fixture *fixture);  /* dev/cpu, cpuinfo, cpuN */
void tree_numa_add(struct tree *tree, const struct fixture *fixture); /* nodeN */
void tree_pci_add(struct tree *tree, const struct fixture *fixture);
void tree_firmware_add(struct tree *tree, const struct fixture *fixture);
void tree_module_add(struct tree *tree, const struct fixture *fixture);
void tree_sensor_add(struct tree *tree, const struct fixture *fixture); /* hwmon, powercap */
void tree_quiet_add(struct tree *tree, const struct fixture *fixture);	/* nothing to say */
void tree_sim_add(struct tree *tree, const struct fixture *fixture, const uint64_t *started_ns);

#endif
