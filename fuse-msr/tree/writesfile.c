/* SPDX-License-Identifier: MIT */
/* The msr module's parameter allow_writes (set_allow_writes in arch/x86/kernel/msr.c): root says
 * whether registers may be written at all. It must not know registers. */
#include <stdio.h>
#include <string.h>

#include "fuse-msr/tree/file.h"
#include "util/array.h"

static const char *const words[] = {
	[MODULE_WRITES_DEFAULT] = "default",
	[MODULE_WRITES_ON] = "on",
	[MODULE_WRITES_OFF] = "off",
};

static ssize_t writes_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	char text[16];
	size_t length = (size_t)snprintf(
		text, sizeof text, "%s\n", words[node->writes ? *node->writes : 0]);

	(void)file;
	(void)handle;
	if (offset >= length)
		return 0;
	if (count > length - offset)
		count = length - offset;
	memcpy(buffer, text + offset, count);
	return (ssize_t)count;
}

/* What is no word is the default, as it is there. */
static ssize_t writes_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	size_t length = count > 0 && buffer[count - 1] == '\n' ? count - 1 : count;
	int writes = MODULE_WRITES_DEFAULT;

	(void)file;
	(void)handle;
	(void)offset;
	for (size_t i = 0; i < N_ELEMENTS(words); i++)
		if (strlen(words[i]) == length && memcmp(words[i], buffer, length) == 0)
			writes = (int)i;
	if (node->writes)
		*node->writes = writes;
	return (ssize_t)count;
}

const struct file_ops writesfile_ops = {
	.is_live = true, .read = writes_read, .write = writes_write};
