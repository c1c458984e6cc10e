/* SPDX-License-Identifier: MIT */
/*
 * How many sessions a user has at a time. Each holds a seat, which is the lock of one byte of a
 * file: the kernel frees it, whatever ends the process.
 */
#ifndef MSRD_DAEMON_SEAT_H
#define MSRD_DAEMON_SEAT_H

#include <sys/types.h>

/* Below the root folder. */
#define SEAT_FILE "run/msrd/sessions"

/*
 * Takes one of the n seats of user uid. The file is made unless this process runs as that user, as
 * one with file capabilities does: he could lock what is his. It may be root's, this process's or
 * that of account, as whom the service's daemon makes it. A descriptor that holds the seat;
 * -EUSERS: all are taken; -EPERM: the file can be another's, so its locks say nothing; else -errno.
 */
int seat_take(int root_fd, uid_t uid, unsigned n, uid_t account);

#endif
