/* SPDX-License-Identifier: MIT */
/* A record on a socket: one system call to send it, one to receive it. */
#ifndef MSRD_BENCH_RECORD_H
#define MSRD_BENCH_RECORD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "wire/likwid.h"

static inline bool record_send(int fd, const uint8_t bytes[LIKWID_RECORD_SIZE])
{
	return send(fd, bytes, LIKWID_RECORD_SIZE, MSG_NOSIGNAL) == LIKWID_RECORD_SIZE;
}

static inline bool record_receive(int fd, uint8_t bytes[LIKWID_RECORD_SIZE])
{
	return recv(fd, bytes, LIKWID_RECORD_SIZE, MSG_WAITALL) == LIKWID_RECORD_SIZE;
}

#endif
