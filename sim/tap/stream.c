/* SPDX-License-Identifier: MIT */
/* Plain files and compressed ones. It must not know what is in them. */
#include "sim/tap/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#define BUFFER_BYTES (128u << 10) /* chosen, not tuned */

struct stream {
	int fd;
	uint64_t position;
	bool is_compressed;
	char *buffer; /* of compressed bytes */
#ifdef HAVE_ZSTD
	ZSTD_DCtx *reader;
	ZSTD_CCtx *writer;
	ZSTD_inBuffer input;
	size_t left; /* 0: between two frames, where a file may end */
#endif
};

static bool write_all(struct stream *stream, const void *bytes, size_t size, const char **why)
{
	const char *next = bytes;

	while (size > 0) {
		ssize_t done = write(stream->fd, next, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			*why = strerror(errno);
			return false;
		}
		next += done;
		size -= (size_t)done;
	}
	return true;
}

static ssize_t read_some(struct stream *stream, void *bytes, size_t size, const char **why)
{
	ssize_t done;

	do
		done = read(stream->fd, bytes, size);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		*why = strerror(errno);
	else
		stream->position += (uint64_t)done;
	return done;
}

#ifdef HAVE_ZSTD

/* Memory for reading is bounded: 8 MiB of window, as the levels 1 to 19 of zstd(1) have. */
#define MAX_WINDOW_LOG 23

static bool start_reading(struct stream *stream)
{
	stream->reader = ZSTD_createDCtx();
	return stream->reader && !ZSTD_isError(ZSTD_DCtx_setParameter(
					 stream->reader, ZSTD_d_windowLogMax, MAX_WINDOW_LOG));
}

static bool start_writing(struct stream *stream)
{
	stream->writer = ZSTD_createCCtx();
	return stream->writer &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(stream->writer, ZSTD_c_checksumFlag, 1));
}

static ssize_t read_compressed(struct stream *stream, void *bytes, size_t size, const char **why)
{
	ZSTD_outBuffer output = {bytes, size, 0};

	while (output.pos == 0) {
		if (stream->input.pos == stream->input.size) {
			ssize_t n = read_some(stream, stream->buffer, BUFFER_BYTES, why);
			if (n == 0 && stream->left > 0)
				*why = "the compressed file is cut: take the whole one";
			if (n <= 0)
				return n == 0 && stream->left > 0 ? -1 : n;
			stream->input = (ZSTD_inBuffer){stream->buffer, (size_t)n, 0};
		}
		stream->left = ZSTD_decompressStream(stream->reader, &output, &stream->input);
		if (ZSTD_isError(stream->left)) {
			*why = ZSTD_getErrorName(stream->left);
			return -1;
		}
	}
	return (ssize_t)output.pos;
}

static bool compress(struct stream *stream, const void *bytes, size_t size, ZSTD_EndDirective end,
	const char **why)
{
	ZSTD_inBuffer input = {bytes, size, 0};
	size_t left;

	do {
		ZSTD_outBuffer output = {stream->buffer, BUFFER_BYTES, 0};
		left = ZSTD_compressStream2(stream->writer, &output, &input, end);
		if (ZSTD_isError(left)) {
			*why = ZSTD_getErrorName(left);
			return false;
		}
		if (!write_all(stream, stream->buffer, output.pos, why))
			return false;
	} while (end == ZSTD_e_end ? left > 0 : input.pos < input.size);
	return true;
}

static bool write_compressed(
	struct stream *stream, const void *bytes, size_t size, const char **why)
{
	return compress(stream, bytes, size, ZSTD_e_continue, why);
}

static bool end_compressed(struct stream *stream, const char **why)
{
	return compress(stream, NULL, 0, ZSTD_e_end, why);
}

static void free_zstd(struct stream *stream)
{
	ZSTD_freeDCtx(stream->reader);
	ZSTD_freeCCtx(stream->writer);
}

static const char *const why_not = "out of memory";

#else

static bool start_reading(struct stream *stream)
{
	(void)stream;
	return false;
}

#define start_writing start_reading

static ssize_t read_compressed(struct stream *stream, void *bytes, size_t size, const char **why)
{
	(void)stream, (void)bytes, (void)size, (void)why;
	return 0;
}

static bool write_compressed(
	struct stream *stream, const void *bytes, size_t size, const char **why)
{
	(void)stream, (void)bytes, (void)size, (void)why;
	return false;
}

static bool end_compressed(struct stream *stream, const char **why)
{
	(void)stream, (void)why;
	return false;
}

static void free_zstd(struct stream *stream)
{
	(void)stream;
}

static const char *const why_not =
	"this fuse-msr was built without zstd: use a name without .zst, and zstd(1)";

#endif

static struct stream *stream_new(
	int fd, const char *name, bool (*start)(struct stream *stream), const char **why)
{
	size_t length = strlen(name), suffix = strlen(".zst");
	struct stream *stream = calloc(1, sizeof *stream);

	if (!stream) {
		close(fd);
		*why = "out of memory";
		return NULL;
	}
	stream->fd = fd;
	stream->is_compressed = length > suffix && strcmp(name + length - suffix, ".zst") == 0;
	if (!stream->is_compressed)
		return stream;
	stream->buffer = malloc(BUFFER_BYTES);
	if (stream->buffer && start(stream))
		return stream;
	*why = why_not;
	return stream_free(stream);
}

struct stream *stream_reader(int fd, const char *name, const char **why)
{
	return stream_new(fd, name, start_reading, why);
}

struct stream *stream_writer(int fd, const char *name, const char **why)
{
	return stream_new(fd, name, start_writing, why);
}

ssize_t stream_read(struct stream *stream, void *bytes, size_t size, const char **why)
{
	return stream->is_compressed ? read_compressed(stream, bytes, size, why)
				     : read_some(stream, bytes, size, why);
}

bool stream_write(struct stream *stream, const void *bytes, size_t size, const char **why)
{
	return stream->is_compressed ? write_compressed(stream, bytes, size, why)
				     : write_all(stream, bytes, size, why);
}

bool stream_end(struct stream *stream, const char **why)
{
	return !stream->is_compressed || end_compressed(stream, why);
}

uint64_t stream_position(const struct stream *stream)
{
	return stream->position;
}

struct stream *stream_free(struct stream *stream)
{
	if (!stream)
		return NULL;
	free_zstd(stream);
	close(stream->fd);
	free(stream->buffer);
	free(stream);
	return NULL;
}
