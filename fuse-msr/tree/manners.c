/* SPDX-License-Identifier: MIT */
/* As measured on Linux 6.1 (tests/kernel compares it). */
#include "fuse-msr/tree/manners.h"

#include <errno.h>
#include <string.h>

#include "util/array.h"

static const struct {
	const char *name;
	struct manners manners;
} systems[] = {
	{"sys", {4096, 0, 0, EOPNOTSUPP, 0, ENODATA, EOPNOTSUPP, EACCES, EPERM, EPERM, EPERM, EPERM,
			EPERM, false}},
	{"proc", {1024, EINVAL, 0, EOPNOTSUPP, EINVAL, EOPNOTSUPP, EOPNOTSUPP, ENOENT, ENOENT,
			 ENOENT, ENOENT, ENOENT, EPERM, false}},
	/* devtmpfs would let root make files: what a node has does not change */
	{"dev", {4096, EINVAL, EINVAL, ENODEV, EINVAL, ENODATA, EPERM, EACCES, EACCES, EACCES,
			EACCES, EACCES, EACCES, true}},
};

const struct manners *manners_of(const struct tree *tree, uint32_t file)
{
	while (file != TREE_ROOT && tree->files[file].parent != TREE_ROOT)
		file = tree->files[file].parent;
	for (size_t i = 0; i < N_ELEMENTS(systems); i++)
		if (strcmp(tree->files[file].name, systems[i].name) == 0)
			return &systems[i].manners;
	return &systems[0].manners; /* sim/, which no real node has */
}
