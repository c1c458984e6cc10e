/* SPDX-License-Identifier: MIT */
#include "cli/output/openmetrics.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output/text.h"
#include "util/array.h"
#include "util/clock.h"

#define NAME_SIZE 256

/* Units of ours, what a name ends with, and how many of the base unit it is. */
static const struct unit {
	const char *ours, *base;
	double factor;
} units[] = {
	{"J", "joules", 1},
	{"W", "watts", 1},
	{"B", "bytes", 1},
	{"B/s", "bytes_per_second", 1},
	{"s", "seconds", 1},
	{"1/s", "per_second", 1},
	{"Hz", "hertz", 1},
	{"MHz", "hertz", 1e6},
	{"GHz", "hertz", 1e9},
	{"C", "celsius", 1},
	{"%", "ratio", 0.01},
};

/* A record and the family that its sample belongs to. */
struct sample {
	const struct record *record;
	const struct interval *interval; /* what it is about */
	char name[NAME_SIZE];		 /* of the family */
	char unit[32];			 /* "" is none */
	double factor;
};

struct exposition {
	struct sample *samples;
	size_t n;
	FILE *out;
};

static void add_part(char name[NAME_SIZE], const char *part)
{
	size_t used = strlen(name);

	if (used > 0 && used < NAME_SIZE - 1)
		name[used++] = '_';
	for (; *part && used < NAME_SIZE - 1; part++)
		name[used++] =
			isalnum((unsigned char)*part) ? (char)tolower((unsigned char)*part) : '_';
	name[used] = '\0';
}

static void set_unit(struct sample *sample, const char *ours)
{
	char other[NAME_SIZE] = "";

	sample->factor = 1;
	sample->unit[0] = '\0';
	for (size_t i = 0; i < N_ELEMENTS(units); i++) {
		if (strcmp(units[i].ours, ours) != 0)
			continue;
		snprintf(sample->unit, sizeof sample->unit, "%s", units[i].base);
		sample->factor = units[i].factor;
		return;
	}
	/* one that a group's file has made up */
	add_part(other, ours);
	snprintf(sample->unit, sizeof sample->unit, "%.*s", (int)sizeof sample->unit - 1, other);
}

/* Without the unit that it ends with already, by our name or the base's. */
static void cut_unit(char *name, const char *unit)
{
	char part[NAME_SIZE] = "";
	size_t length = strlen(name), n;

	add_part(part, unit);
	n = strlen(part);
	if (n > 0 && length > n && name[length - n - 1] == '_' &&
		strcmp(name + length - n, part) == 0)
		name[length - n - 1] = '\0';
}

/* An event's own name may be anything: it is a label. */
static void set_name(struct sample *sample)
{
	const struct record *record = sample->record;

	set_unit(sample, record->unit);
	snprintf(sample->name, NAME_SIZE, record->region[0] ? "msrctl_region" : "msrctl");
	if (record->source == RECORD_EVENT) {
		add_part(sample->name, sample->unit[0]	  ? "energy"
				       : record->is_count ? "events"
							  : "event_value");
	} else {
		if (record->group)
			add_part(sample->name, record->group);
		add_part(sample->name, record->metric);
		cut_unit(sample->name, record->unit);
		cut_unit(sample->name, sample->unit);
	}
	if (sample->unit[0])
		add_part(sample->name, sample->unit);
}

static void write_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, ",%s=\"", name);
	text_label(value, out);
	fputc('"', out);
}

/* Of a job, or of many nodes in one exposition; else it is who reads it that knows it. */
static void write_labels(FILE *out, const struct record *record, const struct interval *interval)
{
	const char *node = record->node ? record->node : interval->ranks ? interval->node : NULL;

	fputs("{place=\"", out);
	text_label(record->place, out);
	fputc('"', out);
	write_label(out, "scope", record->scope);
	if (node)
		write_label(out, "node", node);
	if (record->has_number)
		fprintf(out, ",number=\"%" PRIu32 "\"", record->number);
	if (record->has_socket)
		fprintf(out, ",socket=\"%" PRIu32 "\"", record->socket);
	if (record->source == RECORD_EVENT)
		write_label(out, "event", record->metric);
	if (record->source == RECORD_GROUP) {
		write_label(out, "group", record->group);
		write_label(out, "metric", record->metric);
	}
	if (record->region[0]) {
		write_label(out, "region", record->region);
		write_label(out, "by", record->by);
	}
	if (record->is_thread)
		fprintf(out, ",process=\"%" PRId32 "\",thread=\"%" PRId32 "\",cpu=\"%" PRIu32 "\"",
			record->process, record->thread, record->cpu);
}

static void write_meta(
	FILE *out, const char *name, const char *type, const char *unit, const char *help)
{
	fprintf(out, "# TYPE %s %s\n", name, type);
	if (*unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
	fprintf(out, "# HELP %s ", name);
	text_label(help, out);
	fputc('\n', out);
}

static void write_seconds(FILE *out, uint64_t ns)
{
	fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", ns / CLOCK_SECOND_NS, ns % CLOCK_SECOND_NS);
}

static void write_family_meta(FILE *out, const struct sample *sample)
{
	const struct record *record = sample->record;
	const char *when = record->region[0]  ? "in a region of COMMAND"
			   : record->is_count ? "since the measurement began"
					      : "in the last interval";
	char help[NAME_SIZE];

	if (record->source == RECORD_EVENT)
		snprintf(help, sizeof help, "%s %s.",
			sample->unit[0]	   ? "Energy by RAPL"
			: record->is_count ? "Events"
					   : "What an event of msrctl stat shows",
			when);
	else if (record->group)
		snprintf(help, sizeof help, "Metric %s of the group %s %s.", record->metric,
			record->group, when);
	else
		snprintf(help, sizeof help, "%s %s.", record->metric, when);
	write_meta(out, sample->name, record->is_count ? "counter" : "gauge", sample->unit, help);
}

static void write_sample(FILE *out, const struct sample *sample)
{
	char text[TEXT_NUMBER_SIZE];

	fprintf(out, "%s%s", sample->name, sample->record->is_count ? "_total" : "");
	write_labels(out, sample->record, sample->interval);
	fprintf(out, "} %s\n", text_number(sample->record->value * sample->factor, text));
	if (!sample->record->is_count)
		return;
	fprintf(out, "%s_created", sample->name);
	write_labels(out, sample->record, sample->interval);
	fputs("} ", out);
	write_seconds(out, sample->interval->begin.wall_ns);
}

/* Samples of a family stand together, in their order. */
static void write_families(const struct exposition *exposition)
{
	for (size_t i = 0; i < exposition->n; i++) {
		const struct sample *first = &exposition->samples[i];
		bool is_done = false;

		for (size_t j = 0; j < i && !is_done; j++)
			is_done = strcmp(exposition->samples[j].name, first->name) == 0;
		if (is_done)
			continue;
		write_family_meta(exposition->out, first);
		for (size_t j = i; j < exposition->n; j++)
			if (strcmp(exposition->samples[j].name, first->name) == 0)
				write_sample(exposition->out, &exposition->samples[j]);
	}
}

static void write_reasons(FILE *out, const struct interval *interval, const struct records *gauges,
	const struct records *counts)
{
	const struct records *lists[] = {gauges, counts};

	write_meta(out, "msrctl_unavailable", "info", "", "What could not be measured, and why.");
	for (size_t i = 0; i < N_ELEMENTS(lists); i++)
		for (size_t j = 0; j < lists[i]->n; j++) {
			const struct record *record = &lists[i]->list[j];

			if (isfinite(record->value) || record->is_count != (i == 1))
				continue;
			fputs("msrctl_unavailable_info", out);
			write_labels(out, record, interval);
			if (record->source == RECORD_FIGURE)
				write_label(out, "metric", record->metric);
			write_label(out, "reason", record->reason);
			fputs("} 1\n", out);
		}
}

static void write_times(FILE *out, const struct interval *interval, const struct interval *run)
{
	char text[TEXT_NUMBER_SIZE];

	write_meta(out, "msrctl_measured_seconds", "counter", "seconds",
		"Time since the measurement began.");
	fprintf(out, "msrctl_measured_seconds_total %s\n",
		text_number(interval_seconds(run), text));
	fputs("msrctl_measured_seconds_created ", out);
	write_seconds(out, run->begin.wall_ns);
	write_meta(out, "msrctl_interval_seconds", "gauge", "seconds",
		"Length of the last interval, which the gauges are about.");
	fprintf(out, "msrctl_interval_seconds %s\n", text_number(interval_seconds(interval), text));
	write_meta(out, "msrctl_interval_end_timestamp_seconds", "gauge", "seconds",
		"When it ended, in seconds since 1970.");
	fputs("msrctl_interval_end_timestamp_seconds ", out);
	write_seconds(out, interval->end.wall_ns);
	write_meta(out, "msrctl_interval_end_monotonic_seconds", "gauge", "seconds",
		"When it ended, by CLOCK_MONOTONIC.");
	fputs("msrctl_interval_end_monotonic_seconds ", out);
	write_seconds(out, interval->end.ns);
}

static void add_samples(struct exposition *exposition, const struct records *records,
	const struct interval *interval, bool is_count)
{
	for (size_t i = 0; i < records->n; i++) {
		struct sample *sample = &exposition->samples[exposition->n];

		if (records->list[i].is_count != is_count || !isfinite(records->list[i].value))
			continue;
		*sample = (struct sample){.record = &records->list[i], .interval = interval};
		set_name(sample);
		exposition->n++;
	}
}

int openmetrics_write(const struct interval *interval, const struct records *gauges,
	const struct interval *run, const struct records *counts, FILE *out)
{
	struct exposition exposition = {
		.samples = calloc(gauges->n + counts->n + 1, sizeof(struct sample)), .out = out};

	if (!exposition.samples)
		return -ENOMEM;
	add_samples(&exposition, counts, run, true);
	add_samples(&exposition, gauges, interval, false);
	write_times(out, interval, run);
	write_families(&exposition);
	write_reasons(out, interval, gauges, counts);
	fputs("# EOF\n", out);
	free(exposition.samples);
	return 0;
}
