/* SPDX-License-Identifier: MIT */
#include "fuse-msr/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "util/clock.h"

#define N_COLUMNS 32

void progress_init(struct progress *progress, const char *what)
{
	*progress = (struct progress){
		.what = what,
		.started_ns = clock_now_ns(),
		.is_terminal = isatty(STDERR_FILENO),
	};
}

void progress_show(struct progress *progress, double share)
{
	static const char full[] = "################################";
	uint64_t now_ns = clock_now_ns();
	int n = (int)(share * N_COLUMNS);

	if (!progress->is_terminal || now_ns - progress->started_ns < CLOCK_SECOND_NS ||
		now_ns - progress->shown_ns < CLOCK_SECOND_NS / 10)
		return;
	progress->shown_ns = now_ns;
	n = n < 0 ? 0 : n > N_COLUMNS ? N_COLUMNS : n;
	fprintf(stderr, "\r\033[K%s [%-*.*s] %3.0f %%", progress->what, N_COLUMNS, n, full,
		100 * share);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown_ns > 0)
		fprintf(stderr, "\r\033[K");
	progress->shown_ns = 0;
}
