/* SPDX-License-Identifier: MIT */
/* The node that something was measured on, and files that are called after it. */
#ifndef MSRD_CLI_OUTPUT_NAME_H
#define MSRD_CLI_OUTPUT_NAME_H

#include <stdbool.h>

#define NAME_NODE_SIZE 256

/* As gethostname(2) has it. Returns node. */
const char *name_node(char node[NAME_NODE_SIZE]);

/* Has path a %h in it? */
bool name_has_node(const char *path);
/* The path with the node in the place of each %h, and a % in that of %%: free() it. NULL when out
 * of memory. */
char *name_expand(const char *path, const char *node);

#endif
