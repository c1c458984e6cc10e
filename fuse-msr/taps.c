/* SPDX-License-Identifier: MIT */
#include "fuse-msr/taps.h"

#include <err.h>

#include "sim/tap/record.h"
#include "sim/tap/trace_node.h"

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

static int add_record(
	struct taps *taps, const char *path, const struct fixture *fixture, struct machine *machine)
{
	struct trace_header header;

	trace_node_header(fixture, &header);
	trace_header_set(header.origin, sizeof header.origin, "fuse-msr " VERSION " --trace");
	struct trace_writer *writer = trace_writer_open(path, &header, complain, NULL);
	if (!writer)
		return EXIT_USAGE;
	taps->first = taps->record = tap_record_new(taps->first, writer, fixture, machine);
	if (!taps->first)
		warnx("out of memory");
	return taps->first ? 0 : EXIT_NO_NODE;
}

int taps_init(struct taps *taps, struct machine *machine)
{
	struct tap *end = tap_machine_new(machine);

	*taps = (struct taps){.fault = end ? fault_new(machine, end) : NULL};
	if (!taps->fault) {
		tap_free(end);
		warnx("out of memory");
		return EXIT_NO_NODE;
	}
	taps->first = fault_tap(taps->fault);
	return 0;
}

int taps_begin(struct taps *taps, const struct options *options, const struct fixture *fixture,
	struct machine *machine)
{
	return options->trace ? add_record(taps, options->trace, fixture, machine) : 0;
}

int taps_end(struct taps *taps, int status)
{
	if (taps->record && !tap_record_end(taps->record))
		return EXIT_TRACE_CUT;
	return status;
}

void taps_deinit(struct taps *taps)
{
	*taps = (struct taps){.first = tap_free(taps->first)};
}
