/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd, loaded by who serves: a TLS library comes with it, which would double the time
 * that every other command of msrctl takes to start.
 */
#ifndef MSRD_CLI_EXPORT_MICROHTTPD_H
#define MSRD_CLI_EXPORT_MICROHTTPD_H

#include <microhttpd.h>
#include <stdbool.h>

/* X(function, without its MHD_) */
#define MICROHTTPD(X)                                                                              \
	X(start_daemon)                                                                            \
	X(stop_daemon)                                                                             \
	X(run)                                                                                     \
	X(get_timeout)                                                                             \
	X(get_daemon_info)                                                                         \
	X(get_connection_info)                                                                     \
	X(lookup_connection_value)                                                                 \
	X(create_response_from_buffer)                                                             \
	X(add_response_header)                                                                     \
	X(queue_response)                                                                          \
	X(destroy_response)

struct microhttpd {
	void *library;
#define X(function) __typeof__(MHD_##function) *(function);
	MICROHTTPD(X)
#undef X
};

/* False: it is not installed, or is not as its header says. */
bool microhttpd_load(struct microhttpd *microhttpd);
void microhttpd_unload(struct microhttpd *microhttpd);

#endif
