/* SPDX-License-Identifier: MIT */
/* A text of the tree as a file. It must not know what it says. */
#include "fuse-msr/tree/file.h"

#include <string.h>
#include <unistd.h>

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

/* sysfs asks for a bit to write, of whomever the mode does not stop, too; nothing here has one. */
static bool sysfs_is_allowed(const struct tree_file *file, int mask, const struct caller *caller)
{
	return !(mask & W_OK) && caller_is_allowed(caller, file->mode, mask);
}

const struct file_ops textfile_ops = {.is_allowed = sysfs_is_allowed, .read = text_read};
const struct file_ops textfile_proc_ops = {.read = text_read};
