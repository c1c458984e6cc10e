/* SPDX-License-Identifier: MIT */
/* What the files of this room have in common. */
#ifndef MSRD_NODE_INTERNAL_H
#define MSRD_NODE_INTERNAL_H

#include "node/node.h"

/* cpus.c: CPU model from proc/cpuinfo; CPUs and packages from sys/devices/system/cpu. */
int node_read_cpu_model(struct node *node, int root_fd);
int node_read_cpus(struct node *node, int root_fd);

/* uncore.c: the model's units, their buses and packages. */
int node_read_uncore(struct node *node, int root_fd);

/* A PCI function of interest. */
struct node_seen {
	struct bus_function function;
	bool in_sysfs;
};

struct node_search {
	struct node *node;
	int root_fd;
	uint32_t *listed;	/* see uncore.c; NULL: procfs has no list */
	struct node_seen *seen; /* ascending by domain, bus, devfn */
	size_t n_seen;
};

/* buses.c: makes node->buses, and adds the packages that only they name. 0 or -errno. */
int node_map_buses(const struct node_search *search);

#endif
