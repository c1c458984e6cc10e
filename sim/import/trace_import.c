/* SPDX-License-Identifier: MIT */
/* The lines of a log, whatever its format. */
#include "sim/import/trace_import.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define LINE_BYTES 4096
#define A_LOOK	   4096 /* lines between two words of progress; chosen, not tuned */

static bool complain(const struct trace_import *import, const char *what, const char *detail)
{
	char message[512];

	snprintf(message, sizeof message, "%.200s:%" PRIu64 ": %s%s%s", import->name,
		import->n_lines, what, *detail ? ": " : "", detail);
	import->complain(import->context, message);
	return false;
}

/* 1: a line without its end; 0: no more; -1 after a complaint. */
static int take_line(struct trace_import *import, char line[LINE_BYTES])
{
	size_t n = 0;
	int c;

	import->n_lines++;
	while ((c = getc_unlocked(import->log)) != EOF && c != '\n') {
		if (c == '\0')
			return complain(import, "holds a NUL byte", "not a text") - 1;
		if (n == LINE_BYTES - 1)
			return complain(
				       import, "longer than any line of such a log", "is it one?") -
			       1;
		line[n++] = (char)c;
	}
	if (ferror(import->log))
		return complain(import, "cannot be read", strerror(errno)) - 1;
	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == ' '))
		n--;
	line[n] = '\0';
	return n > 0 || c == '\n';
}

static bool take(struct trace_import *import, const char *line)
{
	struct trace_access access = {0};
	const char *why = "";

	switch (import->format->parse(line, &access, &why)) {
	case TRACE_LINE_OTHER:
		break;
	case TRACE_LINE_LOST:
		import->n_lost++;
		break;
	case TRACE_LINE_WRONG:
		return complain(import, why, import->format->example);
	case TRACE_LINE_ACCESS:
		switch (access.place.space) {
		case OP_MSR:
			if (access.place.device > import->max_cpu)
				import->max_cpu = (uint32_t)access.place.device;
			break;
		case OP_PCI:
			break;
		}
		import->n_accesses++;
		import->put(import->context, &access);
	}
	return true;
}

bool trace_import(struct trace_import *import)
{
	char line[LINE_BYTES];
	int r;

	import->n_lines = import->n_accesses = import->n_lost = 0;
	import->max_cpu = 0;
	while ((r = take_line(import, line)) > 0) {
		if (!take(import, line))
			return false;
		if (import->progress && import->n_lines % A_LOOK == 0)
			import->progress(import->context);
	}
	if (r < 0)
		return false;
	if (import->n_accesses == 0)
		return complain(import, "no access in the whole file: lines like this are expected",
			import->format->example);
	return true;
}
