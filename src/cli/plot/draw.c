/* SPDX-License-Identifier: MIT */
#include "cli/plot/draw.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cleanup.h"

bool draw_open(struct draw *draw)
{
	int r;

	if (!gnuplot_find(draw->gnuplot)) {
		warnx(GNUPLOT_HINT "; msrctl plot --script prints the program that it would run");
		return false;
	}
	r = draw->path ? output_file_open(&draw->file, draw->path, FILE_REPLACES) : 0;
	if (r < 0)
		warnx("%s: %s", draw->path, strerror(-r));
	return r == 0;
}

static void say_missing(const struct series_set *set, const struct series *series)
{
	const char *source = set->sources[series->source].name;

	warnx("%s%s%s of %s is n/a in %zu of %zu intervals: %s", source, *source ? ": " : "",
		series->metric, series->place, series->n_missing, series->n,
		*series->reason ? series->reason : "nobody says why");
}

bool draw_check(const struct series_set *set)
{
	size_t n_lines, n_panels = script_panels(set, &n_lines);

	for (size_t i = 0; i < set->n; i++)
		if (set->list[i].n_missing > 0)
			say_missing(set, &set->list[i]);
	if (n_lines == 0)
		warnx("there is no value to be drawn");
	else if (n_panels > SCRIPT_MAX_PANELS)
		warnx("%zu units want as many panels, and there may be %d: which ones, --metric?",
			n_panels, SCRIPT_MAX_PANELS);
	else if (series_intervals(set) == 1)
		warnx("one interval only: a line needs two (stat -i SECONDS -n COUNT)");
	return n_lines > 0 && n_panels <= SCRIPT_MAX_PANELS;
}

static int make_memory(void)
{
	int fd = memfd_create("gnuplot", MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Memory, as a pipe would have to be filled while gnuplot runs. A descriptor or -errno. */
static int write_script(const struct draw *draw, const struct series_set *set)
{
	const struct script script = {.format = draw->format, .title = draw->title};
	cleanup_close int fd = make_memory(), copy = -1;
	FILE *stream;
	int r;

	copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	stream = copy < 0 ? NULL : fdopen(copy, "w");
	if (!stream)
		return -errno;
	steal_fd(&copy);
	r = script_write(&script, set, stream);
	if (fclose(stream) != 0 && r == 0)
		r = -errno;
	return r < 0 ? r : steal_fd(&fd);
}

/* gnuplot does not notice when a disk is full. 0 or -errno. */
static int copy_picture(int from, FILE *to)
{
	char buffer[65536];
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(from, buffer, sizeof buffer)) > 0)
		if (fwrite(buffer, 1, (size_t)n, to) != (size_t)n)
			return errno ? -errno : -EIO;
	if (n < 0)
		return -errno;
	return fflush(to) == 0 ? 0 : -errno;
}

static bool say_status(int status)
{
	if (status < 0)
		warnx("gnuplot can't be run: %s", strerror(-status));
	else if (WIFSIGNALED(status))
		warnx("gnuplot was killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		warnx("gnuplot failed with exit status %d: is it of release 5?",
			WEXITSTATUS(status));
	return status == 0;
}

bool draw_write(struct draw *draw, const struct series_set *set)
{
	cleanup_close int in = write_script(draw, set), out = make_memory();
	int r;

	if (in < 0 || out < 0) {
		warnx("memory for gnuplot: %s", strerror(in < 0 ? -in : -out));
		return false;
	}
	if (!say_status(gnuplot_run(draw->gnuplot, in, out)))
		return false;
	r = copy_picture(out, draw->path ? draw->file.stream : stdout);
	if (r == 0 && draw->path)
		r = output_file_commit(&draw->file);
	if (r < 0)
		warnx("%s: %s", draw->path ? draw->path : "output", strerror(-r));
	return r == 0;
}

void draw_close(struct draw *draw)
{
	if (draw->path)
		output_file_close(&draw->file);
}
