/* SPDX-License-Identifier: MIT */
/*
 * All that a session needs of the machine: what it is, what is allowed, and
 * the device files, opened while there is still the right to.
 */
#ifndef MSRD_DAEMON_SETUP_H
#define MSRD_DAEMON_SETUP_H

#include "device/device.h"
#include "node/node.h"
#include "policy/policy.h"

struct setup {
	struct node node;
	struct policy policy;
	struct device *devices[OP_N_SPACES]; /* complete unless unready */
	enum op_status unready;		     /* not OP_OK: why no access can work */
};

/*
 * Never fails: the client is waiting and has to hear the reason. What goes
 * wrong is logged with its cause and cure, and becomes the answer to the
 * accesses that it concerns. setup_deinit releases.
 */
void setup_init(struct setup *setup);
void setup_deinit(struct setup *setup);

#endif
