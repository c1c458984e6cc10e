/* SPDX-License-Identifier: MIT */
/* fuse-msr import, of what is a trace: logs of register accesses. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fuse-msr/progress.h"
#include "fuse-msr/tracefile.h"
#include "fuse-msr/verb.h"
#include "sim/import/trace_import.h"
#include "sim/tap/trace_writer.h"
#include "util/cleanup.h"

struct conversion {
	struct trace_writer *writer;
	struct progress progress;
	FILE *log;
	double size;
};

static void put(void *context, const struct trace_access *access)
{
	trace_writer_put(((struct conversion *)context)->writer, access);
}

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

static void show_progress(void *context)
{
	struct conversion *conversion = context;

	if (conversion->size > 0)
		progress_show(
			&conversion->progress, (double)ftello(conversion->log) / conversion->size);
}

static bool convert(const struct options *options, struct conversion *conversion)
{
	struct trace_import import = {
		.format = options->format,
		.name = options->traces[0],
		.log = conversion->log,
		.put = put,
		.complain = complain,
		.progress = show_progress,
		.context = conversion,
	};

	progress_init(&conversion->progress, "importing");
	bool is_good = trace_import(&import);
	progress_end(&conversion->progress);
	if (!is_good || !trace_writer_end(conversion->writer))
		return false;
	if (import.n_lost > 0)
		warnx("%s: accesses are missing: %" PRIu64
		      " lines say that events were lost; record "
		      "with larger buffers",
			options->traces[0], import.n_lost);
	printf("%s: %" PRIu64 " accesses of %" PRIu64 " lines, CPUs up to %u\n", options->traces[1],
		import.n_accesses, import.n_lines - 1, import.max_cpu);
	return true;
}

int verb_import_trace(const struct options *options)
{
	const char *from = options->traces[0], *to = options->traces[1];
	cleanup_fclose FILE *log = fopen(from, "re");
	struct conversion conversion = {.log = log};
	struct trace_header header;
	struct stat status;

	if (!log) {
		warn("%s", from);
		return EXIT_USAGE;
	}
	if (tracefile_is_same(from, to)) {
		warnx("%s would be written over while it is read: name another file", to);
		return EXIT_USAGE;
	}
	if (fstat(fileno(log), &status) == 0 && S_ISREG(status.st_mode))
		conversion.size = (double)status.st_size;
	trace_header_init(&header);
	snprintf(header.origin, sizeof header.origin, "fuse-msr import --%s",
		options->format->option);
	conversion.writer = trace_writer_open(to, &header, complain, NULL);
	bool is_good = conversion.writer && convert(options, &conversion);
	trace_writer_free(conversion.writer);
	return is_good ? EXIT_SUCCESS : EXIT_USAGE;
}
