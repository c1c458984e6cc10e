/* SPDX-License-Identifier: MIT */
/*
 * What a client is told of the machine and of what it may do there: as the daemon has it, for
 * this client, now. Touches no register, and opens nothing.
 */
#ifndef MSRD_DAEMON_INFORM_H
#define MSRD_DAEMON_INFORM_H

#include "daemon/access.h"
#include "node/node.h"
#include "wire/question.h"

/* Where an answer's facts come from. */
struct informer {
	const struct access *access;
	const struct node *node;
	struct access_look look;
};

/* Fills in answer, for any question: the wire takes from it what there is room for. node may be
 * NULL: nothing is known. informer, access and node must outlive answer. */
void inform(struct informer *informer, const struct access *access, const struct node *node,
	struct answer *answer);

#endif
