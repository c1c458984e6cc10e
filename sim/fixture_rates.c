/* SPDX-License-Identifier: MIT */
/* Event rates of workload.yaml. Knows no event: what one means is the machine's business. */
#include "sim/fixture_rates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cyaml_schema_field_t rate_fields[] = {
	CYAML_FIELD_UINT("event", CYAML_FLAG_DEFAULT, struct fixture_rate_yaml, event),
	CYAML_FIELD_UINT("umask", CYAML_FLAG_DEFAULT, struct fixture_rate_yaml, umask),
	CYAML_FIELD_FLOAT_PTR(
		"per_second", CYAML_FLAG_OPTIONAL, struct fixture_rate_yaml, per_second),
	CYAML_FIELD_FLOAT_PTR(
		"per_instruction", CYAML_FLAG_OPTIONAL, struct fixture_rate_yaml, per_instruction),
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct fixture_rate_yaml, name, 1, 256),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t fixture_rate_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct fixture_rate_yaml, rate_fields),
};

static void check_line(struct fixture_yaml *yaml, const char *path,
	const struct fixture_rate_yaml *rate, bool instructions)
{
	/* a box's event may have the extension bit of its event select */
	fixture_yaml_range(yaml, path, "event", rate->event, 0, instructions ? 0xff : 0x1ff);
	fixture_yaml_range(yaml, path, "umask", rate->umask, 0, 0xff);
	if (rate->per_second)
		fixture_yaml_range(yaml, path, "per_second", *rate->per_second, 0, 1e15);
	if (rate->per_instruction)
		fixture_yaml_range(yaml, path, "per_instruction", *rate->per_instruction, 0, 1000);
	if (!rate->per_second == !rate->per_instruction)
		fixture_yaml_complain(
			yaml, path, "", "needs one of per_second and per_instruction");
	if (rate->per_instruction && !instructions)
		fixture_yaml_complain(yaml, path, "per_instruction", "is for CPUs only");
}

void fixture_rates_check(struct fixture_yaml *yaml, const char *path,
	const struct fixture_rate_yaml *list, unsigned n, bool instructions)
{
	for (unsigned i = 0; i < n; i++) {
		char at[128];
		snprintf(at, sizeof at, "%s.rates[%u]", path, i);
		check_line(yaml, at, &list[i], instructions);
	}
}

static bool has_event(const struct fixture_rates *rates, const struct fixture_rate_yaml *line)
{
	for (size_t i = 0; i < rates->n; i++)
		if (rates->rates[i].event == line->event && rates->rates[i].umask == line->umask)
			return true;
	return false;
}

static double per_second(const struct fixture_rate_yaml *line, double instructions_per_second)
{
	if (line->per_second)
		return *line->per_second;
	return line->per_instruction ? *line->per_instruction * instructions_per_second : 0;
}

static bool add(struct fixture_rates *rates, const struct fixture_rate_yaml *line,
	double instructions_per_second)
{
	struct fixture_rate *grown = fixture_grow(rates->rates, rates->n, sizeof *grown);
	if (!grown)
		return false;
	rates->rates = grown;
	char *name = strdup(line->name);
	if (!name)
		return false;
	grown[rates->n++] = (struct fixture_rate){
		.event = (uint16_t)line->event,
		.umask = (uint8_t)line->umask,
		.per_second = per_second(line, instructions_per_second),
		.name = name,
	};
	return true;
}

void fixture_rates_add(struct fixture_rates *rates, struct fixture_yaml *yaml, const char *path,
	const struct fixture_rate_yaml *list, unsigned n, double instructions_per_second,
	size_t *budget)
{
	for (unsigned i = 0; i < n; i++) {
		if (has_event(rates, &list[i])) {
			fixture_yaml_complain(yaml, path, "",
				"has event 0x%02x with umask 0x%02x twice", list[i].event,
				list[i].umask);
		} else if (*budget == 0 || !add(rates, &list[i], instructions_per_second)) {
			fixture_yaml_complain(
				yaml, path, "", "makes too many rates, or out of memory");
			return;
		} else {
			(*budget)--;
		}
	}
}
