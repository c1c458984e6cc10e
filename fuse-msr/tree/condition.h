/* SPDX-License-Identifier: MIT */
/*
 * In what condition a node is, apart from its registers: what is locked down,
 * hidden, gone or not to be opened. It says so, and has no effect.
 */
#ifndef MSRD_FUSE_MSR_TREE_CONDITION_H
#define MSRD_FUSE_MSR_TREE_CONDITION_H

#include "fuse-msr/tree/tree.h"
#include "sim/fixture/directive.h"
#include "sim/machine/machine.h"

struct condition;

/* NULL when out of memory. */
struct condition *condition_new(const struct fixture *fixture);
struct condition *condition_free(struct condition *condition);

/* The kernel, its msr module, and whether its NMI watchdog runs. */
enum directive_lockdown condition_lockdown(const struct condition *condition);
void condition_set_lockdown(struct condition *condition, enum directive_lockdown lockdown);
_Atomic int *condition_writes(struct condition *condition); /* enum directive_writes */
bool condition_watchdog(const struct condition *condition);
void condition_set_watchdog(struct condition *condition, bool on);

/* Is a function of the fixture there for nobody? False: the number is none. */
bool condition_is_hidden(const struct condition *condition, uint32_t function);
void condition_hide(struct condition *condition, uint32_t function, bool hidden);
/* How often it has gone and come back: whoever opened a file of it before has nothing any more. */
uint32_t condition_moves(const struct condition *condition, uint32_t function);

/* Files that match a pattern are gone, or there again (false: they were not gone). -ENOMEM. */
int condition_vanish(struct condition *condition, const char *pattern);
bool condition_return(struct condition *condition, const char *pattern);
/* Takes them out of a tree, and how many at the last of the patterns. */
size_t condition_remove(const struct condition *condition, struct tree *tree);

/* Takes over a directive OPEN with this number. 0 or -ENOMEM, and then it is freed. */
int condition_add_open(struct condition *condition, struct directive *directive, uint64_t id);
/* Ends one of that number, or all of them (0). */
bool condition_clear(struct condition *condition, uint64_t id);
/* What opening a file comes to: 0 or -errno. */
int condition_open(
	struct condition *condition, const struct tree *tree, const struct tree_file *file);

/* The node's fixture as the condition of the node has it, for whoever makes its tree: shares what
 * does not change. NULL when out of memory; free with condition_view_free. */
struct fixture *condition_view(const struct condition *condition, struct machine *machine);
/* ... with all that can ever be there. */
struct fixture *condition_view_all(const struct condition *condition);
void condition_view_free(struct fixture *view);

/* The lines of sim/fault that are of this. */
void condition_write(struct condition *condition, FILE *out);

#endif
