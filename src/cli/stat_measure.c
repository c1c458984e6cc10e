/* SPDX-License-Identifier: MIT */
/* From what was asked for to a run: by which clock, by which way, into which file. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/plot/draw.h"
#include "cli/plot/level.h"
#include "cli/stat_request.h"
#include "util/cleanup.h"

/* What a simulated node has. */
#define NODE_WORKLOAD "/sys/devices/sim/workload"
#define NODE_CPUID    "/sys/devices/sim/cpuid"

/* False after a message. */
static bool read_expected(const char *path, struct expected *expected)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	unsigned line;
	int r;

	if (!file) {
		warn("%s", path);
		return false;
	}
	r = expected_read(expected, file, &line);
	if (r == -EINVAL)
		warnx("%s:%u: not a line such as \"cpu 0 cycles_per_second 2.7e9\"", path, line);
	else if (r < 0)
		warnx("%s: %s", path, strerror(-r));
	return r == 0;
}

/* Does the simulated node's clock run by itself? Then it is the daemon's, but for when it was 0, as
 * the line "tsc KHZ NS" says. */
static bool runs_by_itself(void)
{
	cleanup_fclose FILE *file = fopen(NODE_CPUID, "re");
	char line[128];
	unsigned long long ns;

	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "tsc %*s %llu", &ns) == 1)
			return true;
	return false;
}

static int find_clock(const struct stat_request *request)
{
	const struct expected *expected = request->intervals.view.expected;

	/* what is expected may be of another node, whose clock is beside it */
	if (expected)
		return expected->has_started ? -1
					     : stint_open_clock(request->intervals.expect_path);
	return runs_by_itself() ? -1 : stint_open_clock(NODE_WORKLOAD);
}

static bool is_one_piece(const struct stat_request *request)
{
	const struct stint *stint = &request->stint;

	if (stint->n_repeats > 0)
		return request->output.format == OUTPUT_TABLE;
	return stint->count == 1 || (stint->command && stint->length_s == 0);
}

static int close_output(struct output *output)
{
	int r = output_close(output);

	if (r < 0)
		warnx("%s: %s", output->path ? output->path : "output", strerror(-r));
	return r < 0 ? CLI_FAILED : CLI_DONE;
}

static int measure(struct stat_request *request, const struct places *cpus, struct series_set *plot)
{
	struct output *output = &request->output;
	bool counts = stat_counts(request);
	struct run run = {
		.stint = &request->stint,
		.cli = request->cli,
		.cpus = cpus,
		.output = output,
		.plot = plot,
		.is_raw = request->is_raw,
		.muster = request->muster,
		.way = counts ? &counting_way : &intervals_way,
		.context = counts ? (void *)&request->counting : &request->intervals,
	};
	int status, closed, r;

	output->style = terminal_style(request->color);
	output->is_one_piece = is_one_piece(request);
	r = output_open(output);
	if (r < 0) {
		warnx("%s: %s", output->path, strerror(-r));
		output_deinit(output);
		return CLI_FAILED;
	}
	request->stint.clock = find_clock(request);
	status = run_all(&run);
	closed = close_output(output);
	output_deinit(output);
	if (request->stint.clock >= 0)
		close(request->stint.clock);
	return status ? status : closed;
}

/* "./solver input.dat", or nothing. NULL when out of memory. */
static char *get_title(const struct stat_request *request)
{
	char **argument = request->stint.command;
	char *title = NULL;
	size_t size;
	FILE *stream = open_memstream(&title, &size);

	if (!stream)
		return NULL;
	for (; argument && *argument; argument++)
		fprintf(stream, "%s%s", argument == request->stint.command ? "" : " ", *argument);
	return fclose(stream) == 0 ? title : NULL;
}

static bool draw_set(struct draw *draw, struct series_set *set)
{
	char error[LEVEL_ERROR_SIZE];

	return level_choose(set, NULL, error) == 0 && draw_check(set) && draw_write(draw, set);
}

/* The picture says less than the status of what was measured. */
static int measure_and_draw(struct stat_request *request, const struct places *cpus)
{
	struct draw draw = {.path = request->plot_path};
	cleanup_free char *title = get_title(request);
	struct series_set set = {0};
	int status = CLI_FAILED;

	if (!request->plot_path)
		return measure(request, cpus, NULL);
	draw.title = title;
	script_find_format(draw.path, &draw.format);
	if (draw_open(&draw) && series_source(&set, "") == 0) {
		status = measure(request, cpus, &set);
		if (set.sources[0].n > 0 && !draw_set(&draw, &set) && status == CLI_DONE)
			status = CLI_FAILED;
	}
	draw_close(&draw);
	series_deinit(&set);
	return status;
}

static int count(struct stat_request *request, const struct places *cpus)
{
	struct counting *counting = &request->counting;
	int status = CLI_DONE;

	regions_init(&counting->marked);
	for (size_t i = 0; status == CLI_DONE && i < request->n_events; i++)
		if (!counting_add(counting, request->cli->node.arch, request->events[i]))
			status = CLI_USAGE;
	for (size_t i = 0; status == CLI_DONE && i < request->n_groups; i++)
		if (!counting_add_groups(counting, request->cli->node.arch, request->groups[i]))
			status = CLI_USAGE;
	if (status == CLI_DONE)
		status = measure_and_draw(request, cpus);
	counting_deinit(counting);
	return status;
}

static int measure_and_compare(struct stat_request *request, const struct places *cpus)
{
	struct expected expected = {0};
	const char *path = request->intervals.expect_path;
	int status = CLI_FAILED;

	if (path && read_expected(path, &expected))
		request->intervals.view.expected = &expected;
	if (!path || request->intervals.view.expected)
		status = measure_and_draw(request, cpus);
	request->intervals.view.expected = NULL;
	expected_deinit(&expected);
	return status;
}

int stat_measure(struct stat_request *request, const struct places *cpus)
{
	return stat_counts(request) ? count(request, cpus) : measure_and_compare(request, cpus);
}
