/* SPDX-License-Identifier: MIT */
/* msrctl list: the registers that this user may use, by the daemon's word; or what is built in. */
#include <err.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/said.h"
#include "util/array.h"
#include "util/cleanup.h"

struct list_request {
	struct cli *cli;
	const char *section;
	char **patterns;
	int n_patterns;
	bool is_built_in; /* --built-in, or there is no daemon that can be asked */
	unsigned n_found;
};

enum { OPTION_BUILT_IN = 1 << 9 };

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct list_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case OPTION_BUILT_IN:
		request->is_built_in = true;
		return 0;
	case 'S':
		request->section = argument;
		return 0;
	case ARGP_KEY_ARGS:
		request->patterns = state->argv + state->next;
		request->n_patterns = state->argc - state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"built-in", OPTION_BUILT_IN, NULL, 0,
		"List the profiles that are compiled into this msrctl, and ask no daemon", 0},
	{"section", 'S', "SECTION", 0, "Only msr, or the registers of a unit: imc, ha, …", 0},
	{0},
};

const struct argp list_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PATTERN...]",
	.doc = "List the registers that you may read, and their bits that you may write."
	       "\vA PATTERN is a name with wildcards, or a number. WRITABLE bits may be set and "
	       "cleared, CLEARABLE bits only cleared; WRITE-1 bits act when 1 is written. "
	       "A register that the KERNEL may hold is not written while it does. "
	       "The daemon is asked what it allows you now. Where there is none, or one that "
	       "speaks "
	       "LIKWID's protocol alone, which can't say, these are the profiles of the msrd that "
	       "was built with this msrctl; another daemon may allow more or less.\n"
	       "\nExamples:\n"
	       "  msrctl list\n"
	       "  msrctl list 'IA32_FIXED*' 0x38f\n"
	       "  msrctl list -S imc\n"
	       "  msrctl list --built-in MSR_MISC_FEATURE_CONTROL\n"
	       "  msrctl list --json | jq -r '.registers[] | select(.section==\"msr\").name'",
	.children = cli_options,
};

static const struct table_column columns[] = {
	{"SECTION", "section", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"WRITABLE", "writable", false},
	{"CLEARABLE", "clearable", false},
	{"WRITE-1", "write_1", false},
	{"KERNEL", "kernel", false},
	{"SOURCE", "source", false},
};

static const struct table_column built_in_columns[] = {
	{"SECTION", "section", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"WRITABLE", "writable", false},
	{"CLEARABLE", "clearable", false},
	{"WRITE-1", "write_1", false},
	{"PROFILE", "profile", false},
	{"SOURCE", "source", false},
};

static bool is_like(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

static bool find(
	const struct list_request *request, unsigned section, uint32_t reg, struct arch_hit *hit)
{
	struct place place = place_at(allow_device(section), reg);

	return arch_register_at(request->cli->node.arch, &place, hit);
}

/* Names that the allowlist does not use count as well. */
static bool is_alias(
	const struct list_request *request, unsigned section, uint32_t reg, const char *pattern)
{
	char name[ARCH_NAME_SIZE];
	struct arch_hit hit;

	if (!find(request, section, reg, &hit))
		return false;
	for (size_t i = 0; arch_register_called(&hit, i, name); i++)
		if (is_like(pattern, name))
			return true;
	return false;
}

/* name: of the list, or NULL. */
static bool is_wanted(
	const struct list_request *request, unsigned section, uint32_t reg, const char *name)
{
	for (int i = 0; i < request->n_patterns; i++) {
		const char *pattern = request->patterns[i];
		char number[16];

		snprintf(number, sizeof number, "0x%x", reg);
		if (is_like(pattern, number) || (name && is_like(pattern, name)) ||
			is_alias(request, section, reg, pattern))
			return true;
	}
	return request->n_patterns == 0;
}

static void add_mask(struct table *table, uint64_t mask)
{
	if (mask)
		table_cell(table, "0x%" PRIx64, mask);
	else
		table_no_cell(table);
}

static void add_text(struct table *table, const char *text)
{
	if (text)
		table_cell(table, "%s", text);
	else
		table_no_cell(table);
}

static void add_built_in(struct table *table, struct list_request *request,
	const struct arch_profile *profile, unsigned section)
{
	for (size_t i = 0; i < profile->list->section[section].n_entries; i++) {
		const struct allow_entry *entry = &profile->list->section[section].entries[i];

		if (!is_wanted(request, section, entry->reg, entry->name))
			continue;
		request->n_found++;
		table_row(table);
		table_cell(table, "%s", allow_section_name(section));
		table_cell(table, "0x%x", entry->reg);
		add_text(table, entry->name);
		add_mask(table, entry->write_mask);
		add_mask(table, entry->clear_mask);
		add_mask(table, entry->w1c_mask);
		table_cell(table, "%s", profile->name);
		add_text(table, entry->source);
	}
}

static bool is_section(const char *name)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		if (strcmp(name, allow_section_name(section)) == 0)
			return true;
	return false;
}

static bool is_asked_for(const struct list_request *request, unsigned section)
{
	return !request->section || strcmp(request->section, allow_section_name(section)) == 0;
}

static struct table *list_built_in(struct list_request *request)
{
	const struct arch *arch = request->cli->node.arch;
	struct table *table = table_new(
		"registers", built_in_columns, N_ELEMENTS(built_in_columns), request->cli->json);

	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		for (size_t i = 0; is_asked_for(request, section) && i < arch->n_profiles; i++)
			add_built_in(table, request, &arch->profiles[i], section);
	return table;
}

/* Where the register is from: as a list has it, or else as the table of registers. */
static const char *source_of(const struct list_request *request, unsigned section, uint32_t reg)
{
	const struct arch *arch = request->cli->node.arch;
	struct arch_hit hit;

	for (size_t i = 0; arch && i < arch->n_profiles; i++) {
		const struct allowlist *list = arch->profiles[i].list;

		for (size_t j = 0; j < list->section[section].n_entries; j++)
			if (list->section[section].entries[j].reg == reg)
				return list->section[section].entries[j].source;
	}
	return find(request, section, reg, &hit) ? hit.entry->source : NULL;
}

static void add_rule(struct table *table, struct list_request *request, unsigned section,
	const struct msrd_rule *rule)
{
	char name[ARCH_NAME_SIZE];
	struct arch_hit hit;
	bool is_known = find(request, section, rule->reg, &hit);

	if (!is_wanted(request, section, rule->reg, NULL))
		return;
	request->n_found++;
	table_row(table);
	table_cell(table, "%s", allow_section_name(section));
	table_cell(table, "0x%x", rule->reg);
	add_text(table, is_known ? arch_register_name(&hit, name) : NULL);
	add_mask(table, rule->write_mask);
	add_mask(table, rule->clear_mask);
	add_mask(table, rule->w1c_mask);
	add_text(table, rule->may_be_held ? "may hold it" : NULL);
	add_text(table, source_of(request, section, rule->reg));
}

/* 0, or an error of msrd_rules. */
static int add_rules(
	struct table *table, struct list_request *request, struct msrd *msrd, unsigned section)
{
	struct place device = allow_device(section);
	enum msrd_space space = (enum msrd_space)device.space;
	enum msrd_unit unit = (enum msrd_unit)device.unit;
	cleanup_free struct msrd_rule *rules = NULL;
	size_t max, n;
	int r = msrd_rules(msrd, space, unit, 0, NULL, 0, &max);

	if (r < 0)
		return r;
	rules = calloc(max + 1, sizeof *rules);
	if (!rules)
		return -ENOMEM;
	r = msrd_rules(msrd, space, unit, 0, rules, max, &n);
	/* the lock file may have changed in between */
	for (size_t i = 0; r == 0 && i < n && i < max; i++)
		add_rule(table, request, section, &rules[i]);
	return r;
}

/* NULL: the daemon can't say; error has why. */
static struct table *list_allowed(
	struct list_request *request, struct msrd *msrd, char error[MSRD_ERROR_SIZE])
{
	struct table *table =
		table_new("registers", columns, N_ELEMENTS(columns), request->cli->json);
	int r = 0;

	for (unsigned section = 0; r == 0 && section < ALLOW_N_SECTIONS; section++)
		if (is_asked_for(request, section))
			r = add_rules(table, request, msrd, section);
	if (r == 0)
		return table;
	msrd_error(msrd, error, MSRD_ERROR_SIZE);
	return table_free(table);
}

/* Two tables: by whose word, and the registers. */
enum { N_TABLES = 2 };

/* False: the daemon can't say; error has why. */
static bool ask(
	struct list_request *request, struct table *tables[N_TABLES], char error[MSRD_ERROR_SIZE])
{
	const struct cli *cli = request->cli;
	const struct msrd_options open_options = {
		.daemon = cli->daemon, .service = cli->service, .direct = cli->direct};
	cleanup_msrd struct msrd *msrd = NULL;
	struct msrd_machine machine;

	if (msrd_open(&msrd, &open_options, error, MSRD_ERROR_SIZE) < 0)
		return false;
	tables[1] = list_allowed(request, msrd, error);
	if (!tables[1])
		return false;
	if (msrd_info(msrd, &machine) < 0) {
		msrd_error(msrd, error, MSRD_ERROR_SIZE);
		tables[1] = table_free(tables[1]);
		return false;
	}
	if (machine.status != MSRD_OK)
		warnx("none of it now: %s: %s", msrd_status_text(machine.status), machine.text);
	tables[0] = said_table(&machine, cli->direct, cli->json);
	return true;
}

/* By the daemon, where one can be asked; else what is built in, after a message. False: neither. */
static bool list(struct list_request *request, struct table *tables[N_TABLES])
{
	char error[MSRD_ERROR_SIZE];

	if (!request->is_built_in && ask(request, tables, error))
		return true;
	if (!request->is_built_in) {
		warnx("%s", error);
		warnx("so this is what is built in: more or less may be allowed");
	}
	request->is_built_in = true;
	request->n_found = 0;
	if (!cli_has_arch(request->cli))
		return false;
	tables[0] = said_table(NULL, false, request->cli->json);
	tables[1] = list_built_in(request);
	return true;
}

int list_run(struct cli *cli, int argc, char **argv)
{
	struct list_request request = {.cli = cli};
	struct table *tables[N_TABLES];
	enum cli_status status;

	argp_parse(&list_argp, argc, argv, 0, NULL, &request);
	if (request.section && !is_section(request.section)) {
		warnx("-S %s is neither msr nor a unit such as imc", request.section);
		return CLI_USAGE;
	}
	if (!cli_read_node(cli) || !list(&request, tables))
		return CLI_FAILED;
	if (request.n_found == 0)
		warnx(request.is_built_in ? "no register of the built-in lists is called so"
					  : "the daemon allows you no register that is called so");
	status = cli_print(tables, N_TABLES, request.n_found > 0 ? CLI_DONE : CLI_FAILED);
	for (size_t i = 0; i < N_TABLES; i++)
		table_free(tables[i]);
	return status;
}
