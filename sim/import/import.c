/* SPDX-License-Identifier: MIT */
/* What all parsers fill, and the way from there to a fixture. Knows no format. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fixture/idle.h"
#include "sim/import/internal.h"
#include "sim/machine/machine.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/compare.h"

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

const char *import_base(const struct fixture_file *file)
{
	const char *slash = strrchr(file->name, '/');

	return slash ? slash + 1 : file->name;
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

void import_add_msr(struct import *import, struct fixture_file *file, size_t line,
	const struct fixture_msr *msr, const char *source)
{
	struct import_msr *msrs = NULL;

	if (!fixture_find_cpu(import->fixture, msr->cpu)) {
		fixture_complain(file, line,
			"the node has no CPU %" PRIu32
			": is this of the machine that the cpuinfo is of?",
			msr->cpu);
		return;
	}
	if (import->n_msrs < FIXTURE_MAX_MSRS)
		msrs = array_grow(import->msrs, import->n_msrs, sizeof *msrs);
	if (!msrs) {
		fixture_complain(file, line, "too many values, or out of memory");
		return;
	}
	import->msrs = msrs;
	msrs[import->n_msrs] = (struct import_msr){
		.msr = *msr,
		.source = source,
		.path = import_text(import, "%s", file->name),
	};
	msrs[import->n_msrs++].msr.line = (uint32_t)line;
}

struct fixture_list import_cpus(struct import *import, struct fixture_file *file, const char *text)
{
	const struct fixture *fixture = import->fixture;
	struct fixture_list list = {0};

	if (text) {
		int r = fixture_list_parse(&list, text, FIXTURE_MAX_CPUS - 1);
		if (r < 0)
			fixture_complain(file, 0, "its CPUs '%s': %s", text, fixture_list_error(r));
		return list;
	}
	list.numbers = calloc(fixture->n_cpus + 1, sizeof *list.numbers);
	for (size_t i = 0; list.numbers && i < fixture->n_cpus; i++)
		list.numbers[list.n++] = fixture->cpus[i].number;
	if (!list.numbers)
		import_no_memory(import);
	return list;
}

bool import_hex(const char **text, unsigned digits, uint64_t *value)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *begin = *text;

	if (begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X'))
		begin += 2;
	size_t n = strspn(begin, hex);
	if (n == 0 || n > digits)
		return false;
	*value = strtoull(begin, NULL, 16);
	*text = begin + n;
	return true;
}

bool import_skip(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	*text += strspn(*text, " \t");
	return true;
}

static int compare_cpu(const void *a, const void *b)
{
	const struct fixture_cpu *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* As the kernel numbers them: whoever has the lower number is the first thread of a core. */
static void number_threads(struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		struct fixture_cpu *cpu = &fixture->cpus[i];
		cpu->thread = 0;
		for (size_t j = 0; j < i; j++)
			cpu->thread += fixture->cpus[j].package == cpu->package &&
				       fixture->cpus[j].core == cpu->core;
		if (cpu->thread >= fixture->threads_per_core)
			fixture->threads_per_core = cpu->thread + 1;
	}
}

/* The packages, and the most cores that one has. */
static bool count_packages(struct fixture *fixture)
{
	fixture->packages = calloc(fixture->n_cpus, sizeof *fixture->packages);
	if (!fixture->packages)
		return false;
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		uint32_t package = fixture->cpus[i].package, n_cores = 0;
		bool is_new = true;
		for (size_t j = 0; j < fixture->n_cpus; j++) {
			const struct fixture_cpu *cpu = &fixture->cpus[j];
			is_new = is_new && (j >= i || cpu->package != package);
			n_cores += cpu->package == package && cpu->thread == 0;
		}
		if (is_new)
			fixture->packages[fixture->n_packages++] = package;
		if (n_cores > fixture->cores_per_package)
			fixture->cores_per_package = n_cores;
	}
	qsort(fixture->packages, fixture->n_packages, sizeof *fixture->packages, compare_u32);
	return true;
}

static void complain(struct import *import, const char *message)
{
	import->load.n_complaints++;
	import->load.complain(import->load.context, message);
}

bool import_identified(struct import *import)
{
	struct fixture *fixture = import->fixture;
	char message[160];

	if (import->load.n_complaints > 0)
		return false;
	if (fixture->n_cpus == 0) {
		complain(import, "which CPU is it? Give its /proc/cpuinfo (--cpuinfo), or the "
				 "output of `cpuid -r` (--cpuid)");
		return false;
	}
	qsort(fixture->cpus, fixture->n_cpus, sizeof *fixture->cpus, compare_cpu);
	number_threads(fixture);
	if (!count_packages(fixture))
		import_no_memory(import);
	import->arch = arch_find(fixture->family, fixture->model);
	if (!import->arch) {
		snprintf(message, sizeof message,
			"family %" PRIu32 " model %" PRIu32
			" (%.64s): no register table has this CPU, so it can't be simulated",
			fixture->family, fixture->model, fixture->model_name);
		complain(import, message);
	}
	return import->load.n_complaints == 0;
}

static int compare_msr(const void *a, const void *b)
{
	const struct import_msr *x = a, *y = b;

	if (x->msr.cpu != y->msr.cpu)
		return x->msr.cpu < y->msr.cpu ? -1 : 1;
	if (x->msr.address != y->msr.address)
		return x->msr.address < y->msr.address ? -1 : 1;
	int r = strcmp(x->path, y->path);
	return r != 0 ? r : x->msr.line < y->msr.line ? -1 : x->msr.line > y->msr.line;
}

/* The same said twice is said once; two values are two machines, or two moments. */
static void join_msrs(struct import *import)
{
	struct import_msr *msrs = import->msrs;
	size_t n = 0;

	if (!msrs)
		return;
	qsort(msrs, import->n_msrs, sizeof *msrs, compare_msr);
	for (size_t i = 0; i < import->n_msrs; i++) {
		const struct import_msr *now = &msrs[i];
		const struct import_msr *last = n > 0 ? &msrs[n - 1] : NULL;
		if (!last || last->msr.cpu != now->msr.cpu ||
			last->msr.address != now->msr.address) {
			msrs[n++] = *now;
			continue;
		}
		if (last->msr.value == now->msr.value)
			continue;
		struct fixture_file file = {.load = &import->load, .name = now->path};
		fixture_complain(&file, now->msr.line,
			"0x%" PRIx32 " of CPU %" PRIu32 " is 0x%" PRIx64 " here and 0x%" PRIx64
			" in %s:%" PRIu32 ": leave one out",
			now->msr.address, now->msr.cpu, now->msr.value, last->msr.value, last->path,
			last->msr.line);
	}
	import->n_msrs = n;
}

/* Values that the simulated register can't have: bits that the model does not know. */
static void leave_out_impossible(struct import *import)
{
	struct fixture bare = *import->fixture;
	size_t n = 0;

	bare.n_msrs = 0;
	struct machine *machine = machine_new(
		&bare, MACHINE_CLOCK_MANUAL, import->load.complain, import->load.context);
	if (!machine) {
		import->load.n_complaints++;
		return;
	}
	for (size_t i = 0; i < import->n_msrs; i++) {
		import->left_out[i] = !machine_takes(machine, &import->msrs[i].msr);
		n += import->left_out[i];
	}
	machine_free(machine);
	if (n > 0)
		import_remark(import,
			"%zu values have bits that this model's registers do not have: they are "
			"comments in msr.txt",
			n);
}

/* The registers as the fixture and its saver want them. */
static void hand_over_msrs(struct import *import)
{
	struct fixture *fixture = import->fixture;
	size_t n = import->n_msrs;

	fixture->msrs = calloc(n + 1, sizeof *fixture->msrs);
	import->sources = calloc(n + 1, sizeof *import->sources);
	import->left_out = calloc(n + 1, sizeof *import->left_out);
	if (!fixture->msrs || !import->sources || !import->left_out) {
		import_no_memory(import);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		fixture->msrs[i] = import->msrs[i].msr;
		import->sources[i] = import->msrs[i].source;
	}
	fixture->n_msrs = n;
}

bool import_finish(struct import *import, const char *name)
{
	if (import->load.n_complaints > 0)
		return false;
	join_msrs(import);
	hand_over_msrs(import);
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
	leave_out_impossible(import);
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
