/* SPDX-License-Identifier: MIT */
/* The first steps of the daemon: what its starter handed down counts for nothing. */
#ifndef MSRD_DAEMON_START_H
#define MSRD_DAEMON_START_H

/*
 * Descriptors but 0 to 2, environment, umask, current directory, signals, timers,
 * resource limits, scheduling class. SIGTERM is blocked from here on. 0 or -errno.
 */
int start_clean(void);

/* A descriptor that tells of SIGTERM, or -errno. */
int start_signals(void);

#endif
