/* SPDX-License-Identifier: MIT */
/* Config space: text of lspci, or one file a function; and what ACPI says of it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/import/internal.h"
#include "util/cleanup.h"

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
	import_say_short(import, file->name);
}

static void take_config(
	struct import *import, struct fixture_file *file, struct fixture_function *function)
{
	char name[FUNCTION_NAME];

	if (import_find_function(import, function)) {
		fixture_complain(file, 0, "is %s a second time, by another name",
			import_function_name(function, name));
		return;
	}
	function->size = (uint32_t)file->size;
	function->config = (uint8_t *)file->text;
	if (import_add_function(import, file, 0, function))
		file->text = NULL; /* it is the fixture's now */
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
	else if (!import_function_address(name, &function))
		fixture_complain(&file, 0, "is not called by a PCI address, such as 0000:7f:08.0");
	else if (import_read(import, &file, path, true))
		take_config(import, &file, &function);
	fixture_file_deinit(&file);
}

static void check_functions(struct import *import, struct fixture_file *folder)
{
	struct fixture *fixture = import->fixture;

	if (fixture->n_functions == 0) {
		fixture_complain(
			folder, 0, "has no file of config space called 0000:7f:08.0 or so");
		return;
	}
	import_sort_functions(import);
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
	import_say_short(import, path);
}
