/* SPDX-License-Identifier: MIT */
/* How a client comes to its daemon: find the program, start it, meet it. */
#ifndef MSRD_CLIENT_SPAWN_H
#define MSRD_CLIENT_SPAWN_H

#include <limits.h>

#include "client/child.h"
#include "client/leftover.h"

/*
 * The program of a daemon: a path, a name in PATH, or NULL for the installed
 * one. 0, or -ENOENT with the cause in text (size bytes).
 */
int spawn_find(const char *daemon, char path[PATH_MAX], char *text, size_t size);

/* Is it handed its end of a connection? Then it has not been heard of yet when spawn_daemon is
 * done. */
bool spawn_hands_over(const char *path);

/*
 * Starts the program at path and connects to it within timeout_ms; one that is
 * not reached has asked_ms to end before it is killed. Where a
 * daemon finds its path taken, which process ids that come again may bring
 * about, it starts another, a few times. A connected non-blocking socket and
 * the child that is at its other end (and in leftover what is to be removed once
 * that has ended), or a negative error, its cause in text,
 * and nothing left behind. The errors are those of msrd_open.
 */
int spawn_daemon(struct child *child, struct leftover *leftover, const char *path,
	unsigned timeout_ms, unsigned asked_ms, char *text, size_t size);

#endif
