/* SPDX-License-Identifier: MIT */
/*
 * Puts the machine together. Knows what the kernel shows of a machine; opens
 * no device file for writing and remembers no descriptor.
 */
#include <stdlib.h>

#include "node/internal.h"

int node_init(struct node *node, int root_fd)
{
	int r;

	*node = (struct node){0};
	r = node_read_cpu_model(node, root_fd);
	if (r < 0)
		return r;
	node->arch = arch_find(node->family, node->model);
	r = node_read_cpus(node, root_fd);
	if (r < 0 || !node->arch)
		return r;
	return node_read_uncore(node, root_fd);
}

void node_deinit(struct node *node)
{
	free(node->cpus);
	free(node->packages);
	free(node->buses);
	free(node->functions);
	*node = (struct node){0};
}

bool node_has_package(const struct node *node, uint32_t package)
{
	for (uint32_t i = 0; i < node->n_packages; i++)
		if (node->packages[i] == package)
			return true;
	return false;
}

bool node_has_unit(const struct node *node, const struct arch_function *unit)
{
	for (size_t i = 0; i < node->n_functions; i++)
		if (node->functions[i].arch == unit)
			return true;
	return false;
}
