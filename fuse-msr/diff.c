/* SPDX-License-Identifier: MIT */
/* fuse-msr diff and cut: what is done with traces alone, without a node. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuse-msr/progress.h"
#include "fuse-msr/tracefile.h"
#include "fuse-msr/verb.h"
#include "sim/tap/compare.h"
#include "sim/tap/trace_writer.h"
#include "util/clock.h"
#include "util/cpulist.h"

#define A_LOOK 4096 /* accesses between two looks at the clock; chosen, not tuned */

struct diff {
	const struct options *options;
	struct progress progress;
	uint64_t n_shown, counts[COMPARE_N_DIFFERENCES];
};

static void print_only(const char *name, const struct replay_entry *entry, const char *kind)
{
	char what[TRACE_TEXT_SIZE], value[TRACE_TEXT_SIZE];

	printf("%s:%" PRIu64 ": at %.9f s: %s: %s", name, entry->line,
		clock_seconds(entry->access.time_ns), kind, trace_describe(&entry->access, what));
	if (!entry->access.is_write || entry->access.error < 0)
		printf(", which gave %s", trace_describe_value(&entry->access, value));
	printf("\n");
}

static void print_values(const struct options *options, const struct replay_entry *first,
	const struct replay_entry *second)
{
	char what[TRACE_TEXT_SIZE], value[TRACE_TEXT_SIZE], other[TRACE_TEXT_SIZE];
	struct trace_access written = second->access;

	printf("%s:%" PRIu64 ": at %.9f s: other value: %s", options->traces[0], first->line,
		clock_seconds(first->access.time_ns), trace_describe(&first->access, what));
	if (first->access.is_write && first->access.value != written.value)
		printf(", in %s:%" PRIu64 " of 0x%" PRIx64 "\n", options->traces[1], second->line,
			written.value);
	else
		printf(" gave %s, in %s:%" PRIu64 " %s\n",
			trace_describe_value(&first->access, value), options->traces[1],
			second->line, trace_describe_value(&written, other));
}

static void print_difference(void *context, enum compare_difference kind,
	const struct replay_entry *first, const struct replay_entry *second)
{
	struct diff *diff = context;

	diff->counts[kind]++;
	if (diff->n_shown == diff->options->max)
		return;
	diff->n_shown++;
	if (kind == COMPARE_VALUE)
		print_values(diff->options, first, second);
	else
		print_only(diff->options->traces[first ? 0 : 1], first ? first : second,
			compare_text(kind));
}

static void show_progress(void *context, double share)
{
	progress_show(&((struct diff *)context)->progress, share);
}

static int print_summary(const struct diff *diff, uint64_t n_alike)
{
	const char *separator = "";
	uint64_t total = 0;

	for (size_t kind = 0; kind < COMPARE_N_DIFFERENCES; kind++)
		total += diff->counts[kind];
	if (total > diff->n_shown)
		printf("... and %" PRIu64 " more\n", total - diff->n_shown);
	printf("%" PRIu64 " accesses are the same%s", n_alike, total > 0 ? "; " : "");
	for (size_t kind = 0; kind < COMPARE_N_DIFFERENCES; kind++)
		if (diff->counts[kind] > 0) {
			printf("%s%" PRIu64 " %s", separator, diff->counts[kind],
				compare_text((enum compare_difference)kind));
			separator = ", ";
		}
	printf("\n");
	return total > 0 ? EXIT_DIFFERENT : EXIT_SUCCESS;
}

int verb_diff(const struct options *options)
{
	struct diff diff = {.options = options};
	const struct compare_options how = {
		.ignores_reads = options->ignores_reads,
		.differ = print_difference,
		.progress = show_progress,
		.context = &diff,
	};
	struct trace_reader *first = tracefile_open(options->traces[0]);
	struct trace_reader *second = first ? tracefile_open(options->traces[1]) : NULL;
	uint64_t n_alike = 0;

	if (!second) {
		trace_reader_free(first);
		return EXIT_USAGE;
	}
	progress_init(&diff.progress, "comparing");
	int r = compare_traces(first, second, &how, &n_alike);
	progress_end(&diff.progress);
	if (r < 0)
		return EXIT_USAGE;
	return print_summary(&diff, n_alike);
}

struct cpu_search {
	uint64_t cpu;
	bool is_found;
};

static bool look_for(void *context, uint32_t number)
{
	struct cpu_search *search = context;

	search->is_found |= number == search->cpu;
	return true;
}

static bool is_wanted(const struct options *options, const struct trace_reader *reader,
	const struct trace_access *access)
{
	uint64_t line = trace_reader_line(reader);
	bool is_in = true;
	struct cpu_search search = {.cpu = access->place.device};

	if (line < options->first_line || line > options->last_line)
		return false;
	switch (access->place.space) {
	case OP_MSR:
		if (options->msrs)
			tracefile_has_number(options->msrs, access->place.reg, &is_in);
		if (options->cpus && is_in) {
			cpulist_parse(options->cpus, UINT32_MAX - 1, look_for, &search);
			is_in = search.is_found;
		}
		return is_in;
	case OP_PCI:
		return true;
	}
	return false;
}

static bool copy(const struct options *options, struct trace_reader *reader,
	struct trace_writer *writer, uint64_t *n_kept)
{
	struct trace_access access;
	struct progress progress;
	int r;

	progress_init(&progress, "cutting");
	for (uint64_t n = 1; (r = trace_reader_next(reader, &access)) > 0; n++) {
		if (is_wanted(options, reader, &access)) {
			trace_writer_put(writer, &access);
			++*n_kept;
		}
		if (n % A_LOOK == 0)
			progress_show(&progress, trace_reader_share(reader));
	}
	progress_end(&progress);
	return r == 0 && trace_writer_end(writer);
}

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

int verb_cut(const struct options *options)
{
	const char *from = options->traces[0], *to = options->traces[1];
	struct trace_reader *reader;
	struct trace_writer *writer;
	uint64_t n_kept = 0;
	bool is_good;

	if (tracefile_is_same(from, to)) {
		warnx("%s would be written over while it is read: name another file", to);
		return EXIT_USAGE;
	}
	reader = tracefile_open(from);
	writer = reader ? trace_writer_open(to, trace_reader_header(reader), complain, NULL) : NULL;
	is_good = writer && copy(options, reader, writer, &n_kept);
	trace_writer_free(writer);
	trace_reader_free(reader);
	if (is_good)
		printf("%s: %" PRIu64 " accesses\n", to, n_kept);
	return is_good ? EXIT_SUCCESS : EXIT_USAGE;
}
