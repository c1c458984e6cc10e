/* SPDX-License-Identifier: MIT */
/* Config space as sysfs lets it be read, and through the daemon the registers behind that. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/record/record.h"
#include "node/file.h"
#include "util/array.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define DEVICES	     "sys/bus/pci/devices"
#define PLAIN_BYTES  64
#define CONFIG_BYTES 256
#define FULL_BYTES   4096

struct shortage {
	size_t n_short, n_patched; /* uncore functions */
};

/* How many bytes may be read; -errno. */
static int read_config(const struct record *record, const char *name, uint8_t config[FULL_BYTES])
{
	cleanup_free char *path = NULL;
	size_t done = 0;

	if (asprintf(&path, DEVICES "/%s/config", name) < 0) {
		path = NULL; /* it is undefined now */
		return -ENOMEM;
	}
	cleanup_close int fd = openat(record->root_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (done < FULL_BYTES) {
		ssize_t n = read(fd, config + done, FULL_BYTES - done);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int)done;
}

static const struct node_function *find_unit(
	const struct node *node, const struct fixture_function *function)
{
	for (size_t i = 0; i < node->n_functions; i++) {
		const struct node_function *unit = &node->functions[i];
		if (unit->domain == function->domain && unit->bus == function->bus &&
			unit->arch->devfn == function->devfn && unit->device_id == function->device)
			return unit;
	}
	return NULL;
}

/* What the daemon tells of a unit goes where it belongs; the end of the last, or -errno. */
static int patch_unit(
	struct record *record, const struct node_function *unit, uint8_t config[FULL_BYTES])
{
	const struct place device =
		place_of_unit(unit->package, unit->arch->unit, unit->arch->index);
	cleanup_free struct record_value *values = NULL;
	size_t n;
	int end = 0, r;

	if (unit->package == NODE_NO_PACKAGE || !record->msrd)
		return 0;
	r = record_device(record, &device, &values, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		uint32_t offset = arch_register_address(values[i].hit.entry, values[i].hit.index);

		if (values[i].status != OP_OK)
			continue;
		put_le32(config + offset, (uint32_t)values[i].value);
		if ((int)offset + 4 > end)
			end = (int)offset + 4;
	}
	return end;
}

static void take_ids(
	const struct record *record, const char *name, struct fixture_function *function)
{
	long number;

	function->numa_node = -1;
	if (file_read_number(record->root_fd, &number, DEVICES "/%s/numa_node", name) == 0)
		function->numa_node = (int32_t)number;
	if (file_read_number(record->root_fd, &number, DEVICES "/%s/vendor", name) == 0)
		function->vendor = (uint16_t)number;
	if (file_read_number(record->root_fd, &number, DEVICES "/%s/device", name) == 0)
		function->device = (uint16_t)number;
	if (file_read_number(record->root_fd, &number, DEVICES "/%s/class", name) == 0)
		function->class = (uint16_t)(number >> 8);
}

static int add_function(struct record *record, const char *name, struct fixture_function function,
	struct shortage *shortage)
{
	struct fixture *fixture = record->fixture;
	struct fixture_function *functions =
		array_grow(fixture->functions, fixture->n_functions, sizeof *functions);
	uint8_t config[FULL_BYTES] = {0};
	int size = read_config(record, name, config);

	if (!functions)
		return -ENOMEM;
	fixture->functions = functions;
	if (size < 0)
		return size;
	take_ids(record, name, &function);
	const struct node_function *unit = find_unit(record->node, &function);
	if (unit && size <= PLAIN_BYTES) {
		int end = patch_unit(record, unit, config);
		if (end < 0)
			return end;
		shortage->n_short++;
		shortage->n_patched += end > 0;
		size = end > size ? end : size;
	}
	function.size = size <= PLAIN_BYTES    ? PLAIN_BYTES
			: size <= CONFIG_BYTES ? CONFIG_BYTES
					       : FULL_BYTES;
	function.config = malloc(function.size);
	function.name = strdup("");
	if (!function.config || !function.name) {
		free(function.config);
		free(function.name);
		return -ENOMEM;
	}
	memcpy(function.config, config, function.size);
	functions[fixture->n_functions++] = function;
	return 0;
}

static int compare_function(const void *a, const void *b)
{
	const struct fixture_function *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->bus != y->bus)
		return x->bus < y->bus ? -1 : 1;
	return x->devfn < y->devfn ? -1 : x->devfn > y->devfn;
}

static void tell(struct record *record, const struct shortage *shortage)
{
	record_note(record, "pci", false, "recorded: /sys/bus/pci/devices");
	record_note(record, "pci_numa", false, "recorded: numa_node of /sys/bus/pci/devices");
	if (shortage->n_short > 0)
		record_note(record, "pci", true,
			"not known: %zu uncore functions behind their first 64 bytes: only root "
			"may "
			"read them.\nOf %zu of them the daemon tells registers; the rest is "
			"written as 0",
			shortage->n_short, shortage->n_patched);
}

int record_functions(struct record *record)
{
	cleanup_close int fd = openat(record->root_fd, DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct fixture *fixture = record->fixture;
	struct shortage shortage = {0};

	if (!dir) {
		record_note(
			record, "pci", true, "not known: PCI functions, which sysfs does not show");
		return 0;
	}
	steal_fd(&fd);
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct fixture_function function = {0};
		unsigned bus, device, number;
		int end = 0;
		if (sscanf(entry->d_name, "%8" SCNx32 ":%2x:%2x.%1x%n", &function.domain, &bus,
			    &device, &number, &end) != 4 ||
			entry->d_name[end] != '\0')
			continue;
		function.bus = (uint8_t)bus;
		function.devfn = (uint8_t)ARCH_DEVFN(device, number);
		int r = add_function(record, entry->d_name, function, &shortage);
		if (r < 0)
			return r;
	}
	if (fixture->n_functions > 0)
		qsort(fixture->functions, fixture->n_functions, sizeof *fixture->functions,
			compare_function);
	tell(record, &shortage);
	return 0;
}
