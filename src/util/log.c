/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

/* One line of a log, at the most. */
#define LINE_MAX_BYTES 512

/* Never waits: standard error may be a pipe that nobody reads. */
static void put_on_stderr(const char *line)
{
	struct pollfd fd = {.fd = 2, .events = POLLOUT};

	if (poll(&fd, 1, 0) == 1 && (fd.revents & POLLOUT))
		dprintf(2, "msrd: %s\n", line);
}

__attribute__((format(printf, 3, 0))) static void put(
	int priority, bool for_the_user, const char *format, va_list arguments)
{
	int saved = errno;
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof line, format, arguments);
	/* some of it is the user's, a path for one: it must not forge lines or move a cursor */
	for (char *c = line; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	syslog(priority, "%s", line);
	if (for_the_user)
		put_on_stderr(line);
	errno = saved;
}

void log_open(const char *ident)
{
	openlog(ident, LOG_PID | LOG_NDELAY, LOG_USER);
}

void log_line(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(priority, false, format, arguments);
	va_end(arguments);
}

void log_cause(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(priority, true, format, arguments);
	va_end(arguments);
}
