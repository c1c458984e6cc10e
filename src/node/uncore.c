/* SPDX-License-Identifier: MIT */
/* Uncore functions by place and PCI id, from sysfs, else from procfs. */
#include <fcntl.h>
#include <string.h>

#include "node/file.h"
#include "node/internal.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

#define VENDOR_INTEL 0x8086

/* Could it matter by its place? Two files less to read where not: most of a hundred functions. */
static bool is_at_known_place(const struct arch *arch, unsigned devfn)
{
	for (size_t i = 0; i < arch->n_functions; i++)
		if (arch->functions[i].devfn == devfn)
			return true;
	return devfn == arch->buses.ubox.devfn || devfn == arch->buses.iio.devfn;
}

static int add_seen(struct node_search *search, struct node_seen seen)
{
	if (!buses_want(search->node->arch, seen.function.devfn, seen.function.device_id))
		return 0;
	struct node_seen *grown = array_grow(search->seen, search->n_seen, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	search->seen = grown;
	search->seen[search->n_seen++] = seen;
	return 0;
}

static int search_sysfs(struct node_search *search)
{
	cleanup_close int fd =
		openat(search->root_fd, "sys/bus/pci/devices", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	cleanup_closedir DIR *dir = fdopendir(fd);
	if (!dir)
		return -errno;
	steal_fd(&fd); /* the directory owns it now */

	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		unsigned domain, bus, device, function;
		int end = 0;
		long vendor, id;

		if (sscanf(entry->d_name, "%4x:%2x:%2x.%1x%n", &domain, &bus, &device, &function,
			    &end) != 4 ||
			entry->d_name[end] != '\0' ||
			!is_at_known_place(search->node->arch, ARCH_DEVFN(device, function)))
			continue;
		if (file_read_number(dirfd(dir), &vendor, "%s/vendor", entry->d_name) < 0 ||
			vendor != VENDOR_INTEL ||
			file_read_number(dirfd(dir), &id, "%s/device", entry->d_name) < 0)
			continue;
		int r = add_seen(search,
			(struct node_seen){
				.function = {(uint16_t)domain, (uint8_t)bus,
					(uint8_t)ARCH_DEVFN(device, function), (uint16_t)id},
				.in_sysfs = true});
		if (r < 0)
			return r;
	}
	return 0;
}

/* Lines "BBDD\tVVVVIIII\t…": bus, devfn, vendor and device id in hexadecimal. */
static int search_procfs(struct node_search *search)
{
	cleanup_free char *text = file_read_whole(search->root_fd, "proc/bus/pci/devices");
	if (!text)
		return errno == ENOENT ? 0 : -errno;

	for (const char *line = text; *line; line += *line == '\n') {
		unsigned bus, devfn, vendor, id;

		if (sscanf(line, "%2x%2x\t%4x%4x", &bus, &devfn, &vendor, &id) == 4 &&
			vendor == VENDOR_INTEL) {
			int r = add_seen(
				search, (struct node_seen){.function = {0, (uint8_t)bus,
								   (uint8_t)devfn, (uint16_t)id}});
			if (r < 0)
				return r;
		}
		line += strcspn(line, "\n");
	}
	return 0;
}

static int compare_seen(const void *a, const void *b)
{
	const struct bus_function *left = &((const struct node_seen *)a)->function;
	const struct bus_function *right = &((const struct node_seen *)b)->function;

	if (left->domain != right->domain)
		return left->domain < right->domain ? -1 : 1;
	if (left->bus != right->bus)
		return left->bus < right->bus ? -1 : 1;
	return left->devfn < right->devfn ? -1 : left->devfn > right->devfn;
}

static uint32_t package_of_bus(const struct node *node, const struct bus_function *function)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].domain == function->domain &&
			node->buses[i].bus == function->bus)
			return node->buses[i].package;
	return BUS_NO_PACKAGE;
}

static bool is_twin(const struct node *node, size_t i)
{
	const struct node_function *functions = node->functions;

	for (size_t j = 0; j < node->n_functions; j++)
		if (j != i && functions[j].package == functions[i].package &&
			functions[j].arch == functions[i].arch)
			return true;
	return false;
}

/* Two of one name could not be told apart: neither is served. */
static int drop_twins(struct node *node)
{
	cleanup_free bool *twins = calloc(node->n_functions + 1, sizeof *twins);

	if (!twins)
		return -ENOMEM;
	for (size_t i = 0; i < node->n_functions; i++)
		twins[i] = node->functions[i].package != NODE_NO_PACKAGE && is_twin(node, i);
	for (size_t i = 0; i < node->n_functions; i++) {
		if (!twins[i])
			continue;
		node->functions[i].package = NODE_NO_PACKAGE;
		node->n_twins++;
	}
	return 0;
}

static int collect_functions(const struct node_search *search)
{
	struct node *node = search->node;

	node->functions = calloc(search->n_seen + 1, sizeof *node->functions);
	if (!node->functions)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++) {
		const struct bus_function *function = &search->seen[i].function;
		const struct arch_function *unit =
			arch_find_function(node->arch, function->devfn, function->device_id);

		if (!unit)
			continue;
		node->functions[node->n_functions++] = (struct node_function){
			.package = package_of_bus(node, function),
			.arch = unit,
			.domain = function->domain,
			.bus = function->bus,
			.device_id = function->device_id,
			.in_sysfs = search->seen[i].in_sysfs,
		};
	}
	return drop_twins(node);
}

int node_read_uncore(struct node *node, int root_fd)
{
	struct node_search search = {.node = node, .root_fd = root_fd};
	int r = search_sysfs(&search);

	if (r == 0 && search.n_seen == 0)
		r = search_procfs(&search);
	if (r == 0 && search.n_seen > 0) /* else there is no array */
		qsort(search.seen, search.n_seen, sizeof *search.seen, compare_seen);
	if (r == 0)
		r = node_map_buses(&search);
	if (r == 0)
		r = collect_functions(&search);
	free(search.seen);
	return r;
}
