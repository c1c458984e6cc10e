/* SPDX-License-Identifier: MIT */
/*
 * Texts of /proc that change: written anew whenever one is opened, and whole however it is read.
 * It must not know how a request came.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/cpuinfo.h"
#include "fuse-msr/tree/file.h"
#include "fuse-msr/tree/procstat.h"

/* Takes the text over: the handle is its address. */
static int open_text(char *text, uint64_t *handle)
{
	*handle = (uint64_t)(uintptr_t)text;
	return text ? 0 : -ENOMEM;
}

static ssize_t live_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	const char *text = (const char *)(uintptr_t)handle;
	size_t length = strlen(text);

	(void)node;
	(void)file;
	if (offset >= length)
		return 0;
	if (count > length - offset)
		count = length - offset;
	memcpy(buffer, text + offset, count);
	return (ssize_t)count;
}

static void live_release(uint64_t handle)
{
	free((char *)(uintptr_t)handle);
}

/* The text of the node as it is now, of those CPUs that are online. */
static int open_now(const struct file_node *node, char *(*write)(const struct fixture *, uint64_t),
	uint64_t *handle)
{
	uint64_t ns = machine_clock_ns(node->machine);

	if (!node->control)
		return open_text(write(node->fixture, ns), handle);
	control_due(node->control);
	struct fixture *view = condition_view(control_condition(node->control), node->machine);
	if (!view)
		return -ENOMEM;
	int r = open_text(write(view, ns), handle);
	condition_view_free(view);
	return r;
}

static int cpuinfo_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	(void)file;
	(void)flags;
	(void)caller;
	return open_now(node, cpuinfo_text, handle);
}

static int stat_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	(void)file;
	(void)flags;
	(void)caller;
	return open_now(node, procstat_text, handle);
}

const struct file_ops cpuinfofile_ops = {
	.is_live = true, .open = cpuinfo_open, .read = live_read, .release = live_release};
const struct file_ops statfile_ops = {
	.is_live = true, .open = stat_open, .read = live_read, .release = live_release};
