/* SPDX-License-Identifier: MIT */
/*
 * The other of the two files that open, pread and pwrite device files. sysfs
 * comes first: older kernels check in procfs the rights of the reader at each
 * read, so a file opened before privileges were dropped would end at byte 64.
 */
#include "device/pci.h"

#include <fcntl.h>

#include "util/bytes.h"
#include "util/cleanup.h"

#define REGISTER_BYTES 4 /* aligned, so that it is one cycle */

struct pci_function {
	uint32_t package;
	enum op_unit unit;
	uint32_t index;
	int fd; /* -1: it is there, but could not be opened */
};

struct pci {
	struct device device;
	size_t n_functions;
	struct pci_function functions[];
};

static const struct pci_function *find_function(const struct pci *pci, const struct op *op)
{
	for (size_t i = 0; i < pci->n_functions; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (function->package == op->place.package && function->unit == op->place.unit &&
			function->index == op->place.index)
			return function;
	}
	return NULL;
}

/* An offset behind the end of config space transfers nothing: failed, too. */
static enum op_status status_of(ssize_t n)
{
	return n == REGISTER_BYTES ? OP_OK : OP_FAILED;
}

static void access_one(const struct pci *pci, struct op *op)
{
	const struct pci_function *function = find_function(pci, op);
	uint8_t bytes[REGISTER_BYTES];

	if (!function) {
		op->status = OP_ABSENT;
	} else if (function->fd < 0) {
		op->status = OP_NO_FILE;
	} else if (op->verb == OP_CHECK) {
		op->status = OP_OK;
	} else if (op->verb == OP_READ) {
		op->status = status_of(pread(function->fd, bytes, sizeof bytes, op->place.reg));
		if (op->status == OP_OK)
			op->value = get_le32(bytes);
	} else {
		put_le32(bytes, (uint32_t)op->value);
		op->status = status_of(pwrite(function->fd, bytes, sizeof bytes, op->place.reg));
	}
}

static void pci_access(struct device *device, struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		access_one((struct pci *)device, &ops[i]);
}

static void pci_free(struct device *device)
{
	struct pci *pci = (struct pci *)device;

	for (size_t i = 0; i < pci->n_functions; i++)
		if (pci->functions[i].fd >= 0)
			close(pci->functions[i].fd);
	free(pci);
}

static const struct device_ops pci_ops = {.access = pci_access, .free = pci_free};

static int open_in_sysfs(
	int root_fd, const struct node_function *function, int flags, char *path, size_t size)
{
	unsigned device = function->arch->devfn >> 3, number = function->arch->devfn & 7;

	snprintf(path, size, "/sys/bus/pci/devices/%04x:%02x:%02x.%x/config", function->domain,
		function->bus, device, number);
	return openat(root_fd, path + 1, flags);
}

static int open_in_procfs(
	int root_fd, const struct node_function *function, int flags, char *path, size_t size)
{
	unsigned device = function->arch->devfn >> 3, number = function->arch->devfn & 7;

	snprintf(path, size, "/proc/bus/pci/%02x/%02x.%x", function->bus, device, number);
	return openat(root_fd, path + 1, flags);
}

static int open_config(
	int root_fd, const struct node_function *function, int flags, char *path, size_t size)
{
	int fd = -1, error = 0;

	flags |= O_CLOEXEC | O_NOFOLLOW;
	if (function->in_sysfs) {
		fd = open_in_sysfs(root_fd, function, flags, path, size);
		error = errno;
	}
	if (fd < 0 && function->domain == 0)
		fd = open_in_procfs(root_fd, function, flags, path, size);
	/* it is there: that procfs has it not says less */
	if (fd < 0 && error != 0 && (error == EROFS || errno == ENOENT))
		fd = open_in_sysfs(root_fd, function, flags, path, size);
	return fd;
}

static int open_function(int root_fd, const struct node_function *function, enum pci_use how,
	struct device_files *files)
{
	char path[64];
	int fd = open_config(
		root_fd, function, how == PCI_READ ? O_RDONLY : O_RDWR, path, sizeof path);

	if (fd < 0 && errno == EROFS && how != PCI_READ) {
		/* a container's: reads go on, writes fail */
		fd = open_config(root_fd, function, O_RDONLY, path, sizeof path);
		files->read_only += fd >= 0;
	}
	files->wanted++;
	files->opened += fd >= 0;
	if (fd < 0 && files->error == 0) {
		files->error = errno;
		snprintf(files->path, sizeof files->path, "%s", path);
	}
	return fd;
}

struct device *pci_new(int root_fd, const struct node *node, const enum pci_use use[OP_N_UNITS],
	struct device_files *files)
{
	struct pci *pci = calloc(1, sizeof *pci + node->n_functions * sizeof *pci->functions);

	*files = (struct device_files){0};
	if (!pci)
		return NULL;
	pci->device.ops = &pci_ops;
	for (size_t i = 0; i < node->n_functions; i++) {
		const struct node_function *function = &node->functions[i];
		enum pci_use how =
			function->package == NODE_NO_PACKAGE ? PCI_SHUT : use[function->arch->unit];

		if (how == PCI_SHUT)
			continue; /* answered as absent; the policy refuses it before */
		int fd = open_function(root_fd, function, how, files);
		pci->functions[pci->n_functions++] = (struct pci_function){
			.package = function->package,
			.unit = function->arch->unit,
			.index = function->arch->index,
			.fd = fd,
		};
	}
	return &pci->device;
}
