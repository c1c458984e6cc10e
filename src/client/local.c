/* SPDX-License-Identifier: MIT */
/*
 * For a daemon that can't be asked: what this process sees of the machine, and what the daemon says
 * of each device when it is told to check it. It sees more than its user.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "client/ask.h"
#include "node/node.h"
#include "util/cleanup.h"

struct local {
	struct msrd *msrd;
	struct node node;
	conversation_learn *learn;
	void *closure;
	uint32_t n_units;
};

_Static_assert(FACT_NO_PACKAGE == NODE_NO_PACKAGE, "the same number");

/* Its status; OP_UNKNOWN: the daemon's protocol has no number for it. */
static int check(struct local *local, struct place device)
{
	struct msrd *msrd = local->msrd;
	struct op op = {.verb = OP_CHECK, .place = device};
	struct reason_told told = {.reason = REASON_NONE};
	int r = msrd->conversation->ops->access(msrd->conversation, &msrd->connection, &op, &told);

	if (r == -EINVAL)
		return OP_UNKNOWN;
	return r < 0 ? handle_break_off(msrd, r) : (int)op.status;
}

static int tell_cpus(struct local *local)
{
	for (uint32_t i = 0; i < local->node.n_cpus; i++) {
		const struct node_cpu *cpu = &local->node.cpus[i];
		int r = cpu->online ? check(local, place_of_cpu(i)) : OP_ABSENT;

		if (r < 0)
			return r;
		local->learn(local->closure, &(union fact){.cpu = {cpu->package, cpu->present,
								   cpu->online, (uint16_t)r}});
	}
	return 0;
}

static int tell_packages(struct local *local)
{
	const struct node *node = &local->node;

	for (uint32_t i = 0; i < node->n_packages; i++) {
		union fact fact = {.package = {.package = node->packages[i]}};

		for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++)
			fact.package.n_cpus += node->cpus[cpu].online &&
					       node->cpus[cpu].package == node->packages[i];
		local->learn(local->closure, &fact);
	}
	return 0;
}

static int tell_buses(struct local *local)
{
	for (size_t i = 0; i < local->node.n_buses; i++) {
		const struct bus *bus = &local->node.buses[i];

		local->learn(local->closure,
			&(union fact){.bus = {bus->package, bus->domain, bus->bus,
					      (uint8_t)bus->source, (uint8_t)bus->doubt}});
	}
	return 0;
}

/* Where the unit is, as far as this user may see; NULL: nowhere. */
static const struct node_function *find_function(
	const struct node *node, uint32_t package, const struct arch_function *arch)
{
	for (size_t i = 0; i < node->n_functions; i++)
		if (node->functions[i].package == package && node->functions[i].arch == arch)
			return &node->functions[i];
	return NULL;
}

/* One that there may be. */
static int tell_unit(struct local *local, uint32_t package, const struct arch_function *arch)
{
	const struct node_function *function = find_function(&local->node, package, arch);
	int r = check(local, place_of_unit(package, arch->unit, arch->index));
	union fact fact = {.unit = {.package = package,
				   .unit = (uint16_t)arch->unit,
				   .index = arch->index,
				   .devfn = arch->devfn,
				   .status = (uint16_t)r}};

	if (r < 0)
		return r;
	/* this user may not see of which package it is, but that it is there */
	if (!function &&
		(r == OP_ABSENT || (r == OP_UNKNOWN && !node_has_unit(&local->node, arch))))
		return 0;
	if (function) {
		fact.unit.domain = function->domain;
		fact.unit.bus = function->bus;
		fact.unit.device_id = function->device_id;
	}
	local->n_units++;
	local->learn(local->closure, &fact);
	return 0;
}

/* The daemon is asked for every unit that the model may have. */
static int tell_units(struct local *local)
{
	const struct node *node = &local->node;
	int r = 0;

	for (uint32_t i = 0; node->arch && i < node->n_packages; i++)
		for (size_t j = 0; r == 0 && j < node->arch->n_functions; j++)
			r = tell_unit(local, node->packages[i], &node->arch->functions[j]);
	return r;
}

static void ignore(void *closure, const union fact *fact)
{
	(void)closure;
	(void)fact;
}

static int tell_machine(struct local *local)
{
	const struct node *node = &local->node;
	struct local units = {.msrd = local->msrd, .node = *node, .learn = ignore};
	int r = tell_units(&units);

	if (r < 0)
		return r;
	local->learn(local->closure, &(union fact){.machine = {
							   .n_cpus = node->n_cpus,
							   .n_packages = node->n_packages,
							   .n_buses = (uint32_t)node->n_buses,
							   .n_units = units.n_units,
							   .family = node->family,
							   .model = node->model,
							   .stepping = node->stepping,
							   .is_supported = node->arch != NULL,
						   }});
	return 0;
}

static int tell(struct local *local, enum question_about about)
{
	switch (about) {
	case QUESTION_MACHINE:
		return tell_machine(local);
	case QUESTION_CPUS:
		return tell_cpus(local);
	case QUESTION_PACKAGES:
		return tell_packages(local);
	case QUESTION_BUSES:
		return tell_buses(local);
	case QUESTION_UNITS:
		return tell_units(local);
	case QUESTION_RULES:
		break;
	}
	return -EOPNOTSUPP;
}

int local_ask(struct msrd *msrd, const char *root, enum question_about about,
	conversation_learn *learn, void *closure)
{
	cleanup_close int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct local local = {.msrd = msrd, .learn = learn, .closure = closure};
	int r = root_fd < 0 ? -errno : node_init(&local.node, root_fd);

	if (r < 0) {
		msrd->reason = REASON_NONE;
		snprintf(msrd->text, sizeof msrd->text,
			"cannot read what machine this is from /proc and /sys: %s", strerror(-r));
	} else {
		r = tell(&local, about);
	}
	node_deinit(&local.node);
	return r;
}
