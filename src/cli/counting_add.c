/* SPDX-License-Identifier: MIT */
/* What to count, from the lists of -e and -g. Says what is wrong with them. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/count/find_group.h"
#include "cli/counting.h"
#include "util/array.h"

static size_t event_length(const char *text)
{
	bool is_raw = false;
	size_t n = 0;

	for (; text[n] && (is_raw || text[n] != ','); n++)
		if (text[n] == '/')
			is_raw = !is_raw;
	return n;
}

/* Room for another want, or NULL after a message. */
static struct want *grow(struct counting *counting)
{
	struct want *wants =
		array_grow(counting->wants, counting->n_wants, sizeof *counting->wants);

	if (wants)
		counting->wants = wants;
	if (wants && counting->n_wants < ASSIGN_MAX_WANTS)
		return &wants[counting->n_wants];
	warnx("%s", wants ? "too many events" : strerror(ENOMEM));
	return NULL;
}

/* One that is there already is shown once. */
static bool has_event(const struct counting *counting, const char *name)
{
	for (size_t i = 0; i < counting->n_events; i++)
		if (strcmp(counting->wants[i].name, name) == 0)
			return true;
	return false;
}

bool counting_add(struct counting *counting, const struct arch *arch, const char *list)
{
	char error[WANT_ERROR_SIZE], text[WANT_NAME_SIZE + 1];

	do {
		size_t length = event_length(list);
		struct want *want = grow(counting);

		if (!want)
			return false;
		snprintf(text, sizeof text, "%.*s", (int)length, list);
		if (!want_parse(want, arch, text, error)) {
			warnx("%s", error);
			return false;
		}
		if (!has_event(counting, want->name))
			counting->n_events = ++counting->n_wants;
		list += length;
	} while (*list++ == ',');
	return true;
}

static bool is_same(const struct want *a, const struct want *b)
{
	return a->kind == b->kind && a->box == b->box && a->has_index == b->has_index &&
	       a->index == b->index && a->select == b->select && a->counters == b->counters &&
	       a->filter == b->filter && a->filter_reg == b->filter_reg &&
	       a->has_packets == b->has_packets &&
	       memcmp(a->packets, b->packets, sizeof a->packets) == 0 &&
	       a->quantity == b->quantity && a->is_gauge == b->is_gauge &&
	       a->field.reg == b->field.reg && a->field.shift == b->field.shift &&
	       a->field.bits == b->field.bits;
}

/* What two of them need is counted once. */
static bool add_group_event(struct counting *counting, struct group_event *event)
{
	struct want *want;

	for (event->index = 0; event->index < counting->n_wants; event->index++)
		if (is_same(&counting->wants[event->index], &event->want))
			return true;
	want = grow(counting);
	if (!want)
		return false;
	*want = event->want;
	counting->n_wants++;
	return true;
}

static bool has_group(const struct counting *counting, const struct group *group)
{
	/* two files may have one name */
	for (size_t i = 0; i < counting->n_groups; i++)
		if (strcmp(counting->groups[i].name, group->name) == 0 &&
			strcmp(counting->groups[i].about, group->about) == 0)
			return true;
	return false;
}

static bool add_group(struct counting *counting, const struct arch *arch, const char *name)
{
	struct group *groups =
		array_grow(counting->groups, counting->n_groups, sizeof *counting->groups);
	char error[GROUP_ERROR_SIZE];
	struct group *group;

	if (!groups) {
		warnx("%s", strerror(ENOMEM));
		return false;
	}
	counting->groups = groups;
	group = &groups[counting->n_groups];
	if (!group_load(group, arch, name, error)) {
		warnx("%s", error);
		return false;
	}
	if (has_group(counting, group))
		return true;
	counting->n_groups++;
	for (size_t i = 0; i < group->n_events; i++)
		if (!add_group_event(counting, &group->events[i]))
			return false;
	return true;
}

bool counting_add_groups(struct counting *counting, const struct arch *arch, const char *list)
{
	do {
		size_t length = strcspn(list, ",");
		char name[256];

		snprintf(name, sizeof name, "%.*s", (int)length, list);
		if (!add_group(counting, arch, name))
			return false;
		list += length;
	} while (*list++ == ',');
	return true;
}

void counting_deinit(struct counting *counting)
{
	free(counting->wants);
	free(counting->groups);
	counting->wants = NULL;
	counting->groups = NULL;
	counting->n_wants = counting->n_groups = 0;
}
