/* SPDX-License-Identifier: MIT */
/* Walks through the model's registers on the CPUs and units that there are. Knows none of them. */
#include "cli/machine.h"

#include <err.h>
#include <errno.h>

/* The register of a hit on any device of its kind. */
static struct place place_of(const struct arch_hit *hit)
{
	return (struct place){
		.space = hit->entry->space, .unit = hit->entry->unit, .reg = hit->address};
}

/* Is an online CPU before that one in the same package? */
static bool has_sibling_before(const struct node *node, uint32_t cpu)
{
	if (node->cpus[cpu].package == NODE_NO_PACKAGE)
		return false;
	for (uint32_t i = 0; i < cpu; i++)
		if (node->cpus[i].online && node->cpus[i].package == node->cpus[cpu].package)
			return true;
	return false;
}

static int add_to_cpus(const struct node *node, const struct arch_hit *hit, struct accesses *reads)
{
	struct place place = place_of(hit);
	int r = 0;

	for (place.cpu = 0; place.cpu < node->n_cpus && r == 0; place.cpu++)
		if (node->cpus[place.cpu].online &&
			(hit->entry->scope != ARCH_PACKAGE || !has_sibling_before(node, place.cpu)))
			r = accesses_add(reads, OP_READ, &place, 0);
	return r;
}

static int add_to_units(const struct node *node, const struct arch_hit *hit, struct accesses *reads)
{
	struct place place = place_of(hit);
	int r = 0;

	for (uint32_t i = 0; i < node->n_packages; i++)
		for (size_t j = 0; j < node->arch->n_functions && r == 0; j++) {
			if (node->arch->functions[j].unit != place.unit)
				continue;
			place.package = node->packages[i];
			place.index = node->arch->functions[j].index;
			r = accesses_add(reads, OP_READ, &place, 0);
		}
	return r;
}

int machine_add(const struct cli *cli, struct msrd *msrd,
	bool (*wants)(
		const struct arch *arch, const struct place *place, const struct msrd_rule *rule),
	struct accesses *reads)
{
	struct arch_walk walk = arch_walk(cli->node.arch);
	struct arch_hit hit;
	int r = 0;

	while (r == 0 && arch_register_next(&walk, &hit)) {
		const struct place place = place_of(&hit);
		struct msrd_rule rule;
		int told;

		if (!wants(cli->node.arch, &place, NULL))
			continue;
		told = msrd_allowed(msrd, (enum msrd_space)place.space, (enum msrd_unit)place.unit,
			place.reg, &rule);
		if (told < 0 && told != -EOPNOTSUPP)
			return told;
		if (told == MSRD_REFUSED || (told == 0 && !wants(cli->node.arch, &place, &rule)))
			continue;
		r = op_space_has_units(place.space) ? add_to_units(&cli->node, &hit, reads)
						    : add_to_cpus(&cli->node, &hit, reads);
	}
	return r;
}

bool machine_is_open(struct msrd *msrd)
{
	char text[MSRD_ERROR_SIZE];
	struct msrd_machine machine;

	if (msrd_info(msrd, &machine) < 0)
		warnx("%s", msrd_error(msrd, text, sizeof text));
	else if (machine.status != MSRD_OK)
		warnx("%s: %s", msrd_status_text(machine.status), machine.text);
	else
		return true;
	return false;
}

bool machine_lacks(int result)
{
	return result == MSRD_FAILED || result == MSRD_ABSENT;
}
