/* SPDX-License-Identifier: MIT */
/*
 * GET and HEAD of /metrics and /, and nothing else. One thread, a bounded number of connections,
 * each with bounded memory and time; nothing is allocated by a size that a client names.
 */
#ifndef MSRD_CLI_EXPORT_HTTP_H
#define MSRD_CLI_EXPORT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text, of *size bytes, that stays as it is until the next call; NULL when out of memory. */
typedef const char *http_make(void *context, bool is_openmetrics, size_t *size);

struct http;

#define HTTP_ERROR_SIZE 256

/* Listens at "ADDRESS:PORT", as 127.0.0.1:10606 or [::1]:0. NULL with a text in error. */
struct http *http_open(
	const char *address, http_make *make, void *context, char error[HTTP_ERROR_SIZE]);
/* Returns NULL. */
struct http *http_close(struct http *http);

/* Where it listens: "127.0.0.1:10606". */
const char *http_address(const struct http *http);
/* Can somebody else than this machine come there? */
bool http_is_remote(const struct http *http);

/* To be polled for input; then, and at this time of CLOCK_MONOTONIC, http_run is due. */
int http_fd(const struct http *http);
uint64_t http_due_ns(const struct http *http);
void http_run(struct http *http);

#endif
