/* SPDX-License-Identifier: MIT */
/* Reads the text of a group. Knows no file and no register. */
#include "cli/count/group.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/near.h"
#include "util/array.h"

static const char *const constants[GROUP_N_CONSTANTS] = {[GROUP_TIME] = "time",
	[GROUP_BASE_CLOCK] = "base_clock",
	[GROUP_TJMAX] = "tjmax",
	[GROUP_PARTS] = "parts"};

#define MAX_LINE 512

struct reader {
	struct group *group;
	const struct arch *arch;
	const char *path;
	unsigned line;
	char *error;
};

__attribute__((format(printf, 2, 3))) static bool fail(
	struct reader *reader, const char *format, ...)
{
	va_list arguments;
	int used = snprintf(reader->error, GROUP_ERROR_SIZE, "%s:%u: ", reader->path, reader->line);

	if (used < 0 || used >= GROUP_ERROR_SIZE)
		return false;
	va_start(arguments, format);
	vsnprintf(reader->error + used, GROUP_ERROR_SIZE - (size_t)used, format, arguments);
	va_end(arguments);
	return false;
}

bool group_name_is_good(const char *name)
{
	if (!isalpha((unsigned char)*name))
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static int find_name(const void *context, const char *name, size_t length)
{
	const struct group *group = context;

	for (size_t i = 0; i < GROUP_N_CONSTANTS; i++)
		if (strlen(constants[i]) == length && strncmp(name, constants[i], length) == 0)
			return (int)i;
	for (size_t i = 0; i < group->n_events; i++)
		if (strlen(group->events[i].name) == length &&
			strncmp(name, group->events[i].name, length) == 0)
			return (int)(GROUP_N_CONSTANTS + i);
	return -1;
}

/* The next word of the line, or NULL. */
static char *word(char **rest)
{
	char *found;

	do
		found = strsep(rest, " \t\f\v");
	while (found && !*found);
	return found;
}

static char *trim(char *text)
{
	size_t length;

	if (!text)
		return NULL;
	while (isspace((unsigned char)*text))
		text++;
	for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]);)
		text[--length] = '\0';
	return *text ? text : NULL;
}

static bool check_name(struct reader *reader, const char *name, const char *what)
{
	if (strlen(name) >= GROUP_NAME_SIZE)
		return fail(reader, "%s: no %s has so long a name (%d letters are the most)", name,
			what, GROUP_NAME_SIZE - 1);
	if (!group_name_is_good(name))
		return fail(reader, "%s: the name of %s is letters, digits and _, a letter first",
			name, what);
	return true;
}

static bool read_event(struct reader *reader, char *rest)
{
	char *name = word(&rest), *text = trim(rest);
	struct group *group = reader->group;
	char error[WANT_ERROR_SIZE];

	if (!name || !text)
		return fail(reader, "an event is \"event NAME EVENT\", such as \"event reads "
				    "imc/event=0x04,umask=0x03/\"");
	if (!check_name(reader, name, "an event"))
		return false;
	if (find_name(group, name, strlen(name)) >= 0)
		return fail(reader, "there is a %s already", name);
	if (group->n_events == GROUP_MAX_EVENTS)
		return fail(reader, "%d events are the most", GROUP_MAX_EVENTS);
	snprintf(group->events[group->n_events].name, GROUP_NAME_SIZE, "%s", name);
	if (!want_parse(&group->events[group->n_events].want, reader->arch, text, error))
		return fail(reader, "%s", error);
	group->n_events++;
	return true;
}

/* A name of the formula that there is not, and what may have been meant. */
static const char *nearest_name(const struct group *group, const char *error, struct near *near)
{
	char name[FORMULA_ERROR_SIZE];

	snprintf(name, sizeof name, "%s", error);
	name[strcspn(name, " ")] = '\0';
	if (!group_name_is_good(name))
		return NULL;
	*near = near_to(name);
	for (size_t i = 0; i < group->n_events; i++)
		near_look(near, group->events[i].name);
	for (size_t i = 0; i < GROUP_N_CONSTANTS; i++)
		near_look(near, constants[i]);
	return near->is_found ? near->name : NULL;
}

static bool read_metric(struct reader *reader, char *rest)
{
	char *key = word(&rest), *unit = word(&rest), *text = trim(rest);
	struct group *group = reader->group;
	const struct formula_names names = {find_name, group};
	struct group_metric *metric = &group->metrics[group->n_metrics];
	char error[FORMULA_ERROR_SIZE];
	struct near near;

	if (!key || !unit || !text)
		return fail(reader, "a metric is \"metric KEY UNIT FORMULA\", such as \"metric "
				    "bandwidth B/s reads * 64 / time\"; without a unit it is -");
	if (!check_name(reader, key, "a metric"))
		return false;
	for (size_t i = 0; i < group->n_metrics; i++)
		if (strcmp(group->metrics[i].key, key) == 0)
			return fail(reader, "there is a %s already", key);
	if (group->n_metrics == GROUP_MAX_METRICS)
		return fail(reader, "%d metrics are the most", GROUP_MAX_METRICS);
	if (strlen(unit) >= sizeof metric->unit)
		return fail(reader, "%s is too long for a unit", unit);
	snprintf(metric->key, sizeof metric->key, "%s", key);
	snprintf(metric->unit, sizeof metric->unit, "%s", strcmp(unit, "-") == 0 ? "" : unit);
	if (!formula_parse(&metric->formula, text, &names, error)) {
		const char *meant = nearest_name(group, error, &near);

		return meant ? fail(reader, "formula of %s: %s; did you mean %s?", key, error,
				       meant)
			     : fail(reader, "formula of %s: %s", key, error);
	}
	group->n_metrics++;
	return true;
}

static bool read_line(struct reader *reader, char *line)
{
	char *kind, *rest = line;

	line[strcspn(line, "#")] = '\0';
	kind = word(&rest);
	if (!kind)
		return true;
	if (strcmp(kind, "event") == 0)
		return read_event(reader, rest);
	if (strcmp(kind, "metric") == 0)
		return read_metric(reader, rest);
	if (strcmp(kind, "about") == 0) {
		rest = trim(rest);
		snprintf(reader->group->about, sizeof reader->group->about, "%s", rest ? rest : "");
		return true;
	}
	return fail(reader, "\"%.32s\": a line begins with about, event, metric or #", kind);
}

bool group_parse(struct group *group, const struct arch *arch, const char *name, const char *path,
	const char *text, char error[GROUP_ERROR_SIZE])
{
	struct reader reader = {group, arch, path, 0, error};

	*group = (struct group){0};
	snprintf(group->name, sizeof group->name, "%s", name);
	while (*text) {
		size_t length = strcspn(text, "\n");
		char line[MAX_LINE];

		reader.line++;
		if (length >= sizeof line)
			return fail(&reader, "a line is shorter than %d bytes", MAX_LINE);
		snprintf(line, sizeof line, "%.*s", (int)length, text);
		line[strcspn(line, "\r")] = '\0';
		if (!read_line(&reader, line))
			return false;
		text += length + (text[length] == '\n');
	}
	if (group->n_metrics == 0)
		return fail(&reader, "it has no metric: \"metric KEY UNIT FORMULA\"");
	return true;
}

bool group_metric_is_cpus(const struct group *group, const struct group_metric *metric)
{
	for (size_t i = 0; i < group->n_events; i++)
		if (!want_is_cpus(&group->events[i].want) &&
			formula_uses(&metric->formula, (unsigned)(GROUP_N_CONSTANTS + i)))
			return false;
	return true;
}
