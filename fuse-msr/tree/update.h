/* SPDX-License-Identifier: MIT */
/*
 * A tree that changes while it is being read. What it may ever have was built
 * into it; files come, go and say something else, but keep their numbers.
 */
#ifndef MSRD_FUSE_MSR_TREE_UPDATE_H
#define MSRD_FUSE_MSR_TREE_UPDATE_H

#include "fuse-msr/tree/tree.h"

/* What has become of a file: it came or went (its directory's entry), or it says something else. */
enum tree_change { TREE_ENTRY = 1, TREE_TEXT = 2 };

/*
 * The tree is as fresh is, which another tree's builder made of the same node; fresh is what it
 * was then, and only to be freed. changed is called for each file that is not what it was, when
 * readers can go on.
 */
void tree_update(struct tree *tree, struct tree *fresh,
	void (*changed)(void *context, uint32_t file, unsigned changes), void *context);

/* Takes the files that fnmatch(3) finds at pattern out of their directories. How many. */
size_t tree_remove(struct tree *tree, const char *pattern);

/* The path of a file from the root, with a / in front; false: it is longer. */
bool tree_path(const struct tree *tree, const struct tree_file *file, char *path, size_t size);

#endif
