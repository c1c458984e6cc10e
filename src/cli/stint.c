/* SPDX-License-Identifier: MIT */
/* The clocks of a measurement: the daemon's, or that of a simulated node, which is a file. */
#include "cli/stint.h"

#include <string.h>
#include <unistd.h>

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
