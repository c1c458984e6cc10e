/* SPDX-License-Identifier: MIT */
/*
 * One of the two files that open, pread and pwrite device files. It carries
 * out what it is told: that an access is allowed was decided before.
 */
#include "device/msr.h"

#include <fcntl.h>

#include "util/cleanup.h"

struct msr_cpu {
	int fd;		       /* -1: not open */
	enum op_status status; /* why not */
};

struct msr {
	struct device device;
	uint32_t n_cpus;
	struct msr_cpu cpus[];
};

/* The kernel's words for one access (measured): ENXIO is an offline CPU, EIO a fault. */
static enum op_status status_of(ssize_t n)
{
	if (n == sizeof(uint64_t))
		return OP_OK;
	return n < 0 && errno == ENXIO ? OP_ABSENT : OP_FAILED;
}

static void access_one(const struct msr *msr, struct op *op)
{
	if (op->place.cpu >= msr->n_cpus) {
		op->status = OP_ABSENT;
		return;
	}

	const struct msr_cpu *cpu = &msr->cpus[op->place.cpu];
	if (cpu->fd < 0)
		op->status = cpu->status;
	else if (op->verb == OP_CHECK)
		op->status = OP_OK;
	else if (op->verb == OP_READ)
		op->status = status_of(pread(cpu->fd, &op->value, sizeof op->value, op->place.reg));
	else
		op->status =
			status_of(pwrite(cpu->fd, &op->value, sizeof op->value, op->place.reg));
}

/* All in one place: with each call of the kernel, what the daemon does beside it gets dearer. */
static void msr_access(struct device *device, struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		access_one((struct msr *)device, &ops[i]);
}

static void msr_free(struct device *device)
{
	struct msr *msr = (struct msr *)device;

	for (uint32_t i = 0; i < msr->n_cpus; i++)
		if (msr->cpus[i].fd >= 0)
			close(msr->cpus[i].fd);
	free(msr);
}

static const struct device_ops msr_ops = {.access = msr_access, .free = msr_free};

static void open_cpu(int root_fd, uint32_t number, bool online, bool writable, struct msr_cpu *cpu,
	struct device_files *files)
{
	char path[64];
	int flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW;

	snprintf(path, sizeof path, "/dev/cpu/%u/msr", number);
	cpu->fd = openat(root_fd, path + 1, flags);
	files->wanted += online;
	if (cpu->fd >= 0) {
		files->opened++;
		return;
	}
	/* the kernel removes the file of an offline CPU: no fault of the installation. It stays so:
	 * opening it later would take privileges */
	cpu->status = online ? OP_NO_FILE : OP_ABSENT;
	if (online && files->error == 0) {
		files->error = errno;
		snprintf(files->path, sizeof files->path, "%s", path);
	}
}

struct device *msr_new(
	int root_fd, const struct node *node, bool writable, struct device_files *files)
{
	struct msr *msr = calloc(1, sizeof *msr + node->n_cpus * sizeof *msr->cpus);

	*files = (struct device_files){0};
	if (!msr)
		return NULL;
	msr->device.ops = &msr_ops;
	msr->n_cpus = node->n_cpus;
	for (uint32_t i = 0; i < node->n_cpus; i++) {
		msr->cpus[i] = (struct msr_cpu){.fd = -1, .status = OP_ABSENT};
		if (node->cpus[i].present)
			open_cpu(root_fd, i, node->cpus[i].online, writable, &msr->cpus[i], files);
	}
	return &msr->device;
}
