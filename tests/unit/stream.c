/* SPDX-License-Identifier: MIT */
/* The buffer of received bytes: whatever pieces they come in, none is lost or twice. */
#include "daemon/stream.h"

#include "test.h"

#include <string.h>

static size_t push(struct stream *stream, const uint8_t *bytes, size_t length)
{
	size_t space;
	uint8_t *to = stream_space(stream, &space);

	assert_true(space > 0);
	if (length > space)
		length = space;
	memcpy(to, bytes, length);
	stream_filled(stream, length);
	return length;
}

static void bytes_come_out_as_they_went_in(void **state)
{
	struct stream stream = {.end = 0};
	uint8_t bytes[5 * STREAM_SIZE];
	size_t sent = 0, taken = 0, length;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	while (taken < sizeof bytes) {
		/* odd sizes, so that messages straddle the end of the buffer */
		size_t left = sizeof bytes - sent;
		sent += push(&stream, bytes + sent, left < 777 ? left : 777);
		while (stream_bytes(&stream, &length), length >= 32) {
			assert_memory_equal(stream_bytes(&stream, &length), bytes + taken, 32);
			assert_int_equal(length, sent - taken);
			stream_drop(&stream, 32);
			taken += 32;
		}
	}
	stream_bytes(&stream, &length);
	assert_int_equal(length, 0);
}

static void full_stream_has_no_space(void **state)
{
	static const uint8_t bytes[STREAM_SIZE];
	struct stream stream = {.end = 0};
	size_t space;

	(void)state;
	assert_int_equal(push(&stream, bytes, sizeof bytes), STREAM_SIZE);
	stream_space(&stream, &space);
	assert_int_equal(space, 0);
	stream_drop(&stream, 1);
	stream_space(&stream, &space);
	assert_int_equal(space, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_out_as_they_went_in),
		cmocka_unit_test(full_stream_has_no_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
