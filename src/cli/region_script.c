/* SPDX-License-Identifier: MIT */
/* What scripts begin and end. Reads no counter and prints nothing. */
#include "cli/region_script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

void region_script_init(struct region_script *script, const struct region_plan *plan)
{
	*script = (struct region_script){.plan = plan};
}

void region_script_deinit(struct region_script *script)
{
	for (size_t i = 0; i < script->n; i++) {
		free(script->list[i].begins);
		free(script->list[i].sums);
	}
	free(script->list);
	*script = (struct region_script){0};
}

static struct region_script_entry *find(const struct region_script *script, const char *name)
{
	for (size_t i = 0; i < script->n; i++)
		if (strcmp(script->list[i].name, name) == 0)
			return &script->list[i];
	return NULL;
}

static struct region_script_entry *get(struct region_script *script, const char *name)
{
	struct region_script_entry *entry = find(script, name), *list;
	size_t n = script->plan->n_values + 1;

	if (entry)
		return entry;
	list = array_grow(script->list, script->n, sizeof *list);
	if (!list)
		return NULL;
	script->list = list;
	entry = &list[script->n];
	*entry = (struct region_script_entry){
		.begins = calloc(n, sizeof *entry->begins), .sums = calloc(n, sizeof *entry->sums)};
	if (!entry->begins || !entry->sums) {
		free(entry->begins);
		free(entry->sums);
		return NULL;
	}
	snprintf(entry->name, sizeof entry->name, "%s", name);
	script->n++;
	return entry;
}

static const struct count_slot *slot_of(
	const struct region_plan *plan, const struct count *count, size_t i)
{
	return &count->devices[plan->sources[i].device].slots[plan->sources[i].slot];
}

static void begin(
	struct region_script *script, struct region_script_entry *entry, const struct count *count)
{
	if (entry->depth++ > 0)
		return;
	entry->begin_ns = count->read_ns;
	for (size_t i = 0; i < script->plan->n_values; i++)
		entry->begins[i] = slot_of(script->plan, count, i)->total;
}

static void end(
	struct region_script *script, struct region_script_entry *entry, const struct count *count)
{
	if (--entry->depth > 0)
		return;
	entry->calls++;
	entry->ns += count->read_ns - entry->begin_ns;
	for (size_t i = 0; i < script->plan->n_values; i++) {
		const struct count_slot *slot = slot_of(script->plan, count, i);

		entry->sums[i] = slot->want->is_gauge
					 ? slot->raw
					 : entry->sums[i] + slot->total - entry->begins[i];
	}
}

int region_script_mark(struct region_script *script, const struct count *count, const char *verb,
	const char *name, char error[REGION_MARK_ERROR_SIZE])
{
	bool is_begin = strcmp(verb, "begin") == 0;
	struct region_script_entry *entry;

	error[0] = '\0';
	if (!is_begin && strcmp(verb, "end") != 0)
		snprintf(error, REGION_MARK_ERROR_SIZE,
			"%.32s is no mark of a region: a line is \"begin NAME\" or \"end NAME\"",
			verb);
	else if (!region_name_is_good(name))
		snprintf(error, REGION_MARK_ERROR_SIZE,
			"%.80s is no name of a region: 1 to %d letters, digits and _-.:/+@", name,
			REGION_NAME_SIZE - 1);
	if (error[0])
		return -EINVAL;
	entry = is_begin ? get(script, name) : find(script, name);
	if (is_begin && !entry)
		return -ENOMEM;
	if (!is_begin && (!entry || entry->depth == 0)) {
		snprintf(error, REGION_MARK_ERROR_SIZE,
			"region %s was ended by a script and not begun by one", name);
		return -EINVAL;
	}
	if (is_begin)
		begin(script, entry, count);
	else
		end(script, entry, count);
	return 0;
}

/* A line that is too long is one that hear is told the beginning of: it is no mark. */
int region_script_take(struct region_script *script, const char *bytes, size_t n,
	region_script_hear *hear, void *closure)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (bytes[i] == '\n') {
			script->line[script->n_line] = '\0';
			if (script->n_line > 0)
				r = hear(closure, script->line);
			script->n_line = 0;
		} else if (script->n_line < sizeof script->line - 1) {
			/* no text ends before its end */
			script->line[script->n_line++] = (char)(bytes[i] ? bytes[i] : '?');
		}
	}
	return r;
}
