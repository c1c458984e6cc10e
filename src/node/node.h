/* SPDX-License-Identifier: MIT */
/*
 * What machine this is: CPU model, CPUs, sockets, uncore functions and the
 * socket of each uncore bus. Read from /proc and /sys, once, at the start.
 */
#ifndef MSRD_NODE_NODE_H
#define MSRD_NODE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

#define NODE_NO_PACKAGE BUS_NO_PACKAGE

struct node_cpu {
	bool present; /* a CPU of this number is plugged in */
	bool online;
	uint32_t package; /* physical id; NODE_NO_PACKAGE: not known, as of an offline CPU */
};

/* A unit of the model. */
struct node_function {
	uint32_t package; /* NODE_NO_PACKAGE: not proven, so that nobody can ask for it */
	const struct arch_function *arch;
	uint16_t domain;
	uint8_t bus;
	uint16_t device_id;
	bool in_sysfs; /* else only in /proc/bus/pci */
};

struct node {
	char vendor[16];
	char model_name[64];
	unsigned family, model, stepping; /* stepping: NODE_NO_STEPPING when it is not said */
	const struct arch *arch;	  /* NULL: not supported */

	uint32_t n_cpus; /* highest number of a present CPU, plus one */
	struct node_cpu *cpus;
	/* physical ids: n_cpu_packages that CPUs are in, ascending; then those that only a bus
	 * names, ascending. Who may not read config space knows the first alone: so
	 * the place in here is one number to the daemon and to its client. */
	uint32_t *packages;
	uint32_t n_packages, n_cpu_packages;

	struct bus *buses; /* that carry units, ascending: package, or doubt (arch/buses.h) */
	size_t n_buses;
	struct node_function *functions; /* ascending by bus and place */
	size_t n_functions;
	size_t n_twins; /* units without a package as two buses of one have the same */
};

#define NODE_NO_STEPPING UINT32_MAX

/*
 * Reads the machine below the directory root_fd (the daemon passes "/").
 * 0, -errno of what could not be read, -EINVAL for what makes no sense;
 * an unsupported CPU model or missing PCI is no error. node_deinit releases,
 * also after a failure.
 */
int node_init(struct node *node, int root_fd);
void node_deinit(struct node *node);

/* False when nothing says that the package exists. */
bool node_has_package(const struct node *node, uint32_t package);

/* Is the unit on any bus, of whatever package? */
bool node_has_unit(const struct node *node, const struct arch_function *unit);

#endif
