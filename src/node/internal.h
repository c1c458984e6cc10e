/* SPDX-License-Identifier: MIT */
/* The two halves of node_init. */
#ifndef MSRD_NODE_INTERNAL_H
#define MSRD_NODE_INTERNAL_H

#include "node/node.h"

/* cpus.c: CPU model from proc/cpuinfo; CPUs and sockets from sys/devices/system/cpu. */
int node_read_cpu_model(struct node *node, int root_fd);
int node_read_cpus(struct node *node, int root_fd);

/* uncore.c: the model's uncore functions and the socket of their buses. */
int node_read_uncore(struct node *node, int root_fd);

#endif
