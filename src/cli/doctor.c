/* SPDX-License-Identifier: MIT */
/*
 * msrctl doctor: why can't I reach the registers, and what cures it? Looks,
 * asks, has it judged (doctor_*.c), and prints. It changes nothing.
 */
#include "cli/doctor.h"

#include <err.h>
#include <fcntl.h>
#include <sysexits.h>

#include "util/array.h"
#include "util/cleanup.h"

/* Exit status. */
enum {
	EXIT_WELL = 0,
	EXIT_WARNINGS = 1,
	EXIT_ERRORS = 2,
};

struct request {
	struct cli *cli;
	bool verbose;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct request *request = state->input;

	(void)argument;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'v':
		request->verbose = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"verbose", 'v', NULL, 0, "Show also where it was looked at", 0},
	{0},
};

const struct argp doctor_argp = {
	.options = options,
	.parser = parse,
	.doc = "Find out why registers can't be reached or measured, and what cures it. Looks at "
	       "the machine, the kernel, the daemon's file and this process, then asks the daemon "
	       "for registers. Nothing is changed."
	       "\vExamples:\n"
	       "  msrctl doctor                                   why does it not work?\n"
	       "  msrctl doctor -v                                what was looked at, and where?\n"
	       "  msrctl doctor --json | jq '[.checks[] | select(.status == \"error\")] | length'"
	       "\n"
	       "\nThe exit status is 0 when all is well, 1 after warnings (it works, but not all "
	       "of it), 2 after errors, 64 for wrong usage. What only root may see is \"unknown\" "
	       "and no warning.",
	.children = cli_options,
};

static const struct table_column columns[] = {
	{"STATUS", "status", false},
	{"CHECK", "check", false},
	{"FOUND", "found", false},
	{"CURE", "cure", false},
	{"LOOKED AT", "looked_at", false},
};

/* Scripts get every column. */
static struct table *make_table(
	const struct request *request, const struct doctor_result results[DOCTOR_N_CHECKS])
{
	bool all = request->verbose || request->cli->json;
	struct table *table = table_new(
		"checks", columns, N_ELEMENTS(columns) - (all ? 0 : 1), request->cli->json);

	for (int i = 0; i < DOCTOR_N_CHECKS; i++) {
		table_row(table);
		table_cell(table, "%s", doctor_status_text(results[i].status));
		table_cell(table, "%s", doctor_check_name((enum doctor_check)i));
		table_cell(table, "%s", results[i].found);
		if (results[i].cure[0])
			table_cell(table, "%s", results[i].cure);
		else
			table_no_cell(table);
		if (all)
			table_cell(table, "%s", doctor_check_where((enum doctor_check)i));
	}
	return table;
}

static int exit_status(enum doctor_status worst)
{
	switch (worst) {
	case DOCTOR_OK:
	case DOCTOR_UNKNOWN:
		return EXIT_WELL;
	case DOCTOR_WARNING:
		return EXIT_WARNINGS;
	case DOCTOR_ERROR:
		break;
	}
	return EXIT_ERRORS;
}

/* Could this be why the daemon said r? Whose turn it is has to do with nothing else. */
static bool can_explain(int check, int r)
{
	if (r == MSRD_LOCKED)
		return check == DOCTOR_LOCK;
	return check != DOCTOR_LOCK && check != DOCTOR_DAEMON;
}

void doctor_explain(const struct cli *cli, int r)
{
	struct doctor_findings findings = {.msr = {.asked = true, .r = r}};
	struct doctor_result results[DOCTOR_N_CHECKS];
	cleanup_close int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (cli->direct)
		return; /* what keeps a daemon from them is not what keeps this process */
	doctor_look(&findings, &cli->node, root_fd);
	doctor_look_at_daemon(&findings, cli);
	doctor_judge(&findings, results);
	for (int i = 0; i < DOCTOR_MSR; i++)
		if (results[i].status == DOCTOR_ERROR && can_explain(i, r))
			warnx("%s: %s%s%s", doctor_check_name((enum doctor_check)i),
				results[i].found, results[i].cure[0] ? "; cure: " : "",
				results[i].cure);
}

int doctor_run(struct cli *cli, int argc, char **argv)
{
	struct request request = {.cli = cli};
	struct doctor_findings findings = {0};
	struct doctor_result results[DOCTOR_N_CHECKS];
	cleanup_table struct table *table = NULL;
	cleanup_close int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	argp_err_exit_status = EX_USAGE; /* 2 has a meaning of its own */
	argp_parse(&doctor_argp, argc, argv, 0, NULL, &request);
	findings.node_error = node_init(&cli->node, root_fd);
	doctor_look(&findings, &cli->node, root_fd);
	doctor_look_at_daemon(&findings, cli);
	doctor_ask(&findings, cli);
	enum doctor_status worst = doctor_judge(&findings, results);

	table = make_table(&request, results);
	if (cli_print(&table, 1, CLI_DONE) != CLI_DONE)
		return EXIT_ERRORS;
	return exit_status(worst);
}
