/* SPDX-License-Identifier: MIT */
/* The clock file. It must not know how a request came. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuse-msr/tree/file.h"
#include "util/clock.h"
#include "util/number.h"

/* It is not a thing of the node's: whoever started the node moves it, and not the node's root. */
static bool clock_is_allowed(const struct tree_file *file, int mask, const struct caller *caller)
{
	(void)file;
	return !(mask & X_OK) && (!(mask & W_OK) || caller->is_starter);
}

static ssize_t clock_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	char text[32];
	size_t length = (size_t)snprintf(
		text, sizeof text, "%" PRIu64 "\n", machine_clock_ns(node->machine));

	(void)file;
	(void)handle;
	/* one read gives it all; a second part would be of another time */
	if (offset > 0)
		return 0;
	if (count > length)
		count = length;
	memcpy(buffer, text, count);
	return (ssize_t)count;
}

/* Up to nine digits behind the point, to the nanosecond. */
static bool parse_fraction(const char *text, uint64_t *ns)
{
	char digits[] = "1000000000";
	size_t length = strlen(text);
	uint64_t value;

	if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
		return false;
	/* a leading 1 keeps leading zeros from meaning octal */
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): length <= 9, digits ends after 10 */
	memcpy(digits + 1, text, length);
	if (!number_parse(digits, 2 * CLOCK_SECOND_NS, &value))
		return false;
	*ns = value - CLOCK_SECOND_NS;
	return true;
}

/* Nanoseconds of "+NS" or "+SECONDS[.FRACTION]s". */
static bool parse(const char *text, uint64_t *ns)
{
	char copy[40];
	size_t length = strlen(text);
	uint64_t seconds, fraction = 0;

	if (text[0] != '+' || length >= sizeof copy)
		return false;
	memcpy(copy, text + 1, length);
	if (copy[0] == '\0' || copy[length - 2] != 's')
		return number_parse(copy, UINT64_MAX, ns);

	copy[length - 2] = '\0';
	char *point = strchr(copy, '.');
	if (point) {
		*point = '\0';
		if (!parse_fraction(point + 1, &fraction))
			return false;
	}
	if (!number_parse(copy, UINT64_MAX / CLOCK_SECOND_NS - 1, &seconds))
		return false;
	*ns = seconds * CLOCK_SECOND_NS + fraction;
	return true;
}

static ssize_t clock_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	char text[40];
	uint64_t ns;

	(void)file;
	(void)handle;
	(void)offset;
	if (count >= sizeof text)
		return -EINVAL;
	memcpy(text, buffer, count);
	text[count] = '\0';
	if (count > 0 && text[count - 1] == '\n')
		text[count - 1] = '\0';
	if (!parse(text, &ns))
		return -EINVAL;

	int r = machine_clock_advance(node->machine, ns);
	if (r == 0 && node->control)
		control_due(node->control);
	return r < 0 ? r : (ssize_t)count;
}

const struct file_ops clockfile_ops = {
	.is_live = true,
	.is_allowed = clock_is_allowed,
	.read = clock_read,
	.write = clock_write,
};
