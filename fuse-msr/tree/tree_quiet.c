/* SPDX-License-Identifier: MIT */
/*
 * What a kernel says of the machine below it that a node has nothing to say about: there, and
 * empty, so that it is not the host's. It must not know FUSE.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuse-msr/tree/nodetree.h"
#include "fuse-msr/tree/procstat.h"
#include "util/array.h"
#include "util/cleanup.h"

static const char *const dirs[] = {
	"sys/devices/virtual",
	"sys/devices/platform",
	"sys/bus/pci/drivers",
	"sys/bus/pci/slots",
	"sys/class",
	"sys/block",
	"sys/hypervisor",
	"sys/kernel/iommu_groups",
	"sys/kernel/irq",
	"proc/acpi",
};

/* where memory and devices are in the address spaces; what MTRRs mean */
static const char *const files[] = {"proc/iomem", "proc/ioports", "proc/mtrr"};

void tree_quiet_add(struct tree *tree, const struct fixture *fixture)
{
	cleanup_free char *softirqs = softirqs_text(fixture);
	struct cpumask all;

	for (size_t i = 0; i < N_ELEMENTS(dirs); i++)
		tree_dir(tree, TREE_ROOT, dirs[i]);
	for (size_t i = 0; i < N_ELEMENTS(files); i++)
		tree_proc_text(tree, files[i], "");
	tree->failed |= !softirqs;
	tree_proc_text(tree, "proc/softirqs", softirqs ? softirqs : "");

	cpumask_init(&all, fixture, NULL, NULL);
	cleanup_free char *hex = cpumask_hex(&all);
	tree->failed |= !hex;
	tree_text(tree, tree_dir(tree, TREE_ROOT, "proc/irq"), "default_smp_affinity", "%s\n",
		hex ? hex : "");
}
