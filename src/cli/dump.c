/* SPDX-License-Identifier: MIT */
/* msrctl dump: the registers that can be written, as a text that msrctl restore puts back. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/controls.h"
#include "arch/off.h"
#include "cli/ended.h"
#include "cli/machine.h"
#include "cli/snapshot.h"
#include "util/array.h"
#include "util/cleanup.h"

struct dump_request {
	struct cli *cli;
	const char *path; /* NULL: standard output */
	bool only_switches;
};

enum { OPTION_SWITCHES = 1 << 9 };

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct dump_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'o':
		request->path = argument;
		return 0;
	case OPTION_SWITCHES:
		request->only_switches = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: it takes no arguments; a file stands behind -o", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "Write it to this file", 0},
	{"switches", OPTION_SWITCHES, NULL, 0,
		"Leave out what msrctl reset switches off: what is left rules the machine, and "
		"counts nothing",
		0},
	{0},
};

const struct argp dump_argp = {
	.options = options,
	.parser = parse,
	.doc = "Print all registers that the daemon lets you read and write and that can be put "
	       "back, of all CPUs and units: event selects, controls, filters, switches, limits; "
	       "no counters."
	       "\vExamples:\n"
	       "  msrctl dump -o before.txt && msrctl restore before.txt\n"
	       "  msrctl dump | grep IA32_PERFEVTSEL\n"
	       "  msrctl dump --switches\n"
	       "\nA line is CPUs, or SOCKETS/UNITS, the register and its value. Registers that a "
	       "part has not got are left out.",
	.children = cli_options,
};

static bool wants(const struct arch *arch, const struct place *place, const struct msrd_rule *rule)
{
	return arch_is_control(arch, place) && (!rule || rule->write_mask != 0);
}

/* Prefetchers, turbo, limits. */
static bool wants_switch(
	const struct arch *arch, const struct place *place, const struct msrd_rule *rule)
{
	uint64_t off;

	return wants(arch, place, rule) && !arch_off(arch, place, 0, 0, &off);
}

static const struct table_column columns[] = {{"VALUE", "value", false}};

static enum cli_status print_json(const struct dump_request *request, const struct accesses *reads,
	FILE *out, enum cli_status status)
{
	struct placed placed = placed_new("registers", request->cli->node.arch, reads->list,
		reads->n, columns, N_ELEMENTS(columns), true);
	int r;

	for (size_t i = 0; i < reads->n; i++) {
		const struct op *op = &reads->list[i];

		if (accesses_result(reads, i) != 0)
			continue;
		placed_row(&placed, &op->place);
		placed_value(&placed, BASE_HEX, placed_bits(&op->place), op->value);
	}
	r = tables_print(&placed.table, 1, out);
	table_free(placed.table);
	if (r < 0)
		warnx("cannot print: %s", strerror(-r));
	return r < 0 ? CLI_FAILED : status;
}

static enum cli_status print(
	const struct dump_request *request, const struct accesses *reads, enum cli_status status)
{
	FILE *out = request->path ? fopen(request->path, "we") : stdout;

	if (!out) {
		warn("%s", request->path);
		return CLI_FAILED;
	}
	if (request->cli->json)
		status = print_json(request, reads, out, status);
	else
		snapshot_write(out, &request->cli->node, reads, reads->n);
	if (fflush(out) != 0 || ferror(out)) {
		warn("%s", request->path ? request->path : "cannot print");
		status = CLI_FAILED;
	}
	if (request->path && fclose(out) != 0)
		status = CLI_FAILED;
	return status;
}

static bool is_alike(const struct accesses *reads, size_t i, size_t j)
{
	const struct place *a = &reads->list[i].place, *b = &reads->list[j].place;

	return a->reg == b->reg && !op_space_has_units(a->space) && !op_space_has_units(b->space);
}

/* One that another CPU has, so that the part has not just got it: an MSR of the same number. They
 * stand side by side. */
static bool is_missed(const struct accesses *reads, size_t i)
{
	size_t first = i, end = i + 1;

	while (first > 0 && is_alike(reads, first - 1, i))
		first--;
	while (end < reads->n && is_alike(reads, end, i))
		end++;
	for (size_t j = first; j < end; j++)
		if (accesses_result(reads, j) == 0)
			return true;
	return false;
}

static enum cli_status dump(const struct dump_request *request, struct msrd *msrd)
{
	cleanup_accesses struct accesses reads = {0};
	struct ended ended = {.cli = request->cli};
	char text[MSRD_ERROR_SIZE];
	int r = machine_add(
		request->cli, msrd, request->only_switches ? wants_switch : wants, &reads);

	if (r == 0 && reads.n > 0)
		r = accesses_run(&reads, msrd, MSRD_EACH);
	if (r < 0) {
		warnx("%s", r == -ENOMEM ? strerror(-r) : msrd_error(msrd, text, sizeof text));
		return CLI_FAILED;
	}
	for (size_t i = 0; i < reads.n; i++) {
		int result = accesses_result(&reads, i);

		if (result == 0 || (machine_lacks(result) && !is_missed(&reads, i)))
			continue;
		const struct outcome outcome = accesses_outcome(&reads, i);

		ended_badly(&ended, NULL, &outcome);
	}
	ended_explain(&ended);
	return print(request, &reads, ended.status);
}

int dump_run(struct cli *cli, int argc, char **argv)
{
	struct dump_request request = {.cli = cli};
	cleanup_msrd struct msrd *msrd = NULL;

	argp_parse(&dump_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	msrd = cli_open(cli);
	if (!msrd || !machine_is_open(msrd))
		return CLI_FAILED;
	return (int)dump(&request, msrd);
}
