/* SPDX-License-Identifier: MIT */
/*
 * Config space files. They must not know how a request came. The two doors to
 * a config space differ in what an offset past the end gets.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/pci.h>

#include "fuse-msr/tree/file.h"

#define HEADER_TYPE	    0x0e
#define HEADER_TYPE_MASK    0x7f
#define HEADER_TYPE_CARDBUS 2

/* How far a reader gets: all of it, or the standard header. */
static uint32_t find_limit(const struct fixture_function *function, bool privileged)
{
	if (privileged)
		return function->size;
	if ((function->config[HEADER_TYPE] & HEADER_TYPE_MASK) == HEADER_TYPE_CARDBUS)
		return 128;
	return 64;
}

/* How often the function has gone and come back. */
static uint32_t count_moves(const struct file_node *node, const struct tree_file *file)
{
	return node->control ? condition_moves(control_condition(node->control), file->number) : 0;
}

/* It is the opener who counts, whoever reads later, and what was there then: the handle is the
 * limit, and above it the moves. */
static int pci_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	(void)flags;
	*handle = (uint64_t)count_moves(node, file) << 32 |
		  find_limit(&node->fixture->functions[file->number],
			  caller_has(caller, CAP_SYS_ADMIN));
	return 0;
}

static uint32_t limit_of(uint64_t handle)
{
	return (uint32_t)handle;
}

/* Has it been taken away since it was opened? That it is back is another's file. */
static bool is_gone(const struct file_node *node, const struct tree_file *file, uint64_t handle)
{
	uint32_t moves = count_moves(node, file);

	return moves % 2 == 1 || moves != handle >> 32;
}

/*
 * The kernel's way to cut a range into cycles: an odd start costs a byte, then
 * a word up to the next dword if more than a word is left, then dwords, then
 * what remains.
 */
static uint32_t cycle_width(uint64_t offset, size_t left)
{
	if (offset & 1)
		return 1;
	if (offset & 3)
		return left >= 2 ? 2 : 1;
	return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

static struct tap_access get_cycle(const struct tree_file *file, uint64_t offset, size_t left)
{
	return (struct tap_access){
		.space = OP_PCI,
		.device = file->number,
		.reg = (uint32_t)offset,
		.width = cycle_width(offset, left),
	};
}

static ssize_t read_config(const struct file_node *node, const struct tree_file *file,
	uint64_t limit, uint8_t *buffer, size_t count, uint64_t offset)
{
	if (offset >= limit)
		return 0;
	if (count > limit - offset)
		count = limit - offset;

	for (size_t done = 0; done < count;) {
		struct tap_access access = get_cycle(file, offset + done, count - done);
		file_tap(node, &access);
		for (uint32_t i = 0; i < access.width; i++)
			buffer[done++] = (uint8_t)(access.value >> 8 * i);
	}
	return (ssize_t)count;
}

static ssize_t write_config(const struct file_node *node, const struct tree_file *file,
	const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (file_is_locked_down(node))
		return -EPERM;
	if (offset >= file->size)
		return 0;
	if (count > file->size - offset)
		count = file->size - offset;

	for (size_t done = 0; done < count;) {
		struct tap_access access = get_cycle(file, offset + done, count - done);
		access.is_write = true;
		for (uint32_t i = 0; i < access.width; i++)
			access.value |= (uint32_t)buffer[done++] << 8 * i;
		file_tap(node, &access);
	}
	return (ssize_t)count;
}

/* The errors of a file whose device has been removed are sysfs's and procfs's own, as measured on
 * Linux 6.1 (tests/kernel compares them). */
static ssize_t sysfs_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	if (is_gone(node, file, handle))
		return -ENODEV;
	return read_config(node, file, limit_of(handle), buffer, count, offset);
}

static ssize_t sysfs_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (is_gone(node, file, handle))
		return -ENODEV;
	if (offset >= file->size && count > 0)
		return -EFBIG;
	return write_config(node, file, buffer, count, offset);
}

/* Its position is an unsigned int for reads ... */
static ssize_t proc_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	if (is_gone(node, file, handle))
		return -EIO;
	return read_config(node, file, limit_of(handle), buffer, count, (uint32_t)offset);
}

/* ... and an int for writes: a negative one makes a range that no buffer has. */
static ssize_t proc_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (is_gone(node, file, handle))
		return -EIO;
	if ((int32_t)offset < 0)
		return -EINVAL;
	return write_config(node, file, buffer, count, (uint32_t)offset);
}

/* linux/pci.h; nothing is mapped here, so how to map it is taken and forgotten */
static int proc_ioctl(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	struct file_ioctl *ioctl)
{
	if (is_gone(node, file, handle))
		return -ENOTTY;
	switch (ioctl->command) {
	case PCIIOC_CONTROLLER:
		return (int)node->fixture->functions[file->number].domain;
	case PCIIOC_MMAP_IS_IO:
	case PCIIOC_MMAP_IS_MEM:
	case PCIIOC_WRITE_COMBINE:
		return 0;
	default:
		return -EINVAL;
	}
}

const struct file_ops pcifile_sysfs_ops = {
	.is_live = true,
	.open = pci_open,
	.read = sysfs_read,
	.write = sysfs_write,
};

const struct file_ops pcifile_proc_ops = {
	.is_live = true,
	.open = pci_open,
	.read = proc_read,
	.write = proc_write,
	.ioctl = proc_ioctl,
};
