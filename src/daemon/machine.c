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

/* Why files can't be opened, in the log, and kept. */
static enum machine_cause log_files(const char *what, const struct device_files *files, int root_fd)
{
	struct machine_rights rights;
	enum machine_cause cause;

	if (files->opened == files->wanted)
		return CAUSE_NONE;
	machine_rights_read(&rights, root_fd);
	cause = machine_cause_of(files->error, files->opened > 0, &rights);
	log_cause(LOG_ERR, "%u of %u %s can't be opened: %s: %s: %s (%s)",
		(unsigned)(files->wanted - files->opened), (unsigned)files->wanted, what,
		files->path, strerror(files->error), machine_cause_text(cause),
		machine_cause_cure(cause));
	return cause;
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

/* No unit that anybody could ask for: are there none, or is it not known whose they are? */
static enum machine_cause cause_of_no_units(const struct node *node)
{
	if (node->arch->n_functions == 0)
		return CAUSE_NONE;
	return node->n_functions == 0 ? CAUSE_NO_UNCORE : CAUSE_HIDDEN;
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
	machine->causes[OP_MSR] = log_files("MSR files", &files, root_fd);
	machine->devices[OP_PCI] = pci_new(root_fd, &machine->node, use, &files);
	machine->causes[OP_PCI] = log_files("PCI config files", &files, root_fd);
	if (files.read_only > 0)
		machine->write_causes[OP_PCI] = CAUSE_READ_ONLY;
	if (machine->causes[OP_PCI] == CAUSE_NONE && files.wanted == 0)
		machine->causes[OP_PCI] = cause_of_no_units(&machine->node);
	if (!machine->devices[OP_MSR] || !machine->devices[OP_PCI]) {
		log_cause(LOG_ERR, "out of memory");
		machine->unready = OP_NO_FILE;
	}
}

/* Nothing is known of it: no access can work. */
static void make_unready(struct machine *machine, enum machine_cause cause)
{
	machine->unready = OP_UNSUPPORTED;
	for (int space = 0; space < OP_N_SPACES; space++)
		machine->causes[space] = cause;
}

static bool is_odd(const struct machine *machine)
{
	const struct node *node = &machine->node;
	bool odd = node->n_packages == 0 || node->n_twins > 0;

	for (int space = 0; space < OP_N_SPACES; space++)
		odd = odd || machine->write_causes[space] != CAUSE_NONE;
	for (size_t i = 0; i < node->n_buses; i++)
		odd = odd || node->buses[i].package == BUS_NO_PACKAGE;
	return odd;
}

/* Where not all is as it should be, one line says what there is, and what of it can't be written.
 * Else a session's own line is all that it has. */
static void log_machine(const struct machine *machine)
{
	char text[MACHINE_TEXT_SIZE];

	if (!is_odd(machine))
		return;
	machine_describe(&machine->node, text);
	for (int space = 0; space < OP_N_SPACES; space++) {
		enum machine_cause cause = machine->write_causes[space];

		if (cause != CAUSE_NONE)
			add(text, "; %s is only read: %s (%s)", op_space_name((enum op_space)space),
				machine_cause_text(cause), machine_cause_cure(cause));
	}
	log_line(LOG_INFO, "%s", text);
}

void machine_init(struct machine *machine, int root_fd, const struct site *site)
{
	*machine = (struct machine){.unready = OP_OK};
	int r = node_init(&machine->node, root_fd);

	if (r < 0) {
		enum machine_cause cause =
			r == -EMFILE || r == -ENFILE ? CAUSE_DESCRIPTORS : CAUSE_UNREADABLE;

		log_cause(LOG_ERR, "can't find out what machine this is: %s (%s)", strerror(-r),
			machine_cause_cure(cause));
		make_unready(machine, cause);
		return;
	}
	if (!machine->node.arch) {
		log_cause(LOG_ERR, "this CPU (%s, family %u model %u) is not supported",
			machine->node.vendor, machine->node.family, machine->node.model);
		make_unready(machine, CAUSE_MODEL);
		return;
	}
	for (int space = 0; space < OP_N_SPACES; space++)
		machine->write_causes[space] =
			machine_cause_of_writes(root_fd, op_space_has_units((enum op_space)space));
	raise_descriptor_limit(&machine->node);
	open_devices(machine, root_fd, site);
	log_machine(machine);
}

void machine_count_devices(const struct machine *machine, size_t n[ALLOW_N_SECTIONS])
{
	const struct node *node = &machine->node;

	memset(n, 0, ALLOW_N_SECTIONS * sizeof *n);
	n[ALLOW_MSR] = node->n_cpus;
	for (size_t i = 0; i < node->n_functions; i++)
		n[ALLOW_PCI(node->functions[i].arch->unit)]++;
}

void machine_deinit(struct machine *machine)
{
	for (int space = 0; space < OP_N_SPACES; space++)
		machine->devices[space] = device_free(machine->devices[space]);
	node_deinit(&machine->node);
}
