/* SPDX-License-Identifier: MIT */
/*
 * The PCI functions: sys/devices/pciDDDD:BB, sys/bus/pci/devices and
 * proc/bus/pci, as Linux 6.1 shows them. It must not know FUSE. Attributes are
 * those of the fixture: what a program writes to config space does not move
 * a device.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "util/bytes.h"

#define CONFIG_HEADER_TYPE   0x0e
#define CONFIG_BAR	     0x10
#define CONFIG_SECONDARY_BUS 0x19
#define CONFIG_IRQ	     0x3c
#define CONFIG_BRIDGE_ROM    0x38

#define HEADER_TYPE_MASK 0x7f
#define HEADER_BRIDGE	 1

struct identity {
	uint16_t vendor, device, subsystem_vendor, subsystem_device;
	uint32_t class;
	uint8_t revision;
};

static bool is_bridge(const struct fixture_function *function)
{
	return (function->config[CONFIG_HEADER_TYPE] & HEADER_TYPE_MASK) == HEADER_BRIDGE;
}

static struct identity identify(const struct fixture_function *function)
{
	const uint8_t *config = function->config;
	/* a bridge has its subsystem in a capability, and its header has other things there */
	bool plain = !is_bridge(function);

	return (struct identity){
		.vendor = get_le16(config + 0),
		.device = get_le16(config + 2),
		.revision = config[8],
		.class = get_le32(config + 8) >> 8,
		.subsystem_vendor = plain ? get_le16(config + 0x2c) : 0,
		.subsystem_device = plain ? get_le16(config + 0x2e) : 0,
	};
}

static void name_function(char name[16], const struct fixture_function *function)
{
	snprintf(name, 16, "%04x:%02x:%02x.%x", function->domain, function->bus,
		function->devfn >> 3, function->devfn & 7);
}

/* The bridge that leads to bus, or NULL for a root bus. */
static const struct fixture_function *find_bridge(
	const struct fixture *fixture, uint16_t domain, uint8_t bus)
{
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *function = &fixture->functions[i];
		/* a bus lies above the one its bridge is on: so the way up ends */
		if (is_bridge(function) && function->domain == domain && function->bus < bus &&
			function->config[CONFIG_SECONDARY_BUS] == bus)
			return function;
	}
	return NULL;
}

/* "pci0000:00/0000:00:02.0/0000:05:00.0", below sys/devices */
static void write_path(
	FILE *out, const struct fixture *fixture, const struct fixture_function *function)
{
	const struct fixture_function *bridge =
		find_bridge(fixture, function->domain, function->bus);
	char name[16];

	if (bridge)
		write_path(out, fixture, bridge);
	else
		fprintf(out, "pci%04x:%02x", function->domain, function->bus);
	name_function(name, function);
	fprintf(out, "/%s", name);
}

struct locality {
	const struct fixture *fixture;
	int32_t node;
};

/* Every online CPU is local to a function that is on no NUMA node. */
static bool is_local(const struct fixture_cpu *cpu, const void *context)
{
	const struct locality *locality = context;

	if (!cpu->online || locality->node < 0)
		return cpu->online;
	return cpu->numa_node < locality->fixture->n_numa_nodes &&
	       locality->fixture->numa_nodes[cpu->numa_node].number == (uint32_t)locality->node;
}

static void add_locality(struct tree *tree, uint32_t dir, const struct fixture *fixture,
	const struct fixture_function *function)
{
	const struct locality locality = {fixture, function->numa_node};
	struct cpumask local;

	cpumask_init(&local, fixture, is_local, &locality);
	tree_text(tree, dir, "numa_node", "%" PRId32 "\n", function->numa_node);
	tree_masks(tree, dir, "local_cpus", "local_cpulist", &local);
}

static void add_identity(struct tree *tree, uint32_t dir, const struct fixture_function *function)
{
	struct identity id = identify(function);
	char name[16], alias[64];

	name_function(name, function);
	snprintf(alias, sizeof alias, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", id.vendor,
		id.device, id.subsystem_vendor, id.subsystem_device, id.class >> 16,
		id.class >> 8 & 0xff, id.class & 0xff);
	tree_text(tree, dir, "vendor", "0x%04x\n", id.vendor);
	tree_text(tree, dir, "device", "0x%04x\n", id.device);
	tree_text(tree, dir, "class", "0x%06x\n", id.class);
	tree_text(tree, dir, "revision", "0x%02x\n", id.revision);
	tree_text(tree, dir, "subsystem_vendor", "0x%04x\n", id.subsystem_vendor);
	tree_text(tree, dir, "subsystem_device", "0x%04x\n", id.subsystem_device);
	tree_text(tree, dir, "irq", "%u\n", function->config[CONFIG_IRQ]);
	tree_text(tree, dir, "enable", "0\n"); /* no driver has enabled anything */
	tree_text(tree, dir, "modalias", "%s\n", alias);
	tree_text(tree, dir, "uevent",
		"PCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\n"
		"PCI_SLOT_NAME=%s\nMODALIAS=%s\n",
		id.class, id.vendor, id.device, id.subsystem_vendor, id.subsystem_device, name,
		alias);
}

/* A dump of config space does not say how large a region is: so none is listed. */
static void add_resources(struct tree *tree, uint32_t dir)
{
#define NO_REGION "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
	tree_text(tree, dir, "resource",
		NO_REGION NO_REGION NO_REGION NO_REGION NO_REGION NO_REGION NO_REGION);
#undef NO_REGION
}

static void add_sysfs(struct tree *tree, const struct fixture *fixture, uint32_t number)
{
	const struct fixture_function *function = &fixture->functions[number];
	char path[1024] = "", name[16], link[64];
	FILE *out = fmemopen(path, sizeof path, "w");

	if (!out) {
		tree->failed = true;
		return;
	}
	write_path(out, fixture, function);
	fclose(out);

	uint32_t dir = tree_dir(tree, tree_dir(tree, TREE_ROOT, "sys/devices"), path);
	tree_device(tree, dir, "config", &pcifile_sysfs_ops, 0644, number, function->size);
	add_identity(tree, dir, function);
	add_resources(tree, dir);
	add_locality(tree, dir, fixture, function);

	name_function(name, function);
	snprintf(link, sizeof link, "sys/bus/pci/devices/%s", name);
	tree_link(tree, TREE_ROOT, link, "../../../devices/%s", path);
}

static void add_proc(struct tree *tree, const struct fixture *fixture, uint32_t number)
{
	const struct fixture_function *function = &fixture->functions[number];
	char domain[8] = "", path[64];

	if (function->domain != 0)
		snprintf(domain, sizeof domain, "%04x:", function->domain);
	snprintf(path, sizeof path, "proc/bus/pci/%s%02x/%02x.%x", domain, function->bus,
		function->devfn >> 3, function->devfn & 7);
	tree_device(tree, TREE_ROOT, path, &pcifile_proc_ops, 0644, number, function->size);
}

/* BAR 0 to 5 and the ROM: a bridge has two BARs, and its ROM elsewhere. */
static uint32_t region(const struct fixture_function *function, uint32_t index)
{
	uint32_t n_bars = is_bridge(function) ? 2 : 6;

	if (index == 6)
		return get_le32(
			function->config + (is_bridge(function) ? CONFIG_BRIDGE_ROM : 0x30));
	return index < n_bars ? get_le32(function->config + CONFIG_BAR + 4 * (size_t)index) : 0;
}

static void write_line(FILE *out, const struct fixture_function *function)
{
	struct identity id = identify(function);

	fprintf(out, "%02x%02x\t%04x%04x\t%x", function->bus, function->devfn, id.vendor, id.device,
		function->config[CONFIG_IRQ]);
	for (uint32_t i = 0; i < 7; i++)
		fprintf(out, "\t%16x", region(function, i));
	for (uint32_t i = 0; i < 7; i++)
		fprintf(out, "\t%16x", 0);
	fprintf(out, "\t\n");
}

static void add_list(struct tree *tree, const struct fixture *fixture)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		tree->failed = true;
		return;
	}
	for (size_t i = 0; i < fixture->n_functions; i++)
		if (!fixture->functions[i].is_hidden)
			write_line(out, &fixture->functions[i]);
	tree->failed |= fclose(out) != 0;
	tree_proc_text(tree, "proc/bus/pci/devices", text ? text : "");
	free(text);
}

void tree_pci_add(struct tree *tree, const struct fixture *fixture)
{
	tree_dir(tree, TREE_ROOT, "sys/bus/pci/devices");
	add_list(tree, fixture);
	for (uint32_t i = 0; i < fixture->n_functions; i++) {
		if (fixture->functions[i].is_hidden)
			continue;
		add_sysfs(tree, fixture, i);
		add_proc(tree, fixture, i);
	}
}
