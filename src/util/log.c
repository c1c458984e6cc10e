/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/clock.h"
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

/* With the lines before it that were lost, or not at all: false, and errno. */
static bool send_all(int priority, const char *line)
{
	char lost[64];

	snprintf(lost, sizeof lost, "%u lines were lost: the log did not take them",
		syslog_now.n_lost);
	if (syslog_now.n_lost > 0 && !send_line(LOG_WARNING, lost))
		return false;
	syslog_now.n_lost = 0;
	return send_line(priority, line);
}

static void put_in_syslog(int priority, const char *line)
{
	if (syslog_now.fd >= 0 && !send_all(priority, line))
		syslog_now.n_lost++;
}

/* A log that has gone is not waited for: there would be room at once, and again. */
static void put_last_in_syslog(int priority, const char *line)
{
	const int64_t deadline = clock_now_ms() + LOG_LAST_MS;
	struct pollfd room = {.fd = syslog_now.fd, .events = POLLOUT};

	while (syslog_now.fd >= 0 && !send_all(priority, line) && errno == EAGAIN) {
		int64_t left = deadline - clock_now_ms();

		if (left <= 0)
			return;
		poll(&room, 1, (int)left);
	}
}

static void put_on_stderr(const char *line)
{
	char text[LINE_MAX_BYTES + 64];
	int length = snprintf(text, sizeof text, "%.32s: %s\n", syslog_now.ident, line);

	stderr_put(text, (size_t)length);
}

enum way { TO_LOG, TO_LOG_AND_USER, TO_LOG_AT_LAST };

__attribute__((format(printf, 3, 0))) static void put(
	int priority, enum way way, const char *format, va_list arguments)
{
	int saved = errno;
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof line, format, arguments);
	/* some of it is the user's, a path for one: it must not forge lines or move a cursor */
	for (char *c = line; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	if (way == TO_LOG_AT_LAST)
		put_last_in_syslog(priority, line);
	else
		put_in_syslog(priority, line);
	if (way == TO_LOG_AND_USER)
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
	put(priority, TO_LOG, format, arguments);
	va_end(arguments);
}

void log_cause(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(priority, TO_LOG_AND_USER, format, arguments);
	va_end(arguments);
}

void log_last_line(int priority, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(priority, TO_LOG_AT_LAST, format, arguments);
	va_end(arguments);
}
