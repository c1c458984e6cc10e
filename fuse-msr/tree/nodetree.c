/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tree/nodetree.h"

#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "fuse-msr/tree/file.h"

#define UUID_BYTES 16

/* As the kernel makes it: a random UUID (RFC 4122, version 4). Programs tell by it what is of
 * another boot, and so of another node: the numbers of devices and processes come again. */
static void add_boot(struct tree *tree)
{
	char text[sizeof "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx\n"], *end = text;
	uint8_t bytes[UUID_BYTES];

	tree->failed |= getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes;
	bytes[6] = (bytes[6] & 0xf) | 4 << 4;
	bytes[8] = (bytes[8] & 0x3f) | 8 << 4;
	for (size_t i = 0; i < sizeof bytes; i++)
		end += sprintf(
			end, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[i]);
	sprintf(end, "\n");
	tree_proc_text(tree, "proc/sys/kernel/random/boot_id", text);
	if (!tree->failed)
		tree->files[tree->n_files - 1].is_fixed = true;
}

/* What root switches, and who watches over the kernel. */
static void add_switches(struct tree *tree)
{
	tree_device(tree, TREE_ROOT, "sys/kernel/security/lockdown", &lockdownfile_ops, 0644, 0, 0);
	tree_device(tree, TREE_ROOT, "proc/sys/kernel/nmi_watchdog", &watchdogfile_ops, 0644, 0, 0);
}

/* Nobody writes in directories of /proc, and root not without a capability. */
static void add_proc(struct tree *tree)
{
	uint32_t dir = tree_dir(tree, TREE_ROOT, "proc");

	if (dir != TREE_NONE)
		tree->files[dir].mode = S_IFDIR | 0555;
}

struct tree *nodetree_new(const struct fixture *fixture, const uint64_t *started_ns)
{
	struct tree *tree = tree_new();

	if (!tree)
		return NULL;
	add_proc(tree);
	tree_cpu_add(tree, fixture);
	tree_numa_add(tree, fixture);
	tree_pci_add(tree, fixture);
	tree_firmware_add(tree, fixture);
	tree_module_add(tree, fixture);
	tree_sim_add(tree, fixture, started_ns);
	add_boot(tree);
	add_switches(tree);
	tree_sensor_add(tree, fixture);
	tree_quiet_add(tree, fixture);
	return tree->failed ? tree_free(tree) : tree;
}
