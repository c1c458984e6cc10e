/* SPDX-License-Identifier: MIT */
/* Reasons, one a line. Knows flows, not who reads it. */
#include "sim/machine/log.h"

#include <inttypes.h>
#include <string.h>

static void describe_who(const struct flow *flow, char *text, size_t size)
{
	if (flow->kind == FLOW_BOX_EVENT)
		snprintf(text, size, "package %" PRIu32 " %s %" PRIu32, flow->package,
			flow->unit->name, flow->box);
	else
		snprintf(text, size, "cpu %" PRIu32, flow->fixture->cpus[flow->cpu].number);
}

static void describe_what(const struct flow *flow, const char *reason, char *text, size_t size)
{
	const struct flow_condition *condition = &flow->condition;
	char filter[32] = "", threshold[16] = "";

	if (flow->selection.is_filtered)
		snprintf(filter, sizeof filter, " filter 0x%" PRIx64,
			flow->selection.filter & flow->selection.filter_mask);
	if (condition->threshold > 0)
		snprintf(threshold, sizeof threshold, " threshold %u", condition->threshold);
	snprintf(text, size, "event 0x%02x umask 0x%02x%s%s%s%s%s counts 0: %s",
		flow->selection.event, flow->selection.umask, filter, threshold,
		condition->below ? " invert" : "", condition->edge ? " edge" : "",
		flow->any_thread ? " any" : "", reason);
}

static void add(struct sim_log *log, const char *who, const char *what)
{
	for (unsigned i = 0; i < log->n; i++)
		if (strcmp(log->lines[i].what, what) == 0)
			return;
	if (log->n == SIM_LOG_LINES) {
		log->is_full = true;
		return;
	}
	snprintf(log->lines[log->n].who, sizeof log->lines[0].who, "%s", who);
	snprintf(log->lines[log->n].what, sizeof log->lines[0].what, "%s", what);
	log->n++;
}

void sim_log_flow(struct sim_log *log, const struct flow *flow)
{
	char who[sizeof log->lines[0].who], what[sizeof log->lines[0].what];
	const char *reason = log ? flow_doubt(flow) : NULL;

	if (!reason)
		return;
	describe_who(flow, who, sizeof who);
	describe_what(flow, reason, what, sizeof what);
	add(log, who, what);
}

void sim_log_write(const struct sim_log *log, FILE *out)
{
	for (unsigned i = 0; i < log->n; i++)
		fprintf(out, "%s: %s\n", log->lines[i].who, log->lines[i].what);
	if (log->is_full)
		fprintf(out, "further reasons are left out\n");
}
