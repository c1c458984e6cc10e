/* SPDX-License-Identifier: MIT */
/* What is behind struct msrd, for the files that make up the library. */
#ifndef MSRD_CLIENT_HANDLE_H
#define MSRD_CLIENT_HANDLE_H

#include <pthread.h>
#include <stdbool.h>

#include "arch/arch.h"
#include "client/conversation.h"
#include "client/flight.h"
#include "client/msrd.h"

/* Of that, from end of file to the daemon's end, to learn how it ended. */
#define OBITUARY_SHARE 10

struct msrd {
	pid_t owner;	      /* the process that opened it */
	pthread_mutex_t lock; /* guards all below; the daemon's pid never changes */
	struct connection connection;
	struct conversation *conversation;
	unsigned end_timeout_ms;
	bool is_ours;	 /* the daemon is msrd, by its name */
	int broken;	 /* 0, or the negative result of every access from now on */
	char who[160];	 /* is at the other end, for texts */
	unsigned reason; /* of the last failure, as its daemon gave it */
	char text[MSRD_ERROR_SIZE];
	const struct arch *arch;      /* the daemon's CPUs, once a name was asked for */
	struct msrd_batch *in_flight; /* submitted and not reaped; NULL: none */
	struct landing landing;	      /* where the one that is in the air comes down */
};

/* After fork(): two processes that take each other's answers would both believe them. Neither
 * the lock is to be touched, which may be held by a thread that this process does not have. */
bool handle_is_forked(const struct msrd *msrd);

/* One line of what is to be said of op, which was not done. */
void handle_describe(const struct op *op, const struct reason_told *told, char *text, size_t size);

/* The lock is held for all below. */

/* The connection is of no use any more: closes it, keeps the reason, and returns error. */
int handle_break_off(struct msrd *msrd, int error);

/* Keeps what is to be said of op, which was not done. */
void handle_tell(struct msrd *msrd, const struct op *op, const struct reason_told *told);

/* The wire has no such request: keeps that, and returns -EINVAL. */
int handle_has_no(struct msrd *msrd, const struct op *op);

/* Makes a handle that nobody else has yet one of direct access (direct.h) to the machine below
 * root_fd. 0 or a negative error, its cause in msrd->text. */
int handle_use_devices(struct msrd *msrd, int root_fd, const char *lock_path);

#endif
