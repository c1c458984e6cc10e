/* SPDX-License-Identifier: MIT */
/* The tools that the commands share. Knows no command. */
#include "cli/cli.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cli/domain.h"
#include "cli/registers.h"
#include "util/cleanup.h"
#include "util/compare.h"
#include "util/cpulist.h"

/* Without a letter: the letters are the commands'. */
enum {
	OPTION_DAEMON = 1 << 8,
	OPTION_SERVICE,
	OPTION_DIRECT,
	OPTION_JSON,
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct cli *cli = state->input;

	switch (key) {
	case OPTION_DAEMON:
		cli->daemon = argument;
		return 0;
	case OPTION_SERVICE:
		cli->service = argument ? argument : MSRD_SERVICE;
		return 0;
	case OPTION_DIRECT:
		cli->direct = true;
		return 0;
	case OPTION_JSON:
		cli->json = true;
		return 0;
	case ARGP_KEY_END:
		if (cli->direct && (cli->daemon || cli->service))
			argp_error(state, "--direct uses no daemon: it goes with neither --daemon "
					  "nor --service");
		return ARGP_ERR_UNKNOWN;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"daemon", OPTION_DAEMON, "PATH", 0,
		"Start this daemon instead of the installed one; any likwid-accessD will do", 0},
	{"service", OPTION_SERVICE, "PATH", OPTION_ARG_OPTIONAL,
		"Use the service at this socket (" MSRD_SERVICE "), and start no daemon", 0},
	{"direct", OPTION_DIRECT, NULL, 0,
		"Use no daemon, but the device files, with your own rights (root's): no allowlist "
		"holds, and nothing is put back after a crash",
		0},
	{"json", OPTION_JSON, NULL, 0, "Print JSON, for scripts", 0},
	{0},
};

static const struct argp argp = {.options = options, .parser = parse_option};

const struct argp_child cli_options[] = {
	{&argp, 0, "Options of every command:", 1},
	{0},
};

bool cli_read_node(struct cli *cli)
{
	cleanup_close int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root < 0 ? -errno : node_init(&cli->node, root);

	if (r < 0)
		warnx("cannot read what machine this is from /proc and /sys: %s", strerror(-r));
	/* their order means something to wires alone, and those have a node of their own */
	if (r == 0 && cli->node.n_packages > 0)
		qsort(cli->node.packages, cli->node.n_packages, sizeof *cli->node.packages,
			compare_u32);
	return r == 0;
}

bool cli_has_arch(const struct cli *cli)
{
	if (!cli->node.arch)
		warnx("no registers are known for this CPU: %s, family %u, model %u",
			cli->node.model_name, cli->node.family, cli->node.model);
	return cli->node.arch != NULL;
}

const struct arch *cli_find_model(const char *name)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_get(i)); i++)
		if (strcasecmp(arch->name, name) == 0 || strcasecmp(arch->text, name) == 0)
			return arch;
	fprintf(stderr, "%s: %s is no known CPU model; there are", program_invocation_short_name,
		name);
	for (size_t i = 0; (arch = arch_get(i)); i++)
		fprintf(stderr, "%s %s (%s)", i ? "," : "", arch->name, arch->text);
	fputc('\n', stderr);
	return NULL;
}

struct msrd *cli_open(const struct cli *cli)
{
	const struct msrd_options open_options = {
		.daemon = cli->daemon, .service = cli->service, .direct = cli->direct};
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;
	int r = msrd_open(&msrd, &open_options, text, sizeof text);

	if (r < 0) {
		warnx("%s%s", text, cli->direct ? "" : cli_hint(r));
		if (r != -ENOENT) /* there is no program: the text says all */
			doctor_explain(cli, r);
	}
	return msrd;
}

const char *cli_hint(int r)
{
	switch (r) {
	case MSRD_REFUSED:
	case MSRD_FAILED:
	case MSRD_BUSY:
	case MSRD_ABSENT:
	case -EINVAL:
		return "";
	default:
		return "; `msrctl doctor` says why";
	}
}

void cli_cleanup_msrd(struct msrd **msrd)
{
	msrd_close(*msrd);
}

enum cli_status cli_print(struct table *const *tables, size_t n_tables, enum cli_status status)
{
	int r = tables_print(tables, n_tables, stdout);

	if (r == 0)
		return status;
	warnx("cannot print: %s", strerror(-r));
	return CLI_FAILED;
}

bool cli_where_parse(struct cli_where *where, int key, char *argument)
{
	switch (key) {
	case 'c':
		where->cpus = argument;
		return true;
	case 's':
		where->sockets = argument;
		return true;
	case 'u':
		where->units = argument;
		return true;
	default:
		return false;
	}
}

/* On each socket of the list. */
struct unit_adder {
	struct places *places;
	const struct cli *cli;
	const char *units;
	int r;
};

static bool add_units(void *context, uint32_t package)
{
	struct unit_adder *adder = context;

	adder->r = places_parse_units(adder->places, adder->cli->node.arch, package, adder->units);
	return adder->r == 0;
}

static enum cli_status get_units(
	const struct cli_where *where, const struct cli *cli, struct places *places)
{
	struct unit_adder adder = {.places = places, .cli = cli, .units = where->units};
	bool is_list = true;

	if (where->sockets)
		is_list = *where->sockets &&
			  cpulist_parse(where->sockets, UINT16_MAX, add_units, &adder);
	for (uint32_t i = 0; !where->sockets && i < cli->node.n_packages && adder.r == 0; i++)
		add_units(&adder, cli->node.packages[i]);
	if (adder.r == -EINVAL)
		warnx("%s%s are no units such as imc0-3 that this CPU model has",
			where->is_bare ? "" : "-u ", where->units);
	else if (adder.r < 0)
		warnx("%s", strerror(-adder.r));
	else if (!is_list)
		warnx("-s %s is no list of sockets such as 0-1", where->sockets);
	if (adder.r < 0 && adder.r != -EINVAL)
		return CLI_FAILED;
	return is_list && adder.r == 0 ? CLI_DONE : CLI_USAGE;
}

static enum cli_status get_cpus(
	const struct cli_where *where, const struct cli *cli, struct places *places)
{
	char error[DOMAIN_ERROR_SIZE];
	struct topology topology;
	int r = topology_init(&topology, &cli->node);

	if (r == 0)
		r = domain_parse(places, &topology, where->cpus ? where->cpus : "all", error);
	topology_deinit(&topology);
	if (r == -EINVAL) {
		warnx("%s%s", where->is_bare ? "" : "-c ", error);
		return CLI_USAGE;
	}
	if (r < 0)
		warnx("%s", strerror(-r));
	return r < 0 ? CLI_FAILED : CLI_DONE;
}

enum cli_status cli_where_get(
	const struct cli_where *where, const struct cli *cli, struct places *places)
{
	enum cli_status status;

	if (where->cpus && (where->units || where->sockets)) {
		warnx("-c is for MSRs, -u and -s are for PCI registers: not both");
		return CLI_USAGE;
	}
	if (where->sockets && !where->units) {
		warnx("-s needs -u: which units of the socket?");
		return CLI_USAGE;
	}
	status = where->units ? get_units(where, cli, places) : get_cpus(where, cli, places);
	if (status == CLI_DONE && places->n == 0) {
		warnx("there is no CPU and no unit to ask; see msrctl info");
		return CLI_USAGE;
	}
	return status;
}

static void say_unknown(const struct cli *cli, const struct place *device, const char *text)
{
	char where[OP_TEXT_SIZE], name[ARCH_NAME_SIZE];

	place_describe_device(device, where);
	if (registers_nearest(cli->node.arch, device, text, name))
		warnx("%s is no number and no register of %s; did you mean %s?", text, where, name);
	else
		warnx("%s is no number and no register of %s; see msrctl list", text, where);
}

bool cli_find_register(const struct cli *cli, struct places *places, const char *text)
{
	for (size_t i = 0; i < places->n; i++) {
		struct place *place = &places->list[i];

		/* names are those of a kind of device */
		if (i > 0 && place->space == place[-1].space && place->unit == place[-1].unit) {
			place->reg = place[-1].reg;
		} else if (!registers_find(cli->node.arch, place, text, &place->reg)) {
			say_unknown(cli, place, text);
			return false;
		}
	}
	return true;
}
