/* SPDX-License-Identifier: MIT */
#include "cli/export/exposition.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/output/text.h"
#include "util/array.h"

struct writer {
	FILE *out;
	bool is_openmetrics;
};

/* OpenMetrics calls a family by its name, the older format by that of its samples; and that has
 * no type for information. */
static void write_meta(const struct writer *writer, const char *name, const char *type,
	const char *unit, const char *help)
{
	const char *suffix = "";

	if (!writer->is_openmetrics && strcmp(type, "counter") == 0)
		suffix = "_total";
	if (!writer->is_openmetrics && strcmp(type, "info") == 0) {
		suffix = "_info";
		type = "gauge";
	}
	fprintf(writer->out, "# TYPE %s%s %s\n", name, suffix, type);
	if (writer->is_openmetrics && unit[0])
		fprintf(writer->out, "# UNIT %s %s\n", name, unit);
	fprintf(writer->out, "# HELP %s%s %s\n", name, suffix, help);
}

static void write_number(const struct writer *writer, const char *name, const char *type,
	const char *unit, const char *help, double value)
{
	char text[TEXT_NUMBER_SIZE];

	write_meta(writer, name, type, unit, help);
	fprintf(writer->out, "%s%s %s\n", name, strcmp(type, "counter") == 0 ? "_total" : "",
		text_number(value, text));
}

static void write_sample(
	const struct writer *writer, const struct family *family, const struct sample *sample)
{
	char text[TEXT_NUMBER_SIZE];
	const char *comma = "";

	fprintf(writer->out, "%s%s{", family->name, family->type == FAMILY_COUNTER ? "_total" : "");
	if (sample->cpu != SAMPLE_NO_NUMBER) {
		fprintf(writer->out, "cpu=\"%" PRIu32 "\"", sample->cpu);
		comma = ",";
	}
	if (sample->socket != SAMPLE_NO_NUMBER) {
		fprintf(writer->out, "%ssocket=\"%" PRIu32 "\"", comma, sample->socket);
		comma = ",";
	}
	if (sample->state[0])
		fprintf(writer->out, "%sstate=\"%s\"", comma, sample->state);
	fprintf(writer->out, "} %s\n", text_number(sample->value, text));
}

/* One that has no sample at all is not there. */
static void write_family(
	const struct writer *writer, const struct exposition *exposition, enum family_id id)
{
	const struct family *family = family_get(id);
	bool has_meta = false;

	for (size_t i = 0; i < N_ELEMENTS(exposition->samples); i++)
		for (size_t j = 0; j < exposition->samples[i]->n; j++) {
			const struct sample *sample = &exposition->samples[i]->list[j];

			if (sample->family != id || !isfinite(sample->value))
				continue;
			if (!has_meta)
				write_meta(writer, family->name,
					family->type == FAMILY_COUNTER ? "counter" : "gauge",
					family->unit, family->help);
			has_meta = true;
			write_sample(writer, family, sample);
		}
}

static void write_whys(const struct writer *writer, const struct exposition *exposition)
{
	write_meta(writer, "msrd_unavailable", "gauge", "",
		"How many samples of a metric are not known now, and why.");
	for (size_t i = 0; i < N_ELEMENTS(exposition->whys); i++)
		for (size_t j = 0; j < exposition->whys[i]->n; j++) {
			const struct why *why = &exposition->whys[i]->list[j];
			const struct family *family = family_get(why->family);

			fprintf(writer->out, "msrd_unavailable{metric=\"%s%s\",reason=\"",
				family->name, family->type == FAMILY_COUNTER ? "_total" : "");
			text_label(why->text, writer->out);
			fprintf(writer->out, "\"} %u\n", why->n);
		}
}

static void write_info(const struct writer *writer, const char *name, const char *help,
	const char *label, const char *value)
{
	write_meta(writer, name, "info", "", help);
	fprintf(writer->out, "%s_info{%s=\"", name, label);
	text_label(value, writer->out);
	fputs("\"} 1\n", writer->out);
}

void exposition_write(const struct exposition *exposition, bool is_openmetrics, FILE *out)
{
	const struct writer writer = {.out = out, .is_openmetrics = is_openmetrics};

	write_info(&writer, "msrd_build", "Version of msrctl.", "version", exposition->version);
	write_info(&writer, "msrd_machine", "Model of the CPUs.", "model", exposition->model);
	write_number(&writer, "msrd_up", "gauge", "",
		"1: the access daemon answered the last read of the registers; 0: nobody did.",
		exposition->is_up);
	write_number(&writer, "msrd_in_use", "gauge", "",
		"1: the lock file gives the registers to another user, and none was read.",
		exposition->is_in_use);
	write_number(&writer, "msrd_daemon_starts", "counter", "",
		"How many daemons, or connections to the service, there were.",
		(double)exposition->n_starts);
	write_number(&writer, "msrd_reads", "counter", "", "How often the registers were read.",
		(double)exposition->n_reads);
	if (!isnan(exposition->cpu_seconds))
		write_number(&writer, "process_cpu_seconds", "counter", "seconds",
			"CPU time of msrctl export.", exposition->cpu_seconds);
	for (unsigned i = 0; i < N_FAMILIES; i++)
		write_family(&writer, exposition, (enum family_id)i);
	write_whys(&writer, exposition);
	if (is_openmetrics)
		fputs("# EOF\n", out);
}
