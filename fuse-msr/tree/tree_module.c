/* SPDX-License-Identifier: MIT */
/*
 * What the msr and cpuid modules bring into a node's files besides their devices, as Linux 6.1
 * shows it: sys/module, sys/class, sys/devices/virtual, proc/devices and proc/modules. It must not
 * know FUSE.
 */
#include <stdio.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"

/* Documentation/admin-guide/devices.txt of Linux */
#define MAJOR_MSR   202
#define MAJOR_CPUID 203

static const struct module {
	const char *name,
		*device; /* of the module and its class; of a device, with its number behind */
	int major;
} modules[] = {{"msr", "msr", MAJOR_MSR}, {"cpuid", "cpu", MAJOR_CPUID}};

static void add_device(struct tree *tree, const struct module *module, uint32_t cpu)
{
	char name[64], path[128];

	snprintf(name, sizeof name, "%s%u", module->device, cpu);
	snprintf(path, sizeof path, "sys/devices/virtual/%s/%s", module->name, name);
	uint32_t dir = tree_dir(tree, TREE_ROOT, path);
	tree_text(tree, dir, "dev", "%d:%u\n", module->major, cpu);
	tree_text(tree, dir, "uevent", "MAJOR=%d\nMINOR=%u\nDEVNAME=cpu/%u/%s\n", module->major,
		cpu, cpu, module->name);
	tree_link(tree, dir, "subsystem", "../../../../class/%s", module->name);
	snprintf(path, sizeof path, "sys/class/%s/%s", module->name, name);
	tree_link(tree, TREE_ROOT, path, "../../devices/virtual/%s/%s", module->name, name);
	snprintf(path, sizeof path, "sys/dev/char/%d:%u", module->major, cpu);
	tree_link(tree, TREE_ROOT, path, "../../devices/virtual/%s/%s", module->name, name);
}

static void add_module(struct tree *tree, const struct module *module)
{
	char path[64];

	snprintf(path, sizeof path, "sys/module/%s", module->name);
	uint32_t dir = tree_dir(tree, TREE_ROOT, path);
	tree_text(tree, dir, "initstate", "live\n");
	tree_text(tree, dir, "refcnt", "0\n");
}

void tree_module_add(struct tree *tree, const struct fixture *fixture)
{
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		add_module(tree, &modules[i]);
		for (size_t j = 0; j < fixture->n_cpus; j++)
			if (fixture->cpus[j].online)
				add_device(tree, &modules[i], fixture->cpus[j].number);
	}
	tree_device(tree, TREE_ROOT, "sys/module/msr/parameters/allow_writes", &writesfile_ops,
		0600, 0, 4096);
	/* the node's /dev has no block device */
	tree_proc_text(tree, "proc/devices",
		"Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n  5 /dev/console\n"
		"  5 /dev/ptmx\n 10 misc\n136 pts\n202 cpu/msr\n203 cpu/cpuid\n\n"
		"Block devices:\n");
	tree_proc_text(tree, "proc/modules",
		"cpuid 16384 0 - Live 0x0000000000000000\nmsr 16384 0 - Live 0x0000000000000000\n");
}
