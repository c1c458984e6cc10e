/* SPDX-License-Identifier: MIT */
/* msrctl info: what this machine is, and what of it the daemon reaches. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/picture.h"
#include "cli/reach.h"
#include "cli/said.h"
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

const struct argp info_argp = {
	.parser = parse,
	.doc = "Show the machine: CPU model, sockets, uncore units and their buses, and what of it "
	       "is accessible, or why not. All but the CPU's name is what the daemon says of "
	       "itself; "
	       "one that speaks LIKWID's protocol alone can't, and then it is what you could read "
	       "yourself, and what the daemon says when it is asked for each device."
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

static const struct table_column space_columns[] = {
	{"REGISTERS", "registers", false},
	{"READ", "read", false},
	{"WRITTEN", "written", false},
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

static void add_reason(struct table *table, unsigned reason)
{
	const char *name = msrd_reason_name(reason);

	if (reason == MSRD_REASON_NONE)
		table_cell(table, "yes");
	else
		table_cell(table, "no, or not all: %s", name ? name : "a later msrd's reason");
}

/* A row for each space of which the daemon knows why; its checks tell the rest. */
static struct table *make_spaces(const struct cli *cli, const struct msrd_machine *machine)
{
	struct table *table =
		table_new("spaces", space_columns, N_ELEMENTS(space_columns), cli->json);

	for (int space = 0; machine->is_daemons && space < OP_N_SPACES; space++) {
		table_row(table);
		table_cell(table, "%s", op_space_name((enum op_space)space));
		add_reason(table, machine->spaces[space].reads);
		add_reason(table, machine->spaces[space].writes);
	}
	return table;
}

static void add_list(struct table *table, bool (*has)(const void *context, uint32_t cpu),
	const void *context, size_t n)
{
	cleanup_free char *list = cpulist_text(has, context, (uint32_t)n);

	table_cell(table, "%s", list ? list : "out of memory");
}

struct socket_filter {
	const struct picture *picture;
	uint32_t socket;
};

static bool is_on_socket(const void *context, uint32_t cpu)
{
	const struct socket_filter *filter = context;
	const struct msrd_cpu *found = &filter->picture->cpus[cpu];

	return found->is_present && found->is_online && found->socket == filter->socket;
}

static void add_socket(
	struct table *table, const struct picture *picture, uint32_t socket, const char *no_cpu)
{
	struct socket_filter filter = {picture, socket};
	cleanup_free char *list = cpulist_text(is_on_socket, &filter, (uint32_t)picture->n_cpus);

	/* that row is for CPUs alone */
	if (list && !*list && socket == MSRD_NO_SOCKET)
		return;
	table_row(table);
	if (socket == MSRD_NO_SOCKET)
		table_no_cell(table);
	else
		table_cell(table, "%u", socket);
	table_cell(table, "%s", !list ? "out of memory" : *list ? list : no_cpu);
}

static bool has_stray_cpus(const struct picture *picture)
{
	struct socket_filter filter = {picture, MSRD_NO_SOCKET};

	for (uint32_t cpu = 0; cpu < picture->n_cpus; cpu++)
		if (is_on_socket(&filter, cpu))
			return true;
	return false;
}

static struct table *make_sockets(const struct cli *cli, const struct picture *picture)
{
	const char *no_cpu = has_stray_cpus(picture) ? "not known" : "no CPU online";
	struct table *table =
		table_new("sockets", socket_columns, N_ELEMENTS(socket_columns), cli->json);

	for (size_t i = 0; i < picture->n_sockets; i++)
		add_socket(table, picture, picture->sockets[i].socket, no_cpu);
	add_socket(table, picture, MSRD_NO_SOCKET, no_cpu);
	return table;
}

static struct table *make_buses(
	const struct cli *cli, const struct picture *picture, enum cli_status *status)
{
	struct table *table = table_new("buses", bus_columns, N_ELEMENTS(bus_columns), cli->json);

	for (size_t i = 0; i < picture->n_buses; i++) {
		const struct msrd_bus *bus = &picture->buses[i];

		table_row(table);
		table_cell(table, "%04x:%02x", bus->domain, bus->bus);
		if (bus->socket != MSRD_NO_SOCKET) {
			table_cell(table, "%u", bus->socket);
			table_cell(table, "%s", msrd_bus_text(bus));
			table_no_cell(table);
			continue;
		}
		table_no_cell(table);
		table_no_cell(table);
		table_cell(table, "%s", msrd_bus_text(bus));
		/* what this user may not see a daemon that can't say so may */
		if (bus->doubt != BUS_HIDDEN || picture->machine.is_daemons)
			*status = CLI_FAILED;
	}
	return table;
}

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

/* Doctor is about daemons: without one, the first device of each table that is denied says why. */
static void explain_first(const struct cli *cli, struct msrd *msrd, struct place device, int status,
	bool *is_explained)
{
	char text[MSRD_ERROR_SIZE];

	if (!cli->direct || *is_explained || status == MSRD_ABSENT ||
		reach_check(msrd, &device) == 0)
		return;
	warnx("%s", msrd_error(msrd, text, sizeof text));
	*is_explained = true;
}

/* A CPU's access is its status, or one of these. */
#define NOT_PRESENT 1000
#define OFFLINE	    1001

static int result_of(const struct msrd_cpu *cpu)
{
	if (!cpu->is_present)
		return NOT_PRESENT;
	return cpu->is_online ? cpu->status : OFFLINE;
}

struct access_filter {
	const struct picture *picture;
	int result; /* the one to look for */
};

static bool has_result(const void *context, uint32_t cpu)
{
	const struct access_filter *filter = context;

	return result_of(&filter->picture->cpus[cpu]) == filter->result;
}

/* Is this the first CPU with its result? */
static bool is_first(const struct picture *picture, uint32_t cpu)
{
	for (uint32_t i = 0; i < cpu; i++)
		if (result_of(&picture->cpus[i]) == result_of(&picture->cpus[cpu]))
			return false;
	return true;
}

static const char *result_text(const struct picture *picture, int r)
{
	const char *text = msrd_status_text((enum msrd_status)r);

	if (r == OFFLINE)
		return "offline";
	/* a check is no unknown request */
	if (r == MSRD_UNKNOWN && !picture->machine.is_daemons)
		return "no number for it in the daemon's protocol";
	return r == 0 ? "yes" : text ? text : "a later msrd's answer";
}

/* CPUs with the same answer share a row. */
static struct table *make_cpus(const struct cli *cli, struct msrd *msrd,
	const struct picture *picture, struct outcome *outcome)
{
	struct table *table = table_new("cpus", cpu_columns, N_ELEMENTS(cpu_columns), cli->json);
	bool is_explained = false;

	for (uint32_t cpu = 0; cpu < picture->n_cpus; cpu++) {
		struct access_filter filter = {picture, result_of(&picture->cpus[cpu])};

		if (filter.result == NOT_PRESENT || !is_first(picture, cpu))
			continue;
		table_row(table);
		add_list(table, has_result, &filter, picture->n_cpus);
		table_cell(table, "%s", result_text(picture, filter.result));
		if (filter.result == 0 || filter.result == OFFLINE)
			continue;
		fail(outcome, filter.result);
		explain_first(cli, msrd, place_of_cpu(cpu), filter.result, &is_explained);
	}
	return table;
}

static void add_unit(
	struct table *table, const struct picture *picture, const struct msrd_device *unit)
{
	const char *name = msrd_unit_name((enum msrd_unit)unit->unit);

	table_row(table);
	table_cell(table, "%u", unit->socket);
	table_cell(table, "%s%u", name ? name : "a later msrd's unit ", unit->index);
	if (unit->device_id != 0) {
		table_cell(table, "%04x:%02x:%02x.%u", unit->domain, unit->bus, unit->devfn >> 3,
			unit->devfn & 7);
		table_cell(table, "8086:%04x", unit->device_id);
	} else {
		table_no_cell(table);
		table_no_cell(table);
	}
	table_cell(table, "%s", result_text(picture, unit->status));
}

/* Those that can be asked for: what the others are the buses tell. */
static struct table *make_units(const struct cli *cli, struct msrd *msrd,
	const struct picture *picture, struct outcome *outcome)
{
	struct table *table = table_new("units", unit_columns, N_ELEMENTS(unit_columns), cli->json);
	bool is_explained = false;

	for (size_t i = 0; i < picture->n_units; i++) {
		const struct msrd_device *unit = &picture->units[i];

		if (unit->socket == MSRD_NO_SOCKET)
			continue;
		add_unit(table, picture, unit);
		if (unit->status == MSRD_OK)
			continue;
		fail(outcome, unit->status);
		explain_first(cli, msrd,
			place_of_unit(unit->socket, (enum op_unit)unit->unit, unit->index),
			unit->status, &is_explained);
	}
	return table;
}

#define MAX_TABLES 7

/* What the daemon says, or without one (NULL) what there is to see. The tables. */
static size_t describe(const struct cli *cli, struct msrd *msrd, const struct picture *picture,
	struct outcome *outcome, struct table **tables)
{
	size_t n = 0;

	tables[n++] = make_machine(cli);
	if (msrd)
		tables[n++] = said_table(&picture->machine, cli->direct, cli->json);
	tables[n++] = make_sockets(cli, picture);
	tables[n++] = make_buses(cli, picture, &outcome->status);
	if (!msrd) {
		outcome->status = CLI_FAILED;
		return n;
	}
	tables[n++] = make_spaces(cli, &picture->machine);
	tables[n++] = make_cpus(cli, msrd, picture, outcome);
	tables[n++] = make_units(cli, msrd, picture, outcome);
	if (picture->machine.status != MSRD_OK)
		fail(outcome, picture->machine.status);
	return n;
}

static void say_error(struct msrd *msrd, int r)
{
	char text[MSRD_ERROR_SIZE];

	if (msrd && r != -ENOMEM)
		warnx("%s", msrd_error(msrd, text, sizeof text));
	else
		warnx("out of memory");
}

int info_run(struct cli *cli, int argc, char **argv)
{
	struct outcome outcome = {.status = CLI_DONE};
	cleanup_msrd struct msrd *msrd = NULL;
	struct table *tables[MAX_TABLES];
	struct picture picture;
	size_t n_tables;
	int r;

	argp_parse(&info_argp, argc, argv, 0, NULL, cli);
	if (!cli_read_node(cli))
		return CLI_FAILED;
	/* without a daemon the message says why nothing is accessible */
	msrd = cli_open(cli);
	r = msrd ? picture_ask(&picture, msrd) : picture_see(&picture, &cli->node);
	if (r < 0) {
		say_error(msrd, r);
		picture_deinit(&picture);
		return CLI_FAILED;
	}
	n_tables = describe(cli, msrd, &picture, &outcome, tables);
	outcome.status = cli_print(tables, n_tables, outcome.status);
	for (size_t i = 0; i < n_tables; i++)
		table_free(tables[i]);
	picture_deinit(&picture);
	if (outcome.unexplained != 0)
		doctor_explain(cli, outcome.unexplained);
	return outcome.status;
}
