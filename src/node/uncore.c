/* SPDX-License-Identifier: MIT */
/*
 * Uncore functions by PCI id, and which socket each uncore bus belongs to. The
 * buses' own numa_node is -1 on real machines, so the kernel's way comes
 * first: the UBOX of the bus tells its node id.
 */
#include "node/internal.h"

#include "node/file.h"
#include "util/cleanup.h"
#include "util/number.h"

#include <fcntl.h>
#include <string.h>

#define VENDOR_INTEL 0x8086
#define DEVFN(device, function) ((device) << 3 | (function))

/* Interrupt control registers of the UBOX: CPUNODEID, GIDNIDMAP (uncore_snbep.c). */
#define UBOX_DEVFN     DEVFN(0x0b, 0)
#define UBOX_ID        0x3ce0
#define UBOX_CPUNODEID 0x40
#define UBOX_GIDNIDMAP 0x54

/* The IIO's address map function; measured on a DL360p Gen8. */
#define IIO_DEVFN          DEVFN(0x05, 0)
#define IIO_ID             0x3c28
#define IIO_CPUBUSNO       0x108
#define IIO_CPUBUSNO_VALID (1u << 16)

/* A PCI function of interest while looking; those of the arch become node functions. */
struct seen {
	uint16_t domain;
	uint8_t bus, devfn;
	uint16_t device_id;
	const struct arch_function *arch; /* NULL: UBOX or IIO */
	bool in_sysfs;
};

struct search {
	struct node *node;
	int root_fd;
	struct seen *seen;
	size_t n_seen, capacity;
};

static const struct arch_function *match_arch(const struct arch *arch, uint8_t devfn,
	uint16_t device_id)
{
	for (size_t i = 0; i < arch->n_functions; i++) {
		const struct arch_function *function = &arch->functions[i];
		if (function->devfn == devfn && (function->device_id[0] == device_id ||
							function->device_id[1] == device_id))
			return function;
	}
	return NULL;
}

static bool is_helper(uint8_t devfn, uint16_t device_id)
{
	return (devfn == UBOX_DEVFN && device_id == UBOX_ID) ||
	       (devfn == IIO_DEVFN && device_id == IIO_ID);
}

static int add_seen(struct search *search, struct seen seen)
{
	seen.arch = match_arch(search->node->arch, seen.devfn, seen.device_id);
	if (!seen.arch && !is_helper(seen.devfn, seen.device_id))
		return 0;
	if (search->n_seen == search->capacity) {
		size_t capacity = search->capacity ? 2 * search->capacity : 64;
		struct seen *larger =
			reallocarray(search->seen, capacity, sizeof *search->seen);
		if (!larger)
			return -ENOMEM;
		search->seen = larger;
		search->capacity = capacity;
	}
	search->seen[search->n_seen++] = seen;
	return 0;
}

static int search_sysfs(struct search *search)
{
	cleanup_close int fd = openat(search->root_fd, "sys/bus/pci/devices",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
			entry->d_name[end] != '\0')
			continue;
		if (file_read_number(dirfd(dir), &vendor, "%s/vendor", entry->d_name) < 0 ||
			vendor != VENDOR_INTEL ||
			file_read_number(dirfd(dir), &id, "%s/device", entry->d_name) < 0)
			continue;
		int r = add_seen(search, (struct seen){.domain = (uint16_t)domain,
						 .bus = (uint8_t)bus,
						 .devfn = (uint8_t)DEVFN(device, function),
						 .device_id = (uint16_t)id,
						 .in_sysfs = true});
		if (r < 0)
			return r;
	}
	return 0;
}

/* Lines "BBDD\tVVVVIIII\t…": bus, devfn, vendor and device id in hexadecimal. */
static int search_procfs(struct search *search)
{
	cleanup_free char *text = file_read_whole(search->root_fd, "proc/bus/pci/devices");
	if (!text)
		return errno == ENOENT ? 0 : -errno;

	for (const char *line = text; *line; line += *line == '\n') {
		unsigned bus, devfn, vendor, id;

		if (sscanf(line, "%2x%2x\t%4x%4x", &bus, &devfn, &vendor, &id) == 4 &&
			vendor == VENDOR_INTEL) {
			int r = add_seen(search, (struct seen){.bus = (uint8_t)bus,
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
	const struct seen *left = a, *right = b;

	if (left->domain != right->domain)
		return left->domain < right->domain ? -1 : 1;
	if (left->bus != right->bus)
		return left->bus < right->bus ? -1 : 1;
	return left->devfn < right->devfn ? -1 : left->devfn > right->devfn;
}

/* The buses that carry uncore functions of the model, ascending. */
static int collect_buses(struct search *search)
{
	struct node *node = search->node;

	qsort(search->seen, search->n_seen, sizeof *search->seen, compare_seen);
	node->buses = calloc(search->n_seen + 1, sizeof *node->buses);
	if (!node->buses)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++) {
		const struct seen *seen = &search->seen[i];
		const struct node_bus *last = node->n_buses ? &node->buses[node->n_buses - 1] : NULL;

		if (seen->arch &&
			(!last || last->domain != seen->domain || last->bus != seen->bus))
			node->buses[node->n_buses++] = (struct node_bus){seen->domain, seen->bus,
				NODE_NO_SOCKET};
	}
	return 0;
}

static int read_config(const struct search *search, const struct seen *seen, uint32_t offset,
	uint32_t *value)
{
	unsigned device = seen->devfn >> 3, function = seen->devfn & 7;

	if (seen->in_sysfs)
		return file_read_le32(search->root_fd, offset, value,
			"sys/bus/pci/devices/%04x:%02x:%02x.%x/config", seen->domain, seen->bus,
			device, function);
	return file_read_le32(search->root_fd, offset, value, "proc/bus/pci/%02x/%02x.%x",
		seen->bus, device, function);
}

/* Has every bus got a socket of its own? Else the source of the numbers is not to be trusted. */
static bool buses_are_mapped(const struct node *node)
{
	for (size_t i = 0; i < node->n_buses; i++) {
		if (node->buses[i].socket >= node->n_sockets)
			return false;
		for (size_t j = 0; j < i; j++)
			if (node->buses[j].socket == node->buses[i].socket)
				return false;
	}
	return true;
}

static uint32_t socket_of_package(const struct node *node, uint32_t package)
{
	for (uint32_t socket = 0; socket < node->n_sockets; socket++)
		if (node->packages[socket] == package)
			return socket;
	return NODE_NO_SOCKET;
}

/* GIDNIDMAP has eight fields of 3 bits; the first that holds the node id is the package. */
static uint32_t package_of_node_id(uint32_t map, uint32_t node_id)
{
	for (uint32_t i = 0; i < 8; i++)
		if ((map >> 3 * i & 7) == node_id)
			return i;
	return UINT32_MAX;
}

/* A bus without a UBOX takes after the next higher one that has one, as in the kernel. */
static bool map_by_ubox(struct search *search)
{
	struct node *node = search->node;

	for (size_t i = 0; i < node->n_buses; i++) {
		node->buses[i].socket = NODE_NO_SOCKET;
		for (size_t j = 0; j < search->n_seen; j++) {
			const struct seen *seen = &search->seen[j];
			uint32_t node_id, map;

			if (seen->arch || seen->devfn != UBOX_DEVFN ||
				seen->domain != node->buses[i].domain ||
				seen->bus < node->buses[i].bus)
				continue;
			if (read_config(search, seen, UBOX_CPUNODEID, &node_id) < 0 ||
				read_config(search, seen, UBOX_GIDNIDMAP, &map) < 0)
				return false;
			node->buses[i].socket =
				socket_of_package(node, package_of_node_id(map, node_id & 7));
			break;
		}
	}
	return buses_are_mapped(node);
}

static const struct seen *find_iio(const struct search *search, uint32_t bus)
{
	for (size_t i = 0; i < search->n_seen; i++)
		if (!search->seen[i].arch && search->seen[i].devfn == IIO_DEVFN &&
			search->seen[i].domain == 0 && search->seen[i].bus == bus)
			return &search->seen[i];
	return NULL;
}

/* Socket 0 has IIO bus 0; each socket's IIO names its uncore bus; the next IIO bus follows it. */
static bool map_by_cpubusno(struct search *search)
{
	struct node *node = search->node;
	uint32_t iio_bus = 0;

	for (size_t i = 0; i < node->n_buses; i++)
		node->buses[i].socket = NODE_NO_SOCKET;
	for (uint32_t socket = 0; socket < node->n_sockets; socket++) {
		const struct seen *iio = find_iio(search, iio_bus);
		uint32_t busno;

		if (!iio || read_config(search, iio, IIO_CPUBUSNO, &busno) < 0 ||
			!(busno & IIO_CPUBUSNO_VALID))
			return false;
		uint32_t uncore_bus = busno >> 8 & 0xff;
		for (size_t i = 0; i < node->n_buses; i++)
			if (node->buses[i].domain == 0 && node->buses[i].bus == uncore_bus)
				node->buses[i].socket = socket;
		iio_bus = uncore_bus + 1;
	}
	return buses_are_mapped(node);
}

static bool first_number(void *context, uint32_t number)
{
	*(uint32_t *)context = number;
	return false;
}

/* The socket of the first CPU of a NUMA node. */
static uint32_t socket_of_numa_node(const struct node *node, int root_fd, long numa_node)
{
	char text[4096];
	uint32_t cpu = UINT32_MAX;

	if (file_read_text(root_fd, text, sizeof text, "sys/devices/system/node/node%ld/cpulist",
		    numa_node) < 0)
		return NODE_NO_SOCKET;
	number_list_parse(text, UINT32_MAX - 1, first_number, &cpu);
	return cpu < node->n_cpus ? node->cpus[cpu].socket : NODE_NO_SOCKET;
}

static bool map_by_numa_node(struct search *search)
{
	struct node *node = search->node;

	for (size_t i = 0; i < node->n_buses; i++) {
		struct node_bus *bus = &node->buses[i];

		bus->socket = NODE_NO_SOCKET;
		for (size_t j = 0; j < search->n_seen; j++) {
			const struct seen *seen = &search->seen[j];
			long numa_node;

			if (!seen->arch || seen->domain != bus->domain || seen->bus != bus->bus)
				continue;
			if (file_read_number(search->root_fd, &numa_node,
				    "sys/bus/pci/devices/%04x:%02x:%02x.%x/numa_node", seen->domain,
				    seen->bus, seen->devfn >> 3, seen->devfn & 7) < 0 ||
				numa_node < 0)
				return false;
			bus->socket = socket_of_numa_node(node, search->root_fd, numa_node);
			break;
		}
	}
	return buses_are_mapped(node);
}

static void map_by_order(struct node *node)
{
	for (size_t i = 0; i < node->n_buses; i++)
		node->buses[i].socket = i < node->n_sockets ? (uint32_t)i : NODE_NO_SOCKET;
}

static void map_buses(struct search *search)
{
	struct node *node = search->node;

	if (node->n_buses == 0)
		node->bus_source = NODE_BUS_NONE;
	else if (map_by_ubox(search))
		node->bus_source = NODE_BUS_UBOX;
	else if (map_by_cpubusno(search))
		node->bus_source = NODE_BUS_CPUBUSNO;
	else if (map_by_numa_node(search))
		node->bus_source = NODE_BUS_NUMA;
	else {
		map_by_order(node);
		node->bus_source = NODE_BUS_ORDER;
	}
}

static uint32_t socket_of_bus(const struct node *node, const struct seen *seen)
{
	for (size_t i = 0; i < node->n_buses; i++)
		if (node->buses[i].domain == seen->domain && node->buses[i].bus == seen->bus)
			return node->buses[i].socket;
	return NODE_NO_SOCKET;
}

static int collect_functions(struct search *search)
{
	struct node *node = search->node;

	node->functions = calloc(search->n_seen + 1, sizeof *node->functions);
	if (!node->functions)
		return -ENOMEM;
	for (size_t i = 0; i < search->n_seen; i++) {
		const struct seen *seen = &search->seen[i];
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
	struct search search = {.node = node, .root_fd = root_fd};
	int r = search_sysfs(&search);

	if (r == 0 && search.n_seen == 0)
		r = search_procfs(&search);
	if (r == 0)
		r = collect_buses(&search);
	if (r == 0) {
		map_buses(&search);
		r = collect_functions(&search);
	}
	free(search.seen);
	return r;
}
