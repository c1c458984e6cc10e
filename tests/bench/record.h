/* SPDX-License-Identifier: MIT */
/*
 * An access as a record of 32 bytes on a socket: one system call to send it, one
 * to receive it. The numbers are those of LIKWID 5.2, written down here once
 * more: a mistake in the project's own table must not be able to compare two
 * different accesses. Knows nothing of who is at the other end.
 */
#ifndef MSRD_BENCH_RECORD_H
#define MSRD_BENCH_RECORD_H

#include <stdbool.h>

#include "access.h"

/* Client's side. 0; -errno: the connection is broken. */
int record_ask(int fd, struct timed_access *access);
/* Client's side: no more to ask. */
void record_end(int fd);

/* Daemon's side: the next access to carry out; false when there will be none. */
bool record_take(int fd, struct timed_access *access);
/* 0; -errno: the connection is broken. */
int record_answer(int fd, const struct timed_access *access);

#endif
