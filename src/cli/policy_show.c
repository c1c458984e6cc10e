/* SPDX-License-Identifier: MIT */
/* msrctl policy show: what somebody may do, by which line of which file. */
#include <err.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/policy.h"
#include "util/array.h"
#include "util/number.h"

#define MAX_GROUPS 256
#define WHERE_SIZE (CONFIG_PATH_SIZE + 32)

struct show {
	const struct policy_request *request;
	const struct site *site;
	struct config_peer peer;
	gid_t groups[MAX_GROUPS];
	struct table *grants, *registers;
	unsigned n_found;
};

static const struct table_column grant_columns[] = {
	{"SECTION", "section", false},
	{"GIVES", "gives", false},
	{"SAYS", "says", false},
	{"WHEN", "when", false},
};

static const struct table_column register_columns[] = {
	{"SECTION", "section", false},
	{"REGISTER", "register", false},
	{"NAME", "name", false},
	{"MAY", "may", false},
	{"SAYS", "says", false},
	{"GIVEN BY", "given_by", false},
	{"WHEN", "when", false},
};

/* Whom --user names, and his groups. False after a message. */
static bool find_user(struct show *show)
{
	const char *text = show->request->user;
	const struct passwd *user;
	int n = MAX_GROUPS;
	uint64_t uid;

	if (!text) {
		n = getgroups(MAX_GROUPS, show->groups);
		show->peer = (struct config_peer){.uid = getuid(), .gid = getgid()};
	} else {
		user = number_parse(text, UINT32_MAX - 1, &uid) ? getpwuid((uid_t)uid)
								: getpwnam(text);
		if (!user) {
			warnx("there is no user %s", text);
			return false;
		}
		show->peer = (struct config_peer){.uid = user->pw_uid, .gid = user->pw_gid};
		if (getgrouplist(user->pw_name, user->pw_gid, show->groups, &n) < 0)
			n = -1;
	}
	/* as the daemon has it, who is in too many is in none */
	show->peer.n_groups = n > 0 ? (size_t)n : 0;
	show->peer.groups = show->groups;
	show->peer.is_owner = true;
	return true;
}

static const char *when_of(const struct config_section *section)
{
	return section->subject == CONFIG_OWNER ? "while the lock file is yours" : "always";
}

/* "/etc/msrd/msrd.conf:3", or that nobody has written it. */
static const char *say_line(const struct show *show, unsigned line, char text[WHERE_SIZE])
{
	if (line > 0)
		snprintf(text, WHERE_SIZE, "%s:%u", policy_config_path(show->request), line);
	else
		snprintf(text, WHERE_SIZE, "built in");
	return text;
}

static bool is_wanted(const struct show *show, const struct allow_entry *entry)
{
	char number[16];

	snprintf(number, sizeof number, "0x%x", entry->reg);
	for (int i = 0; i < show->request->n_arguments; i++) {
		const char *pattern = show->request->arguments[i];

		if (fnmatch(pattern, number, FNM_CASEFOLD) == 0 ||
			(entry->name && fnmatch(pattern, entry->name, FNM_CASEFOLD) == 0))
			return true;
	}
	return false;
}

/* The registers of a list that are asked for. path: of the list, or of a built-in one's source. */
static void add_registers(struct show *show, const struct config_section *section,
	const struct allowlist *list, const char *path, const char *given_by)
{
	char masks[POLICY_MASKS_SIZE];

	for (unsigned i = 0; i < ALLOW_N_SECTIONS; i++) {
		for (size_t j = 0; j < list->section[i].n_entries; j++) {
			const struct allow_entry *entry = &list->section[i].entries[j];

			if (!is_wanted(show, entry))
				continue;
			show->n_found++;
			table_row(show->registers);
			table_cell(show->registers, "%s", allow_section_name(i));
			table_cell(show->registers, "0x%x", entry->reg);
			table_cell(show->registers, "%s", entry->name ? entry->name : "");
			table_cell(show->registers, "%s", policy_masks(entry, masks));
			table_cell(show->registers, "%s:%u", path, entry->line);
			table_cell(show->registers, "%s", given_by);
			table_cell(show->registers, "%s", when_of(section));
		}
	}
}

static void add_grant(struct show *show, const struct config_section *section, const char *what,
	const char *name, const char *says)
{
	char text[CONFIG_TEXT_SIZE];

	table_row(show->grants);
	table_cell(show->grants, "%s", config_section_describe(section, text));
	table_cell(show->grants, "%s%s", what, name);
	table_cell(show->grants, "%s", says);
	table_cell(show->grants, "%s", when_of(section));
}

static void add_profile(
	struct show *show, const struct config_section *section, enum profile profile)
{
	const struct arch *arch = show->request->cli->node.arch;
	char says[WHERE_SIZE], path[WHERE_SIZE];

	say_line(show, section->profile_line, says);
	add_grant(show, section, "profile ", profile_name(profile), says);
	for (size_t i = 0; arch && i < arch->n_profiles; i++) {
		if (strcmp(arch->profiles[i].name, profile_name(profile)) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s.allow", arch->name, profile_name(profile));
		add_registers(show, section, arch->profiles[i].list, path, says);
	}
}

static void add_section(struct show *show, const struct config_section *section)
{
	char says[WHERE_SIZE];

	if (section->profiles == 0 && section->lists == 0)
		add_grant(show, section, "nothing", "",
			say_line(show,
				section->profile_line ? section->profile_line : section->line,
				says));
	for (unsigned i = 0; i < N_PROFILES; i++)
		if (section->profiles >> i & 1)
			add_profile(show, section, (enum profile)i);
	for (size_t i = 0; i < show->site->config.n_lists; i++) {
		const struct config_list *list = &show->site->config.lists[i];

		if (!(section->lists >> i & 1))
			continue;
		say_line(show, section->list_lines[i], says);
		add_grant(show, section, "allowlist ", list->path, says);
		add_registers(show, section, &show->site->lists[i], list->path, says);
	}
}

static int print(struct show *show)
{
	struct table *const tables[] = {show->grants, show->registers};
	bool has_patterns = show->request->n_arguments > 0;
	enum cli_status status = CLI_DONE;

	if (has_patterns && show->n_found == 0) {
		warnx("no register that is called so is allowed");
		status = CLI_FAILED;
	}
	return cli_print(tables, has_patterns ? 2 : 1, status);
}

static int show_site(struct show *show)
{
	bool json = show->request->cli->json;
	cleanup_table struct table *grants =
		table_new("grants", grant_columns, N_ELEMENTS(grant_columns), json);
	cleanup_table struct table *registers =
		table_new("registers", register_columns, N_ELEMENTS(register_columns), json);

	show->grants = grants;
	show->registers = registers;
	for (size_t i = 0; i < show->site->config.n_sections; i++)
		if (config_applies(&show->site->config.sections[i], &show->peer))
			add_section(show, &show->site->config.sections[i]);
	return print(show);
}

int policy_show_run(struct policy_request *request)
{
	struct show show = {.request = request};
	struct site site;
	int status;

	if (!find_user(&show))
		return CLI_FAILED;
	if (request->n_arguments > 0 &&
		(!cli_read_node(request->cli) || !cli_has_arch(request->cli)))
		return CLI_FAILED;
	if (!policy_load_site(request, &site)) {
		warnx("so nothing is allowed to anybody");
		return CLI_FAILED;
	}
	show.site = &site;
	status = show_site(&show);
	site_deinit(&site);
	return status;
}
