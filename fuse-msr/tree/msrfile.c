/* SPDX-License-Identifier: MIT */
/* The msr character device. It must not know who reads, or how a request came. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fuse-msr/tree/file.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "registers are copied as they are");

#define REGISTERS  8 /* asm/msr.h: what both of its calls take */
#define RDMSR_REGS _IOWR('c', 0xa0, uint32_t[REGISTERS])
#define WRMSR_REGS _IOWR('c', 0xa1, uint32_t[REGISTERS])

enum { EAX, ECX, EDX };

/* The handle is the mode it is open in: ioctl(2) asks for it. */
static int msr_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	*handle = (uint64_t)(flags & O_ACCMODE);
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

static bool may_write(const struct file_node *node)
{
	return !file_is_locked_down(node) && (!node->writes || *node->writes != MODULE_WRITES_OFF);
}

static ssize_t msr_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)handle;
	/* whoever may write is asked before what */
	if (!may_write(node))
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

static int ioctl_access(const struct file_node *node, const struct tree_file *file,
	struct file_ioctl *ioctl, bool is_write)
{
	uint32_t registers[REGISTERS];

	if (ioctl->size != sizeof registers)
		return -ENOTTY;
	memcpy(registers, ioctl->argument, sizeof registers);
	struct tap_access access = get_access(file, registers[ECX]);
	access.is_write = is_write;
	access.value = registers[EAX] | (uint64_t)registers[EDX] << 32;
	file_tap(node, &access);
	if (access.error < 0 || is_write)
		return access.error;
	registers[EAX] = (uint32_t)access.value;
	registers[EDX] = (uint32_t)(access.value >> 32);
	memcpy(ioctl->argument, registers, sizeof registers);
	ioctl->has_answer = true;
	return 0;
}

static int msr_ioctl(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	struct file_ioctl *ioctl)
{
	switch (ioctl->command) {
	case RDMSR_REGS:
		return handle == O_WRONLY ? -EBADF : ioctl_access(node, file, ioctl, false);
	case WRMSR_REGS:
		if (handle == O_RDONLY)
			return -EBADF;
		return may_write(node) ? ioctl_access(node, file, ioctl, true) : -EPERM;
	default:
		return -ENOTTY;
	}
}

const struct file_ops msrfile_ops = {
	.is_live = true,
	.open = msr_open,
	.read = msr_read,
	.write = msr_write,
	.unit = sizeof(uint64_t),
	.ioctl = msr_ioctl,
};
