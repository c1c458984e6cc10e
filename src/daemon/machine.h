/* SPDX-License-Identifier: MIT */
/*
 * What is there: the machine, and its device files, opened while there is
 * still the right to. Once, before anything is known of the client.
 */
#ifndef MSRD_DAEMON_MACHINE_H
#define MSRD_DAEMON_MACHINE_H

#include "device/device.h"
#include "device/machine_cause.h"
#include "node/node.h"
#include "policy/site.h"

struct machine {
	struct node node;
	struct device *devices[OP_N_SPACES]; /* complete unless unready */
	enum op_status unready;		     /* not OP_OK: why no access can work */
	/* CAUSE_NONE, or why devices of the space can't be opened, or not be written */
	enum machine_cause causes[OP_N_SPACES], write_causes[OP_N_SPACES];
};

/*
 * Finds and opens it below root_fd (the daemon passes "/"): what anybody can ever use
 * by the model's lists and the site's. Never fails: the
 * client is waiting and has to hear the reason. What goes wrong is logged with
 * its cause and cure, and becomes the answer to the accesses that it concerns.
 * machine_deinit releases.
 */
void machine_init(struct machine *machine, int root_fd, const struct site *site);
void machine_deinit(struct machine *machine);

/* How many devices the sections of an allowlist are about. */
void machine_count_devices(const struct machine *machine, size_t n[ALLOW_N_SECTIONS]);

/* A line of the log has no more. */
#define MACHINE_TEXT_SIZE 480

/* "Sandy Bridge-EP: sockets 0, 1; bus 7f socket 0 by …": what was found, or why
 * not, cut off where it is too long. Returns text. The CPU model is known. */
const char *machine_describe(const struct node *node, char text[MACHINE_TEXT_SIZE]);

#endif
