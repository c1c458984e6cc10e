/* SPDX-License-Identifier: MIT */
/* Which version a program is: what it prints of itself. */
#ifndef MSRD_FUSE_MSR_HOST_VERSION_H
#define MSRD_FUSE_MSR_HOST_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a program (argv, by its path) prints, as a string cut off at size. It is
 * ended when it has printed so much, or after timeout_ms. 0, or -errno; what it
 * has printed until then counts also when it was ended.
 */
int version_ask(char *const argv[], int timeout_ms, char *text, size_t size);

/* "5.2.2" of "… Version 5.2.2 (commit: …)": the first number with a point in it, behind the word
 * "version" if there is that. False: none that fits. */
bool version_find(const char *text, char *version, size_t size);

#endif
