/* SPDX-License-Identifier: MIT */
/* The system calls of a session, and no other. */
#ifndef MSRD_DAEMON_SANDBOX_H
#define MSRD_DAEMON_SANDBOX_H

/*
 * From here on every system call but those of a session kills the process: none that opens, makes,
 * or runs anything. client and log (-1: none) are the only descriptors that are sent to, and the
 * file at lock_path, a string that stays where it is, the only one that is looked at. 0 or -errno.
 */
int sandbox_enter(int client, int log, const char *lock_path);

#endif
