/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/stderr.h"

/* One line of a log, at the most. */
#define LINE_MAX_BYTES 512

/* The process's one connection to the system's log. syslog(3) would wait for a log that is
 * stuck, connect again, and read files for the time of day; the log puts its own time there. */
static struct {
	int fd; /* -1: there is no log */
	const char *ident;
	unsigned n_lost;
} syslog_now = {.fd = -1, .ident = "msrd"};

/* False when it is not taken at once. */
static bool send_line(int priority, const char *line)
{
	char text[LINE_MAX_BYTES + 64];
	int length = snprintf(text, sizeof text, "<%d>%s[%d]: %s", LOG_USER | priority,
		syslog_now.ident, (int)getpid(), line);

	return send(syslog_now.fd, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL) == length;
}

static void put_in_syslog(int priority, const char *line)
{
	char lost[64];

	if (syslog_now.fd < 0)
		return;
	snprintf(lost, sizeof lost, "%u lines were lost: the log did not take them",
		syslog_now.n_lost);
	if (syslog_now.n_lost > 0 && send_line(LOG_WARNING, lost))
		syslog_now.n_lost = 0;
	if (syslog_now.n_lost > 0 || !send_line(priority, line))
		syslog_now.n_lost++;
}

static void put_on_stderr(const char *line)
{
	char text[LINE_MAX_BYTES + 64];
	int length = snprintf(text, sizeof text, "%.32s: %s\n", syslog_now.ident, line);

	stderr_put(text, (size_t)length);
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
	put_in_syslog(priority, line);
	if (for_the_user)
		put_on_stderr(line);
	errno = saved;
}

int log_open(const char *path, const char *ident)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	syslog_now.ident = ident;
	syslog_now.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* one of another kind could make us wait, and nobody has one */
	if (syslog_now.fd >= 0 &&
		connect(syslog_now.fd, (struct sockaddr *)&address, sizeof address) < 0)
		log_close();
	return syslog_now.fd;
}

void log_close(void)
{
	close(syslog_now.fd);
	syslog_now.fd = -1;
	syslog_now.n_lost = 0;
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
