/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tree/nodetree.h"

/* What programs expect below /sys/devices and that a node has nothing to say about. */
static void add_empty(struct tree *tree)
{
	tree_dir(tree, TREE_ROOT, "sys/devices/virtual");
	tree_dir(tree, TREE_ROOT, "sys/devices/platform");
	tree_dir(tree, TREE_ROOT, "sys/bus/pci/drivers");
	tree_dir(tree, TREE_ROOT, "sys/bus/pci/slots");
	tree_dir(tree, TREE_ROOT, "sys/class");
}

struct tree *nodetree_new(const struct fixture *fixture, const uint64_t *started_ns)
{
	struct tree *tree = tree_new();

	if (!tree)
		return NULL;
	tree_cpu_add(tree, fixture);
	tree_numa_add(tree, fixture);
	tree_pci_add(tree, fixture);
	tree_sim_add(tree, fixture, started_ns);
	add_empty(tree);
	return tree->failed ? tree_free(tree) : tree;
}
