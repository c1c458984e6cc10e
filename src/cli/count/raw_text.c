/* SPDX-License-Identifier: MIT */
/* The other way round: an event as it is written raw, so that it is read back as what it is. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/count/raw.h"

#define LEVELS (PMU_SELECT_USER | PMU_SELECT_KERNEL)
/* What has a key of its own. */
#define NAMED                                                                                      \
	(PMU_SELECT_EVENT | PMU_SELECT_UMASK << PMU_SELECT_UMASK_SHIFT | PMU_SELECT_EDGE |         \
		PMU_SELECT_INVERT)

__attribute__((format(printf, 2, 3))) static void add(
	char text[WANT_NAME_SIZE], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, WANT_NAME_SIZE - used, format, arguments);
	va_end(arguments);
}

static void add_select(char text[WANT_NAME_SIZE], const struct want *want)
{
	uint32_t select = want->select, extend = want->box ? want->box->select_extend : 0;
	uint32_t threshold = select >> PMU_SELECT_THRESHOLD, others;

	add(text, "event=%#x,umask=%#x",
		(select & PMU_SELECT_EVENT) | (select & extend ? PMU_EVENT_EXTENDS : 0),
		select >> PMU_SELECT_UMASK_SHIFT & PMU_SELECT_UMASK);
	if (threshold)
		add(text, ",%s=%u", want->box ? "thresh" : "cmask", threshold);
	if (select & PMU_SELECT_EDGE)
		add(text, ",edge");
	if (select & PMU_SELECT_INVERT)
		add(text, ",inv");
	if (!want->box && (select & PMU_SELECT_ANY))
		add(text, ",any");
	others = select & ~(NAMED | extend | ~0u << PMU_SELECT_THRESHOLD);
	/* a bit that only this kind of box has */
	if (want->box && others)
		add(text, ",select=%#x", others);
}

static void add_packets(char text[WANT_NAME_SIZE], const struct want *want)
{
	static const char *const names[WANT_N_PACKETS] = {"match0", "match1", "mask0", "mask1"};

	for (size_t i = 0; want->has_packets && i < WANT_N_PACKETS; i++)
		if (want->packets[i])
			add(text, ",%s=%#x", names[i], want->packets[i]);
}

const char *raw_text(const struct want *want, char text[WANT_NAME_SIZE])
{
	uint32_t levels = want->select & LEVELS;

	if (want->kind == WANT_RUNNING || want->kind == WANT_MSR)
		return want->name;
	snprintf(text, WANT_NAME_SIZE, "%s", want_unit_name(want));
	if (want->has_index)
		add(text, "%u", want->index);
	add(text, "/");
	if (want->kind == WANT_BOX && want->counters >> WANT_FIXED)
		add(text, "fixed");
	else
		add_select(text, want);
	if (want->filter)
		add(text, ",filter=%#llx", (unsigned long long)want->filter);
	add_packets(text, want);
	add(text, "/");
	if (want->kind == WANT_CORE && levels && levels != LEVELS)
		add(text, levels == PMU_SELECT_USER ? ":u" : ":k");
	return text;
}
