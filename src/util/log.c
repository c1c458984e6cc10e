/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

/* One line of a log, at the most. */
#define LINE_MAX_BYTES 512

/* Some of it is the user's: a path, the CPU's name. It must not forge lines or move a cursor. */
__attribute__((format(printf, 2, 0))) static void format_line(char line[LINE_MAX_BYTES],
	const char *format, va_list arguments)
{
	vsnprintf(line, LINE_MAX_BYTES, format, arguments);
	for (; *line; line++)
		if (!isprint((unsigned char)*line))
			*line = '?';
}

/* Never waits: standard error may be a pipe that nobody reads. */
static void put_on_stderr(const char *line)
{
	struct pollfd fd = {.fd = 2, .events = POLLOUT};

	if (poll(&fd, 1, 0) == 1 && (fd.revents & POLLOUT))
		dprintf(2, "msrd: %s\n", line);
}

void log_open(const char *ident)
{
	openlog(ident, LOG_PID | LOG_NDELAY, LOG_USER);
}

void log_line(int priority, const char *format, ...)
{
	int saved = errno;
	char line[LINE_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	format_line(line, format, arguments);
	va_end(arguments);
	syslog(priority, "%s", line);
	errno = saved;
}

void log_cause(int priority, const char *format, ...)
{
	int saved = errno;
	char line[LINE_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	format_line(line, format, arguments);
	va_end(arguments);
	syslog(priority, "%s", line);
	put_on_stderr(line);
	errno = saved;
}
