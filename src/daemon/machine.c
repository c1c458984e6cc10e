/* SPDX-License-Identifier: MIT */
/*
 * Finds, opens and says what it found. Nothing of it depends on a client: a
 * file is opened when any profile can ever use it, and grant.c says who may.
 */
#include "daemon/machine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/grant.h"
#include "device/msr.h"
#include "device/pci.h"
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

/* Adds to text, as far as there is room. */
__attribute__((format(printf, 2, 3))) static void add(
	char text[MACHINE_TEXT_SIZE], const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, MACHINE_TEXT_SIZE - length, format, arguments);
	va_end(arguments);
}

static void add_bus(char text[MACHINE_TEXT_SIZE], const struct bus *bus, bool says_source)
{
	if (bus->domain != 0)
		add(text, "bus %04x:%02x", bus->domain, bus->bus);
	else
		add(text, "bus %02x", bus->bus);
	if (bus->package == BUS_NO_PACKAGE)
		add(text, " no socket: %s", bus_doubt_text(bus->doubt));
	else if (says_source)
		add(text, " socket %u by %s", (unsigned)bus->package, bus_source_text(bus->source));
	else
		add(text, " socket %u", (unsigned)bus->package);
}

const char *machine_describe(const struct node *node, char text[MACHINE_TEXT_SIZE])
{
	enum bus_source said = BUS_BY_NOTHING;

	text[0] = '\0';
	add(text, "%s: ", node->arch->text);
	if (node->n_packages == 0)
		add(text, "no socket is known");
	for (uint32_t i = 0; i < node->n_packages; i++)
		add(text, "%s%u%s", i == 0 ? "sockets " : ", ", (unsigned)node->packages[i],
			i < node->n_cpu_packages ? "" : " (no CPU online)");
	if (node->n_buses == 0)
		add(text, "; no uncore functions");
	for (size_t i = 0; i < node->n_buses; i++) {
		const struct bus *bus = &node->buses[i];

		add(text, i == 0 ? "; " : ", ");
		add_bus(text, bus, bus->source != said);
		said = bus->source;
	}
	if (node->n_twins > 0)
		add(text, "; %zu units left out: two buses of one socket have the same",
			node->n_twins);
	return text;
}

/* What no profile can ever use stays shut; what is only read is opened so. */
static enum pci_use use_of(const struct policy *any, enum op_unit unit)
{
	if (!policy_allows_any(any, ALLOW_PCI(unit)))
		return PCI_SHUT;
	return policy_allows_writes(any, ALLOW_PCI(unit)) ? PCI_READ_WRITE : PCI_READ;
}

static void open_devices(struct machine *machine, int root_fd, const struct site *site)
{
	enum pci_use use[OP_N_UNITS];
	struct device_files files;
	struct policy any;

	if (grant_anybody(&any, machine->node.arch, site) < 0)
		log_cause(LOG_ERR, "this CPU model has too many allowlists: none is used");
	for (unsigned unit = 0; unit < OP_N_UNITS; unit++)
		use[unit] = use_of(&any, (enum op_unit)unit);
	machine->devices[OP_MSR] =
		msr_new(root_fd, &machine->node, policy_allows_writes(&any, ALLOW_MSR), &files);
	log_files("MSR files", &files);
	machine->devices[OP_PCI] = pci_new(root_fd, &machine->node, use, &files);
	log_files("PCI config files", &files);
	if (!machine->devices[OP_MSR] || !machine->devices[OP_PCI]) {
		log_cause(LOG_ERR, "out of memory");
		machine->unready = OP_NO_FILE;
	}
}

void machine_init(struct machine *machine, int root_fd, const struct site *site)
{
	char text[MACHINE_TEXT_SIZE];

	*machine = (struct machine){.unready = OP_OK};
	int r = node_init(&machine->node, root_fd);

	if (r < 0) {
		log_cause(LOG_ERR, "can't find out what machine this is: %s", strerror(-r));
		machine->unready = OP_UNSUPPORTED;
		return;
	}
	if (!machine->node.arch) {
		log_cause(LOG_ERR, "this CPU (%s, family %u model %u) is not supported",
			machine->node.vendor, machine->node.family, machine->node.model);
		machine->unready = OP_UNSUPPORTED;
		return;
	}
	log_line(LOG_INFO, "%s", machine_describe(&machine->node, text));
	raise_descriptor_limit(&machine->node);
	open_devices(machine, root_fd, site);
}

void machine_deinit(struct machine *machine)
{
	for (int space = 0; space < OP_N_SPACES; space++)
		machine->devices[space] = device_free(machine->devices[space]);
	node_deinit(&machine->node);
}
