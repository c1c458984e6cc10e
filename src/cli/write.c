/* SPDX-License-Identifier: MIT */
/* msrctl write: a register of CPUs or uncore units, with one value for all or a value for each. */
#include <err.h>
#include <errno.h>
#include <string.h>

#include "cli/accesses.h"
#include "cli/cli.h"
#include "cli/writing.h"
#include "util/cleanup.h"
#include "util/number.h"

struct write_request {
	struct cli *cli;
	struct cli_where where;
	const char *reg;
	char **values; /* one, or WHERE=VALUE each */
	int n_values;
	bool is_dry_run;
};

static bool has_places(const struct write_request *request)
{
	return request->n_values > 0 && strchr(request->values[0], '=');
}

static error_t check(const struct write_request *request, struct argp_state *state)
{
	const struct cli_where *where = &request->where;

	if (request->n_values == 0)
		argp_error(state, "which register, and which value?");
	else if (has_places(request) && (where->cpus || where->units))
		argp_error(state, "where stands either before each value or behind -c or -u: not "
				  "both");
	else if (!has_places(request) && request->n_values > 1)
		argp_error(state, "%s is a second value: say WHERE=VALUE for each",
			request->values[1]);
	else if (!has_places(request) && !where->cpus && !where->units)
		/* a write to everywhere has to be asked for */
		argp_error(state, "where? Say -c CPUS, or -u UNITS, or WHERE=VALUE");
	return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct write_request *request = state->input;

	if (cli_where_parse(&request->where, key, argument) ||
		writing_parse(key, &request->is_dry_run))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARGS:
		request->reg = state->argv[state->next];
		request->values = state->argv + state->next + 1;
		request->n_values = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_END:
		return check(request, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	CLI_WHERE_OPTIONS,
	WRITING_OPTIONS,
	{0},
};

const struct argp write_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "REGISTER VALUE\nREGISTER WHERE=VALUE...",
	.doc = "Write a value to a register, by name (see msrctl list) or number; or different "
	       "values in different places."
	       "\vExamples:\n"
	       "  msrctl write -c 0-1 IA32_PERF_GLOBAL_CTRL 0x700000000\n"
	       "  msrctl write -c 1 0x38d 0x333\n"
	       "  msrctl write IA32_PERFEVTSEL0 0=0x4300c0 1=0x43003c\n"
	       "  msrctl write IA32_PERFEVTSEL0 S0=0x4300c0 S1=0\n"
	       "  msrctl write -s 0 0xd8 imc0=0x400304 imc1-3=0x400c04\n"
	       "  msrctl write -s 0 -u imc0-3 0xd8 0x400304\n"
	       "  msrctl write --dry-run -c all IA32_PERFEVTSEL0 0x4300c0\n"
	       "\nWHERE is CPUs as with -c, or units as with -u. "
	       "The daemon refuses a write that would change a bit outside the mask of the "
	       "allowlist. Where it refuses one, or a place is not there, nothing is written: not "
	       "in the other places either. What went wrong is explained on standard error, and "
	       "the exit status is 1; of --dry-run it is 3. The registers stay as they are "
	       "written.",
	.children = cli_options,
};

static bool is_there(const struct accesses *writes, const struct place *place)
{
	for (size_t i = 0; i < writes->n; i++)
		if (place_same_device(&writes->list[i].place, place))
			return true;
	return false;
}

static enum cli_status add_places(const struct write_request *request, struct places *places,
	uint64_t value, struct accesses *writes)
{
	char text[OP_TEXT_SIZE];

	if (!cli_find_register(request->cli, places, request->reg))
		return CLI_USAGE;
	for (size_t i = 0; i < places->n; i++) {
		const struct place *place = &places->list[i];

		if (value & ~op_space_mask(place->space)) {
			warnx("0x%llx: a PCI register has only 32 bits", (unsigned long long)value);
			return CLI_USAGE;
		}
		if (is_there(writes, place)) {
			warnx("%s comes twice", place_describe_device(place, text));
			return CLI_USAGE;
		}
		if (accesses_add(writes, OP_WRITE, place, value) < 0)
			errx(CLI_FAILED, "out of memory");
	}
	return CLI_DONE;
}

static enum cli_status add(const struct write_request *request, const struct cli_where *where,
	const char *text, struct accesses *writes)
{
	struct places places = {0};
	enum cli_status status;
	uint64_t value;

	if (!number_parse(text, UINT64_MAX, &value)) {
		warnx("%s is no number such as 0x1f", text);
		return CLI_USAGE;
	}
	status = cli_where_get(where, request->cli, &places);
	if (status == CLI_DONE)
		status = add_places(request, &places, value, writes);
	places_deinit(&places);
	return status;
}

/* Does the text begin with the name of a unit? CPUs are numbers, sockets and nodes. */
static bool names_unit(const char *text)
{
	char name[32];
	enum op_unit unit;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ","), text);
	for (size_t length = strlen(name); length > 0; name[--length] = '\0')
		if (op_unit_find(name, &unit))
			return true;
	return false;
}

/* "0-3=0x1f", "imc0=7" */
static enum cli_status add_pair(
	const struct write_request *request, const char *pair, struct accesses *writes)
{
	const char *equals = strchr(pair, '=');
	cleanup_free char *place = equals ? strndup(pair, (size_t)(equals - pair)) : NULL;
	struct cli_where where = {.sockets = request->where.sockets, .is_bare = true};

	if (!place || !*place) {
		warnx("%s is not WHERE=VALUE, such as 0-3=0x1f or imc0=0x1f", pair);
		return CLI_USAGE;
	}
	if (names_unit(place))
		where.units = place;
	else
		where.cpus = place;
	return add(request, &where, equals + 1, writes);
}

static enum cli_status add_all(const struct write_request *request, struct accesses *writes)
{
	enum cli_status status = CLI_DONE;

	if (!has_places(request))
		return add(request, &request->where, request->values[0], writes);
	for (int i = 0; i < request->n_values && status == CLI_DONE; i++)
		status = add_pair(request, request->values[i], writes);
	return status;
}

int write_run(struct cli *cli, int argc, char **argv)
{
	struct write_request request = {.cli = cli};
	cleanup_msrd struct msrd *msrd = NULL;
	cleanup_accesses struct accesses writes = {0};
	enum cli_status status;

	argp_parse(&write_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	status = add_all(&request, &writes);
	if (status != CLI_DONE)
		return (int)status;
	msrd = cli_open(cli);
	if (!msrd)
		return CLI_FAILED;
	return (int)(request.is_dry_run ? writing_dry_run(cli, msrd, &writes, "judged")
					: writing_run(cli, msrd, &writes, "written"));
}
