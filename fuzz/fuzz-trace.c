/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a trace of this NAME (which may say that they are compressed): accesses that are the
 * same once written and read again, then the end, or one complaint and nothing behind it.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/harness.h"
#include "sim/tap/trace_reader.h"

static void complain(void *context, const char *message)
{
	MUST(strstr(message, ":"));
	++*(unsigned *)context;
}

static void check_access(const struct trace_access *access)
{
	char text[TRACE_TEXT_SIZE], copy[TRACE_TEXT_SIZE];
	struct trace_access again;

	MUST(trace_access_format(access, text) < sizeof text);
	strcpy(copy, text);
	MUST(!trace_access_parse(&again, copy));
	MUST(trace_place_equal(&again.place, &access->place));
	MUST(again.time_ns == access->time_ns && again.value == access->value);
	MUST(again.error == access->error && again.is_write == access->is_write);
	MUST(again.width == access->width);
	MUST(trace_describe(access, text) && strlen(text) < sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_complaints = 0;
	struct trace_access access;
	int fd = memfd_create("trace", MFD_CLOEXEC), r = -1;

	MUST(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	struct trace_reader *reader = trace_reader_new(fd, NAME, complain, &n_complaints);
	while (reader && (r = trace_reader_next(reader, &access)) > 0)
		check_access(&access);
	MUST(n_complaints == (r < 0));
	MUST(!reader || trace_reader_next(reader, &access) == r);
	MUST(n_complaints == (r < 0));
	trace_reader_free(reader);
	return 0;
}
