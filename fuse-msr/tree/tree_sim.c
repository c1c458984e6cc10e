/* SPDX-License-Identifier: MIT */
/*
 * sim/: what no real node has. The clock, what a measurement should show, and
 * where the facts come from. It must not know FUSE.
 */
#include <stdlib.h>

#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/nodetree.h"
#include "sim/fixture/expect.h"

static char *workload_text(const struct fixture *fixture, const uint64_t *started_ns)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	expect_write(fixture, started_ns, out);
	return fclose(out) == 0 ? text : (free(text), NULL);
}

static void add_at(
	struct tree *tree, const struct fixture *fixture, const char *path, const char *workload)
{
	uint32_t dir = tree_dir(tree, TREE_ROOT, path);

	tree_device(tree, dir, "clock", &clockfile_ops, 0644, 0, 0);
	tree_device(tree, dir, "fault", &controlfile_ops, 0644, 0, 0);
	tree_device(tree, dir, "registers", &controlfile_ops, 0644, 1, 0);
	tree_text(tree, dir, "workload", "%s", workload);
	tree_text(tree, dir, "origin", "%s\n", fixture->origin ? fixture->origin : "");
}

void tree_sim_add(struct tree *tree, const struct fixture *fixture, const uint64_t *started_ns)
{
	char *workload = workload_text(fixture, started_ns);

	tree->failed |= !workload;
	add_at(tree, fixture, "sim", workload ? workload : "");
	/* inside `fuse-msr run` only what is bound somewhere can be seen */
	add_at(tree, fixture, "sys/devices/sim", workload ? workload : "");
	free(workload);
}
