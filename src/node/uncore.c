/* SPDX-License-Identifier: MIT */
/* Uncore functions by place and PCI id, from sysfs, else from procfs. */
#include "node/internal.h"

#include "node/file.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/number.h"

#include <fcntl.h>
#include <string.h>

#define VENDOR_INTEL 0x8086

/* Could it be one by its place? Two files less to read where not: most of a hundred functions. */
static bool is_at_known_place(const struct arch *arch, unsigned devfn)
{
	for (size_t i = 0; i < arch->n_functions; i++)
		if (arch->functions[i].devfn == devfn)
			return true;
	return devfn == NODE_UBOX_DEVFN || devfn == NODE_IIO_DEVFN;
}

static bool is_helper(uint8_t devfn, uint16_t device_id)
{
	return (devfn == NODE_UBOX_DEVFN && device_id == NODE_UBOX_ID) ||
	       (devfn == NODE_IIO_DEVFN && device_id == NODE_IIO_ID);
}

static int add_seen(struct node_search *search, struct node_seen seen)
{
	seen.arch = arch_find_function(search->node->arch, seen.devfn, seen.device_id);
	if (!seen.arch && !is_helper(seen.devfn, seen.device_id))
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
			!is_at_known_place(search->node->arch, NODE_DEVFN(device, function)))
			continue;
		if (file_read_number(dirfd(dir), &vendor, "%s/vendor", entry->d_name) < 0 ||
			vendor != VENDOR_INTEL ||
			file_read_number(dirfd(dir), &id, "%s/device", entry->d_name) < 0)
			continue;
		int r = add_seen(search, (struct node_seen){.domain = (uint16_t)domain,
						 .bus = (uint8_t)bus,
						 .devfn = (uint8_t)NODE_DEVFN(device, function),
						 .device_id = (uint16_t)id,
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
			int r = add_seen(search, (struct node_seen){.bus = (uint8_t)bus,
							 .devfn = (uint8_t)devfn,
							 .device_id = (uint16_t)id});
			if (r < 0)
				return r;
		}
		line += strcspn(line, "\n");
	}
	return 0;
}

static int compare_seen(const void *a, const void *b)
{
	const struct node_seen *left = a, *right = b;

	if (left->domain != right->domain)
		return left->domain < right->domain ? -1 : 1;
	if (left->bus != right->bus)
		return left->bus < right->bus ? -1 : 1;
	return left->devfn < right->devfn ? -1 : left->devfn > right->devfn;
}

/* The buses that carry uncore functions of the model, ascending. */
static int collect_buses(struct node_search *search)
{
	struct node *node = search->node;

	if (search->n_seen > 0) /* else there is no array */
		qsort(search->seen, search->n_seen, sizeof *search->seen, compare_seen);
	node->buses = calloc(search->n_seen + 1, sizeof *node->buses);
	if (!node->buses)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++) {
		const struct node_seen *seen = &search->seen[i];
		const struct node_bus *last =
			node->n_buses ? &node->buses[node->n_buses - 1] : NULL;

		if (seen->arch && (!last || last->domain != seen->domain || last->bus != seen->bus))
			node->buses[node->n_buses++] =
				(struct node_bus){seen->domain, seen->bus, NODE_NO_SOCKET};
	}
	return 0;
}

static uint32_t socket_of_bus(const struct node *node, const struct node_seen *seen)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].domain == seen->domain && node->buses[i].bus == seen->bus)
			return node->buses[i].socket;
	return NODE_NO_SOCKET;
}

static int collect_functions(struct node_search *search)
{
	struct node *node = search->node;

	node->functions = calloc(search->n_seen + 1, sizeof *node->functions);
	if (!node->functions)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++) {
		const struct node_seen *seen = &search->seen[i];
		uint32_t socket = seen->arch ? socket_of_bus(node, seen) : NODE_NO_SOCKET;

		if (socket == NODE_NO_SOCKET)
			continue;
		node->functions[node->n_functions++] = (struct node_function){
			.socket = socket,
			.arch = seen->arch,
			.domain = seen->domain,
			.bus = seen->bus,
			.device_id = seen->device_id,
			.in_sysfs = seen->in_sysfs,
		};
	}
	return 0;
}

int node_read_uncore(struct node *node, int root_fd)
{
	struct node_search search = {.node = node, .root_fd = root_fd};
	int r = search_sysfs(&search);

	if (r == 0 && search.n_seen == 0)
		r = search_procfs(&search);
	if (r == 0)
		r = collect_buses(&search);
	if (r == 0) {
		node_map_buses(&search);
		r = collect_functions(&search);
	}
	free(search.seen);
	return r;
}
