/* SPDX-License-Identifier: MIT */
/* Config space of the PCI functions that umockdev-record has seen: "H: config=8680…". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/umockdev.h"
#include "util/cleanup.h"

#define ROOTS "/devices/pci" /* and the domain and bus of one */

struct reader {
	struct import *import;
	struct fixture_file *file;
	size_t n_functions, n_cpus, n_empty;

	/* the device */
	bool is_function;
	size_t line, config_line, empty_line;
	struct fixture_function function; /* its config is ours; NULL: not said */
};

static void begin(void *context, size_t line, const char *path)
{
	struct reader *reader = context;
	const char *slash = strrchr(path, '/');

	reader->function = (struct fixture_function){0};
	reader->line = line;
	reader->n_cpus += strncmp(path, UMOCKDEV_CPU, strlen(UMOCKDEV_CPU)) == 0;
	/* "0000:ff:10.0", and nothing behind it as a class of devices may have */
	reader->is_function = strncmp(path, ROOTS, strlen(ROOTS)) == 0 && slash &&
			      strlen(slash) >= strlen("/0000:ff:10.0") &&
			      strchr(slash, '.') == slash + strlen(slash) - 2 &&
			      import_function_address(slash + 1, &reader->function);
}

/* Two digits a byte; NULL: they are none. */
static uint8_t *decode(const char *hex, size_t n)
{
	cleanup_free uint8_t *bytes = malloc(n + 1);

	for (size_t i = 0; bytes && i < n; i++) {
		const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'}, *text = pair;
		uint64_t byte;
		if (!import_hex(&text, 2, &byte) || *text != '\0')
			return NULL;
		bytes[i] = (uint8_t)byte;
	}
	return steal_ptr(&bytes);
}

static void say(void *context, size_t line, char kind, const char *name, const char *value)
{
	struct reader *reader = context;
	struct fixture_function *function = &reader->function;
	size_t length = strlen(value);

	if (!reader->is_function || kind != 'H' || strcmp(name, "config") != 0)
		return;
	if (function->config) {
		fixture_complain(reader->file, line, "config a second time");
		return;
	}
	if (length % 2 != 0) {
		fixture_complain(reader->file, line, "config has half a byte: is it cut off?");
		reader->is_function = false;
		return;
	}
	function->config = decode(value, length / 2);
	function->size = (uint32_t)(length / 2);
	reader->config_line = line;
	if (function->config)
		return;
	fixture_complain(reader->file, line, "config is not hexadecimal, two digits a byte");
	reader->is_function = false;
}

/* A function that another file has, too, has to be the same: it was recorded as a parent. */
static bool is_new(struct reader *reader)
{
	const struct fixture_function *function = &reader->function;
	const struct fixture_function *same = import_find_function(reader->import, function);
	char name[FUNCTION_NAME];

	if (!same)
		return true;
	if (same->size != function->size || memcmp(same->config, function->config, same->size) != 0)
		fixture_complain(reader->file, reader->config_line,
			"%s a second time, and not the same: leave one out",
			import_function_name(function, name));
	return false;
}

static void add(struct reader *reader)
{
	struct import *import = reader->import;

	reader->n_functions++;
	if (import->fixture->n_functions > 0 && !import->is_umockdev) {
		if (reader->n_functions == 1)
			fixture_complain(reader->file, 0,
				"is a second source of PCI functions: a node has one");
		return;
	}
	import->is_umockdev = true;
	if (is_new(reader) &&
		import_add_function(import, reader->file, reader->config_line, &reader->function))
		reader->function.config = NULL; /* it is the fixture's now */
}

static void end(void *context)
{
	struct reader *reader = context;

	if (reader->is_function && reader->function.config) {
		add(reader);
	} else if (reader->is_function) {
		if (reader->n_empty++ == 0)
			reader->empty_line = reader->line;
		reader->n_functions++;
	}
	free(reader->function.config);
	reader->function.config = NULL;
}

void import_umockdev(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};
	const struct umockdev_visitor visitor = {begin, say, end, &reader};
	size_t before = import->load.n_complaints;

	if (!umockdev_walk(file, &visitor) || import->load.n_complaints > before)
		return;
	if (reader.n_functions == 0 && reader.n_cpus == 0)
		fixture_complain(file, 0,
			"has no PCI function and no CPU, and other devices have no registers: make "
			"it with `umockdev-record --all`");
	if (reader.n_empty > 0) {
		import_remark(import,
			"%s:%zu: %zu functions, this is the first, have no config space: left out",
			file->name, reader.empty_line, reader.n_empty);
		import_note(import, "pci", "not known: %zu functions without config space",
			reader.n_empty);
	}
	if (reader.n_functions == reader.n_empty)
		return;
	import_sort_functions(import);
	import_note(import, "pci", "recorded: %s", import_base(file));
	import_say_short(import, file->name);
}
