/* SPDX-License-Identifier: MIT */
#include "fuse-msr/taps.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "fuse-msr/tracefile.h"
#include "sim/tap/record.h"
#include "sim/tap/replay.h"
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

/* What the trace says of its node, where it says something. */
static bool is_other(uint32_t recorded, uint32_t node)
{
	return recorded != TRACE_UNKNOWN && recorded != node;
}

static void compare_nodes(
	const struct trace_header *header, const char *path, const struct fixture *fixture)
{
	if (is_other(header->family, fixture->family) || is_other(header->model, fixture->model))
		warnx("%s is of a processor of family %u, model %u; this node's is of family %u, "
		      "model %u",
			path, header->family, header->model, fixture->family, fixture->model);
	if (is_other(header->n_cpus, (uint32_t)fixture->n_cpus))
		warnx("%s is of a node with %u CPUs; this one has %zu", path, header->n_cpus,
			fixture->n_cpus);
}

static int add_replay(struct taps *taps, const struct options *options,
	const struct fixture *fixture, struct machine *machine)
{
	struct trace_reader *reader;

	if (options->trace && tracefile_is_same(options->trace, options->replay)) {
		warnx("--trace would write over what --replay reads: %s", options->trace);
		return EXIT_USAGE;
	}
	reader = tracefile_open_checked(options->replay);
	if (!reader)
		return EXIT_USAGE;
	compare_nodes(trace_reader_header(reader), options->replay, fixture);
	taps->name = options->replay;
	taps->first = taps->replay = tap_replay_new(
		taps->first, reader, options->replay, options->is_loose, fixture, machine);
	if (!taps->first)
		warnx("out of memory");
	return taps->first ? 0 : EXIT_NO_NODE;
}

static int end_replay(struct taps *taps, int status)
{
	struct replay_result result = tap_replay_end(taps->replay);
	uint64_t n_differences = replay_report_total(result.report);

	if (result.has_failed)
		return EXIT_USAGE;
	replay_report_print(result.report, stderr);
	fprintf(stderr, "fuse-msr: replay of %s: %" PRIu64 " accesses recorded, %" PRIu64 " made: ",
		taps->name, result.n_recorded, result.n_made);
	replay_report_summary(result.report, stderr);
	if (n_differences > 0 && status > 0)
		fprintf(stderr, " (and the command's exit status is %d)", status);
	fprintf(stderr, "\n");
	return n_differences > 0 ? EXIT_DIFFERENT : status;
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
	if (options->replay) {
		int status = add_replay(taps, options, fixture, machine);
		if (status != 0)
			return status;
	}
	return options->trace ? add_record(taps, options->trace, fixture, machine) : 0;
}

int taps_end(struct taps *taps, int status)
{
	bool is_whole = !taps->record || tap_record_end(taps->record);

	/* where there was no node there was nothing to compare */
	if (taps->replay && status != EXIT_NO_NODE)
		status = end_replay(taps, status);
	return is_whole ? status : EXIT_TRACE_CUT;
}

void taps_deinit(struct taps *taps)
{
	*taps = (struct taps){.first = tap_free(taps->first)};
}
