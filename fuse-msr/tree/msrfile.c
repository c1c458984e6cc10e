/* SPDX-License-Identifier: MIT */
/* The msr character device. It must not know who reads, or how a request came. */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "fuse-msr/tree/file.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "registers are copied as they are");

static int msr_open(const struct file_node *node, const struct tree_file *file,
	const struct caller *caller, uint64_t *handle)
{
	(void)node;
	(void)file;
	(void)handle;
	return caller_has(caller, CAP_SYS_RAWIO) ? 0 : -EPERM;
}

static ssize_t msr_read(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)handle;
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	/* the position stays: a longer read is the same register again */
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		uint64_t value;
		int r = machine_msr_read(node->machine, file->number, (uint32_t)offset, &value);
		if (r < 0)
			return done > 0 ? (ssize_t)done : r;
		memcpy(buffer + done, &value, sizeof value);
	}
	return (ssize_t)count;
}

static ssize_t msr_write(const struct file_node *node, const struct tree_file *file,
	const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		uint64_t value;
		memcpy(&value, buffer + done, sizeof value);
		int r = machine_msr_write(node->machine, file->number, (uint32_t)offset, value);
		if (r < 0)
			return done > 0 ? (ssize_t)done : r;
	}
	return (ssize_t)count;
}

const struct file_ops msrfile_ops = {
	.is_live = true,
	.open = msr_open,
	.read = msr_read,
	.write = msr_write,
};
