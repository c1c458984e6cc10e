/* SPDX-License-Identifier: MIT */
/* Which options of msrctl stat go together, and what follows from those that were not given. */
#include <stdlib.h>
#include <string.h>

#include "cli/plot/draw.h"
#include "cli/stat_request.h"

/* As a table: what --columns can have. */
static void help_columns(void)
{
	static const struct table_column columns[] = {
		{"COLUMN", "column", false}, {"WHAT IT IS", "help", false}};
	const struct table_style style = terminal_style(TERMINAL_AUTO);
	struct table *table = table_new("columns", columns, 2, false);
	int r;

	for (unsigned i = 0; i < N_PLAIN_COLUMNS; i++) {
		const struct column *column = column_get((enum column_id)i);

		table_row(table);
		table_cell(table, "%s", column->name);
		table_cell(table, "%s", column->help);
	}
	r = tables_print_styled(&table, 1, stdout, &style);
	table_free(table);
	exit(r < 0 ? CLI_FAILED : CLI_DONE);
}

static void check_columns(struct stat_request *request, struct argp_state *state)
{
	struct output *output = &request->output;
	char error[COLUMNS_ERROR_SIZE];

	if (!request->columns)
		return;
	if (strcmp(request->columns, "help") == 0)
		help_columns();
	if (output->format == OUTPUT_JSON || output->format == OUTPUT_OPENMETRICS)
		argp_error(state, "--columns is for the formats table, csv and ndjson");
	if (!columns_choose(&output->columns, request->columns, error))
		argp_error(state, "--columns %s: %s", request->columns, error);
	output->has_columns = true;
}

static void set_columns(struct stat_request *request)
{
	struct output *output = &request->output;
	char error[COLUMNS_ERROR_SIZE];

	columns_all(&output->columns, request->counting.regions);
	if (output->format != OUTPUT_TABLE)
		return;
	columns_few(&output->columns);
	if (!request->is_raw)
		return;
	/* what a raw count is needs its encoding beside it */
	columns_choose(&output->columns,
		request->stint.n_repeats > 0 ? "place,metric,value,stddev,min,max,n,encoding,reason"
					     : "place,metric,value,counted_percent,encoding,reason",
		error);
	output->has_columns = true;
}

static void check_format(struct stat_request *request, struct argp_state *state)
{
	struct output *output = &request->output;

	if (request->cli->json && request->has_format && output->format != OUTPUT_JSON)
		argp_error(state, "--json is one format, --format says another");
	if (request->cli->json)
		output->format = OUTPUT_JSON;
	request->cli->json = output->format == OUTPUT_JSON;
	if (output->appends && !output->path)
		argp_error(state, "--append is for a file: which one, -o?");
	if (output->appends && output->format != OUTPUT_CSV && output->format != OUTPUT_NDJSON)
		argp_error(state, "--append is for the formats csv and ndjson, whose lines may be "
				  "those of several measurements");
}

static void check_stint(const struct stat_request *request, struct argp_state *state)
{
	const struct stint *stint = &request->stint;

	if (stint->n_repeats == 0)
		return;
	if (!stint->command)
		argp_error(state, "--repeat is for a COMMAND: which one?");
	if (request->has_count || stint->length_s > 0)
		argp_error(state, "each run of --repeat is one interval, without -i and -n");
}

static void check_figures(const struct stat_request *request, struct argp_state *state)
{
	bool counts = stat_counts(request);

	if (counts && request->intervals.expect_path)
		argp_error(state, "--expect knows the figures that there are without -e and -g");
	if (request->counting.show.level != SUM_DEFAULT && request->intervals.expect_path)
		argp_error(state, "--expect knows the figures of each CPU and socket: it does not "
				  "go with --per");
	if (request->is_raw && request->intervals.expect_path)
		argp_error(state, "--expect knows figures, and --raw has none");
}

/* A table is of all calls from the first to the last. */
static void check_regions(const struct stat_request *request, struct argp_state *state)
{
	const struct stint *stint = &request->stint;

	if (!request->counting.regions)
		return;
	if (!stat_counts(request))
		argp_error(state, "--regions: of which events, -e or -g?");
	if (!stint->command)
		argp_error(state, "--regions: of which COMMAND?");
	if (stint->length_s > 0 || request->has_count || stint->n_repeats > 0)
		argp_error(state, "--regions is for the whole COMMAND, once: it goes with none of "
				  "-i, -n and -r");
	if (stint->delay_s > 0)
		argp_error(state, "--regions counts from the first mark: it does not go with "
				  "--delay");
	if (request->counting.show.level != SUM_DEFAULT)
		argp_error(state, "--regions has places of its own: it does not go with --per");
	if (request->is_raw || request->columns)
		argp_error(state, "--regions has columns of its own: it goes with neither --raw "
				  "nor --columns");
}

/* How many intervals there will be; 0: as many as there are. */
static uint64_t count_intervals(const struct stat_request *request)
{
	const struct stint *stint = &request->stint;

	if (stint->n_repeats > 0)
		return stint->n_repeats;
	if (request->has_count)
		return stint->count;
	return stint->command && stint->length_s > 0 ? 0 : 1;
}

static void check_plot(const struct stat_request *request, struct argp_state *state)
{
	enum script_format format;

	if (!request->plot_path)
		return;
	if (!script_find_format(request->plot_path, &format))
		argp_error(state,
			"--plot %s: no picture can be written there, unless " DRAW_FORMATS,
			request->plot_path);
	if (request->output.path && strcmp(request->output.path, request->plot_path) == 0)
		argp_error(state, "--plot and -o are two files");
	if (count_intervals(request) == 1)
		argp_error(state, "--plot: this is one interval, and a line needs two: how long is "
				  "each (-i SECONDS), and how many are there (-n COUNT)?");
}

void stat_check(struct stat_request *request, struct argp_state *state)
{
	check_format(request, state);
	set_columns(request);
	check_columns(request, state);
	check_stint(request, state);
	check_figures(request, state);
	check_regions(request, state);
	check_plot(request, state);
}
