/* SPDX-License-Identifier: MIT */
/* Any text is a group whose formulas can be computed, or an error with a line. */
#include <stdlib.h>
#include <string.h>

#include "cli/count/group.h"
#include "fuzz/harness.h"

static void check_group(const struct group *group)
{
	double values[GROUP_N_NAMES];

	for (size_t i = 0; i < GROUP_N_NAMES; i++)
		values[i] = (double)i;
	MUST(group->n_metrics > 0 && group->n_metrics <= GROUP_MAX_METRICS);
	MUST(group->n_events <= GROUP_MAX_EVENTS);
	for (size_t i = 0; i < group->n_events; i++) {
		MUST(group_name_is_good(group->events[i].name));
		MUST(group->events[i].want.counters != 0 ||
			group->events[i].want.kind == WANT_RUNNING ||
			group->events[i].want.kind == WANT_MSR);
	}
	for (size_t i = 0; i < group->n_metrics; i++) {
		MUST(group_name_is_good(group->metrics[i].key));
		MUST(group->metrics[i].formula.n_steps > 0);
		formula_value(&group->metrics[i].formula, values);
		group_metric_is_cpus(group, &group->metrics[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct arch *arch = arch_get(size % 2);
	char error[GROUP_ERROR_SIZE] = "";
	struct group *group = malloc(sizeof *group);
	char *text = malloc(size + 1);

	MUST(group && text && arch);
	memcpy(text, data, size);
	text[size] = '\0';
	if (group_parse(group, arch, "fuzz", "fuzz.group", text, error))
		check_group(group);
	else
		MUST(strncmp(error, "fuzz.group:", strlen("fuzz.group:")) == 0);
	free(text);
	free(group);
	return 0;
}
