/* SPDX-License-Identifier: MIT */
/* Whose values are drawn: of each CPU, of each socket, of the node. */
#ifndef MSRD_CLI_PLOT_LEVEL_H
#define MSRD_CLI_PLOT_LEVEL_H

#include "cli/plot/series.h"

/* X(name) */
#define PLOT_LEVELS(X) X("box") X("cpu") X("core") X("numa") X("socket") X("node")

/* The name as it is in records, or NULL. */
const char *level_find(const char *name);

#define LEVEL_ERROR_SIZE (2 * SERIES_NAME_SIZE + 256)
/*
 * Keeps the lines of this level. Where a metric has none there, a socket's or the node's are added
 * up of what there is, if they are amounts. NULL: a sum of the node is left out where there are its
 * parts. 0, -ENOMEM, or -EINVAL and error says why.
 */
int level_choose(struct series_set *set, const char *level, char error[LEVEL_ERROR_SIZE]);

#endif
