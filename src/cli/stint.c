/* SPDX-License-Identifier: MIT */
/* The clocks of a measurement: the daemon's, or that of a simulated node, which is a file. */
#include "cli/stint.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/number.h"

/* 0 when it has no time any more: then no figure has an interval. */
static uint64_t node_clock(void *context)
{
	const int *clock = context;
	char text[32];
	ssize_t n = pread(*clock, text, sizeof text - 1, 0);
	uint64_t ns = 0;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return number_parse(text, UINT64_MAX, &ns) ? ns : 0;
}

struct reading_clock stint_clock(const struct stint *stint)
{
	return (struct reading_clock){
		.now_ns = stint->clock < 0 ? NULL : node_clock,
		.context = (void *)&stint->clock,
	};
}

int stint_open_clock(const char *beside)
{
	cleanup_free char *path = NULL;
	const char *slash = strrchr(beside, '/');
	cleanup_close int fd = -1;
	char text[32];

	if (!slash || asprintf(&path, "%.*s/clock", (int)(slash - beside), beside) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, text, sizeof text, 0) <= 0 || !isdigit((unsigned char)text[0]))
		return -1;
	return steal_fd(&fd);
}
