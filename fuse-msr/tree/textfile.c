/* SPDX-License-Identifier: MIT */
/* A text of the tree as a file. It must not know what it says. */
#include <errno.h>
#include <fcntl.h>
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

/* sysfs asks for a bit to write, of whomever the mode does not stop, too; nothing here has one. */
static int sysfs_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	(void)node;
	(void)file;
	(void)caller;
	(void)handle;
	return (flags & O_ACCMODE) == O_RDONLY ? 0 : -EACCES;
}

const struct file_ops textfile_ops = {.open = sysfs_open, .read = text_read};
const struct file_ops textfile_proc_ops = {.read = text_read};
