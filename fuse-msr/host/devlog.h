/* SPDX-License-Identifier: MIT */
/* The node's /dev/log: what its programs say to syslog goes to a file. */
#ifndef MSRD_FUSE_MSR_HOST_DEVLOG_H
#define MSRD_FUSE_MSR_HOST_DEVLOG_H

/* Makes /dev/log. Its descriptor, or -errno. */
int devlog_make(void);

/* Appends all messages that have come to file, one line each. */
void devlog_drain(int log, int file);

#endif
