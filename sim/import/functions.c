/* SPDX-License-Identifier: MIT */
/* PCI functions as bytes, whatever file they came in. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fixture/lspci.h"
#include "sim/import/internal.h"
#include "sim/machine/buses.h"
#include "util/array.h"
#include "util/bytes.h"

#define PLAIN_BYTES 64 /* what an ordinary user gets of config space */
#define FULL_BYTES  4096

bool import_function_address(const char *name, struct fixture_function *function)
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

const char *import_function_name(const struct fixture_function *function, char name[FUNCTION_NAME])
{
	snprintf(name, FUNCTION_NAME, "%04" PRIx32 ":%02x:%02x.%x", function->domain, function->bus,
		function->devfn >> 3, function->devfn & 7U);
	return name;
}

/* False: a complaint, or a function that has nothing to say. */
static bool is_sound(struct import *import, struct fixture_file *file, size_t line,
	const struct fixture_function *function)
{
	char name[FUNCTION_NAME];

	import_function_name(function, name);
	if (function->size != PLAIN_BYTES && function->size != 256 &&
		function->size != FULL_BYTES) {
		fixture_complain(file, line,
			"%s has %" PRIu32 " bytes: config space has 64, 256 or 4096", name,
			function->size);
		return false;
	}
	if (get_le32(function->config) != UINT32_MAX)
		return true;
	import_remark(import,
		"%s: %s is all ff, a virtual function or asleep: left out; lspci -Dnxxxx knows "
		"what it is",
		file->name, name);
	import_note(import, "pci", "not known: %s, which was all ff", name);
	return false;
}

/* Takes over its config. */
static bool append(struct fixture *fixture, const struct fixture_function *function)
{
	struct fixture_function *functions = NULL;

	if (fixture->n_functions < FIXTURE_MAX_FUNCTIONS)
		functions = array_grow(fixture->functions, fixture->n_functions, sizeof *functions);
	char *name = strdup("");
	if (functions)
		fixture->functions = functions;
	if (!functions || !name) {
		free(name);
		return false;
	}
	struct fixture_function *last = &functions[fixture->n_functions++];
	*last = *function;
	last->vendor = get_le16(last->config);
	last->device = get_le16(last->config + 2);
	last->class = get_le16(last->config + 10);
	last->numa_node = -1;
	last->name = name;
	return true;
}

bool import_add_function(struct import *import, struct fixture_file *file, size_t line,
	const struct fixture_function *function)
{
	if (!is_sound(import, file, line, function))
		return false;
	if (append(import->fixture, function))
		return true;
	fixture_complain(file, line, "too many functions, or out of memory");
	return false;
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

void import_sort_functions(struct import *import)
{
	struct fixture *fixture = import->fixture;

	if (fixture->n_functions > 0)
		qsort(fixture->functions, fixture->n_functions, sizeof *fixture->functions,
			compare_function);
}

const struct fixture_function *import_find_function(
	const struct import *import, const struct fixture_function *function)
{
	const struct fixture *fixture = import->fixture;

	for (size_t i = 0; i < fixture->n_functions; i++)
		if (place(&fixture->functions[i]) == place(function))
			return &fixture->functions[i];
	return NULL;
}

void import_say_short(struct import *import, const char *path)
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
