/* SPDX-License-Identifier: MIT */
/* sim/fault and sim/registers. They must not know what a directive says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuse-msr/tree/file.h"
#include "util/cleanup.h"

/* No thing of the node's, but of whoever plays with it: who started it, or its root. */
static bool control_is_allowed(const struct tree_file *file, int mask, const struct caller *caller)
{
	(void)file;
	return !(mask & X_OK) && (!(mask & W_OK) || caller->is_starter || caller->is_root);
}

static ssize_t control_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	cleanup_free char *text = NULL;
	size_t length;
	FILE *out = node->control ? open_memstream(&text, &length) : NULL;

	(void)handle;
	if (!out)
		return node->control ? -ENOMEM : 0;
	control_write(node->control, file->number, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	return file_show(text, length, buffer, count, offset);
}

/* Lines up to the first that is refused: the count of those that were taken, unless it is the
 * first. The list says why. */
static ssize_t take_lines(struct control *control, char *text)
{
	char error[DIRECTIVE_ERROR_SIZE], *rest = text;

	for (char *line; (line = strsep(&rest, "\n"));)
		if (control_apply(control, line, error) < 0)
			return line == text ? -EINVAL : line - text;
	return (ssize_t)0;
}

static ssize_t control_take(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	cleanup_free char *text = malloc(count + 1);

	(void)file;
	(void)handle;
	(void)offset;
	if (!text)
		return -ENOMEM;
	memcpy(text, buffer, count);
	text[count] = '\0';
	if (!node->control || strlen(text) != count)
		return -EINVAL;
	ssize_t r = take_lines(node->control, text);
	return r == 0 ? (ssize_t)count : r;
}

const struct file_ops controlfile_ops = {
	.is_live = true,
	.is_allowed = control_is_allowed,
	.read = control_read,
	.write = control_take,
};
