/* SPDX-License-Identifier: MIT */
/*
 * Files by which root switches something of the kernel, as those of Linux 6.1
 * take it: cpuN/online (drivers/base/core.c), lockdown (security/lockdown),
 * nmi_watchdog (kernel/watchdog.c). What a switch does is a directive.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "fuse-msr/tree/file.h"
#include "util/array.h"
#include "util/number.h"

/* What was written, without a newline; false: too long. */
static bool get_word(char word[32], const uint8_t *buffer, size_t count)
{
	if (count > 0 && buffer[count - 1] == '\n')
		count--;
	if (count >= 32)
		return false;
	memcpy(word, buffer, count);
	word[count] = '\0';
	return true;
}

/* 0, or what writing the switch gets. */
static int give(const struct file_node *node, const char *line, int error)
{
	char why[DIRECTIVE_ERROR_SIZE];

	return node->control && control_apply(node->control, line, why) == 0 ? 0 : error;
}

static ssize_t online_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)handle;
	if (node->control)
		control_due(node->control);
	return file_show(machine_cpu_is_online(node->machine, file->number) ? "1\n" : "0\n", 2,
		buffer, count, offset);
}

/* As kstrtobool reads it: by the first letter, of "on" and "off" by the second. */
static bool parse_bool(const char *word, bool *value)
{
	char first = (char)tolower(word[0]),
	     second = (char)(word[0] == '\0' ? '\0' : tolower(word[1]));

	*value = first == '1' || first == 'y' || first == 't' || (first == 'o' && second == 'n');
	return *value || first == '0' || first == 'n' || first == 'f' ||
	       (first == 'o' && second == 'f');
}

static ssize_t online_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	char word[32], line[64];
	bool online;

	(void)handle;
	(void)offset;
	if (!get_word(word, buffer, count) || !parse_bool(word, &online))
		return -EINVAL;
	snprintf(line, sizeof line, "%s %u", online ? "online" : "offline", file->number);
	int r = give(node, line, -EBUSY);
	return r < 0 ? r : (ssize_t)count;
}

static const char *const lockdowns[] = {
	[LOCKDOWN_NONE] = "none",
	[LOCKDOWN_INTEGRITY] = "integrity",
	[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
};

static unsigned get_lockdown(const struct file_node *node)
{
	if (!node->control)
		return LOCKDOWN_NONE;
	control_due(node->control);
	return condition_lockdown(control_condition(node->control));
}

static ssize_t lockdown_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	char text[64] = "";

	(void)file;
	(void)handle;
	for (unsigned i = 0; i < N_ELEMENTS(lockdowns); i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
			i == get_lockdown(node) ? "%s[%s]%s" : "%s%s%s", i > 0 ? " " : "",
			lockdowns[i], i + 1 == N_ELEMENTS(lockdowns) ? "\n" : "");
	return file_show(text, strlen(text), buffer, count, offset);
}

/* It goes one way: up. */
static ssize_t lockdown_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	char word[32], line[64];

	(void)file;
	(void)handle;
	(void)offset;
	if (!get_word(word, buffer, count))
		return -EINVAL;
	for (unsigned i = 0; i < N_ELEMENTS(lockdowns); i++) {
		if (strcmp(word, lockdowns[i]) != 0)
			continue;
		if (i <= get_lockdown(node))
			return -EPERM;
		snprintf(line, sizeof line, "lockdown %s", word);
		int r = give(node, line, -EINVAL);
		return r < 0 ? r : (ssize_t)count;
	}
	return -EINVAL;
}

static ssize_t watchdog_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	(void)file;
	(void)handle;
	if (node->control)
		control_due(node->control);
	bool on = node->control && condition_watchdog(control_condition(node->control));
	return file_show(on ? "1\n" : "0\n", 2, buffer, count, offset);
}

static ssize_t watchdog_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	char word[32];
	uint64_t value;

	(void)file;
	(void)handle;
	(void)offset;
	if (!get_word(word, buffer, count) || !number_parse(word, 1, &value))
		return -EINVAL;
	int r = give(node, value ? "watchdog on" : "watchdog off", -EINVAL);
	return r < 0 ? r : (ssize_t)count;
}

const struct file_ops onlinefile_ops = {
	.is_live = true, .read = online_read, .write = online_write};
const struct file_ops lockdownfile_ops = {
	.is_live = true, .read = lockdown_read, .write = lockdown_write};
const struct file_ops watchdogfile_ops = {
	.is_live = true, .read = watchdog_read, .write = watchdog_write};
