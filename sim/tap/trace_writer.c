/* SPDX-License-Identifier: MIT */
#include "sim/tap/trace_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/tap/stream.h"
#include "util/cleanup.h"

#define BUFFER_BYTES (1u << 16) /* chosen, not tuned */

struct trace_writer {
	struct stream *stream;
	char *path;
	void (*complain)(void *context, const char *message);
	void *context;
	uint64_t n_accesses;
	bool has_failed, has_ended;
	bool is_file; /* and no device or pipe: it may be removed */
	size_t used;
	char buffer[BUFFER_BYTES];
};

static void fail(struct trace_writer *writer, const char *why)
{
	cleanup_free char *message = NULL;

	if (writer->has_failed)
		return;
	writer->has_failed = true;
	if (asprintf(&message,
		    "%s: cannot be written: %s; the trace ends after at most %" PRIu64 " accesses",
		    writer->path, why, writer->n_accesses) < 0)
		message = NULL; /* it is undefined now */
	writer->complain(writer->context, message ? message : "out of memory");
}

static void flush(struct trace_writer *writer)
{
	const char *why = "";

	if (!writer->has_failed &&
		!stream_write(writer->stream, writer->buffer, writer->used, &why))
		fail(writer, why);
	writer->used = 0;
}

/* A line, of less than the size of two texts. */
__attribute__((format(printf, 2, 3))) static void put_line(
	struct trace_writer *writer, const char *format, ...)
{
	va_list arguments;

	if (BUFFER_BYTES - writer->used < (size_t)2 * TRACE_NAME_SIZE)
		flush(writer);
	va_start(arguments, format);
	writer->used += (size_t)vsnprintf(
		writer->buffer + writer->used, BUFFER_BYTES - writer->used, format, arguments);
	va_end(arguments);
}

static void put_text(struct trace_writer *writer, const char *key, const char *text)
{
	if (*text != '\0')
		put_line(writer, "%s %s\n", key, text);
}

static void put_number(struct trace_writer *writer, const char *key, uint32_t number)
{
	if (number != TRACE_UNKNOWN)
		put_line(writer, "%s %u\n", key, number);
}

static void put_header(struct trace_writer *writer, const struct trace_header *header)
{
	put_line(writer, "msrd-trace %d\n", TRACE_VERSION);
	put_text(writer, "node", header->node);
	put_text(writer, "origin", header->origin);
	put_text(writer, "vendor", header->vendor);
	put_number(writer, "family", header->family);
	put_number(writer, "model", header->model);
	put_number(writer, "stepping", header->stepping);
	put_number(writer, "cpus", header->n_cpus);
	put_line(writer, "# time [ns], place, read or write, register, bytes, value, error\n");
}

static struct trace_writer *writer_new(int fd, const char *path)
{
	struct trace_writer *writer = calloc(1, sizeof *writer);
	struct stat status;

	if (!writer || !(writer->path = strdup(path))) {
		close(fd);
		free(writer);
		return NULL;
	}
	writer->is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	return writer;
}

struct trace_writer *trace_writer_open(const char *path, const struct trace_header *header,
	void (*complain)(void *context, const char *message), void *context)
{
	cleanup_free char *message = NULL;
	const char *why = "out of memory";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct trace_writer *writer = fd < 0 ? NULL : writer_new(fd, path);

	if (fd < 0)
		why = strerror(errno);
	if (writer)
		writer->stream = stream_writer(fd, path, &why);
	if (writer && writer->stream) {
		writer->complain = complain;
		writer->context = context;
		put_header(writer, header);
		return writer;
	}
	if (asprintf(&message, "%s: cannot be written: %s", path, why) < 0)
		message = NULL; /* it is undefined now */
	complain(context, message ? message : "out of memory");
	return trace_writer_free(writer);
}

void trace_writer_put(struct trace_writer *writer, const struct trace_access *access)
{
	if (BUFFER_BYTES - writer->used < TRACE_TEXT_SIZE + 1)
		flush(writer);
	writer->n_accesses++;
	writer->used += trace_access_format(access, writer->buffer + writer->used);
	writer->buffer[writer->used++] = '\n';
}

bool trace_writer_end(struct trace_writer *writer)
{
	const char *why = "";

	put_line(writer, "end %" PRIu64 "\n", writer->n_accesses);
	flush(writer);
	if (!writer->has_failed && !stream_end(writer->stream, &why))
		fail(writer, why);
	writer->has_ended = true;
	return !writer->has_failed;
}

struct trace_writer *trace_writer_free(struct trace_writer *writer)
{
	if (!writer)
		return NULL;
	if (!writer->has_ended && writer->is_file)
		unlink(writer->path);
	stream_free(writer->stream);
	free(writer->path);
	free(writer);
	return NULL;
}
