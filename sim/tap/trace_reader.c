/* SPDX-License-Identifier: MIT */
#include "sim/tap/trace_reader.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/tap/stream.h"
#include "util/cleanup.h"

#define BUFFER_BYTES (128u << 10) /* chosen, not tuned; a line has to fit */
#define MAX_LINE     1024

struct trace_reader {
	struct stream *stream;
	char *name;
	trace_complain *complain;
	void *context;
	struct trace_header header;
	uint64_t line, n_accesses, size;
	bool has_failed, has_ended;
	char *held; /* a line that belongs to the accesses: the first of them */
	size_t begin, end;
	char buffer[BUFFER_BYTES];
};

static int fail(struct trace_reader *reader, const char *what, const char *detail)
{
	cleanup_free char *message = NULL;

	reader->has_failed = true;
	if (asprintf(&message, "%s:%" PRIu64 ": %s%s%s", reader->name, reader->line, what,
		    *detail ? ": " : "", detail) < 0)
		message = NULL; /* it is undefined now */
	reader->complain(reader->context, message ? message : "out of memory");
	return -1;
}

/* More bytes behind those that are here. 1, 0 at the end, -1. */
static int fill(struct trace_reader *reader)
{
	const char *why = "";

	memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
	reader->end -= reader->begin;
	reader->begin = 0;
	ssize_t n = stream_read(
		reader->stream, reader->buffer + reader->end, BUFFER_BYTES - reader->end, &why);
	if (n < 0) {
		reader->line++;
		return fail(reader, "cannot be read", why);
	}
	reader->end += (size_t)n;
	return n > 0;
}

/* The next line without its end. 1, 0 at the end of the file, -1. */
static int take_line(struct trace_reader *reader, char **line)
{
	*line = reader->buffer;
	for (;;) {
		char *start = reader->buffer + reader->begin;
		size_t length = reader->end - reader->begin;
		char *newline = memchr(start, '\n', length < MAX_LINE ? length : MAX_LINE);

		if (newline) {
			reader->line++;
			reader->begin += (size_t)(newline - start) + 1;
			*newline = '\0';
			if (newline > start && newline[-1] == '\r')
				*--newline = '\0';
			if (strlen(start) != (size_t)(newline - start))
				return fail(reader, "holds a NUL byte: not a trace", "");
			*line = start;
			return 1;
		}
		if (length >= MAX_LINE) {
			reader->line++;
			return fail(reader, "longer than any line of a trace",
				"is it one, and does its name say .zst where it is compressed?");
		}
		int r = fill(reader);
		if (r < 0)
			return r;
		if (r == 0 && reader->end > reader->begin) {
			reader->line++;
			return fail(reader, "the last line has no end",
				"the trace was cut: take the whole one");
		}
		if (r == 0)
			return 0;
	}
}

/* A line that says something, without its comment and blanks around. */
static int take_content(struct trace_reader *reader, char **line)
{
	int r;

	while ((r = take_line(reader, line)) > 0) {
		*line += strspn(*line, " \t");
		if (**line == '#')
			continue;
		char *comment = strstr(*line, " #");
		if (comment)
			*comment = '\0';
		size_t length = strlen(*line);
		while (length > 0 && strchr(" \t", (*line)[length - 1]))
			(*line)[--length] = '\0';
		if (length > 0)
			return 1;
	}
	return r;
}

static int read_version(struct trace_reader *reader)
{
	char *line, *end;
	int r = take_content(reader, &line);

	if (r < 0)
		return r;
	if (r == 0 || strncmp(line, "msrd-trace ", strlen("msrd-trace ")) != 0) {
		reader->line += r == 0 || reader->line == 0;
		return fail(reader, "not a trace",
			"\"msrd-trace 1\" is expected first (what others have recorded becomes "
			"a trace by `fuse-msr import`)");
	}
	if (strtoul(line + strlen("msrd-trace "), &end, 10) != TRACE_VERSION || *end != '\0')
		return fail(reader, "a trace of a version that is not known here",
			"1 is; a newer fuse-msr may know it");
	return 0;
}

static bool is_access(const char *line)
{
	return isdigit((unsigned char)*line);
}

static int read_header(struct trace_reader *reader)
{
	char *line;
	int r = read_version(reader);

	if (r < 0)
		return r;
	while ((r = take_content(reader, &line)) > 0) {
		if (is_access(line) || strncmp(line, "end", 3) == 0) {
			reader->held = line;
			return 0;
		}
		const char *wrong = trace_header_parse(&reader->header, line);
		if (wrong)
			return fail(reader, line, wrong);
	}
	return r;
}

static int read_end(struct trace_reader *reader, char *line)
{
	char *end = line + strlen("end");
	unsigned long long n = reader->n_accesses;

	if (*end != '\0' && *end != ' ')
		return fail(reader, line, "neither an access nor \"end\"");
	if (*end == ' ')
		n = strtoull(end + 1, &end, 10);
	if (*end != '\0')
		return fail(reader, line,
			"a number of accesses is expected behind \"end\", or nothing");
	if (n != reader->n_accesses)
		return fail(reader, line,
			"there are fewer or more accesses above: some were lost; if it is meant, "
			"write "
			"\"end\" alone");
	int r = take_content(reader, &line);
	if (r > 0)
		return fail(reader, line, "nothing is expected behind \"end\"");
	reader->has_ended = true;
	return r;
}

int trace_reader_next(struct trace_reader *reader, struct trace_access *access)
{
	char *line = reader->held;
	int r = 1;

	if (reader->has_failed || reader->has_ended)
		return reader->has_failed ? -1 : 0;
	if (!line)
		r = take_content(reader, &line);
	reader->held = NULL;
	if (r < 0)
		return r;
	if (r == 0) {
		reader->line++;
		return fail(reader, "the trace ends without its last line, \"end\"",
			"it was cut, or its writer was; if that is meant, add it");
	}
	if (!is_access(line) && strncmp(line, "end", 3) == 0)
		return read_end(reader, line);

	const char *wrong = trace_access_parse(access, line);
	if (wrong)
		return fail(reader, wrong, "");
	reader->n_accesses++;
	return 1;
}

struct trace_reader *trace_reader_new(
	int fd, const char *name, trace_complain *complain, void *context)
{
	struct trace_reader *reader = malloc(sizeof *reader);
	struct stat status;
	const char *why = "out of memory";

	if (!reader || !memset(reader, 0, offsetof(struct trace_reader, buffer)) ||
		!(reader->name = strdup(name))) {
		close(fd);
		free(reader);
		complain(context, why);
		return NULL;
	}
	reader->complain = complain;
	reader->context = context;
	trace_header_init(&reader->header);
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		reader->size = (uint64_t)status.st_size;
	reader->stream = stream_reader(fd, name, &why);
	if (!reader->stream) {
		reader->line = 1;
		fail(reader, "cannot be read", why);
	}
	return reader->stream && read_header(reader) == 0 ? reader : trace_reader_free(reader);
}

struct trace_reader *trace_reader_open(const char *path, trace_complain *complain, void *context)
{
	cleanup_free char *message = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return trace_reader_new(fd, path, complain, context);
	if (asprintf(&message, "%s: cannot be read: %s", path, strerror(errno)) < 0)
		message = NULL; /* it is undefined now */
	complain(context, message ? message : "out of memory");
	return NULL;
}

const struct trace_header *trace_reader_header(const struct trace_reader *reader)
{
	return &reader->header;
}

uint64_t trace_reader_line(const struct trace_reader *reader)
{
	return reader->line;
}

double trace_reader_share(const struct trace_reader *reader)
{
	return reader->size > 0 ? (double)stream_position(reader->stream) / (double)reader->size
				: 0;
}

struct trace_reader *trace_reader_free(struct trace_reader *reader)
{
	if (!reader)
		return NULL;
	stream_free(reader->stream);
	free(reader->name);
	free(reader);
	return NULL;
}
