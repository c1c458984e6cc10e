/* SPDX-License-Identifier: MIT */
#include "sim/tap/replay_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "util/clock.h"

#define FAULT_TEXT "answered by a fault"

static void put_where(FILE *out, const struct replay_report *report,
	const struct replay_entry *recorded, const struct trace_access *now)
{
	if (recorded && recorded->line > 0)
		fprintf(out, "%s:%" PRIu64 ": at %.9f s", report->name, recorded->line,
			clock_seconds(recorded->access.time_ns));
	else if (recorded)
		fprintf(out, "%s: not in the trace", report->name);
	else
		fprintf(out, "%s: behind its end", report->name);
	if (now)
		fprintf(out, ", now at %.9f s", clock_seconds(now->time_ns));
}

static void put_value(
	FILE *out, const struct replay_entry *recorded, const struct trace_access *now)
{
	char text[TRACE_TEXT_SIZE];

	fprintf(out, "%s; recorded 0x%" PRIx64, trace_describe(now, text), recorded->access.value);
}

static void put_order(FILE *out, const struct replay_entry *recorded, uint64_t expected_line)
{
	char text[TRACE_TEXT_SIZE];

	fprintf(out, "%s comes ", trace_describe(&recorded->access, text));
	if (expected_line > recorded->line)
		fprintf(out, "late: line %" PRIu64 " is expected there", expected_line);
	else if (expected_line > 0)
		fprintf(out, "early: line %" PRIu64 " is expected there", expected_line);
	else
		fprintf(out, "late: nothing is expected there");
}

static void put_unrecorded(
	FILE *out, const struct replay_entry *recorded, const struct trace_access *now)
{
	char text[TRACE_TEXT_SIZE];

	fprintf(out, "%s", trace_describe(now, text));
	if (!now->is_write || now->error < 0)
		fprintf(out, ", answered with %s", trace_describe_value(now, text));
	if (recorded && recorded->access.width > 0)
		fprintf(out, "; recorded is next %s", trace_describe(&recorded->access, text));
}

static void put_missing(FILE *out, const struct replay_entry *recorded)
{
	char text[TRACE_TEXT_SIZE];

	fprintf(out, "%s", trace_describe(&recorded->access, text));
	if (!recorded->access.is_write)
		fprintf(out, ", which gave %s", trace_describe_value(&recorded->access, text));
}

static const char *kind_text(enum replay_difference kind)
{
	static const char *const texts[] = {
#define X(kind, text) [kind] = text,
		REPLAY_DIFFERENCES(X)
#undef X
	};

	return texts[kind];
}

static char *describe(const struct replay_report *report, enum replay_difference kind,
	const struct replay_entry *recorded, const struct trace_access *now, uint64_t expected_line)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_where(out, report, recorded, now);
	fprintf(out, ": %s: ", kind_text(kind));
	switch (kind) {
	case REPLAY_VALUE:
		put_value(out, recorded, now);
		break;
	case REPLAY_ORDER:
		put_order(out, recorded, expected_line);
		break;
	case REPLAY_UNRECORDED:
		put_unrecorded(out, recorded, now);
		break;
	case REPLAY_MISSING:
		put_missing(out, recorded);
		break;
	}
	return fclose(out) == 0 ? text : (free(text), NULL);
}

void replay_report_add(struct replay_report *report, enum replay_difference kind,
	const struct replay_entry *recorded, const struct trace_access *now, uint64_t expected_line)
{
	report->counts[kind]++;
	if (report->n_texts - report->n_fault_texts == REPLAY_MAX_TEXTS)
		return;
	char *text = describe(report, kind, recorded, now, expected_line);
	if (text)
		report->texts[report->n_texts++] = text;
}

static const char *describe_outcome(const struct trace_access *access, char text[TRACE_TEXT_SIZE])
{
	return access->is_write && access->error == 0 ? "no error"
						      : trace_describe_value(access, text);
}

static bool is_same_outcome(const struct trace_access *a, const struct trace_access *b)
{
	return a->error == b->error && (a->is_write || a->error < 0 || a->value == b->value);
}

static char *describe_fault(const struct replay_report *report, const struct replay_entry *recorded,
	const struct trace_access *now)
{
	char *text = NULL, words[TRACE_TEXT_SIZE];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_where(out, report, recorded, now);
	fprintf(out, ": " FAULT_TEXT ": %s gives ", trace_describe(now, words));
	fprintf(out, "%s; recorded ", describe_outcome(now, words));
	fprintf(out, "%s", describe_outcome(&recorded->access, words));
	return fclose(out) == 0 ? text : (free(text), NULL);
}

void replay_report_fault(struct replay_report *report, const struct replay_entry *recorded,
	const struct trace_access *now)
{
	if (is_same_outcome(&recorded->access, now))
		return;
	report->n_faults++;
	if (report->n_fault_texts == REPLAY_MAX_FAULTS)
		return;
	char *text = describe_fault(report, recorded, now);
	if (!text)
		return;
	report->texts[report->n_texts++] = text;
	report->n_fault_texts++;
}

uint64_t replay_report_total(const struct replay_report *report)
{
	uint64_t total = 0;

	for (size_t i = 0; i < REPLAY_N_DIFFERENCES; i++)
		total += report->counts[i];
	return total;
}

void replay_report_print(const struct replay_report *report, FILE *out)
{
	uint64_t total = replay_report_total(report) + report->n_faults;

	for (size_t i = 0; i < report->n_texts; i++)
		fprintf(out, "%s\n", report->texts[i]);
	if (total > report->n_texts)
		fprintf(out, "... and %" PRIu64 " more\n", total - report->n_texts);
}

void replay_report_summary(const struct replay_report *report, FILE *out)
{
	const char *separator = "";

	if (replay_report_total(report) == 0)
		fprintf(out, "no difference");
	for (enum replay_difference kind = 0; kind < REPLAY_N_DIFFERENCES; kind++) {
		if (report->counts[kind] == 0)
			continue;
		fprintf(out, "%s%" PRIu64 " %s", separator, report->counts[kind], kind_text(kind));
		separator = ", ";
	}
	if (report->n_faults > 0)
		fprintf(out, ", %" PRIu64 " " FAULT_TEXT, report->n_faults);
}

void replay_report_deinit(struct replay_report *report)
{
	for (size_t i = 0; i < report->n_texts; i++)
		free(report->texts[i]);
	report->n_texts = 0;
}
