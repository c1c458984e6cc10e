/* SPDX-License-Identifier: MIT */
/* Any bytes as a log of this FORMAT: accesses that a trace can have, or a complaint. */
#include <string.h>

#include "fuzz/harness.h"
#include "sim/import/trace_import.h"

static void put(void *context, const struct trace_access *access)
{
	char text[TRACE_TEXT_SIZE];
	struct trace_access again;

	(void)context;
	trace_access_format(access, text);
	MUST(!trace_access_parse(&again, text));
	MUST(trace_place_equal(&again.place, &access->place) && again.value == access->value);
}

static void complain(void *context, const char *message)
{
	MUST(*message);
	++*(unsigned *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned n_complaints = 0;
	struct trace_import import = {
		.format = &FORMAT,
		.name = "log",
		.put = put,
		.complain = complain,
		.context = &n_complaints,
	};

	if (size == 0)
		return 0;
	import.log = fmemopen((void *)(uintptr_t)data, size, "r");
	MUST(import.log);
	bool is_good = trace_import(&import);
	MUST(n_complaints == !is_good);
	MUST(!is_good || import.n_accesses > 0);
	fclose(import.log);
	return 0;
}
