/* SPDX-License-Identifier: MIT */
/* msrctl list: the registers of this CPU model, and what the built-in policy allows. */
#include <err.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "util/array.h"

struct list_request {
	struct cli *cli;
	const char *section;
	char **patterns;
	int n_patterns;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct list_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
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
	{"section", 'S', "SECTION", 0, "Only msr, or the registers of a unit: imc, ha, …", 0},
	{0},
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PATTERN...]",
	.doc = "List the registers that may be read, and their bits that may be written."
	       "\vA PATTERN is a name with wildcards, or a number. WRITABLE bits may be set and "
	       "cleared, CLEARABLE bits only cleared; WRITE-1 bits act when 1 is written. "
	       "These are the lists of the msrd that was built with this msrctl; another daemon "
	       "may allow more or less.\n"
	       "\nExamples:\n"
	       "  msrctl list\n"
	       "  msrctl list 'IA32_FIXED*' 0x38f\n"
	       "  msrctl list -S imc\n"
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
	{"PROFILE", "profile", false},
	{"SOURCE", "source", false},
};

static bool is_like(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

static struct place section_device(unsigned section)
{
	return section == ALLOW_MSR ? place_of_cpu(0)
				    : place_of_unit(0, (enum op_unit)(section - ALLOW_PCI(0)), 0);
}

/* Names that the allowlist does not use count as well. */
static bool is_alias(
	const struct list_request *request, unsigned section, uint32_t reg, const char *pattern)
{
	struct place place = section_device(section);
	char name[ARCH_NAME_SIZE];
	struct arch_hit hit;

	place.reg = reg;
	if (!arch_register_at(request->cli->node.arch, &place, &hit))
		return false;
	for (size_t i = 0; arch_register_called(&hit, i, name); i++)
		if (is_like(pattern, name))
			return true;
	return false;
}

static bool is_wanted(
	const struct list_request *request, unsigned section, const struct allow_entry *entry)
{
	for (int i = 0; i < request->n_patterns; i++) {
		const char *pattern = request->patterns[i];
		char number[16];

		snprintf(number, sizeof number, "0x%x", entry->reg);
		if (is_like(pattern, number) || (entry->name && is_like(pattern, entry->name)) ||
			is_alias(request, section, entry->reg, pattern))
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

static unsigned add_section(struct table *table, const struct list_request *request,
	const struct arch_profile *profile, unsigned section)
{
	unsigned n = 0;

	for (size_t i = 0; i < profile->list->section[section].n_entries; i++) {
		const struct allow_entry *entry = &profile->list->section[section].entries[i];

		if (!is_wanted(request, section, entry))
			continue;
		n++;
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
	return n;
}

static bool is_section(const char *name)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		if (strcmp(name, allow_section_name(section)) == 0)
			return true;
	return false;
}

static unsigned add_sections(struct table *table, const struct list_request *request)
{
	const struct arch *arch = request->cli->node.arch;
	unsigned n = 0;

	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++) {
		if (request->section && strcmp(request->section, allow_section_name(section)) != 0)
			continue;
		for (size_t i = 0; i < arch->n_profiles; i++)
			n += add_section(table, request, &arch->profiles[i], section);
	}
	return n;
}

int list_run(struct cli *cli, int argc, char **argv)
{
	struct list_request request = {.cli = cli};
	cleanup_table struct table *table = NULL;
	unsigned n;

	argp_parse(&argp, argc, argv, 0, NULL, &request);
	if (request.section && !is_section(request.section)) {
		warnx("-S %s is neither msr nor a unit such as imc", request.section);
		return CLI_USAGE;
	}
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	table = table_new("registers", columns, N_ELEMENTS(columns), cli->json);
	n = add_sections(table, &request);
	if (n == 0)
		warnx("no register of the built-in lists is called so");
	return cli_print(&table, 1, n > 0 ? CLI_DONE : CLI_FAILED);
}
