/* SPDX-License-Identifier: MIT */
/*
 * What machine this is: CPU model, CPUs, sockets, uncore functions and the
 * socket of each uncore bus. Read from /proc and /sys, once, at the start.
 */
#ifndef MSRD_NODE_NODE_H
#define MSRD_NODE_NODE_H

#include "arch/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODE_NO_SOCKET UINT32_MAX

struct node_cpu {
	bool present; /* a CPU of this number is plugged in */
	bool online;
	uint32_t socket; /* index into sockets, NODE_NO_SOCKET when offline */
};

/* An uncore function that the CPU model knows, found on this machine. */
struct node_function {
	uint32_t socket;
	const struct arch_function *arch;
	uint16_t domain;
	uint8_t bus;
	uint16_t device_id;
	bool in_sysfs; /* else only in /proc/bus/pci */
};

/* How the uncore buses were given to the sockets, best first. */
#define NODE_BUS_SOURCES(X)                                                                        \
	X(NODE_BUS_NONE, "nothing: there are no uncore functions")                                 \
	X(NODE_BUS_UBOX, "node ids in the UBOX (8086:3ce0, 0x40 and 0x54)")                        \
	X(NODE_BUS_CPUBUSNO, "CPUBUSNO (8086:3c28, 0x108)")                                        \
	X(NODE_BUS_NUMA, "numa_node in sysfs")                                                     \
	X(NODE_BUS_ORDER, "ascending bus number")

enum node_bus_source {
#define X(source, text) source,
	NODE_BUS_SOURCES(X)
#undef X
};

struct node_bus {
	uint16_t domain;
	uint8_t bus;
	uint32_t socket; /* NODE_NO_SOCKET: belongs to none that is known */
};

struct node {
	char vendor[16];
	char model_name[64];
	unsigned family, model, stepping;
	const struct arch *arch; /* NULL: not supported */

	uint32_t n_cpus; /* highest number of a present CPU, plus one */
	struct node_cpu *cpus;
	uint32_t n_sockets;
	uint32_t *packages; /* physical package id of each socket, ascending */

	enum node_bus_source bus_source;
	/* The UBOXes are there, but config space ends early for who has no
	 * CAP_SYS_ADMIN: sockets of buses are a guess that the daemon need not share. */
	bool buses_hidden;
	struct node_bus *buses; /* that carry uncore functions, ascending */
	size_t n_buses;
	struct node_function *functions;
	size_t n_functions;
};

/*
 * Reads the machine below the directory root_fd (the daemon passes "/").
 * 0, -errno of what could not be read, -EINVAL for what makes no sense;
 * an unsupported CPU model or missing PCI is no error. node_deinit releases,
 * also after a failure.
 */
int node_init(struct node *node, int root_fd);
void node_deinit(struct node *node);

const char *node_bus_source_text(enum node_bus_source source);

#endif
