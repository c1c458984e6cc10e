/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tracefile.h"

#include <err.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuse-msr/progress.h"
#include "util/cleanup.h"

#define A_LOOK 4096 /* accesses between two looks at the clock; chosen, not tuned */

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

struct trace_reader *tracefile_open(const char *path)
{
	return trace_reader_open(path, complain, NULL);
}

static bool check(struct trace_reader *reader, const char *what)
{
	struct trace_access access;
	struct progress progress;
	int r;

	progress_init(&progress, what);
	for (uint64_t n = 1; (r = trace_reader_next(reader, &access)) > 0; n++)
		if (n % A_LOOK == 0)
			progress_show(&progress, trace_reader_share(reader));
	progress_end(&progress);
	return r == 0;
}

struct trace_reader *tracefile_open_checked(const char *path)
{
	cleanup_free char *what = NULL;
	struct trace_reader *reader;
	struct stat status;

	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		warnx("%s: no regular file: it is read twice, so save it as one first", path);
		return NULL;
	}
	reader = tracefile_open(path);
	if (asprintf(&what, "reading %s", path) < 0)
		what = NULL; /* it is undefined now */
	bool is_good = reader && check(reader, what ? what : "reading");
	trace_reader_free(reader);
	return is_good ? tracefile_open(path) : NULL;
}

bool tracefile_has_number(const char *list, uint32_t number, bool *is_in)
{
	bool is_found = false;
	char *end;

	do {
		unsigned long first = strtoul(list, &end, 0), last = first;
		if (end == list)
			return false;
		if (*end == '-') {
			list = end + 1;
			last = strtoul(list, &end, 0);
			if (end == list)
				return false;
		}
		if (last < first || last > UINT32_MAX)
			return false;
		is_found |= number >= first && number <= last;
		list = end + 1;
	} while (*end == ',');
	if (is_in)
		*is_in = is_found;
	return *end == '\0';
}

bool tracefile_is_same(const char *a, const char *b)
{
	struct stat its, other;

	return stat(a, &its) == 0 && stat(b, &other) == 0 && its.st_dev == other.st_dev &&
	       its.st_ino == other.st_ino;
}
