/* SPDX-License-Identifier: MIT */
/* Inside of control.h: what is to come, and what carries it out. */
#ifndef MSRD_FUSE_MSR_TREE_CONTROL_STATE_H
#define MSRD_FUSE_MSR_TREE_CONTROL_STATE_H

#include "fuse-msr/tree/control.h"

/* A directive that is to come. */
struct pending {
	uint64_t ns;
	struct directive *directive;
};

struct control {
	const struct fixture *fixture;
	struct machine *machine;
	struct fault *fault;
	struct condition *condition;
	struct tree *tree;
	void (*changed)(void *context, uint32_t file, unsigned changes);
	void *context;
	pthread_mutex_t lock;
	struct pending *pending; /* by time; those before first have come */
	size_t n_pending, first;
	_Atomic uint64_t next_ns; /* of the first one; NEVER */
	uint64_t last_id;
	char refused[2 * DIRECTIVE_ERROR_SIZE]; /* the last that was, and why; or "" */
	pthread_cond_t wake;			/* of the thread: there is a new first, or an end */
	pthread_t thread;
	bool is_started, is_ending;
};

/* Takes over a directive that is to come at ns. 0 or -ENOMEM. */
int control_wait_for(struct control *control, struct directive *directive, uint64_t ns);

/* Carries out and frees a directive, as of ns; the caller has the lock. 0, or -EINVAL with an
 * error. */
int control_carry_out(struct control *control, struct directive *directive, uint64_t ns,
	char error[DIRECTIVE_ERROR_SIZE]);

/* The files are as the condition of the node says; how many the last pattern of those that are
 * gone has found. -ENOMEM. */
ssize_t control_refresh(struct control *control);

#endif
