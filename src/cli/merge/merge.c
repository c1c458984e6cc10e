/* SPDX-License-Identifier: MIT */
/* msrctl merge: what msrctl stat has written on many nodes, side by side and together. Reaches no
 * register. */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/merge/all.h"
#include "cli/merge/show.h"
#include "cli/terminal.h"
#include "util/cleanup.h"

enum { OPTION_FORMAT = 1 << 9, OPTION_COLOR };

struct merge_request {
	struct cli *cli;
	char **paths;
	size_t n_paths;
	bool has_format;
	enum terminal_color color;
	struct output output;
	struct measured *nodes; /* one a path */
};

/* In a list of words. */
#define NAME(id, name) " " name

static void check(struct merge_request *request, struct argp_state *state)
{
	struct output *output = &request->output;

	if (request->cli->json && request->has_format && output->format != OUTPUT_JSON)
		argp_error(state, "--json is one format, --format says another");
	if (request->cli->json)
		output->format = OUTPUT_JSON;
	columns_all(&output->columns, false);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct merge_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'o':
		request->output.path = argument;
		return 0;
	case OPTION_FORMAT:
		if (!output_find_format(argument, &request->output.format))
			argp_error(state, "--format %s: there are" OUTPUT_FORMATS(NAME), argument);
		request->has_format = true;
		return 0;
	case OPTION_COLOR:
		if (!terminal_find_color(argument, &request->color))
			argp_error(state, "--color %s: there are" TERMINAL_COLORS(NAME), argument);
		return 0;
	case ARGP_KEY_ARGS:
		request->paths = state->argv + state->next;
		request->n_paths = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILEs?");
		return EINVAL;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "Write to FILE", 0},
	{"format", OPTION_FORMAT, "FORMAT", 0,
		"One of" OUTPUT_FORMATS(NAME) " (default: table); see msrctl-output(5)", 0},
	{"color", OPTION_COLOR, "WHEN", 0,
		"Colors: one of" TERMINAL_COLORS(NAME) " (default: auto, on a terminal and without "
						       "NO_COLOR)",
		0},
	{0},
};

const struct argp merge_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE...",
	.doc = "Put together what msrctl stat --format ndjson has written on several nodes, a node "
	       "a FILE: a table of each node, and one of all. Amounts and rates are added up, what "
	       "is one by another is computed of the sums of both, and what is not known of one "
	       "node is n/a of all, with the reason."
	       "\vExamples:\n"
	       "  msrctl merge out.node1.ndjson out.node2.ndjson\n"
	       "  msrctl merge --format csv -o all.csv out.node1.ndjson out.node2.ndjson\n"
	       "\nThe exit status is 2 for a FILE that is none of msrctl stat's or of a node that "
	       "another one is of, 1 where something of all nodes is n/a.",
	.children = cli_options,
};

static bool read_file(struct merge_request *request, size_t i)
{
	const char *path = request->paths[i];
	cleanup_fclose FILE *file = fopen(path, "re");
	struct measured *node = &request->nodes[i];
	struct ndjson ndjson = {0};
	int r;

	if (!file) {
		warn("%s", path);
		return false;
	}
	node->path = path;
	r = measured_read(node, &ndjson, file);
	if (r == -EINVAL && ndjson.line > 0)
		warnx("%s:%zu: %s", path, ndjson.line, ndjson.error);
	else if (r < 0)
		warnx("%s: %s", path, r == -EINVAL ? ndjson.error : strerror(-r));
	else if (node->why_not[0])
		warnx("%s: %s: nothing of node %s is shown", path, node->why_not,
			node->interval.node);
	for (size_t j = 0; r == 0 && j < i; j++) {
		if (strcmp(request->nodes[j].interval.node, node->interval.node) != 0)
			continue;
		warnx("%s: node %s is in %s already: give one FILE of each", path,
			node->interval.node, request->nodes[j].path);
		return false;
	}
	return r == 0;
}

static bool read_all(struct merge_request *request)
{
	for (size_t i = 0; i < request->n_paths; i++)
		if (!read_file(request, i))
			return false;
	return true;
}

static int write_all(
	struct merge_request *request, const struct interval *all, const struct records *records)
{
	struct output *output = &request->output;
	int r, closed = 0;

	output->style = terminal_style(request->color);
	output->is_one_piece = true;
	r = output_open(output);
	if (r == 0) {
		r = show_merged(output, request->nodes, request->n_paths, all, records);
		closed = output_close(output);
	}
	r = r < 0 ? r : closed;
	if (r < 0)
		warnx("%s: %s", output->path ? output->path : "output", strerror(-r));
	output_deinit(output);
	return r < 0 ? CLI_FAILED : CLI_DONE;
}

static int merge(struct merge_request *request)
{
	struct records records = {0};
	struct interval all;
	int status = CLI_FAILED, r;

	r = all_of(request->nodes, request->n_paths, &all, &records);
	if (r < 0)
		warnx("%s", strerror(-r));
	else
		status = write_all(request, &all, &records);
	for (size_t i = 0; status == CLI_DONE && i < records.n; i++)
		if (!isfinite(records.list[i].value))
			status = CLI_FAILED;
	records_deinit(&records);
	return status;
}

int merge_run(struct cli *cli, int argc, char **argv)
{
	struct merge_request request = {.cli = cli};
	int status = CLI_USAGE;

	argp_parse(&merge_argp, argc, argv, 0, NULL, &request);
	request.nodes = calloc(request.n_paths, sizeof *request.nodes);
	if (!request.nodes) {
		warnx("%s", strerror(ENOMEM));
		return CLI_FAILED;
	}
	if (read_all(&request))
		status = merge(&request);
	for (size_t i = 0; i < request.n_paths; i++)
		measured_deinit(&request.nodes[i]);
	free(request.nodes);
	return status;
}
