/* SPDX-License-Identifier: MIT */
/*
 * What umockdev-record prints of devices: a block each, with a line for each thing, and an empty
 * line behind. What else umockdev records (ioctls, scripts, input events) has no registers in it,
 * and is told apart so that the message can say why. Knows no device.
 */
#include "sim/import/umockdev.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

#define RATHER                                                                                     \
	"record the accesses with the kernel's tracepoints (--ftrace, --perf-script), or the "     \
	"device (umockdev-record DEVICE)"

/* "EVIOCGBIT(0) 8 0B00", "USBDEVFS_CONNECTINFO 0 11 0": a name of ioctl, and a number */
static bool is_ioctl(const char *line)
{
	size_t length = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	int end = 0;

	if (length < 2 || isdigit((unsigned char)*line))
		return false;
	line += length;
	if (*line == '(' && sscanf(line, "(%*d)%n", &end) == 0 && end > 0)
		line += end;
	return *line == ' ' && (isdigit((unsigned char)line[1]) || line[1] == '-');
}

/* What the first line says that it is. */
static const char *other_recording(const char *line)
{
	if (strncmp(line, "@DEV ", 5) == 0 || is_ioctl(line))
		return "is a recording of ioctls, and none that umockdev knows is of a "
		       "register: " RATHER;
	if (isalpha((unsigned char)line[0]) && line[1] == ' ' && isdigit((unsigned char)line[2]))
		return "is a script of reads and writes, which has no offsets and so does not say "
		       "of which register they are: " RATHER;
	if (strncmp(line, "E: ", 3) == 0 && isdigit((unsigned char)line[3]))
		return "is a recording of input events, and no register is among them";
	if (!isupper((unsigned char)line[0]) || strncmp(line + 1, ": ", 2) != 0)
		return "is no description of devices as umockdev-record prints it: 'P: "
		       "/devices/…' comes first";
	return NULL;
}

struct walk {
	struct fixture_file *file;
	const struct umockdev_visitor *visitor;
	size_t line, n_devices;
	bool is_inside;
};

static bool complain(const struct walk *walk, const char *what)
{
	fixture_complain(walk->file, walk->line, "%s", what);
	return false;
}

static void end(struct walk *walk)
{
	if (walk->is_inside)
		walk->visitor->end(walk->visitor->context);
	walk->is_inside = false;
}

static bool begin(struct walk *walk, const char *path)
{
	if (walk->is_inside)
		return complain(walk, "a device begins behind an empty line: is one missing?");
	walk->is_inside = true;
	walk->n_devices++;
	walk->visitor->begin(walk->visitor->context, walk->line, path);
	return true;
}

static bool take_line(struct walk *walk, char *line)
{
	const char *other = walk->n_devices == 0 ? other_recording(line) : NULL;

	if (other)
		return complain(walk, other);
	if (!isupper((unsigned char)line[0]) || strncmp(line + 1, ": ", 2) != 0)
		return complain(walk, "is not 'A: name=value', as umockdev-record prints it");
	if (line[0] == 'P')
		return begin(walk, line + 3);
	if (!walk->is_inside)
		return complain(walk, "belongs to no device: 'P: /devices/…' comes first");
	if (!strchr("AEHL", line[0]))
		return true; /* nodes, links to them, and what newer udevadms say */
	char *equals = strchr(line, '=');
	if (!equals)
		return complain(walk, "is not 'A: name=value', as umockdev-record prints it");
	*equals = '\0';
	walk->visitor->say(walk->visitor->context, walk->line, line[0], line + 3, equals + 1);
	return true;
}

bool umockdev_walk(struct fixture_file *file, const struct umockdev_visitor *visitor)
{
	struct walk walk = {.file = file, .visitor = visitor};
	bool is_good = true;
	char *rest = file->text;

	for (char *line; is_good && (line = strsep(&rest, "\n"));) {
		walk.line++;
		line[strcspn(line, "\r")] = '\0';
		if (*line == '\0')
			end(&walk);
		else if (*line != '#')
			is_good = take_line(&walk, line);
	}
	end(&walk);
	walk.line = 0;
	if (is_good && walk.n_devices == 0)
		return complain(&walk, "is empty: make it with `umockdev-record --all`");
	return is_good;
}
