/* SPDX-License-Identifier: MIT */
/* A buffer of received bytes. Knows neither where they come from nor what they mean. */
#include "daemon/stream.h"

#include <assert.h>
#include <string.h>

const uint8_t *stream_bytes(const struct stream *stream, size_t *length)
{
	*length = stream->end - stream->begin;
	return stream->bytes + stream->begin;
}

void stream_drop(struct stream *stream, size_t length)
{
	assert(length <= stream->end - stream->begin);
	stream->begin += length;
}

uint8_t *stream_space(struct stream *stream, size_t *length)
{
	if (stream->begin > 0) {
		memmove(stream->bytes, stream->bytes + stream->begin, stream->end - stream->begin);
		stream->end -= stream->begin;
		stream->begin = 0;
	}
	*length = sizeof stream->bytes - stream->end;
	return stream->bytes + stream->end;
}

void stream_filled(struct stream *stream, size_t length)
{
	assert(length <= sizeof stream->bytes - stream->end);
	stream->end += length;
}
