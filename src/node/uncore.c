/* SPDX-License-Identifier: MIT */
/* Uncore functions by place and PCI id, from sysfs, else from procfs. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "node/file.h"
#include "node/internal.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

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

/* Vendor and device id of each function of procfs' list, by bus and devfn. Who has a place of the
 * list for himself is the one that has it in sysfs; those of several domains are not told apart. */
#define N_LISTED   (1 << 16)
#define NOT_LISTED 0
#define SEVERAL	   UINT32_MAX

static uint32_t find_listed(const struct node_search *search, const struct bus_function *function)
{
	uint32_t ids =
		search->listed ? search->listed[function->bus << 8 | function->devfn] : NOT_LISTED;

	return ids == SEVERAL ? NOT_LISTED : ids;
}

/* Lines "BBDD\tVVVVIIII\t…": bus, devfn, vendor and device id in hexadecimal. */
static int list_procfs(struct node_search *search)
{
	cleanup_free char *text = file_read_whole(search->root_fd, "proc/bus/pci/devices");

	if (!text)
		return errno == ENOENT ? 0 : -errno;
	search->listed = calloc(N_LISTED, sizeof *search->listed);
	if (!search->listed)
		return -ENOMEM;
	for (const char *line = text; *line; line += *line == '\n') {
		char *end;
		unsigned long place = strtoul(line, &end, 16), ids = strtoul(end, &end, 16);

		if (place < N_LISTED && ids <= UINT32_MAX && *end == '\t')
			search->listed[place] =
				search->listed[place] == NOT_LISTED ? (uint32_t)ids : SEVERAL;
		line += strcspn(line, "\n");
	}
	return 0;
}

static int search_listed(struct node_search *search)
{
	int r = 0;

	for (unsigned place = 0; search->listed && place < N_LISTED && r == 0; place++) {
		uint32_t ids = search->listed[place];

		if (ids != SEVERAL && ids >> 16 == BUS_VENDOR)
			r = add_seen(
				search, (struct node_seen){.function = {0, (uint8_t)(place >> 8),
								   (uint8_t)place, (uint16_t)ids}});
	}
	return r;
}

/* The device id of a function of this vendor, from the list or from its own files. */
static bool read_id(const struct node_search *search, int devices_fd, const char *name,
	const struct bus_function *function, uint16_t *id)
{
	uint32_t listed = function->domain == 0 ? find_listed(search, function) : NOT_LISTED;
	long vendor = listed >> 16, device = listed & UINT16_MAX;

	if (listed == NOT_LISTED &&
		(file_read_number(devices_fd, &vendor, "%s/vendor", name) < 0 ||
			vendor != BUS_VENDOR ||
			file_read_number(devices_fd, &device, "%s/device", name) < 0))
		return false;
	*id = (uint16_t)device;
	return vendor == BUS_VENDOR;
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
		struct node_seen seen = {.in_sysfs = true};
		int end = 0;

		if (sscanf(entry->d_name, "%4x:%2x:%2x.%1x%n", &domain, &bus, &device, &function,
			    &end) != 4 ||
			entry->d_name[end] != '\0' ||
			!is_at_known_place(search->node->arch, ARCH_DEVFN(device, function)))
			continue;
		seen.function = (struct bus_function){.domain = (uint16_t)domain,
			.bus = (uint8_t)bus,
			.devfn = (uint8_t)ARCH_DEVFN(device, function)};
		if (!read_id(search, dirfd(dir), entry->d_name, &seen.function,
			    &seen.function.device_id))
			continue;
		int r = add_seen(search, seen);
		if (r < 0)
			return r;
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
	const struct bus *bus =
		buses_find(node->buses, node->n_buses, function->domain, function->bus);

	return bus ? bus->package : BUS_NO_PACKAGE;
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
	int listed = list_procfs(&search); /* whatever is wrong with it, sysfs may do without */
	int r = listed == -ENOMEM ? listed : search_sysfs(&search);

	if (r == 0 && search.n_seen == 0)
		r = listed < 0 ? listed : search_listed(&search);
	if (r == 0 && search.n_seen > 0) /* else there is no array */
		qsort(search.seen, search.n_seen, sizeof *search.seen, compare_seen);
	if (r == 0)
		r = node_map_buses(&search);
	if (r == 0)
		r = collect_functions(&search);
	free(search.listed);
	free(search.seen);
	return r;
}
