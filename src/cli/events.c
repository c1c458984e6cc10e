/* SPDX-License-Identifier: MIT */
/* msrctl events: what msrctl stat -e can count, on this machine's model or another. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/count/names.h"
#include "cli/count/raw.h"
#include "util/array.h"

struct events_request {
	struct cli *cli;
	const char *model, *pattern;
	bool verbose;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct events_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'm':
		request->model = argument;
		return 0;
	case 'v':
		request->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (request->pattern)
			argp_error(state, "one PATTERN, please; %s is another", argument);
		request->pattern = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"model", 'm', "MODEL", 0,
		"Of this CPU model, such as 06_2d or \"Ivy Bridge-EP\" (default: this machine's)",
		0},
	{"verbose", 'v', NULL, 0, "Explain each event, and how it would be written raw", 0},
	{0},
};

const struct argp events_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PATTERN]",
	.doc = "List the events that msrctl stat -e can count, and the counters that can count "
	       "each."
	       "\vPATTERN is a part of a name or of its explanation, whatever its case, or has "
	       "* and ? for what may be anything.\n"
	       "\nExamples:\n"
	       "  msrctl events                        all of this machine's\n"
	       "  msrctl events cas_count              whose names or texts have it\n"
	       "  msrctl events -v 'UNC_C_TOR*'        with explanation and raw form\n"
	       "  msrctl events --model 06_3e llc\n",
	.children = cli_options,
};

struct listing {
	const struct events_request *request;
	const struct arch *arch;
	struct table *table;
	size_t n;
};

static bool matches(const char *pattern, const char *text)
{
	if (!pattern)
		return true;
	if (strpbrk(pattern, "*?["))
		return fnmatch(pattern, text, FNM_CASEFOLD) == 0;
	return strcasestr(text, pattern) != NULL;
}

/* What libpfm4 says of an event without its unit mask is the event's own text. */
static void add_row(struct listing *listing, const struct name *name)
{
	const struct events_request *request = listing->request;
	char counters[WANT_COUNTERS_SIZE], raw[WANT_NAME_SIZE];

	table_row(listing->table);
	table_cell(listing->table, "%s", name->full);
	table_cell(listing->table, "%s", name->unit);
	if (name->is_parsed)
		table_cell(listing->table, "%s",
			want_counters_text(&name->want, listing->arch, counters));
	else
		table_no_cell(listing->table);
	if (!request->verbose && !request->cli->json)
		return;
	if (name->is_parsed)
		table_cell(listing->table, "%s", raw_text(&name->want, raw));
	else
		table_no_cell(listing->table);
	if (name->about == name->event_about || strcmp(name->about, name->event_about) == 0)
		table_cell(listing->table, "%s", name->about);
	else
		table_cell(listing->table, "%s: %s", name->event_about, name->about);
}

static bool add_name(void *context, const struct name *name)
{
	struct listing *listing = context;
	const char *pattern = listing->request->pattern;

	/* one that needs a unit mask is listed with each of its own; which may need more, such as
	 * an opcode */
	if (!name->is_parsed && !strchr(name->full, ':'))
		return true;
	if (!matches(pattern, name->full) && !matches(pattern, name->about) &&
		!matches(pattern, name->event_about))
		return true;
	listing->n++;
	add_row(listing, name);
	return true;
}

/* Those that need no libpfm4. */
static void add_own(struct listing *listing)
{
	static const struct {
		const char *name, *about;
	} own[] = {
		{"instructions", "Instructions retired"},
		{"cycles", "Cycles while the CPU is not halted"},
		{"ref-cycles", "Cycles at the rate of the TSC while the CPU is not halted"},
		{"RAPL_ENERGY_PKG", "Energy of the package, in joules"},
		{"RAPL_ENERGY_CORES", "Energy of the cores, in joules"},
		{"RAPL_ENERGY_DRAM", "Energy of the memory, in joules"},
	};

	for (size_t i = 0; i < N_ELEMENTS(own); i++) {
		char error[WANT_ERROR_SIZE];
		struct name name = {.full = own[i].name,
			.about = own[i].about,
			.event_about = own[i].about,
			.is_parsed = true};

		if (!want_parse(&name.want, listing->arch, own[i].name, error))
			continue;
		name.unit = want_unit_name(&name.want);
		add_name(listing, &name);
	}
}

static const struct table_column columns[] = {
	{"EVENT", "event", false},
	{"UNIT", "unit", false},
	{"COUNTERS", "counters", false},
	{"RAW", "raw", false},
	{"WHAT", "what", false},
};

static int list(const struct events_request *request, const struct arch *arch)
{
	bool is_long = request->verbose || request->cli->json;
	cleanup_table struct table *table =
		table_new("events", columns, is_long ? 5 : 3, request->cli->json);
	struct listing listing = {.request = request, .arch = arch, .table = table};
	int r;

	add_own(&listing);
	r = names_walk(arch, add_name, &listing);
	if (r == -ENOTSUP)
		warnx("built without libpfm4: raw events and those below are all there is");
	else if (r < 0)
		warnx("%s", strerror(-r));
	if (listing.n == 0) {
		warnx("no event of %s has \"%s\" in its name or text", arch->text,
			request->pattern ? request->pattern : "");
		return CLI_FAILED;
	}
	return cli_print(&table, 1, r < 0 && r != -ENOTSUP ? CLI_FAILED : CLI_DONE);
}

int events_run(struct cli *cli, int argc, char **argv)
{
	struct events_request request = {.cli = cli};
	const struct arch *arch;

	argp_parse(&events_argp, argc, argv, 0, NULL, &request);
	if (request.model) {
		arch = cli_find_model(request.model);
		return arch ? list(&request, arch) : CLI_USAGE;
	}
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	return list(&request, cli->node.arch);
}
