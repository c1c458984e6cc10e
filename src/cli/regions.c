/* SPDX-License-Identifier: MIT */
/* How marks reach this process: by memory that it shares with programs, and by a pipe from scripts.
 * Both are found through /proc, so that nothing of them stays behind, however this process ends. */
#include "cli/regions.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

void regions_init(struct regions *regions)
{
	*regions = (struct regions){.plan.fd = -1, .pipe = -1, .pipe_end = -1};
}

static int publish(const char *variable, int fd)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), fd);
	return setenv(variable, path, 1) < 0 ? -errno : 0;
}

int regions_offer(struct regions *regions, const struct cli *cli, struct count *count,
	struct msrd *msrd, const struct places *cpus, const char *clock)
{
	int fds[2];
	int r = region_plan_init(&regions->plan, cli, count, cpus, clock);

	if (r < 0)
		return r;
	region_script_init(&regions->script, &regions->plan);
	regions->count = count;
	regions->msrd = msrd;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	regions->pipe = fds[0];
	/* kept, so that a script that ends does not end the pipe */
	regions->pipe_end = fds[1];
	if (fcntl(regions->pipe, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r = publish(REGION_FILE_VARIABLE, regions->plan.fd);
	return r < 0 ? r : publish(REGION_PIPE_VARIABLE, regions->pipe_end);
}

void regions_deinit(struct regions *regions)
{
	region_script_deinit(&regions->script);
	region_plan_deinit(&regions->plan);
	if (regions->pipe >= 0)
		close(regions->pipe);
	if (regions->pipe_end >= 0)
		close(regions->pipe_end);
	regions_init(regions);
}

void regions_see(const struct regions *regions)
{
	if (regions->pipe >= 0)
		region_plan_see(&regions->plan, regions->count);
}

/* msrctl region waits for our word: an empty line, or what is wrong. */
static void answer(unsigned pid, unsigned fd, const char *text)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%u/fd/%u", pid, fd);
	cleanup_close int pipe = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);

	if (pipe >= 0)
		dprintf(pipe, "%s\n", text);
}

/* The counters are read for each line: what was done between two of them belongs between them. */
static int hear(void *closure, const char *line)
{
	struct regions *regions = closure;
	char verb[REGION_LINE_SIZE] = "", name[REGION_LINE_SIZE] = "",
	     error[REGION_MARK_ERROR_SIZE];
	unsigned pid, fd;
	int n = sscanf(line, "%255s %255s %u %u", verb, name, &pid, &fd);
	int r = count_read(regions->count, regions->msrd);

	if (r < 0)
		return r;
	regions_see(regions);
	r = region_script_mark(&regions->script, regions->count, verb, name, error);
	if (r == -EINVAL) {
		regions->script.n_mistakes++;
		warnx("%s", error);
	}
	if (n == 4)
		answer(pid, fd, r == -ENOMEM ? strerror(ENOMEM) : error);
	return r == -ENOMEM ? r : 0;
}

int regions_take(struct regions *regions)
{
	char bytes[4096];
	ssize_t n;
	int r = 0;

	while (r >= 0 && regions->pipe >= 0 && (n = read(regions->pipe, bytes, sizeof bytes)) > 0)
		r = region_script_take(&regions->script, bytes, (size_t)n, hear, regions);
	return r;
}
