/* SPDX-License-Identifier: MIT */
/* Who has started us, as /proc says. */
#ifndef MSRD_CLI_RANKS_ANCESTOR_H
#define MSRD_CLI_RANKS_ANCESTOR_H

#include <stdbool.h>

#define ANCESTOR_NAME_SIZE 64

/* The nearest process above us that was started without that variable, as a text that no other
 * process has had since the machine was booted. */
bool ancestor_without(const char *variable, char name[ANCESTOR_NAME_SIZE]);

#endif
