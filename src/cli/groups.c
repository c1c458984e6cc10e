/* SPDX-License-Identifier: MIT */
/* msrctl groups: what msrctl stat -g knows. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/count/find_group.h"
#include "util/cleanup.h"

struct groups_request {
	struct cli *cli;
	const char *model, *name;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct groups_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'm':
		request->model = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (request->name)
			argp_error(state, "one GROUP, please; %s is another", argument);
		request->name = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"model", 'm', "MODEL", 0,
		"Of this CPU model, such as 06_2d or \"Ivy Bridge-EP\" (default: this machine's)",
		0},
	{0},
};

const struct argp groups_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[GROUP]",
	.doc = "List the groups of events that msrctl stat -g measures, or print one."
	       "\vYour own groups are files NAME.group in ~/.config/msrctl (or "
	       "$XDG_CONFIG_HOME/msrctl); one of yours goes before a built-in one of the same "
	       "name. msrctl-group(5) explains what is in them.\n"
	       "\nExamples:\n"
	       "  msrctl groups\n"
	       "  msrctl groups memory                 its events and formulas\n"
	       "  msrctl groups --model 06_3e l3\n",
	.children = cli_options,
};

static const struct table_column columns[] = {
	{"GROUP", "group", false},
	{"FROM", "from", false},
	{"WHAT", "what", false},
};

struct listing {
	const struct arch *arch;
	struct table *table;
	int status;
};

static bool add_group(void *context, const char *name, const char *path)
{
	struct listing *listing = context;
	char error[GROUP_ERROR_SIZE];
	struct group group;

	table_row(listing->table);
	table_cell(listing->table, "%s", name);
	table_cell(listing->table, "%s", path);
	if (group_load(&group, listing->arch, name, error)) {
		table_cell(listing->table, "%s", group.about);
	} else {
		table_no_cell(listing->table);
		warnx("%s", error);
		listing->status = CLI_FAILED;
	}
	return true;
}

static int list(const struct groups_request *request, const struct arch *arch)
{
	cleanup_table struct table *table = table_new("groups", columns, 3, request->cli->json);
	struct listing listing = {.arch = arch, .table = table};

	group_walk(arch, add_group, &listing);
	return cli_print(&table, 1, (enum cli_status)listing.status);
}

/* As it stands: to be read, and to begin one's own with. */
static int print(const struct groups_request *request, const struct arch *arch)
{
	char path[256], error[GROUP_ERROR_SIZE];
	cleanup_free char *text = group_find(arch, request->name, path, error);

	if (!text) {
		warnx("%s", error);
		return CLI_USAGE;
	}
	fputs(text, stdout);
	return CLI_DONE;
}

int groups_run(struct cli *cli, int argc, char **argv)
{
	struct groups_request request = {.cli = cli};
	const struct arch *arch;

	argp_parse(&groups_argp, argc, argv, 0, NULL, &request);
	if (request.model) {
		arch = cli_find_model(request.model);
		if (!arch)
			return CLI_USAGE;
	} else {
		if (!cli_read_node(cli) || !cli_has_arch(cli))
			return CLI_FAILED;
		arch = cli->node.arch;
	}
	return request.name ? print(&request, arch) : list(&request, arch);
}
