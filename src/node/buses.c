/* SPDX-License-Identifier: MIT */
/*
 * Which socket each uncore bus belongs to. The buses' own numa_node is -1 on
 * real machines, so the kernel's way comes first: the UBOX of the bus tells
 * its node id.
 */
#include "node/internal.h"

#include "node/file.h"
#include "util/number.h"

#define UBOX_CPUNODEID 0x40 /* this bus's node id, bits 2:0 */
#define UBOX_GIDNIDMAP 0x54 /* node id of each package */

#define IIO_CPUBUSNO	   0x108
#define IIO_CPUBUSNO_VALID (1u << 16)

static int read_config(const struct node_search *search, const struct node_seen *seen,
	uint32_t offset, uint32_t *value)
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
static bool map_by_ubox(struct node_search *search)
{
	struct node *node = search->node;

	for (size_t i = 0; i < node->n_buses; i++) {
		node->buses[i].socket = NODE_NO_SOCKET;
		for (size_t j = 0; j < search->n_seen; j++) {
			const struct node_seen *seen = &search->seen[j];
			uint32_t node_id, map;

			if (seen->arch || seen->devfn != NODE_UBOX_DEVFN ||
				seen->domain != node->buses[i].domain ||
				seen->bus < node->buses[i].bus)
				continue;
			if (read_config(search, seen, UBOX_CPUNODEID, &node_id) < 0 ||
				read_config(search, seen, UBOX_GIDNIDMAP, &map) < 0) {
				node->buses_hidden = true;
				return false;
			}
			node->buses[i].socket =
				socket_of_package(node, package_of_node_id(map, node_id & 7));
			break;
		}
	}
	return buses_are_mapped(node);
}

static const struct node_seen *find_iio(const struct node_search *search, uint32_t bus)
{
	for (size_t i = 0; i < search->n_seen; i++)
		if (!search->seen[i].arch && search->seen[i].devfn == NODE_IIO_DEVFN &&
			search->seen[i].domain == 0 && search->seen[i].bus == bus)
			return &search->seen[i];
	return NULL;
}

/* Socket 0 has IIO bus 0; each socket's IIO names its uncore bus; the next IIO bus follows it. */
static bool map_by_cpubusno(struct node_search *search)
{
	struct node *node = search->node;
	uint32_t iio_bus = 0;

	for (size_t i = 0; i < node->n_buses; i++)
		node->buses[i].socket = NODE_NO_SOCKET;
	for (uint32_t socket = 0; socket < node->n_sockets; socket++) {
		const struct node_seen *iio = find_iio(search, iio_bus);
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

static bool map_by_numa_node(struct node_search *search)
{
	struct node *node = search->node;

	for (size_t i = 0; i < node->n_buses; i++) {
		struct node_bus *bus = &node->buses[i];

		bus->socket = NODE_NO_SOCKET;
		for (size_t j = 0; j < search->n_seen; j++) {
			const struct node_seen *seen = &search->seen[j];
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

void node_map_buses(struct node_search *search)
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
