/* SPDX-License-Identifier: MIT */
/*
 * What a file system of Linux answers to the calls that are about files and not about what is in
 * them: devtmpfs with the driver's file in it, sysfs and procfs differ. It must not know FUSE.
 */
#ifndef MSRD_FUSE_MSR_TREE_MANNERS_H
#define MSRD_FUSE_MSR_TREE_MANNERS_H

#include "fuse-msr/tree/tree.h"

/* Each error is 0 or an errno (positive: it goes to FUSE as it is). */
struct manners {
	uint32_t block_bytes; /* as stat(2) says it */
	int fsync;
	int truncate;
	int fallocate;
	int seek; /* SEEK_DATA, SEEK_HOLE; 0: by the size */
	int get_attribute, set_attribute;
	int create, make_dir, link, symlink, rename, remove; /* of whoever may write there */
	bool unlinks; /* a file that is gone has no name; elsewhere stat(2) does not know */
};

/* Of the file system that a file of the node is in: by the first part of its path. */
const struct manners *manners_of(const struct tree *tree, uint32_t file);

#endif
