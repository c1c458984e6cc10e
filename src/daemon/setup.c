/* SPDX-License-Identifier: MIT */
#include "daemon/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "device/msr.h"
#include "device/pci.h"
#include "util/cleanup.h"
#include "util/log.h"

/* Descriptors besides those of devices: 0-2, log, signals, listener, client, /proc and /sys. */
#define OTHER_DESCRIPTORS 32

/* A big machine has more CPUs than the usual limit of 1024 descriptors. Root
 * may raise the hard limit too; else what can't be opened is answered so. */
static void raise_descriptor_limit(const struct node *node)
{
	rlim_t needed = node->n_cpus + node->n_functions + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= needed)
		return;
	if (limit.rlim_max < needed) {
		struct rlimit higher = {needed, needed};
		if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
			return;
	}
	limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static const char *cure(int error)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
		return "is the kernel module loaded? modprobe msr";
	case EACCES:
		return "install msrd setuid root, or with the capabilities cap_sys_rawio, "
		       "cap_sys_admin and cap_dac_override";
	case EPERM:
		return "msrd lacks the capability cap_sys_rawio, or the kernel is locked down";
	case EMFILE:
		return "the limit of open files is too low for a machine of this size: ulimit -n";
	default:
		return "see dmesg";
	}
}

static void log_files(const char *what, const struct device_files *files)
{
	if (files->opened < files->wanted)
		log_cause(LOG_ERR, "%u of %u %s can't be opened: %s: %s (%s)",
			(unsigned)(files->wanted - files->opened), (unsigned)files->wanted, what,
			files->path, strerror(files->error), cure(files->error));
}

static void log_machine(const struct node *node)
{
	char buses[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < node->n_buses && length < sizeof buses; i++) {
		const struct bus *bus = &node->buses[i];
		int n = bus->package == BUS_NO_PACKAGE
				? snprintf(buses + length, sizeof buses - length,
					  ", bus %02x no socket: %s", bus->bus,
					  bus_doubt_text(bus->doubt))
				: snprintf(buses + length, sizeof buses - length,
					  ", bus %02x socket %u", bus->bus, (unsigned)bus->package);
		length += n > 0 ? (size_t)n : 0;
	}
	log_line(LOG_INFO, "%s: %u sockets%s", node->arch->text, (unsigned)node->n_packages, buses);
}

static void read_policy(struct setup *setup)
{
	const struct arch *arch = setup->node.arch;

	for (size_t i = 0; i < arch->n_profiles; i++)
		setup->policy.lists[setup->policy.n_lists++] = arch->profiles[i].list;
}

/* A file that the policy can never use stays shut; one that is only read is opened so. */
static void open_devices(struct setup *setup, int root_fd)
{
	struct device_files files;
	enum pci_use use[OP_N_UNITS];

	for (unsigned unit = 0; unit < OP_N_UNITS; unit++)
		use[unit] = !policy_allows_any(&setup->policy, ALLOW_PCI(unit))	    ? PCI_SHUT
			    : policy_allows_writes(&setup->policy, ALLOW_PCI(unit)) ? PCI_READ_WRITE
										    : PCI_READ;

	setup->devices[OP_MSR] = msr_open(
		root_fd, &setup->node, policy_allows_writes(&setup->policy, ALLOW_MSR), &files);
	log_files("MSR files", &files);
	setup->devices[OP_PCI] = pci_open(root_fd, &setup->node, use, &files);
	log_files("PCI config files", &files);
	if (!setup->devices[OP_MSR] || !setup->devices[OP_PCI]) {
		log_cause(LOG_ERR, "out of memory");
		setup->unready = OP_NO_FILE;
	}
}

void setup_init(struct setup *setup)
{
	*setup = (struct setup){.unready = OP_OK};
	cleanup_close int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = root_fd < 0 ? -errno : node_init(&setup->node, root_fd);

	if (r < 0) {
		log_cause(LOG_ERR, "can't find out what machine this is: %s", strerror(-r));
		setup->unready = OP_UNSUPPORTED;
		return;
	}
	if (!setup->node.arch) {
		log_cause(LOG_ERR, "this CPU (%s, family %u model %u) is not supported",
			setup->node.vendor, setup->node.family, setup->node.model);
		setup->unready = OP_UNSUPPORTED;
		return;
	}
	log_machine(&setup->node);
	raise_descriptor_limit(&setup->node);
	read_policy(setup);
	open_devices(setup, root_fd);
}

void setup_deinit(struct setup *setup)
{
	for (int space = 0; space < OP_N_SPACES; space++)
		if (setup->devices[space])
			setup->devices[space]->ops->free(setup->devices[space]);
	node_deinit(&setup->node);
}
