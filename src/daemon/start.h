/* SPDX-License-Identifier: MIT */
/* The first steps of the daemon: what its starter handed down counts for nothing. */
#ifndef MSRD_DAEMON_START_H
#define MSRD_DAEMON_START_H

/* Descriptors, environment, umask, current directory. 0 or -errno. */
int start_clean(void);

/* Signals: a descriptor that tells of SIGTERM, or -errno. */
int start_signals(void);

#endif
