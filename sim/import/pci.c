/* SPDX-License-Identifier: MIT */
/* Config space: text of lspci, or one file a function; and what ACPI says of it. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/fixture/lspci.h"
#include "sim/import/internal.h"
#include "sim/machine/buses.h"
#include "util/array.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define PLAIN_BYTES 64 /* what an ordinary user gets of config space */
#define FULL_BYTES  4096

/* What an ordinary user may read is not enough of an uncore unit. */
static void say_short(struct import *import, const char *path)
{
	const struct fixture *fixture = import->fixture;
	size_t n = 0;

	for (size_t i = 0; i < fixture->n_functions; i++)
		n += fixture->functions[i].size <= PLAIN_BYTES &&
		     machine_find_unit(import->arch, &fixture->functions[i]);
	if (n == 0)
		return;
	import_remark(import,
		"%s: %zu uncore functions have 64 bytes: take the dump as root, lspci -xxxx", path,
		n);
	import_note(
		import, "pci", "not known: %zu uncore functions behind their first 64 bytes", n);
}

void import_lspci(struct import *import, struct fixture_file *file)
{
	size_t before = import->load.n_complaints;

	if (import->fixture->n_functions > 0) {
		fixture_complain(file, 0, "is a second source of PCI functions: a node has one");
		return;
	}
	fixture_parse_pci(file);
	if (import->load.n_complaints > before)
		return;
	for (size_t i = 0; i < import->fixture->n_functions; i++)
		import->fixture->functions[i].numa_node = -1;
	if (import->fixture->n_functions == 0) {
		fixture_complain(file, 0, "has no function: make it with lspci -Dnxxxx");
		return;
	}
	import_note(import, "pci", "recorded: %s", import_base(file));
	say_short(import, file->name);
}

/* "0000:7f:08.0", "7f:08.0", either with ".bin" or any other ending behind it. */
static bool is_address(const char *name, struct fixture_function *function)
{
	char copy[32];
	const char *behind;
	const char *dot = strchr(name, '.');
	size_t length = dot && dot[1] != '\0' ? (size_t)(dot + 2 - name) : 0;

	if (length == 0 || length >= sizeof copy || (name[length] != '\0' && name[length] != '.'))
		return false;
	memcpy(copy, name, length);
	copy[length] = '\0';
	return lspci_address(copy, function, &behind);
}

static void add_function(
	struct import *import, struct fixture_file *file, struct fixture_function *function)
{
	struct fixture *fixture = import->fixture;
	struct fixture_function *functions = NULL;

	if (file->size != PLAIN_BYTES && file->size != 256 && file->size != FULL_BYTES) {
		fixture_complain(
			file, 0, "has %zu bytes: config space has 64, 256 or 4096", file->size);
		return;
	}
	if (get_le32((const uint8_t *)file->text) == UINT32_MAX) {
		import_remark(import,
			"%s: all ff, a virtual function or asleep: left out; lspci -Dnxxxx knows "
			"what it is",
			file->name);
		import_note(import, "pci", "not known: %s, which was all ff", import_base(file));
		return;
	}
	if (fixture->n_functions < FIXTURE_MAX_FUNCTIONS)
		functions = array_grow(fixture->functions, fixture->n_functions, sizeof *functions);
	char *name = strdup("");
	if (functions)
		fixture->functions = functions;
	if (!functions || !name) {
		fixture_complain(file, 0, "too many functions, or out of memory");
		free(name);
		return;
	}
	function->size = (uint32_t)file->size;
	function->config = (uint8_t *)steal_ptr(&file->text);
	function->vendor = get_le16(function->config);
	function->device = get_le16(function->config + 2);
	function->class = get_le16(function->config + 10);
	function->numa_node = -1;
	function->name = name;
	functions[fixture->n_functions++] = *function;
}

/* A file, or sysfs's folder of a function with its file "config". */
static void take_entry(struct import *import, const char *folder, const char *name)
{
	struct fixture_function function = {0};
	cleanup_free char *path = NULL;
	struct fixture_file file;
	struct stat status;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		path = NULL; /* it is undefined now */
	if (path && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		free(path);
		if (asprintf(&path, "%s/%s/config", folder, name) < 0)
			path = NULL;
	}
	file = (struct fixture_file){.load = &import->load, .name = path ? path : folder};
	if (!path)
		fixture_complain(&file, 0, "out of memory");
	else if (!is_address(name, &function))
		fixture_complain(&file, 0, "is not called by a PCI address, such as 0000:7f:08.0");
	else if (import_read(import, &file, path, true))
		add_function(import, &file, &function);
	fixture_file_deinit(&file);
}

static uint64_t place(const struct fixture_function *function)
{
	return (uint64_t)function->domain << 16 | (uint64_t)function->bus << 8 | function->devfn;
}

static int compare_function(const void *a, const void *b)
{
	uint64_t x = place(a), y = place(b);

	return x < y ? -1 : x > y;
}

static void check_functions(struct import *import, struct fixture_file *folder)
{
	struct fixture *fixture = import->fixture;

	if (fixture->n_functions == 0) {
		fixture_complain(
			folder, 0, "has no file of config space called 0000:7f:08.0 or so");
		return;
	}
	qsort(fixture->functions, fixture->n_functions, sizeof *fixture->functions,
		compare_function);
	for (size_t i = 1; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		if (place(function) == place(function - 1))
			fixture_complain(folder, 0,
				"has %04" PRIx32 ":%02x:%02x.%x twice, by two names",
				function->domain, function->bus, function->devfn >> 3,
				function->devfn & 7);
	}
}

void import_pci_folder(struct import *import, const char *path)
{
	struct fixture_file folder = {.load = &import->load, .name = path};
	size_t before = import->load.n_complaints;
	cleanup_closedir DIR *dir = opendir(path);

	if (!dir) {
		fixture_complain(&folder, 0, "cannot be read: %s", strerror(errno));
		return;
	}
	if (import->fixture->n_functions > 0) {
		fixture_complain(&folder, 0, "is a second source of PCI functions: a node has one");
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			take_entry(import, path, entry->d_name);
	if (import->load.n_complaints > before)
		return;
	check_functions(import, &folder);
	import_note(import, "pci", "recorded: %s", import_base(&folder));
	say_short(import, path);
}
