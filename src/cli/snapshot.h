/* SPDX-License-Identifier: MIT */
/*
 * What msrctl dump writes and msrctl restore reads. A line a register:
 *
 *     model 06_2d                    # first: of this model
 *     0-3,8   0x186 0x4300c0         # CPUs, register, value; as in a fixture's msr.txt
 *     0-1/ha  HA_PCI_PMON_CTL0 0x0   # sockets and units; registers have names as well
 */
#ifndef MSRD_CLI_SNAPSHOT_H
#define MSRD_CLI_SNAPSHOT_H

#include <stdio.h>

#include "cli/accesses.h"
#include "node/node.h"

struct snapshot {
	struct accesses writes;
	unsigned *lines; /* of each, where it stands */
};

#define SNAPSHOT_ERROR_SIZE 512

/* 0, -EINVAL: error says the line of path, and why; or another -errno. */
int snapshot_read(struct snapshot *snapshot, const struct node *node, FILE *in, const char *path,
	char error[SNAPSHOT_ERROR_SIZE]);
void snapshot_deinit(struct snapshot *snapshot);

/* The first n reads, as far as they were done. */
void snapshot_write(FILE *out, const struct node *node, const struct accesses *reads, size_t n);

#endif
