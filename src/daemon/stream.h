/* SPDX-License-Identifier: MIT */
/*
 * Bytes as they arrive: a message may come in pieces, several may come at
 * once. The reader puts received bytes at stream_space, says how many with
 * stream_filled, and drops those of each message that it has taken.
 */
#ifndef MSRD_DAEMON_STREAM_H
#define MSRD_DAEMON_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Chosen, not tuned; a message that is longer is none. */
#define STREAM_SIZE 65536

struct stream {
	uint8_t bytes[STREAM_SIZE];
	size_t begin, end; /* bytes[begin..end) are not dropped yet */
};

/* What is there; *length bytes. */
const uint8_t *stream_bytes(const struct stream *stream, size_t *length);
void stream_drop(struct stream *stream, size_t length);

/* Where to put received bytes; *length is 0 when it is full. */
uint8_t *stream_space(struct stream *stream, size_t *length);
void stream_filled(struct stream *stream, size_t length);

#endif
