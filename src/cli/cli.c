/* SPDX-License-Identifier: MIT */
/* The tools that the commands share. Knows no command. */
#include "cli/cli.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/number.h"

/* Without a letter: the letters are the commands'. */
enum {
	OPTION_DAEMON = 0x100,
	OPTION_JSON,
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct cli *cli = state->input;

	switch (key) {
	case OPTION_DAEMON:
		cli->daemon = argument;
		return 0;
	case OPTION_JSON:
		cli->json = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"daemon", OPTION_DAEMON, "PATH", 0,
		"Start this daemon instead of the installed one; any likwid-accessD will do", 0},
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
	return r == 0;
}

struct msrd *cli_open(const struct cli *cli)
{
	const struct msrd_options open_options = {.daemon = cli->daemon};
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;

	if (msrd_open(&msrd, &open_options, text, sizeof text) < 0)
		warnx("%s", text);
	return msrd;
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
	struct target_list *list;
	const struct cli *cli;
	const char *units;
	int r;
};

static bool add_units(void *context, uint32_t socket)
{
	struct unit_adder *adder = context;

	adder->r =
		target_list_parse_units(adder->list, adder->cli->node.arch, socket, adder->units);
	return adder->r == 0;
}

static int get_units(const struct cli_where *where, const struct cli *cli, struct target_list *list)
{
	struct unit_adder adder = {.list = list, .cli = cli, .units = where->units};
	uint32_t n_sockets = cli->node.n_packages;

	if (where->sockets) {
		bool is_list = number_list_parse(where->sockets, UINT16_MAX, add_units, &adder);

		if (!is_list && adder.r == 0)
			errx(CLI_USAGE, "-s %s is no list of sockets such as 0-1", where->sockets);
		return adder.r;
	}
	for (uint32_t socket = 0; socket < n_sockets && adder.r == 0; socket++)
		add_units(&adder, socket);
	return adder.r;
}

static int add_online_cpus(const struct node *node, struct target_list *list)
{
	int r = 0;

	for (uint32_t cpu = 0; cpu < node->n_cpus && r == 0; cpu++)
		if (node->cpus[cpu].online)
			r = target_list_add(list, target_cpu(cpu));
	return r;
}

void cli_where_get(const struct cli_where *where, const struct cli *cli, struct target_list *list)
{
	int r;

	if (where->cpus && (where->units || where->sockets))
		errx(CLI_USAGE, "-c is for MSRs, -u and -s are for PCI registers: not both");
	if (where->sockets && !where->units)
		errx(CLI_USAGE, "-s needs -u: which units of the socket?");
	if (where->units)
		r = get_units(where, cli, list);
	else if (where->cpus)
		r = target_list_parse_cpus(list, where->cpus);
	else
		r = add_online_cpus(&cli->node, list);
	if (r == -EINVAL && where->units)
		errx(CLI_USAGE, "-u %s are no units such as imc0-3 that this CPU model has",
			where->units);
	if (r == -EINVAL)
		errx(CLI_USAGE, "-c %s is no list of CPUs such as 0-3,8", where->cpus);
	if (r < 0)
		errx(CLI_FAILED, "%s", strerror(-r));
	if (list->n_targets == 0)
		errx(CLI_USAGE, "there is no CPU and no unit to ask; see msrctl info");
}

uint32_t cli_find_register(const struct cli *cli, const struct target *target, const char *text)
{
	char name[40];
	uint32_t reg;

	if (target_find_register(target, cli->node.arch, text, &reg))
		return reg;
	errx(CLI_USAGE, "%s is no number and no register of %s; see msrctl list", text,
		target_describe(target, name, sizeof name));
}

const char *cli_format_list(bool (*has)(const void *context, uint32_t number), const void *context,
	uint32_t n, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < n && used < size; i++) {
		uint32_t last = i;

		if (!has(context, i))
			continue;
		while (last + 1 < n && has(context, last + 1))
			last++;
		used += (size_t)snprintf(text + used, size - used, last > i ? "%s%u-%u" : "%s%u",
			used ? "," : "", i, last);
		i = last;
	}
	return text;
}
