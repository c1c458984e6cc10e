/* SPDX-License-Identifier: MIT */
/* The device files without a daemon between: nothing can be faster. */
#include "candidate.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "device/msr.h"
#include "device/pci.h"
#include "node/node.h"
#include "util/cleanup.h"

struct files {
	struct device device;
	struct node node;
	struct device *spaces[OP_N_SPACES];
};

static void files_access(struct device *device, struct op *op)
{
	struct device *space = ((struct files *)device)->spaces[op->place.space];

	space->ops->access(space, op);
}

static void files_free(struct device *device)
{
	struct files *files = (struct files *)device;

	for (int space = 0; space < OP_N_SPACES; space++)
		files->spaces[space]->ops->free(files->spaces[space]);
	node_deinit(&files->node);
	free(files);
}

static void open_spaces(struct files *files, int root_fd)
{
	static const enum pci_use use[OP_N_UNITS] = {[UNIT_IMC] = PCI_READ_WRITE};
	struct device_files opened[OP_N_SPACES];

	files->spaces[OP_MSR] = msr_open(root_fd, &files->node, true, &opened[OP_MSR]);
	files->spaces[OP_PCI] = pci_open(root_fd, &files->node, use, &opened[OP_PCI]);
	for (int space = 0; space < OP_N_SPACES; space++) {
		if (!files->spaces[space])
			errx(EXIT_FAILURE, "out of memory");
		if (opened[space].opened < opened[space].wanted)
			errx(EXIT_FAILURE, "%s: %s: only root can open it", opened[space].path,
				strerror(opened[space].error));
	}
}

struct device *candidate_new_files(void)
{
	static const struct device_ops ops = {.access = files_access, .free = files_free};
	cleanup_close int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct files *files = calloc(1, sizeof *files);

	if (!files)
		errx(EXIT_FAILURE, "out of memory");
	files->device.ops = &ops;
	if (root_fd < 0 || node_init(&files->node, root_fd) < 0 || !files->node.arch)
		errx(EXIT_FAILURE, "this machine is none that msrd supports");
	open_spaces(files, root_fd);
	return &files->device;
}
