/* SPDX-License-Identifier: MIT */
/* A text of the tree as a file. It must not know what it says. */
#include <string.h>

#include "fuse-msr/tree/file.h"

static ssize_t text_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)node;
	(void)handle;
	if (offset >= file->size)
		return 0;
	if (count > file->size - offset)
		count = file->size - offset;
	memcpy(buffer, file->text + offset, count);
	return (ssize_t)count;
}

const struct file_ops textfile_ops = {.read = text_read};
