/* SPDX-License-Identifier: MIT */
/* Reads files. What they say is group.c's. */
#include "cli/count/find_group.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/groups.h"
#include "cli/near.h"
#include "util/cleanup.h"

#define SUFFIX ".group"
/* Far above any group. */
#define MAX_TEXT  65536
#define PATH_SIZE 256

/* ~/.config/msrctl. False: nobody says where that is. */
static bool get_folder(char folder[PATH_SIZE])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		return snprintf(folder, PATH_SIZE, "%s/msrctl", config) < PATH_SIZE;
	return home && *home && snprintf(folder, PATH_SIZE, "%s/.config/msrctl", home) < PATH_SIZE;
}

/* NULL with errno. */
static char *read_file(const char *path)
{
	cleanup_fclose FILE *file = fopen(path, "re");
	cleanup_free char *text = NULL;
	size_t n;

	if (!file)
		return NULL;
	text = malloc(MAX_TEXT);
	if (!text)
		return NULL;
	errno = 0;
	n = fread(text, 1, MAX_TEXT - 1, file);
	if (ferror(file) || n == MAX_TEXT - 1) {
		errno = errno ? errno : EFBIG;
		return NULL;
	}
	text[n] = '\0';
	return steal_ptr(&text);
}

static const struct arch_group *find_built_in(const struct arch *arch, const char *name)
{
	const struct arch_groups *groups = arch_groups_of(arch);

	for (size_t i = 0; groups && i < groups->n; i++)
		if (strcmp(groups->list[i].name, name) == 0)
			return &groups->list[i];
	return NULL;
}

static bool look_at(void *context, const char *name, const char *path)
{
	(void)path;
	near_look(context, name);
	return true;
}

static char *fail_unknown(const struct arch *arch, const char *name, char error[GROUP_ERROR_SIZE])
{
	struct near near = near_to(name);

	group_walk(arch, look_at, &near);
	if (near.is_found)
		snprintf(error, GROUP_ERROR_SIZE, "%s is no group of %s; did you mean %s?", name,
			arch->text, near.name);
	else
		snprintf(error, GROUP_ERROR_SIZE, "%s is no group of %s; msrctl groups lists them",
			name, arch->text);
	return NULL;
}

char *group_find(const struct arch *arch, const char *name, char path[PATH_SIZE],
	char error[GROUP_ERROR_SIZE])
{
	const struct arch_group *built_in;
	char folder[PATH_SIZE];
	char *text = NULL;

	if (strchr(name, '/')) {
		snprintf(path, PATH_SIZE, "%s", name);
		text = read_file(path);
		if (!text)
			snprintf(error, GROUP_ERROR_SIZE, "%s: %s", path, strerror(errno));
		return text;
	}
	if (!group_name_is_good(name))
		return fail_unknown(arch, name, error);
	if (get_folder(folder) &&
		snprintf(path, PATH_SIZE, "%.180s/%.64s" SUFFIX, folder, name) < PATH_SIZE)
		text = read_file(path);
	if (text)
		return text;
	built_in = find_built_in(arch, name);
	if (!built_in)
		return fail_unknown(arch, name, error);
	snprintf(path, PATH_SIZE, "%s/%s" SUFFIX, arch->name, name);
	text = strdup(built_in->text);
	if (!text)
		snprintf(error, GROUP_ERROR_SIZE, "%s", strerror(ENOMEM));
	return text;
}

/* "my/own.group" is own. */
static void get_name(const char *path, char name[GROUP_NAME_SIZE])
{
	const char *slash = strrchr(path, '/');

	const char *begin = slash ? slash + 1 : path;

	snprintf(name, GROUP_NAME_SIZE, "%.*s", (int)strnlen(begin, GROUP_NAME_SIZE - 1), begin);
	name[strcspn(name, ".")] = '\0';
}

bool group_load(struct group *group, const struct arch *arch, const char *name,
	char error[GROUP_ERROR_SIZE])
{
	char path[PATH_SIZE], short_name[GROUP_NAME_SIZE];
	cleanup_free char *text = group_find(arch, name, path, error);

	get_name(name, short_name);
	return text && group_parse(group, arch, short_name, path, text, error);
}

/* The user's own files, by name. False: each has had enough. */
static bool walk_folder(const char *folder,
	bool (*each)(void *context, const char *name, const char *path), void *context)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);
	bool goes_on = true;

	for (int i = 0; i < n; i++) {
		char path[PATH_SIZE + 256], name[GROUP_NAME_SIZE];
		const char *suffix = strstr(entries[i]->d_name, SUFFIX);

		if (goes_on && suffix && strcmp(suffix, SUFFIX) == 0) {
			snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
			get_name(path, name);
			goes_on = each(context, name, path);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return goes_on;
}

void group_walk(const struct arch *arch,
	bool (*each)(void *context, const char *name, const char *path), void *context)
{
	const struct arch_groups *groups = arch_groups_of(arch);
	char folder[PATH_SIZE], path[2 * PATH_SIZE];
	bool has_folder = get_folder(folder);

	if (has_folder && !walk_folder(folder, each, context))
		return;
	for (size_t i = 0; groups && i < groups->n; i++) {
		if (has_folder &&
			snprintf(path, sizeof path, "%s/%s" SUFFIX, folder, groups->list[i].name) >
				0 &&
			access(path, R_OK) == 0)
			continue;
		if (!each(context, groups->list[i].name, "built in"))
			return;
	}
}
