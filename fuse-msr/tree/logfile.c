/* SPDX-License-Identifier: MIT */
/* The machine's log as a file. It must not know what it says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuse-msr/tree/file.h"

/* What was read before stays as it is: the log only grows. */
static ssize_t log_read(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	uint8_t *buffer, size_t count, uint64_t offset)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)file;
	(void)handle;
	if (!out)
		return -ENOMEM;
	machine_write_log(node->machine, out);
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	if (offset >= size)
		count = 0;
	else if (count > size - offset)
		count = size - offset;
	if (count > 0)
		memcpy(buffer, text + offset, count);
	free(text);
	return (ssize_t)count;
}

const struct file_ops logfile_ops = {.is_live = true, .read = log_read};
