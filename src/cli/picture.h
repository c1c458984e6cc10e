/* SPDX-License-Identifier: MIT */
/* The machine as the daemon has it, or as far as this user sees it. */
#ifndef MSRD_CLI_PICTURE_H
#define MSRD_CLI_PICTURE_H

#include "client/msrd.h"
#include "node/node.h"

struct picture {
	struct msrd_machine machine;
	struct msrd_cpu *cpus;
	struct msrd_socket *sockets; /* ascending */
	struct msrd_bus *buses;
	struct msrd_device *units; /* ascending by socket, kind and index */
	size_t n_cpus, n_sockets, n_buses, n_units;
};

/* Asks. 0, or a negative error that msrd_error is about. picture_deinit releases in every case. */
int picture_ask(struct picture *picture, struct msrd *msrd);

/* Without a daemon: no unit, and of no CPU whether it is accessible. 0 or -ENOMEM. */
int picture_see(struct picture *picture, const struct node *node);

void picture_deinit(struct picture *picture);

#endif
