/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void log_open(const char *ident)
{
	openlog(ident, LOG_PID | LOG_NDELAY, LOG_USER);
}

void log_line(int priority, const char *format, ...)
{
	int saved = errno;
	va_list arguments;

	va_start(arguments, format);
	vsyslog(priority, format, arguments);
	va_end(arguments);
	errno = saved;
}

void log_cause(int priority, const char *format, ...)
{
	int saved = errno;
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	syslog(priority, "%s", line);
	dprintf(2, "msrd: %s\n", line);
	errno = saved;
}
