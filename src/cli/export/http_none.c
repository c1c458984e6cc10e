/* SPDX-License-Identifier: MIT */
/* A build without libmicrohttpd. */
#include <stdio.h>

#include "cli/export/http.h"

struct http *http_open(
	const char *address, http_make *make, void *context, char error[HTTP_ERROR_SIZE])
{
	(void)address;
	(void)make;
	(void)context;
	snprintf(error, HTTP_ERROR_SIZE,
		"msrctl was built without libmicrohttpd, and serves nothing: --textfile alone");
	return NULL;
}

struct http *http_close(struct http *http)
{
	(void)http;
	return NULL;
}

const char *http_address(const struct http *http)
{
	(void)http;
	return "";
}

bool http_is_remote(const struct http *http)
{
	(void)http;
	return false;
}

int http_fd(const struct http *http)
{
	(void)http;
	return -1;
}

uint64_t http_due_ns(const struct http *http)
{
	(void)http;
	return UINT64_MAX;
}

void http_run(struct http *http)
{
	(void)http;
}
