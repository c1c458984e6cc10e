/* SPDX-License-Identifier: MIT */
/* Looks events up in a model's data. Touches no register. */
#include "cli/measure/event.h"

#include <stdio.h>

static const struct {
	enum subject_kind kind;
	const char *text, *name, *heading, *unit, *raw, *encoding;
} events[N_EVENTS] = {
#define X(event, kind, text, name, heading, unit, raw, encoding)                                   \
	[event] = {kind, text, name, heading, unit, raw, encoding},
	EVENTS(X)
#undef X
};

enum subject_kind event_subject(enum event_id id)
{
	return events[id].kind;
}

const char *event_text(enum event_id id)
{
	return events[id].text;
}

const char *event_name(enum event_id id)
{
	return events[id].name;
}

const char *event_heading(enum event_id id)
{
	return events[id].heading;
}

const char *event_unit(enum event_id id)
{
	return events[id].unit;
}

const char *event_raw_name(enum event_id id)
{
	return events[id].raw;
}

const char *event_encoding(
	const struct arch *arch, enum event_id id, char text[EVENT_ENCODING_SIZE])
{
	struct event event;

	text[0] = '\0';
	if (!event_get(arch, id, &event))
		return text;
	if (event.kind == EVENT_ON_BOX)
		snprintf(text, EVENT_ENCODING_SIZE, "%s/event=%#x,umask=%#x/", event.box->name,
			event.code.event, event.code.umask);
	else
		snprintf(text, EVENT_ENCODING_SIZE, "%s", events[id].encoding);
	return text;
}

static bool get_fixed(const struct arch *arch, enum arch_counts counts, struct event *event)
{
	*event = (struct event){.kind = EVENT_ON_FIXED, .width = arch->core->width};
	for (; event->number < arch->core->n_fixed; event->number++)
		if (arch->core->fixed_counts[event->number] == counts)
			return true;
	return false;
}

static bool get_box(const struct arch *arch, struct arch_event code, struct event *event)
{
	const struct arch_box *box = arch->memory_box;

	if (!box)
		return false;
	*event =
		(struct event){.kind = EVENT_ON_BOX, .box = box, .code = code, .width = box->width};
	return true;
}

static bool get_running(const struct arch *arch, enum arch_quantity quantity, struct event *event)
{
	const struct arch_register *entry = arch_running_register(arch, quantity);

	if (!entry)
		return false;
	*event = (struct event){.kind = EVENT_RUNNING,
		.reg = entry->address,
		.width = entry->width,
		.period_ns = entry->period_ns};
	return true;
}

bool event_get(const struct arch *arch, enum event_id id, struct event *event)
{
	switch (id) {
	case EVENT_INSTRUCTIONS:
		return get_fixed(arch, ARCH_COUNTS_INSTRUCTIONS, event);
	case EVENT_CYCLES:
		return get_fixed(arch, ARCH_COUNTS_CYCLES, event);
	case EVENT_ACTIVE:
		return get_fixed(arch, ARCH_COUNTS_REFERENCE, event);
	case EVENT_MEMORY_READ:
		return get_box(arch, arch->memory_read, event);
	case EVENT_MEMORY_WRITE:
		return get_box(arch, arch->memory_write, event);
	case EVENT_PACKAGE_ENERGY:
		return get_running(arch, ARCH_PACKAGE_ENERGY, event);
	case EVENT_DRAM_ENERGY:
		return get_running(arch, ARCH_DRAM_ENERGY, event);
	}
	return false;
}

uint32_t event_select(const struct event *event)
{
	uint32_t select = (event->code.event & PMU_SELECT_EVENT) |
			  (uint32_t)event->code.umask << PMU_SELECT_UMASK_SHIFT;

	if (event->code.event & PMU_EVENT_EXTENDS)
		select |= event->box->select_extend;
	return select | event->box->select_enable;
}
