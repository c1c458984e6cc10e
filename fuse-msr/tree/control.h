/* SPDX-License-Identifier: MIT */
/*
 * Carries out directives: on the machine, on the accesses to it, on the files.
 * Those that are to come later wait here for the node's clock. Usable from
 * several threads at once.
 */
#ifndef MSRD_FUSE_MSR_TREE_CONTROL_H
#define MSRD_FUSE_MSR_TREE_CONTROL_H

#include "fuse-msr/tree/condition.h"
#include "sim/tap/fault.h"

struct control;

/*
 * fault, machine and fixture stay the caller's and have to outlive it. The fixture's events wait
 * for their time. NULL when out of memory.
 */
struct control *control_new(
	const struct fixture *fixture, struct machine *machine, struct fault *fault);
/* Ends what control_start began. NULL is fine; returns NULL. */
struct control *control_free(struct control *control);

/* The node's files, as they are now and as they will be: the control's. */
struct tree *control_tree(struct control *control);
struct condition *control_condition(struct control *control);

/* Who is to hear of changed files, as of tree_update; from whatever thread. */
void control_watch(struct control *control,
	void (*changed)(void *context, uint32_t file, unsigned changes), void *context);

/* From now on what is due comes by itself, and not only when somebody looks. With a manual clock
 * there is nothing to do. 0 or -errno. */
int control_start(struct control *control);

/* What is due by the node's clock and has not come yet, comes now. Quick when nothing is. */
void control_due(struct control *control);

/*
 * One line, at once or when its time comes. 0; -EINVAL: error says what is wrong, and nothing has
 * been done. A blank line or a comment does nothing.
 */
int control_apply(struct control *control, const char *line, char error[DIRECTIVE_ERROR_SIZE]);

/* What is in force, and what is to come: of registers, or the rest. */
void control_write(struct control *control, bool registers, FILE *out);

#endif
