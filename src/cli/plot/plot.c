/* SPDX-License-Identifier: MIT */
/* msrctl plot: pictures of what msrctl stat has written. Reaches no register. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/plot/draw.h"
#include "cli/plot/level.h"
#include "cli/plot/take.h"
#include "util/array.h"
#include "util/cleanup.h"

enum { OPTION_METRIC = 1 << 9, OPTION_PER, OPTION_TITLE, OPTION_SCRIPT };

#define LEVEL_NAME(name) " " name

struct plot_request {
	struct cli *cli;
	char **paths;
	size_t n_paths;
	const char *output, *title, *level;
	bool is_script;
	enum script_format format;
	struct series_set set;
};

static bool is_standard(const char *path)
{
	return strcmp(path, "-") == 0;
}

static void check(struct plot_request *request, struct argp_state *state)
{
	size_t n_standard = 0;

	for (size_t i = 0; i < request->n_paths; i++)
		n_standard += is_standard(request->paths[i]);
	if (n_standard > 1)
		argp_error(state, "standard input can be read once");
	if (!request->output && !request->is_script && is_standard(request->paths[0]))
		argp_error(state, "where to, -o? (-o - is SVG on standard output)");
	if (request->output && !is_standard(request->output) &&
		!script_find_format(request->output, &request->format))
		argp_error(state, "-o %s: no picture can be written there, unless " DRAW_FORMATS,
			request->output);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct plot_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'o':
		request->output = argument;
		return 0;
	case OPTION_METRIC:
		if (series_want(&request->set, argument) < 0)
			argp_failure(state, CLI_FAILED, ENOMEM, "%s", argument);
		return 0;
	case OPTION_PER:
		request->level = level_find(argument);
		if (!request->level)
			argp_error(state, "--per %s: there are" PLOT_LEVELS(LEVEL_NAME), argument);
		return 0;
	case OPTION_TITLE:
		request->title = argument;
		return 0;
	case OPTION_SCRIPT:
		request->is_script = true;
		return 0;
	case ARGP_KEY_ARGS:
		request->paths = state->argv + state->next;
		request->n_paths = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
		return EINVAL;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"output", 'o', "OUT", 0,
		"The picture, .svg, .png or .pdf (default: FILE with .svg behind its name); - is "
		"SVG "
		"on standard output",
		0},
	{"metric", OPTION_METRIC, "NAME[,...]", 0,
		"These metrics, or all of a group; may be patterns, and be given several times "
		"(default: memory bandwidth and power, or all where there are none)",
		0},
	{"per", OPTION_PER, "LEVEL", 0,
		"A line for each" PLOT_LEVELS(
			LEVEL_NAME) "; amounts are added up where FILE has them of smaller parts",
		0},
	{"title", OPTION_TITLE, "TEXT", 0, "Above the picture (default: the names of the FILEs)",
		0},
	{"script", OPTION_SCRIPT, NULL, 0,
		"Print the program of gnuplot, with its data, to be changed or drawn elsewhere; -o "
		"says "
		"only the format of what gnuplot then writes to standard output",
		0},
	{0},
};

const struct argp plot_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE...",
	.doc = "Draw what msrctl stat --format ndjson has written: bandwidth and power over time, "
	       "a "
	       "panel for each unit. Several FILEs are drawn into one picture, each from its own "
	       "start; - is standard input. Where a value is n/a the line has a gap, and a "
	       "message says why."
	       "\vExamples:\n"
	       "  msrctl plot figures.ndjson\n"
	       "  msrctl plot -o power.pdf --metric package_watts,dram_watts figures.ndjson\n"
	       "  msrctl plot -o node.svg --per node node1.ndjson node2.ndjson\n"
	       "  msrctl stat --format ndjson -i 0.5 -n 2 | msrctl plot -o now.svg -\n"
	       "  msrctl plot --script figures.ndjson > figures.gp\n"
	       "\nIt needs gnuplot (package gnuplot-nox), but for --script. The exit status is 2 "
	       "for a FILE that is none of msrctl stat's, 1 where nothing could be drawn.",
	.children = cli_options,
};

static int read_file(struct plot_request *request, const char *path)
{
	bool is_stdin = is_standard(path);
	const char *name = is_stdin ? "standard input" : path;
	cleanup_fclose FILE *file = is_stdin ? NULL : fopen(path, "re");
	const struct ndjson_reader reader = take_reader(&request->set);
	struct ndjson ndjson = {0};
	int r;

	if (!is_stdin && !file) {
		warn("%s", path);
		return CLI_USAGE;
	}
	r = series_source(&request->set, is_stdin ? "-" : path);
	if (r == 0)
		r = ndjson_read(&ndjson, is_stdin ? stdin : file, &reader);
	if (r == -EINVAL && ndjson.line > 0)
		warnx("%s:%zu: %s", name, ndjson.line, ndjson.error);
	else if (r < 0)
		warnx("%s: %s", name, r == -EINVAL ? ndjson.error : strerror(-r));
	else if (ndjson.is_cut)
		warnx("%s:%zu: the last line is incomplete, as when a run is killed: left out",
			name, ndjson.line);
	return r == 0 ? CLI_DONE : r == -ENOMEM ? CLI_FAILED : CLI_USAGE;
}

static bool has_all(const struct plot_request *request)
{
	for (size_t i = 0; i < request->set.n_wanted; i++) {
		const struct wanted *wanted = &request->set.wanted[i];

		if (wanted->is_found)
			continue;
		warnx("--metric %s: there is none%s%s%s", wanted->name,
			wanted->near.is_found ? "; the nearest is " : "", wanted->near.name,
			request->n_paths > 1 ? " in any FILE" : "");
		return false;
	}
	return true;
}

static int read_all(struct plot_request *request)
{
	char error[LEVEL_ERROR_SIZE];
	int status = CLI_DONE, r;

	for (size_t i = 0; status == CLI_DONE && i < request->n_paths; i++)
		status = read_file(request, request->paths[i]);
	if (status == CLI_DONE && !has_all(request))
		status = CLI_USAGE;
	if (status != CLI_DONE)
		return status;
	r = level_choose(&request->set, request->level, error);
	if (r < 0)
		warnx("%s", r == -EINVAL ? error : strerror(-r));
	return r == 0 ? CLI_DONE : r == -EINVAL ? CLI_USAGE : CLI_FAILED;
}

static char *join_names(const struct plot_request *request)
{
	char *names = NULL;
	size_t size;
	FILE *stream = open_memstream(&names, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < request->n_paths; i++)
		fprintf(stream, "%s%s", i ? ", " : "", request->paths[i]);
	return fclose(stream) == 0 ? names : NULL;
}

/* figures.ndjson gives figures.svg; a name that says nothing of it is kept whole. */
static char *default_output(const char *path)
{
	size_t length = strlen(path), end = strlen(".ndjson");
	char *output;

	if (length > end && strcmp(path + length - end, ".ndjson") == 0)
		length -= end;
	return asprintf(&output, "%.*s.svg", (int)length, path) < 0 ? NULL : output;
}

static bool is_input(const struct plot_request *request, const char *output)
{
	struct stat in, out;

	if (stat(output, &out) < 0)
		return false;
	for (size_t i = 0; i < request->n_paths; i++)
		if (stat(request->paths[i], &in) == 0 && in.st_dev == out.st_dev &&
			in.st_ino == out.st_ino)
			return true;
	return false;
}

static int print_script(struct plot_request *request, const char *title)
{
	const struct script script = {request->format, title};
	int status = read_all(request), r;

	if (status != CLI_DONE)
		return status;
	if (!draw_check(&request->set))
		return CLI_FAILED;
	r = script_write(&script, &request->set, stdout);
	if (r == 0 && fflush(stdout) != 0)
		r = -errno;
	if (r < 0)
		warnx("output: %s", strerror(-r));
	return r < 0 ? CLI_FAILED : CLI_DONE;
}

static int report(const struct plot_request *request, const char *output)
{
	static const struct table_column columns[] = {{"PICTURE", "picture", false},
		{"PANELS", "panels", true}, {"LINES", "lines", true},
		{"INTERVALS", "intervals", true}};
	cleanup_table struct table *table = table_new("pictures", columns, 4, request->cli->json);
	size_t n_lines, n_panels = script_panels(&request->set, &n_lines);

	table_row(table);
	table_cell(table, "%s", output);
	table_cell(table, "%zu", n_panels);
	table_cell(table, "%zu", n_lines);
	table_cell(table, "%zu", series_intervals(&request->set));
	return (int)cli_print(&table, 1, CLI_DONE);
}

static int draw(struct plot_request *request, const char *output, const char *title)
{
	struct draw draw = {.path = is_standard(output) ? NULL : output,
		.title = title,
		.format = request->format};
	int status = CLI_FAILED;

	if (draw.path && is_input(request, output)) {
		warnx("-o %s: it is the FILE that is drawn", output);
		return CLI_USAGE;
	}
	if (draw_open(&draw))
		status = read_all(request);
	if (status == CLI_DONE)
		status = draw_check(&request->set) && draw_write(&draw, &request->set) ? CLI_DONE
										       : CLI_FAILED;
	draw_close(&draw);
	return status == CLI_DONE && draw.path ? report(request, output) : status;
}

int plot_run(struct cli *cli, int argc, char **argv)
{
	struct plot_request request = {.cli = cli, .format = SCRIPT_SVG};
	cleanup_free char *names = NULL, *output = NULL;
	const char *title;
	int status = CLI_FAILED;

	argp_parse(&plot_argp, argc, argv, 0, NULL, &request);
	names = join_names(&request);
	output = request.output ? strdup(request.output) : default_output(request.paths[0]);
	title = request.title ? request.title : names;
	if (!names || !output)
		warnx("%s", strerror(ENOMEM));
	else
		status = request.is_script ? print_script(&request, title)
					   : draw(&request, output, title);
	series_deinit(&request.set);
	return status;
}
