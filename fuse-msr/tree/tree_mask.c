/* SPDX-License-Identifier: MIT */
/* Sets of CPUs as files of the tree. */
#include "fuse-msr/tree/nodetree.h"
#include "util/cleanup.h"

void tree_list(struct tree *tree, uint32_t dir, const char *name, const struct cpumask *mask)
{
	cleanup_free char *list = cpumask_list(mask);

	tree->failed |= !list;
	tree_text(tree, dir, name, "%s\n", list ? list : "");
}

void tree_masks(struct tree *tree, uint32_t dir, const char *map_name, const char *list_name,
	const struct cpumask *mask)
{
	cleanup_free char *hex = cpumask_hex(mask);

	tree->failed |= !hex;
	tree_text(tree, dir, map_name, "%s\n", hex ? hex : "");
	tree_list(tree, dir, list_name, mask);
}
