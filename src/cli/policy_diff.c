/* SPDX-License-Identifier: MIT */
/* msrctl policy diff: which registers two allowlists see differently. */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/policy.h"
#include "util/array.h"
#include "util/cleanup.h"

#define PROFILE_PREFIX "profile:"

static const struct table_column columns[] = {
	{"SECTION", "section", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"FIRST", "first", false},
	{"SECOND", "second", false},
};

/* A built-in list; its entries are not to be freed. False after a message. */
static bool find_profile(struct cli *cli, const char *name, struct allowlist *list)
{
	if (!cli->node.arch && (!cli_read_node(cli) || !cli_has_arch(cli)))
		return false;
	for (size_t i = 0; i < cli->node.arch->n_profiles; i++) {
		if (strcmp(cli->node.arch->profiles[i].name, name) != 0)
			continue;
		*list = *cli->node.arch->profiles[i].list;
		return true;
	}
	warnx("%s has no profile %s", cli->node.arch->text, name);
	return false;
}

static bool read_list(struct cli *cli, const char *name, struct allowlist *list)
{
	cleanup_free char *text = NULL;
	struct allow_error error;
	size_t length;

	if (strncmp(name, PROFILE_PREFIX, strlen(PROFILE_PREFIX)) == 0)
		return find_profile(cli, name + strlen(PROFILE_PREFIX), list);
	text = policy_read(name, SITE_LIST_MAX_BYTES, &length);
	if (!text)
		return false;
	if (allowlist_parse(text, length, list, &error) == 0)
		return true;
	warnx("%s:%u: %s", name, error.line, error.text);
	return false;
}

/* A built-in list has no text of its own, and nothing to be freed. */
static void drop_list(struct allowlist *list)
{
	if (list->text)
		allowlist_deinit(list);
}

static bool is_equal(const struct allow_entry *a, const struct allow_entry *b)
{
	return a && b && a->write_mask == b->write_mask && a->clear_mask == b->clear_mask &&
	       a->w1c_mask == b->w1c_mask;
}

static void add_side(struct table *table, const struct allow_entry *entry)
{
	char masks[POLICY_MASKS_SIZE];

	if (entry)
		table_cell(table, "%s", policy_masks(entry, masks));
	else
		table_no_cell(table);
}

static void add_difference(struct table *table, unsigned section, const struct allow_entry *a,
	const struct allow_entry *b)
{
	const char *name = a && a->name ? a->name : b && b->name ? b->name : NULL;

	assert(a || b); /* nothing on either side is no difference */
	table_row(table);
	table_cell(table, "%s", allow_section_name(section));
	table_cell(table, "0x%x", a ? a->reg : b->reg);
	table_cell(table, "%s", name ? name : "");
	add_side(table, a);
	add_side(table, b);
}

/* Both are ascending. How many differ. */
static size_t compare_section(struct table *table, unsigned section, const struct allowlist *first,
	const struct allowlist *second)
{
	const struct allow_entry *a = first->section[section].entries;
	const struct allow_entry *b = second->section[section].entries;
	size_t n_a = first->section[section].n_entries, n_b = second->section[section].n_entries;
	size_t n = 0;

	for (size_t i = 0, j = 0; i < n_a || j < n_b;) {
		bool has_a = i < n_a && (j == n_b || a[i].reg <= b[j].reg);
		bool has_b = j < n_b && (i == n_a || b[j].reg <= a[i].reg);
		const struct allow_entry *left = has_a ? &a[i] : NULL;
		const struct allow_entry *right = has_b ? &b[j] : NULL;

		if (!is_equal(left, right)) {
			add_difference(table, section, left, right);
			n++;
		}
		i += has_a;
		j += has_b;
	}
	return n;
}

static int compare(struct cli *cli, const struct allowlist *first, const struct allowlist *second)
{
	cleanup_table struct table *table =
		table_new("differences", columns, N_ELEMENTS(columns), cli->json);
	size_t n = 0;

	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		n += compare_section(table, section, first, second);
	return cli_print(&table, 1, n > 0 ? CLI_FAILED : CLI_DONE);
}

int policy_diff_run(struct policy_request *request)
{
	struct allowlist first = {0}, second = {0};
	int status = CLI_FAILED;

	if (request->n_arguments != 2) {
		warnx("policy diff: which two lists? Files, or profile:NAME");
		return CLI_USAGE;
	}
	if (read_list(request->cli, request->arguments[0], &first) &&
		read_list(request->cli, request->arguments[1], &second))
		status = compare(request->cli, &first, &second);
	drop_list(&first);
	drop_list(&second);
	return status;
}
