/* SPDX-License-Identifier: MIT */
/* What all parsers fill, and the way from there to a fixture. Knows no format. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fixture/idle.h"
#include "sim/import/internal.h"
#include "util/array.h"
#include "util/cleanup.h"

struct import *import_new(const struct import_listener *listener)
{
	struct import *import = calloc(1, sizeof *import);

	if (!import)
		return NULL;
	import->listener = *listener;
	import->fixture = calloc(1, sizeof *import->fixture);
	if (!import->fixture)
		return import_free(import);
	import->load = (struct fixture_load){
		.fixture = import->fixture,
		.complain = listener->complain,
		.context = listener->context,
	};
	return import;
}

struct import *import_free(struct import *import)
{
	if (!import)
		return NULL;
	for (size_t i = 0; i < import->n_texts; i++)
		free(import->texts[i]);
	free(import->texts);
	free(import->notes);
	free(import->msrs);
	free(import->requests);
	free(import->sources);
	free(import->left_out);
	fixture_free(import->fixture);
	free(import);
	return NULL;
}

void import_no_memory(struct import *import)
{
	if (import->load.n_complaints++ == 0)
		import->load.complain(import->load.context, "out of memory");
}

static const char *keep(struct import *import, char *text)
{
	char **texts = text ? array_grow(import->texts, import->n_texts, sizeof *texts) : NULL;

	if (!texts) {
		free(text);
		import_no_memory(import);
		return "";
	}
	import->texts = texts;
	texts[import->n_texts++] = text;
	return text;
}

__attribute__((format(printf, 1, 0))) static char *print(const char *format, va_list arguments)
{
	char *text = NULL;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

const char *import_text(struct import *import, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = print(format, arguments);
	va_end(arguments);
	return keep(import, text);
}

void import_note(struct import *import, const char *key, const char *format, ...)
{
	struct fixture_note *notes = array_grow(import->notes, import->n_notes, sizeof *notes);
	va_list arguments;

	if (!notes) {
		import_no_memory(import);
		return;
	}
	import->notes = notes;
	va_start(arguments, format);
	char *text = print(format, arguments);
	va_end(arguments);
	notes[import->n_notes++] = (struct fixture_note){key, (char *)keep(import, text)};
}

void import_remark(struct import *import, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	cleanup_free char *text = print(format, arguments);
	va_end(arguments);
	if (text && import->listener.remark)
		import->listener.remark(import->listener.context, text);
}

bool import_read(struct import *import, struct fixture_file *file, const char *path, bool is_binary)
{
	return is_binary ? fixture_file_read_bytes(file, &import->load, path)
			 : fixture_file_read_path(file, &import->load, path);
}

void import_take(
	struct import *import, struct fixture_file *file, const char *name, char *text, size_t size)
{
	*file = (struct fixture_file){
		.load = &import->load, .name = name, .text = text, .size = size};
}

bool import_add_cpu(struct import *import, const struct fixture_cpu *cpu)
{
	struct fixture *fixture = import->fixture;
	struct fixture_cpu *cpus = array_grow(fixture->cpus, fixture->n_cpus, sizeof *cpus);

	if (!cpus) {
		import_no_memory(import);
		return false;
	}
	fixture->cpus = cpus;
	cpus[fixture->n_cpus++] = *cpu;
	return true;
}

bool import_finish(struct import *import, const char *name)
{
	if (import->load.n_complaints > 0)
		return false;
	import_join_registers(import);
	if (import->load.n_complaints > 0)
		return false;
	import_assume(import);
	if (import->load.n_complaints == 0 && fixture_make_idle(import->fixture) < 0)
		import_no_memory(import);
	free(import->fixture->name);
	import->fixture->name = strdup(name);
	if (!import->fixture->name)
		import_no_memory(import);
	if (import->load.n_complaints > 0)
		return false;
	import_leave_out_registers(import);
	return import->load.n_complaints == 0;
}

struct fixture_saving import_saving(const struct import *import)
{
	return (struct fixture_saving){
		.fixture = import->fixture,
		.source = "recorded: by whoever gave it",
		.msr_sources = import->sources,
		.msr_left_out = import->left_out,
		.notes = import->notes,
		.n_notes = import->n_notes,
	};
}
