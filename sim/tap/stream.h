/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a trace file: as they are, or through zstd when the file's name ends in .zst. Pieces
 * of bounded size; the file is never in memory as a whole.
 */
#ifndef MSRD_SIM_TAP_STREAM_H
#define MSRD_SIM_TAP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stream;

/* Takes the descriptor over. NULL, and *why (a literal or of strerror(3)): it can't be. */
struct stream *stream_reader(int fd, const char *name, const char **why);
struct stream *stream_writer(int fd, const char *name, const char **why);

/* Some of the next bytes, at most size: 0 at the end, -1 with *why. */
ssize_t stream_read(struct stream *stream, void *bytes, size_t size, const char **why);

/* All of these. */
bool stream_write(struct stream *stream, const void *bytes, size_t size, const char **why);

/* What is still here goes to the file. Nothing may be written after it. */
bool stream_end(struct stream *stream, const char **why);

/* Bytes of the file that have been read so far. */
uint64_t stream_position(const struct stream *stream);

/* Closes. NULL is fine; returns NULL. */
struct stream *stream_free(struct stream *stream);

#endif
