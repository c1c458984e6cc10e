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
	(void)handle;
	if (!caller_has(caller, CAP_SYS_RAWIO))
		return -EPERM;
	/* its file is gone then, but for whoever has found it just before */
	return node->control && !machine_cpu_is_online(node->machine, file->number) ? -ENXIO : 0;
}

static struct tap_access get_access(const struct tree_file *file, uint64_t offset)
{
	return (struct tap_access){
		.space = OP_MSR,
		.device = file->number,
		.reg = (uint32_t)offset,
		.width = sizeof(uint64_t),
	};
}

static ssize_t msr_read(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)handle;
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	/* the position stays: a longer read is the same register again */
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		struct tap_access access = get_access(file, offset);
		file_tap(node, &access);
		if (access.error < 0)
			return done > 0 ? (ssize_t)done : access.error;
		memcpy(buffer + done, &access.value, sizeof access.value);
	}
	return (ssize_t)count;
}

static ssize_t msr_write(const struct file_node *node, const struct tree_file *file,
	const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (file_is_locked_down(node))
		return -EPERM;
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		struct tap_access access = get_access(file, offset);
		access.is_write = true;
		memcpy(&access.value, buffer + done, sizeof access.value);
		file_tap(node, &access);
		if (access.error < 0)
			return done > 0 ? (ssize_t)done : access.error;
	}
	return (ssize_t)count;
}

const struct file_ops msrfile_ops = {
	.is_live = true,
	.open = msr_open,
	.read = msr_read,
	.write = msr_write,
};
