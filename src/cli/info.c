/* SPDX-License-Identifier: MIT */
/* msrctl info: what this machine is, and what of it the daemon reaches. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/reach.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/cpulist.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
	(void)argument;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.doc = "Show the machine: CPU model, sockets, uncore units and their buses, and what of it "
	       "is accessible, or why not."
	       "\vExamples:\n"
	       "  msrctl info\n"
	       "  msrctl info --json | jq '.units[] | select(.socket == 1)'\n"
	       "\nThe exit status is 1 when something that the machine has cannot be accessed.",
	.children = cli_options,
};

static const struct table_column machine_columns[] = {
	{"CPU", "cpu", false},
	{"FAMILY", "family", true},
	{"MODEL", "model", true},
	{"STEPPING", "stepping", true},
	{"KNOWN AS", "known_as", false},
};

static const struct table_column socket_columns[] = {
	{"SOCKET", "socket", true},
	{"CPUS", "cpus", false},
};

static const struct table_column bus_columns[] = {
	{"BUS", "bus", false},
	{"SOCKET", "socket", true},
	{"FOUND BY", "found_by", false},
	{"WHY NONE", "why_none", false},
};

static const struct table_column cpu_columns[] = {
	{"CPUS", "cpus", false},
	{"ACCESS", "access", false},
};

static const struct table_column unit_columns[] = {
	{"SOCKET", "socket", true},
	{"UNIT", "unit", false},
	{"ADDRESS", "address", false},
	{"DEVICE", "device", false},
	{"ACCESS", "access", false},
};

static struct table *make_machine(const struct cli *cli)
{
	const struct node *node = &cli->node;
	struct table *table =
		table_new("machine", machine_columns, N_ELEMENTS(machine_columns), cli->json);

	table_row(table);
	table_cell(table, "%s", node->model_name);
	table_cell(table, "%u", node->family);
	table_cell(table, "%u", node->model);
	if (node->stepping == NODE_NO_STEPPING)
		table_no_cell(table);
	else
		table_cell(table, "%u", node->stepping);
	if (node->arch)
		table_cell(table, "%s (%s)", node->arch->text, node->arch->name);
	else
		table_cell(table, "not supported");
	return table;
}

static void add_list(struct table *table, bool (*has)(const void *context, uint32_t cpu),
	const void *context, uint32_t n)
{
	cleanup_free char *list = cpulist_text(has, context, n);

	table_cell(table, "%s", list ? list : "out of memory");
}

struct socket_filter {
	const struct node *node;
	uint32_t package;
};

static bool is_on_socket(const void *context, uint32_t cpu)
{
	const struct socket_filter *filter = context;
	const struct node_cpu *found = &filter->node->cpus[cpu];

	return found->present && found->online && found->package == filter->package;
}

static void add_socket(
	struct table *table, const struct node *node, uint32_t package, const char *no_cpu)
{
	struct socket_filter filter = {node, package};
	cleanup_free char *list = cpulist_text(is_on_socket, &filter, node->n_cpus);

	/* that row is for CPUs alone */
	if (list && !*list && package == NODE_NO_PACKAGE)
		return;
	table_row(table);
	if (package == NODE_NO_PACKAGE)
		table_no_cell(table);
	else
		table_cell(table, "%u", package);
	table_cell(table, "%s", !list ? "out of memory" : *list ? list : no_cpu);
}

static bool has_stray_cpus(const struct node *node)
{
	struct socket_filter filter = {node, NODE_NO_PACKAGE};

	for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++)
		if (is_on_socket(&filter, cpu))
			return true;
	return false;
}

static struct table *make_sockets(const struct cli *cli)
{
	const struct node *node = &cli->node;
	const char *no_cpu = has_stray_cpus(node) ? "not known" : "no CPU online";
	struct table *table =
		table_new("sockets", socket_columns, N_ELEMENTS(socket_columns), cli->json);

	for (uint32_t i = 0; i < node->n_packages; i++)
		add_socket(table, node, node->packages[i], no_cpu);
	add_socket(table, node, NODE_NO_PACKAGE, no_cpu);
	return table;
}

static struct table *make_buses(const struct cli *cli, enum cli_status *status)
{
	struct table *table = table_new("buses", bus_columns, N_ELEMENTS(bus_columns), cli->json);

	for (size_t i = 0; i < cli->node.n_buses; i++) {
		const struct bus *bus = &cli->node.buses[i];

		table_row(table);
		table_cell(table, "%04x:%02x", bus->domain, bus->bus);
		if (bus->package != BUS_NO_PACKAGE) {
			table_cell(table, "%u", bus->package);
			table_cell(table, "%s", bus_source_text(bus->source));
			table_no_cell(table);
			continue;
		}
		table_no_cell(table);
		table_no_cell(table);
		table_cell(table, "%s", bus_doubt_text(bus->doubt));
		/* what this user may not see the daemon may */
		if (bus->doubt != BUS_HIDDEN)
			*status = CLI_FAILED;
	}
	return table;
}

/* Beside the results of msrd.h. */
#define NOT_PRESENT 1000
#define OFFLINE	    1001

/* What all of it comes to. */
struct outcome {
	enum cli_status status;
	int unexplained; /* an answer whose cause doctor may know; 0: none */
};

static void fail(struct outcome *outcome, int r)
{
	outcome->status = CLI_FAILED;
	if (*cli_hint(r))
		outcome->unexplained = r;
}

/* Doctor is about daemons: without one, the first access of each table that is denied says why. */
static void explain_first(const struct cli *cli, struct msrd *msrd, int r, bool *is_explained)
{
	char text[MSRD_ERROR_SIZE];

	if (!cli->direct || *is_explained || r == 0 || r == MSRD_ABSENT || r >= NOT_PRESENT)
		return;
	warnx("%s", msrd_error(msrd, text, sizeof text));
	*is_explained = true;
}

/* What came of asking for each CPU. */
struct answers {
	int *results;
	int result; /* the one to look for */
};

static bool has_result(const void *context, uint32_t cpu)
{
	const struct answers *answers = context;

	return answers->results[cpu] == answers->result;
}

/* Is this the first CPU with its r? */
static bool is_first(const struct answers *answers, uint32_t cpu)
{
	for (uint32_t i = 0; i < cpu; i++)
		if (answers->results[i] == answers->results[cpu])
			return false;
	return true;
}

static const char *result_text(int r)
{
	if (r == OFFLINE)
		return "offline";
	if (r == -EINVAL)
		return "no number for it in the daemon's protocol";
	if (r < 0)
		return "the daemon is gone";
	return r == 0 ? "yes" : msrd_status_text((enum msrd_status)r);
}

static int check_cpu(struct msrd *msrd, const struct node_cpu *cpu, uint32_t number)
{
	if (!cpu->present)
		return NOT_PRESENT;
	return cpu->online ? msrd_check(msrd, number) : OFFLINE;
}

/* CPUs with the same answer share a row. */
static struct table *make_cpus(const struct cli *cli, struct msrd *msrd, struct outcome *outcome)
{
	struct table *table = table_new("cpus", cpu_columns, N_ELEMENTS(cpu_columns), cli->json);
	cleanup_free int *results = calloc(cli->node.n_cpus + 1, sizeof *results);
	struct answers answers = {.results = results};
	bool is_explained = false;

	if (!results)
		return table_free(table);
	for (uint32_t cpu = 0; cpu < cli->node.n_cpus; cpu++) {
		answers.results[cpu] = check_cpu(msrd, &cli->node.cpus[cpu], cpu);
		explain_first(cli, msrd, answers.results[cpu], &is_explained);
	}
	for (uint32_t cpu = 0; cpu < cli->node.n_cpus; cpu++) {
		answers.result = answers.results[cpu];
		if (answers.result == NOT_PRESENT || !is_first(&answers, cpu))
			continue;
		table_row(table);
		add_list(table, has_result, &answers, cli->node.n_cpus);
		table_cell(table, "%s", result_text(answers.result));
		if (answers.result != 0 && answers.result != OFFLINE)
			fail(outcome, answers.result);
	}
	return table;
}

/* Where the unit is, as far as this user may see; NULL: nowhere. */
static const struct node_function *find_function(
	const struct node *node, uint32_t package, const struct arch_function *arch)
{
	for (size_t i = 0; i < node->n_functions; i++)
		if (node->functions[i].package == package && node->functions[i].arch == arch)
			return &node->functions[i];
	return NULL;
}

static void add_unit(
	struct table *table, const struct place *unit, const struct node_function *function, int r)
{
	table_row(table);
	table_cell(table, "%u", unit->package);
	table_cell(table, "%s%u", op_unit_name(unit->unit), unit->index);
	if (function) {
		table_cell(table, "%04x:%02x:%02x.%u", function->domain, function->bus,
			function->arch->devfn >> 3, function->arch->devfn & 7);
		table_cell(table, "8086:%04x", function->device_id);
	} else {
		table_no_cell(table);
		table_no_cell(table);
	}
	table_cell(table, "%s", result_text(r));
}

/* The daemon is asked for every unit that the model may have: it sees more than its user. */
static struct table *make_units(const struct cli *cli, struct msrd *msrd, struct outcome *outcome)
{
	struct table *table = table_new("units", unit_columns, N_ELEMENTS(unit_columns), cli->json);
	const struct node *node = &cli->node;
	size_t n_kinds = node->arch ? node->arch->n_functions : 0;
	bool is_explained = false;

	for (size_t i = 0; i < node->n_packages * n_kinds; i++) {
		const struct arch_function *arch = &node->arch->functions[i % n_kinds];
		struct place unit =
			place_of_unit(node->packages[i / n_kinds], arch->unit, arch->index);
		const struct node_function *function = find_function(node, unit.package, arch);
		int r = reach_check(msrd, &unit);

		explain_first(cli, msrd, r, &is_explained);
		/* an ordinary user may not see of which package it is, but that it is there */
		if (!function && (r == MSRD_ABSENT || (r == -EINVAL && !node_has_unit(node, arch))))
			continue;
		add_unit(table, &unit, function, r);
		if (r != 0)
			fail(outcome, r);
	}
	return table;
}

int info_run(struct cli *cli, int argc, char **argv)
{
	struct outcome outcome = {.status = CLI_DONE};
	cleanup_msrd struct msrd *msrd = NULL;
	struct table *tables[5];
	size_t n_tables = 0;

	argp_parse(&argp, argc, argv, 0, NULL, cli);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	tables[n_tables++] = make_machine(cli);
	tables[n_tables++] = make_sockets(cli);
	tables[n_tables++] = make_buses(cli, &outcome.status);
	/* without a daemon the message says why nothing is accessible */
	msrd = cli_open(cli);
	if (msrd) {
		tables[n_tables++] = make_cpus(cli, msrd, &outcome);
		tables[n_tables++] = make_units(cli, msrd, &outcome);
	} else {
		outcome.status = CLI_FAILED;
	}
	outcome.status = cli_print(tables, n_tables, outcome.status);
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	if (outcome.unexplained != 0)
		doctor_explain(cli, outcome.unexplained);
	return outcome.status;
}
