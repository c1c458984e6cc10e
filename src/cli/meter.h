/* SPDX-License-Identifier: MIT */
/*
 * The registers that msrctl stat measures with: three fixed counters of each
 * CPU, two counters of each memory channel, two energy counters of each socket.
 */
#ifndef MSRD_CLI_METER_H
#define MSRD_CLI_METER_H

#include "cli/journal.h"
#include "cli/probe.h"
#include "node/node.h"

/* Fixed counters 0, 1, 2. */
enum { METER_INSTRUCTIONS, METER_CYCLES, METER_REFERENCE, METER_N_FIXED };

struct meter_cpu {
	uint32_t cpu;
	double base_mhz;
	struct probe fixed[METER_N_FIXED];
	struct probe_cause cause;
};

struct meter_channel {
	struct probe read, write;
};

struct meter_socket {
	uint32_t socket;
	struct meter_channel *channels;
	size_t n_channels;
	struct probe_cause memory_cause;
	uint64_t energy_unit;
	struct probe package, dram;
	struct probe_cause package_cause, dram_cause;
};

struct meter {
	struct journal journal; /* what to restore */
	struct meter_cpu *cpus;
	size_t n_cpus;
	struct meter_socket *sockets;
	size_t n_sockets;
};

/*
 * Programs the counters of these CPUs and of their sockets. What cannot be
 * measured has a cause afterwards and is left alone. 0; negative when the
 * daemon is gone or out of memory: then, too, the journal says what to restore.
 */
int meter_start(struct meter *meter, struct msrd *msrd, const struct node *node,
	const struct target_list *cpus);

/* Reads every counter. The first reading begins the first interval. 0 or negative. */
int meter_read(struct meter *meter, struct msrd *msrd);

/* The next interval begins where the last reading ended this one. */
void meter_restart(struct meter *meter);

/* Frees; restores nothing. */
void meter_deinit(struct meter *meter);

#endif
