/* SPDX-License-Identifier: MIT */
/* From the words for an event to bits. raw.c and names.c read their own. */
#include "cli/count/want.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/count/names.h"
#include "cli/count/raw.h"
#include "util/array.h"

bool want_fail(char error[WANT_ERROR_SIZE], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error, WANT_ERROR_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

/* As libpfm4 and Linux call them. */
static const struct {
	const char *name;
	enum arch_quantity quantity;
} running[] = {
	{"RAPL_ENERGY_PKG", ARCH_PACKAGE_ENERGY},
	{"RAPL_ENERGY_CORES", ARCH_PP0_ENERGY},
	{"RAPL_ENERGY_DRAM", ARCH_DRAM_ENERGY},
};

static bool find_running(struct want *want, const char *text)
{
	const char *separator = strstr(text, "::");

	if (separator && strncasecmp(text, "rapl", (size_t)(separator - text)) == 0)
		text = separator + 2;
	for (size_t i = 0; i < N_ELEMENTS(running); i++) {
		if (strcasecmp(text, running[i].name) != 0)
			continue;
		want->kind = WANT_RUNNING;
		want->quantity = running[i].quantity;
		return true;
	}
	return false;
}

/* Names that mean the same on every model: the architectural events. */
static bool find_common(struct want *want, const struct arch *arch, const char *text)
{
	const struct {
		const char *name;
		struct arch_event code;
	} common[] = {
		{"instructions", arch->core->instructions},
		{"cycles", arch->core->cycles},
		{"ref-cycles", {PMU_REFERENCE_EVENT, PMU_REFERENCE_UMASK}},
	};

	for (size_t i = 0; i < N_ELEMENTS(common); i++) {
		char raw[WANT_NAME_SIZE], error[WANT_ERROR_SIZE];
		size_t length = strlen(common[i].name);

		if (strncmp(text, common[i].name, length) != 0 ||
			(text[length] != '\0' && text[length] != ':'))
			continue;
		snprintf(raw, sizeof raw, "cpu/event=%#x,umask=%#x/%.32s", common[i].code.event,
			common[i].code.umask, text + length);
		return raw_parse(want, arch, raw, error);
	}
	return false;
}

bool want_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE])
{
	*want = (struct want){0};
	if (snprintf(want->name, sizeof want->name, "%s", text) >= (int)sizeof want->name)
		return want_fail(error, "%.40s…: no event has so long a name", text);
	if (find_running(want, text)) {
		if (!arch_running_register(arch, want->quantity))
			return want_fail(error, "%s: %s has no such counter", text, arch->text);
		return true;
	}
	if (raw_is(text) ? !raw_parse(want, arch, text, error)
			 : !find_common(want, arch, text) && !names_parse(want, arch, text, error))
		return false;
	want_find_counters(want, arch);
	if (want->counters == 0 && want->kind != WANT_MSR)
		return want_fail(
			error, "%s: no counter of %s can count it", text, want_unit_name(want));
	return true;
}

/* Only a plain event is what a fixed counter counts; and of one thread. */
static uint64_t fixed_counters(const struct want *want, const struct arch *arch)
{
	const struct arch_core *core = arch->core;
	const uint32_t plain = PMU_SELECT_EVENT | PMU_SELECT_UMASK << PMU_SELECT_UMASK_SHIFT |
			       PMU_SELECT_USER | PMU_SELECT_KERNEL | PMU_SELECT_ENABLE;
	const struct {
		enum arch_counts counts;
		struct arch_event code;
	} counted[] = {
		{ARCH_COUNTS_INSTRUCTIONS, core->instructions},
		{ARCH_COUNTS_CYCLES, core->cycles},
		{ARCH_COUNTS_REFERENCE, {PMU_REFERENCE_EVENT, PMU_REFERENCE_UMASK}},
	};
	uint64_t counters = 0;

	for (size_t i = 0; i < N_ELEMENTS(counted) && (want->select & ~plain) == 0; i++) {
		uint32_t code = counted[i].code.event | (uint32_t)counted[i].code.umask
								<< PMU_SELECT_UMASK_SHIFT;

		for (unsigned j = 0; j < core->n_fixed; j++)
			if (core->fixed_counts[j] == counted[i].counts &&
				(want->select & ~(PMU_SELECT_USER | PMU_SELECT_KERNEL)) == code)
				counters |= UINT64_C(1) << (WANT_FIXED + j);
	}
	return counters;
}

static void find_core_counters(struct want *want, const struct arch *arch)
{
	uint8_t event = want->select & PMU_SELECT_EVENT;
	uint8_t umask = want->select >> PMU_SELECT_UMASK_SHIFT & PMU_SELECT_UMASK;

	want->counters = fixed_counters(want, arch);
	want->fixed_mode = (want->select & PMU_SELECT_USER ? PMU_FIXED_USER : 0) |
			   (want->select & PMU_SELECT_KERNEL ? PMU_FIXED_KERNEL : 0);
	if (event != PMU_REFERENCE_EVENT || umask != PMU_REFERENCE_UMASK)
		want->counters |= arch_limited(arch, NULL, event, umask) &
				  ((1u << arch->core->n_general_alone) - 1);
	for (unsigned i = 0; i < arch->core->n_filters; i++) {
		const struct arch_filter *filter = &arch->core->filters[i];

		if (filter->event != event || filter->umask != umask)
			continue;
		want->filter_reg = filter->reg;
		want->filter_mask = filter->mask;
	}
}

static void find_box_counters(struct want *want, const struct arch *arch)
{
	const struct arch_box *box = want->box;
	uint8_t number = want->select & PMU_SELECT_EVENT;
	uint8_t umask = want->select >> PMU_SELECT_UMASK_SHIFT & PMU_SELECT_UMASK;
	uint16_t event = number | (want->select & box->select_extend ? PMU_EVENT_EXTENDS : 0);

	if (want->counters == 0)
		want->counters =
			arch_limited(arch, box, number, umask) & ((1u << box->n_counters) - 1);
	/* what of the filter matters; what else was asked for matters as well */
	want->filter_mask = want->filter;
	for (size_t i = 0; i < box->n_filters; i++)
		if (box->filters[i].event == event &&
			(umask & box->filters[i].umask) == box->filters[i].umask)
			want->filter_mask |= box->filters[i].mask;
}

void want_find_counters(struct want *want, const struct arch *arch)
{
	if (want->kind == WANT_CORE)
		find_core_counters(want, arch);
	else if (want->kind == WANT_BOX)
		find_box_counters(want, arch);
}

bool want_is_cpus(const struct want *want)
{
	return want->kind == WANT_CORE || (want->kind == WANT_MSR && want->scope != ARCH_PACKAGE);
}

const char *want_unit_name(const struct want *want)
{
	switch (want->kind) {
	case WANT_CORE:
		return "cpu";
	case WANT_BOX:
		return want->box->name;
	case WANT_MSR:
		return "msr";
	case WANT_RUNNING:
		break;
	}
	return "rapl";
}

/* "0-3" of bits; appends. */
static void add_range(char *text, size_t size, uint32_t bits, const char *before)
{
	for (unsigned i = 0; i < 32; i++) {
		size_t used = strlen(text);
		unsigned last = i;

		if (!(bits >> i & 1))
			continue;
		while (last < 31 && bits >> (last + 1) & 1)
			last++;
		snprintf(text + used, size - used, "%s%s%u", used ? ", " : "", before, i);
		used = strlen(text);
		if (last > i)
			snprintf(text + used, size - used, "-%u", last);
		i = last;
	}
}

const char *want_counters_text(
	const struct want *want, const struct arch *arch, char text[WANT_COUNTERS_SIZE])
{
	uint32_t general = (uint32_t)want->counters;

	text[0] = '\0';
	if (want->kind == WANT_RUNNING || want->kind == WANT_MSR) {
		snprintf(text, WANT_COUNTERS_SIZE, "its own");
		return text;
	}
	/* with two threads a core these are what each has */
	if (want->kind == WANT_CORE)
		general &= (1u << arch->core->n_general) - 1;
	add_range(text, WANT_COUNTERS_SIZE, general, "");
	if (want->kind == WANT_CORE)
		add_range(text, WANT_COUNTERS_SIZE, (uint32_t)(want->counters >> WANT_FIXED),
			"fixed ");
	else if (want->counters >> WANT_FIXED)
		snprintf(text, WANT_COUNTERS_SIZE, "fixed");
	return text;
}
