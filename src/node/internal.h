/* SPDX-License-Identifier: MIT */
/* What the files of this room have in common. */
#ifndef MSRD_NODE_INTERNAL_H
#define MSRD_NODE_INTERNAL_H

#include "node/node.h"

/* cpus.c: CPU model from proc/cpuinfo; CPUs and sockets from sys/devices/system/cpu. */
int node_read_cpu_model(struct node *node, int root_fd);
int node_read_cpus(struct node *node, int root_fd);

/* uncore.c: the model's uncore functions. */
int node_read_uncore(struct node *node, int root_fd);

#define NODE_DEVFN(device, function) ((device) << 3 | (function))

/* Interrupt control registers of the UBOX (uncore_snbep.c). */
#define NODE_UBOX_DEVFN NODE_DEVFN(0x0b, 0)
#define NODE_UBOX_ID	0x3ce0
/* The IIO's address map function; measured on a DL360p Gen8. */
#define NODE_IIO_DEVFN NODE_DEVFN(0x05, 0)
#define NODE_IIO_ID    0x3c28

/* A PCI function of interest while looking; those of the arch become node functions. */
struct node_seen {
	uint16_t domain;
	uint8_t bus, devfn;
	uint16_t device_id;
	const struct arch_function *arch; /* NULL: UBOX or IIO */
	bool in_sysfs;
};

struct node_search {
	struct node *node;
	int root_fd;
	struct node_seen *seen;
	size_t n_seen;
};

/* buses.c: gives each of node->buses its socket. */
void node_map_buses(struct node_search *search);

#endif
