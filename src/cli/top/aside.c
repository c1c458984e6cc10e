/* SPDX-License-Identifier: MIT */
/* Descriptor 2, for a while. Whoever writes there, and a daemon that was started, knows nothing of
 * it. */
#include "cli/top/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int aside_begin(struct aside *aside)
{
	*aside = (struct aside){
		.said = memfd_create("msrctl-said", MFD_CLOEXEC),
		.old_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3),
	};
	if (aside->said >= 0 && aside->old_error >= 0 && dup2(aside->said, STDERR_FILENO) >= 0)
		return 0;
	if (aside->said >= 0)
		close(aside->said);
	if (aside->old_error >= 0)
		close(aside->old_error);
	aside->said = -1;
	return -errno;
}

const char *aside_news(struct aside *aside, char *text, size_t size)
{
	char *line, *program;
	off_t end = aside->said < 0 ? 0 : lseek(aside->said, 0, SEEK_END);
	off_t from = end - aside->seen > (off_t)size - 1 ? end - (off_t)size + 1 : aside->seen;
	ssize_t n = end > from ? pread(aside->said, text, size - 1, from) : 0;

	if (n <= 0)
		return NULL;
	aside->seen = end;
	text[n] = '\0';
	text[strcspn(text, "\n") == (size_t)n ? (size_t)n : (size_t)n - 1] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	program = strstr(line, "msrctl");
	if (program == line && strchr(line, ':'))
		line = strchr(line, ':') + 1 + (strchr(line, ':')[1] == ' ');
	return line;
}

static void say_again(int from, int to)
{
	char text[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, text, sizeof text, at)) > 0 && write(to, text, (size_t)n) == n)
		at += n;
}

void aside_end(struct aside *aside)
{
	if (aside->said < 0)
		return;
	fflush(stderr);
	dup2(aside->old_error, STDERR_FILENO);
	say_again(aside->said, STDERR_FILENO);
	close(aside->said);
	close(aside->old_error);
	aside->said = -1;
}
