/* SPDX-License-Identifier: MIT */
/* Messages are written out byte by byte, as wire/PROTOCOL.md has them. */
#include "wire/native.h"

#include "test.h"

#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"

/* Two packages with ids that are no ranks. */
static const struct op_limits limits = {16, (const uint32_t[]){1, 5}, 2};

static const uint8_t hello[NATIVE_HELLO_SIZE] = {
	1, 0, 0, 0, 0, 0, 0, 0, 'm', 's', 'r', 'd', 'w', 'i', 'r', 'e', /* version, magic */
	0, 0, 0, 0, 'm', 's', 'r', 'd', 0, 0, 0, 0, 0, 0, 0, 0,		/* type */
};

/* A read of IA32_PERF_STATUS (0x198) on CPU 3. */
static const uint8_t read_msr[NATIVE_ACCESS_SIZE] = {
	32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0,   /* header; verb, space, unit, cpu */
	0, 0, 0, 0, 0x98, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* index, register, value */
};

/* A write of 0x400304 to 0xd8 of qpi1 of package 5. */
static const uint8_t write_qpi[NATIVE_ACCESS_SIZE] = {
	32,
	0,
	0,
	0,
	1,
	0,
	0,
	0,
	1,
	1,
	UNIT_QPI,
	0,
	5,
	0,
	0,
	0, /* */
	1,
	0,
	0,
	0,
	0xd8,
	0,
	0,
	0,
	4,
	3,
	0x40,
	0,
	0,
	0,
	0,
	0,
};

static const uint8_t goodbye[NATIVE_HEADER_SIZE] = {8, 0, 0, 0, 2, 0, 0, 0};

struct scene {
	struct likwid likwid;
	struct native native;
};

static int set_up(void **state)
{
	static struct scene scene;

	likwid_init(&scene.likwid, release_find("5.2"), &limits);
	native_init(&scene.native, &scene.likwid.wire, &limits);
	*state = &scene;
	return 0;
}

static enum wire_message take(
	struct scene *scene, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	return scene->native.wire.ops->take(&scene->native.wire, bytes, length, request);
}

static size_t reply(struct scene *scene, uint8_t bytes[WIRE_REPLY_SIZE])
{
	return scene->native.wire.ops->reply(&scene->native.wire, bytes);
}

static void greet(struct scene *scene)
{
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE];

	assert_int_equal(take(scene, hello, sizeof hello, &request), WIRE_ACCESSES);
	assert_int_equal(request.length, sizeof hello);
	assert_int_equal(request.batch->n, 0);
	assert_int_equal(reply(scene, bytes), NATIVE_HELLO_SIZE);
}

static void hello_is_answered_with_version_and_limit(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE], expected[NATIVE_HELLO_SIZE];

	assert_int_equal(take(scene, hello, sizeof hello, &request), WIRE_ACCESSES);
	assert_int_equal(reply(scene, bytes), NATIVE_HELLO_SIZE);
	memcpy(expected, hello, sizeof expected);
	put_le32(expected + 4, NATIVE_MESSAGE_SIZE);
	put_le32(expected + 16, NATIVE_MAX_OPS);
	assert_memory_equal(bytes, expected, sizeof expected);
	assert_int_equal(native_hello_get(bytes), 1);
}

static void hello_of_the_client_is_that_of_the_page(void **state)
{
	uint8_t bytes[NATIVE_HELLO_SIZE];

	(void)state;
	native_hello_put(bytes);
	assert_memory_equal(bytes, hello, sizeof hello);
}

static void hello_that_a_likwid_daemon_answers_means_plain_records(void **state)
{
	struct likwid likwid;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE];

	(void)state;
	likwid_init(&likwid, release_find("5.2"), &limits);
	assert_int_equal(
		likwid.wire.ops->take(&likwid.wire, hello, sizeof hello, &request), WIRE_ACCESSES);
	assert_int_equal(likwid.wire.ops->reply(&likwid.wire, bytes), LIKWID_RECORD_SIZE);
	assert_int_equal(native_hello_get(bytes), 0);
}

static void refusal_is_that_of_the_page_and_no_daemon_of_likwids(void **state)
{
	uint8_t bytes[NATIVE_HELLO_SIZE], expected[NATIVE_HELLO_SIZE];

	(void)state;
	memcpy(expected, hello, sizeof expected);
	put_le32(expected + 24, 8);
	native_refusal_put(bytes);
	assert_memory_equal(bytes, expected, sizeof expected);
	assert_int_equal(native_hello_get(bytes), -EUSERS);
}

static void answer_to_hello_that_makes_no_sense_is_none(void **state)
{
	/* version, limit, magic, type */
	static const size_t wrong[] = {0, 4, 8, 20};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		uint8_t bytes[NATIVE_HELLO_SIZE];

		memcpy(bytes, hello, sizeof bytes);
		put_le32(bytes + 4, NATIVE_MESSAGE_SIZE);
		assert_int_equal(native_hello_get(bytes), 1);
		bytes[wrong[i]] ^= 0x40;
		if (wrong[i] == 4)
			put_le32(bytes + 4, NATIVE_MESSAGE_SIZE - 1);
		assert_int_equal(native_hello_get(bytes), -EPROTO);
	}
}

static void first_record_that_is_no_hello_is_likwids_and_so_are_all_others(void **state)
{
	for (size_t i = 0; i < NATIVE_HELLO_SIZE; i++) {
		struct scene *scene;
		struct wire_request request;
		uint8_t bytes[WIRE_REPLY_SIZE], other[NATIVE_HELLO_SIZE];

		set_up(state);
		scene = *state;
		memcpy(other, hello, sizeof other);
		other[i] ^= 0x80;
		assert_int_equal(take(scene, other, sizeof other, &request), WIRE_ACCESSES);
		assert_int_equal(reply(scene, bytes), LIKWID_RECORD_SIZE);
		assert_int_equal(get_le32(bytes + 24), 1);
		/* too late */
		assert_int_equal(take(scene, hello, sizeof hello, &request), WIRE_ACCESSES);
		assert_int_equal(reply(scene, bytes), LIKWID_RECORD_SIZE);
		assert_int_equal(get_le32(bytes + 24), 1);
	}
}

static void message_that_is_not_all_there_is_waited_for(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;

	for (size_t length = 0; length < sizeof hello; length++)
		assert_int_equal(take(scene, hello, length, &request), WIRE_INCOMPLETE);
	greet(scene);
	for (size_t length = 0; length < sizeof read_msr; length++)
		assert_int_equal(take(scene, read_msr, length, &request), WIRE_INCOMPLETE);
}

static void access_becomes_an_op(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;

	greet(scene);
	assert_int_equal(take(scene, read_msr, sizeof read_msr, &request), WIRE_ACCESSES);
	assert_int_equal(request.length, sizeof read_msr);
	assert_int_equal(request.batch->n, 1);
	assert_int_equal(request.batch->ops->verb, OP_READ);
	assert_int_equal(request.batch->ops->place.space, OP_MSR);
	assert_int_equal(request.batch->ops->place.cpu, 3);
	assert_int_equal(request.batch->ops->place.reg, 0x198);
	assert_int_equal(request.batch->ops->status, OP_OK);

	assert_int_equal(take(scene, write_qpi, sizeof write_qpi, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->ops->verb, OP_WRITE);
	assert_int_equal(request.batch->ops->place.space, OP_PCI);
	assert_int_equal(request.batch->ops->place.package, 5);
	assert_int_equal(request.batch->ops->place.unit, UNIT_QPI);
	assert_int_equal(request.batch->ops->place.index, 1);
	assert_int_equal(request.batch->ops->place.reg, 0xd8);
	assert_int_equal(request.batch->ops->value, 0x400304);
}

static void access_of_the_client_is_that_of_the_page(void **state)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(3), 0x198), .value = 7};
	uint8_t bytes[NATIVE_ACCESS_SIZE];

	(void)state;
	native_access_put(&op, bytes);
	assert_memory_equal(bytes, read_msr, sizeof bytes);
	op = (struct op){.verb = OP_WRITE,
		.place = place_at(place_of_unit(5, UNIT_QPI, 1), 0xd8),
		.value = 0x400304};
	native_access_put(&op, bytes);
	assert_memory_equal(bytes, write_qpi, sizeof bytes);
	native_exit_put(bytes);
	assert_memory_equal(bytes, goodbye, sizeof goodbye);
}

static void exit_ends_without_a_reply(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;

	greet(scene);
	assert_int_equal(take(scene, goodbye, sizeof goodbye, &request), WIRE_EXIT);
}

static void device_that_is_not_there_is_absent(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[NATIVE_ACCESS_SIZE];

	greet(scene);
	memcpy(bytes, read_msr, sizeof bytes);
	bytes[12] = 16;
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->ops->status, OP_ABSENT);
	put_le32(bytes + 12, UINT32_MAX);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->ops->status, OP_ABSENT);
	memcpy(bytes, write_qpi, sizeof bytes);
	bytes[12] = 0; /* a rank, no id */
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->ops->status, OP_ABSENT);
}

/* A byte of a message, and what it may not be. */
struct fault {
	const uint8_t *message;
	size_t length, offset;
	uint8_t byte;
};

static void malformed_message_is_none(void **state)
{
	static const struct fault faults[] = {
		{read_msr, 32, 0, 0},	 /* shorter than a header */
		{read_msr, 32, 0, 7},	 /* ... */
		{read_msr, 32, 0, 31},	 /* no access is so short */
		{read_msr, 32, 2, 1},	 /* 65568: longer than any message */
		{read_msr, 32, 3, 0x80}, /* much longer */
		{read_msr, 32, 6, 1},	 /* not 0 */
		{read_msr, 32, 7, 1},	 /* ... */
		{read_msr, 32, 8, 3},	 /* no such verb */
		{read_msr, 32, 8, 255},	 /* ... */
		{read_msr, 32, 9, 2},	 /* no such space */
		{read_msr, 32, 10, 1},	 /* an MSR has no unit */
		{read_msr, 32, 16, 1},	 /* and no index */
		{read_msr, 32, 24, 1},	 /* a read brings no value */
		{read_msr, 32, 31, 1},	 /* ... */
		{write_qpi, 32, 10, OP_N_UNITS},
		{write_qpi, 32, 11, 1},
		{goodbye, 8, 0, 7},
		{goodbye, 8, 6, 1},
	};

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct scene *scene;
		struct wire_request request;
		uint8_t bytes[NATIVE_ACCESS_SIZE];

		set_up(state);
		scene = *state;
		greet(scene);
		memcpy(bytes, faults[i].message, faults[i].length);
		bytes[faults[i].offset] = faults[i].byte;
		if (take(scene, bytes, faults[i].length, &request) != WIRE_MALFORMED)
			fail_msg("fault %zu is taken for a message", i);
	}
}

/* What lies behind it is not the decoder's: memcheck and the sanitizers watch. */
static void access_of_any_other_length_is_malformed_and_not_read_past_its_end(void **state)
{
	for (uint32_t length = NATIVE_HEADER_SIZE; length < 2 * NATIVE_ACCESS_SIZE; length++) {
		struct scene *scene;
		struct wire_request request;

		if (length == NATIVE_ACCESS_SIZE)
			continue;

		uint8_t *bytes = test_malloc(length);

		memset(bytes, 0, length);
		put_le32(bytes, length);
		bytes[4] = NATIVE_ACCESS;
		set_up(state);
		scene = *state;
		greet(scene);
		assert_int_equal(take(scene, bytes, length, &request), WIRE_MALFORMED);
		test_free(bytes);
	}
}

static void exit_with_something_behind_it_is_malformed(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[9] = {9, 0, 0, 0, 2};

	greet(scene);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_MALFORMED);
}

static void message_of_a_later_version_is_unknown_and_the_session_goes_on(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE], message[40] = {40, 0, 0, 0, 0x77, 0x01};

	greet(scene);
	assert_int_equal(take(scene, message, 39, &request), WIRE_INCOMPLETE);
	assert_int_equal(take(scene, message, sizeof message, &request), WIRE_ACCESSES);
	assert_int_equal(request.length, sizeof message);
	assert_int_equal(request.batch->n, 0);
	assert_int_equal(reply(scene, bytes), NATIVE_REPLY_SIZE);
	assert_int_equal(get_le16(bytes + 4), OP_UNKNOWN);
	assert_int_equal(take(scene, read_msr, sizeof read_msr, &request), WIRE_ACCESSES);
}

static void tell(struct scene *scene, size_t i, uint16_t reason, const char *text)
{
	struct reason_told told = {.reason = reason};

	snprintf(told.text, sizeof told.text, "%s", text);
	scene->native.wire.ops->tell(&scene->native.wire, i, &told);
}

/* A batch of n: reads of IA32_PERF_STATUS on CPUs from 0. Returns its length. */
static size_t put_batch(uint8_t *bytes, uint32_t n, enum batch_mode mode)
{
	native_batch_put(n, mode, bytes);
	for (uint32_t i = 0; i < n; i++) {
		struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(i), 0x198)};

		native_op_put(&op, bytes + NATIVE_BATCH_SIZE + (size_t)i * NATIVE_OP_SIZE);
	}
	return NATIVE_BATCH_SIZE + (size_t)n * NATIVE_OP_SIZE;
}

static void batch_of_the_client_is_that_of_the_page(void **state)
{
	static const uint8_t expected[] = {
		64, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, /* header, n, mode */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x98, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
		0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x98, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* */
	};
	uint8_t bytes[sizeof expected];

	(void)state;
	assert_int_equal(put_batch(bytes, 2, BATCH_UNTIL_FAILURE), sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
}

static void batch_becomes_ops_in_their_order(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[NATIVE_BATCH_SIZE + 3 * NATIVE_OP_SIZE];
	size_t length = put_batch(bytes, 3, BATCH_ALL_OR_NONE);

	/* reads and writes, MSRs and config space mixed */
	memcpy(bytes + NATIVE_BATCH_SIZE + NATIVE_OP_SIZE, write_qpi + NATIVE_HEADER_SIZE,
		NATIVE_OP_SIZE);
	greet(scene);
	for (size_t received = 0; received < length; received++)
		assert_int_equal(take(scene, bytes, received, &request), WIRE_INCOMPLETE);
	assert_int_equal(take(scene, bytes, length, &request), WIRE_ACCESSES);
	assert_int_equal(request.length, length);
	assert_int_equal(request.batch->n, 3);
	assert_int_equal(request.batch->mode, BATCH_ALL_OR_NONE);
	assert_int_equal(request.batch->ops[0].place.cpu, 0);
	assert_int_equal(request.batch->ops[1].place.unit, UNIT_QPI);
	assert_int_equal(request.batch->ops[1].verb, OP_WRITE);
	assert_int_equal(request.batch->ops[2].place.cpu, 2);
}

static void largest_batch_is_a_message_and_its_reply_fits(void **state)
{
	static uint8_t bytes[NATIVE_MESSAGE_SIZE], answer[WIRE_REPLY_SIZE];
	struct scene *scene = *state;
	struct wire_request request;
	struct native_results results;
	char text[REASON_TEXT_SIZE] = "";

	greet(scene);
	assert_int_equal(put_batch(bytes, NATIVE_MAX_OPS, BATCH_EACH), sizeof bytes);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	for (size_t i = 0; i < NATIVE_MAX_OPS; i++) {
		/* the longest texts, and more of them than are sent */
		memset(text, 'a' + (int)(i % 20), sizeof text - 1);
		request.batch->ops[i].status = OP_FAILED;
		tell(scene, i, REASON_FAULT, text);
	}
	size_t length = reply(scene, answer);

	assert_int_equal(native_batch_reply_length(answer, NATIVE_MAX_OPS), length);
	assert_int_equal(get_le16(answer + 4), NATIVE_MAX_OPS); /* not done */
	assert_true(native_results_get(answer, length, NATIVE_MAX_OPS, &results));
	for (size_t i = 0; i < NATIVE_MAX_OPS; i++) {
		struct op op = {.verb = OP_READ};
		struct reason_told told;

		assert_true(native_result_get(&results, i, &op, &told));
		assert_int_equal(op.status, OP_FAILED);
		assert_int_equal(told.reason, REASON_FAULT);
		assert_int_equal(told.text[0], i % 20 < NATIVE_MAX_TEXTS ? 'a' + (int)(i % 20) : 0);
	}
}

static void reply_to_a_batch_has_times_results_and_each_text_once(void **state)
{
	static const uint8_t expected[] = {
		86,
		0,
		0,
		0,
		2,
		0,
		1,
		0,
		3,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* */
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		2,
		1,
		0,
		0,
		0,
		0,
		0,
		0, /* times */
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0x88,
		0x77,
		0x66,
		0x55,
		0x44,
		0x33,
		0x22,
		0x11, /* */
		OP_FAILED,
		0,
		REASON_FAULT,
		0,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* */
		OP_FAILED,
		0,
		REASON_FAULT,
		0,
		1,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0, /* */
		4,
		0,
		'l',
		'o',
		's',
		't',
	};
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[NATIVE_BATCH_SIZE + 3 * NATIVE_OP_SIZE], answer[WIRE_REPLY_SIZE];

	greet(scene);
	put_batch(bytes, 3, BATCH_EACH);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	request.batch->begin_ns = 1;
	request.batch->end_ns = 0x102;
	request.batch->ops[0].value = 0x1122334455667788;
	for (size_t i = 1; i < 3; i++) {
		request.batch->ops[i].status = OP_FAILED;
		request.batch->ops[i].value = 7; /* of one that failed: nobody's */
		tell(scene, i, REASON_FAULT, "lost");
	}
	assert_int_equal(reply(scene, answer), sizeof expected);
	assert_memory_equal(answer, expected, sizeof expected);
}

/* A 32-bit number of the header, and what it may not be. */
static void malformed_batch_is_none(void **state)
{
	static const struct {
		size_t offset;
		uint32_t number;
	} faults[] = {
		{0, 63},						     /* a byte short */
		{0, NATIVE_BATCH_SIZE},					     /* all ops short */
		{0, NATIVE_BATCH_SIZE - 1}, {0, NATIVE_HEADER_SIZE}, {8, 0}, /* nothing */
		{8, 1}, /* and more bytes than that */
		{8, 3}, {8, NATIVE_MAX_OPS + 1},
		{8, 0x0aaaaaac}, /* times 24 it is 32 more than 2^32 */
		{8, UINT32_MAX}, {12, BATCH_N_MODES}, {12, UINT32_MAX},
		{NATIVE_BATCH_SIZE + NATIVE_OP_SIZE, 3}, /* the second op has no such verb */
	};

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct scene *scene;
		struct wire_request request;
		uint8_t bytes[NATIVE_BATCH_SIZE + 2 * NATIVE_OP_SIZE];

		set_up(state);
		scene = *state;
		greet(scene);
		put_batch(bytes, 2, BATCH_EACH);
		put_le32(bytes + faults[i].offset, faults[i].number);
		if (take(scene, bytes, sizeof bytes, &request) != WIRE_MALFORMED)
			fail_msg("fault %zu is taken for a batch", i);
	}
}

static void reply_to_a_batch_that_makes_no_sense_is_none(void **state)
{
	struct scene *scene = *state;
	struct native_results results;
	struct wire_request request;
	struct reason_told told;
	struct op op = {.verb = OP_READ};
	uint8_t bytes[NATIVE_BATCH_SIZE + 2 * NATIVE_OP_SIZE], answer[WIRE_REPLY_SIZE];
	uint8_t *second = answer + NATIVE_BATCH_REPLY_SIZE + NATIVE_RESULT_SIZE;

	greet(scene);
	put_batch(bytes, 2, BATCH_EACH);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	request.batch->ops[1].status = OP_FAILED;
	tell(scene, 1, REASON_FAULT, "lost");
	size_t length = reply(scene, answer);

	assert_int_equal(native_batch_reply_length(answer, 3), -EPROTO);
	assert_false(native_results_get(answer, length, 1, &results));
	assert_true(native_results_get(answer, length, 2, &results));
	assert_true(native_result_get(&results, 1, &op, &told));
	/* a text that is not there, one that is longer than the reply, and a status of nobody's */
	put_le32(second + 4, 2);
	assert_false(native_result_get(&results, 1, &op, &told));
	put_le32(second + 4, UINT32_MAX);
	assert_false(native_result_get(&results, 1, &op, &told));
	put_le32(second + 4, 1);
	put_le16(second + NATIVE_RESULT_SIZE, 5);
	assert_false(native_result_get(&results, 1, &op, &told));
	put_le16(second, OP_N_STATUSES);
	assert_false(native_result_get(&results, 1, &op, &told));
	put_le32(answer, NATIVE_BATCH_REPLY_SIZE + 2 * NATIVE_RESULT_SIZE - 1);
	assert_int_equal(native_batch_reply_length(answer, 2), -EPROTO);
	put_le32(answer, WIRE_REPLY_SIZE + 1);
	assert_int_equal(native_batch_reply_length(answer, 2), -EPROTO);
}

/* The bytes of the reply to read_msr that ends so. */
static size_t reply_of(struct scene *scene, enum op_status status, uint16_t reason,
	const char *text, uint8_t bytes[WIRE_REPLY_SIZE])
{
	struct wire_request request;

	greet(scene);
	assert_int_equal(take(scene, read_msr, sizeof read_msr, &request), WIRE_ACCESSES);
	request.batch->ops->status = status;
	request.batch->ops->value = 0x1122334455667788;
	tell(scene, 0, reason, text);
	return reply(scene, bytes);
}

static void reply_has_status_reason_value_and_text(void **state)
{
	static const uint8_t done[] = {
		16, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
	static const uint8_t not_done[] = {22, 0, 0, 0, OP_NO_FILE, 0, REASON_MODULE, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 'm', 'o', 'd', 'u', 'l', 'e'};
	uint8_t bytes[WIRE_REPLY_SIZE];

	assert_int_equal(reply_of(*state, OP_OK, REASON_NONE, "", bytes), sizeof done);
	assert_memory_equal(bytes, done, sizeof done);
	set_up(state);
	assert_int_equal(
		reply_of(*state, OP_NO_FILE, REASON_MODULE, "module", bytes), sizeof not_done);
	assert_memory_equal(bytes, not_done, sizeof not_done);
}

static void nothing_of_one_request_is_told_with_the_next(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE];

	reply_of(scene, OP_NO_FILE, REASON_MODULE, "module", bytes);
	assert_int_equal(take(scene, read_msr, sizeof read_msr, &request), WIRE_ACCESSES);
	assert_int_equal(reply(scene, bytes), NATIVE_REPLY_SIZE);
	assert_int_equal(get_le16(bytes + 6), REASON_NONE);
}

static void client_gets_what_the_daemon_has_put(void **state)
{
	struct op op = {.verb = OP_READ, .value = 5};
	struct reason_told told;
	uint8_t bytes[WIRE_REPLY_SIZE];

	reply_of(*state, OP_OK, REASON_NONE, "", bytes);
	assert_int_equal(native_reply_text_length(bytes), 0);
	assert_true(native_reply_get(bytes, &op, &told));
	assert_int_equal(op.status, OP_OK);
	assert_true(op.value == 0x1122334455667788);
	assert_string_equal(told.text, "");
	set_up(state);
	reply_of(*state, OP_FAILED, REASON_LOCKDOWN, "locked\ndown\x1b[2J\xff", bytes);
	assert_int_equal(native_reply_text_length(bytes), 16);
	assert_true(native_reply_get(bytes, &op, &told));
	assert_int_equal(op.status, OP_FAILED);
	assert_int_equal(told.reason, REASON_LOCKDOWN);
	assert_string_equal(told.text, "locked?down?[2J?");
	assert_true(op.value == 0x1122334455667788); /* left as it was */
}

static void reply_that_makes_no_sense_is_none(void **state)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct op op = {.verb = OP_READ};
	struct reason_told told;

	reply_of(*state, OP_OK, REASON_NONE, "", bytes);
	put_le32(bytes, NATIVE_REPLY_SIZE - 1);
	assert_int_equal(native_reply_text_length(bytes), -EPROTO);
	put_le32(bytes, NATIVE_REPLY_SIZE + REASON_TEXT_SIZE);
	assert_int_equal(native_reply_text_length(bytes), -EPROTO);
	put_le32(bytes, UINT32_MAX);
	assert_int_equal(native_reply_text_length(bytes), -EPROTO);
	put_le32(bytes, NATIVE_REPLY_SIZE);
	put_le16(bytes + 4, OP_N_STATUSES);
	assert_false(native_reply_get(bytes, &op, &told));
}

static void longest_text_arrives_whole(void **state)
{
	char text[REASON_TEXT_SIZE] = "";
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct op op = {.verb = OP_READ};
	struct reason_told told;

	memset(text, 'x', sizeof text - 1);
	assert_int_equal(reply_of(*state, OP_LOCKED, REASON_LOCKED, text, bytes),
		NATIVE_REPLY_SIZE + REASON_TEXT_SIZE - 1);
	assert_int_equal(native_reply_text_length(bytes), REASON_TEXT_SIZE - 1);
	assert_true(native_reply_get(bytes, &op, &told));
	assert_string_equal(told.text, text);
}

static void release_is_never_doubted_once_the_client_has_said_hello(void **state)
{
	struct scene *scene = *state;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE];
	char text[WIRE_DOUBT_SIZE];
	const struct likwid_record strange = {.device = 99};

	likwid_record_put(&strange, bytes);
	assert_int_equal(take(scene, bytes, LIKWID_RECORD_SIZE, &request), WIRE_ACCESSES);
	reply(scene, bytes);
	assert_non_null(scene->native.wire.ops->doubt(&scene->native.wire, text));
	set_up(state);
	greet(scene);
	assert_null(scene->native.wire.ops->doubt(&scene->native.wire, text));
}

static void numbers_and_names_of_reasons_are_each_there_once(void **state)
{
	static const struct {
		unsigned number;
		const char *name;
	} reasons[] = {
#define X(reason, number, name) {number, name},
		REASONS(X)
#undef X
	};
	const size_t n = sizeof reasons / sizeof *reasons;

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			assert_true(reasons[i].number != reasons[j].number);
			assert_string_not_equal(reasons[i].name, reasons[j].name);
		}
}

int main(void)
{
#define NATIVE_TEST(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
		NATIVE_TEST(hello_is_answered_with_version_and_limit),
		NATIVE_TEST(hello_of_the_client_is_that_of_the_page),
		NATIVE_TEST(hello_that_a_likwid_daemon_answers_means_plain_records),
		NATIVE_TEST(refusal_is_that_of_the_page_and_no_daemon_of_likwids),
		NATIVE_TEST(answer_to_hello_that_makes_no_sense_is_none),
		NATIVE_TEST(first_record_that_is_no_hello_is_likwids_and_so_are_all_others),
		NATIVE_TEST(message_that_is_not_all_there_is_waited_for),
		NATIVE_TEST(access_becomes_an_op),
		NATIVE_TEST(access_of_the_client_is_that_of_the_page),
		NATIVE_TEST(exit_ends_without_a_reply),
		NATIVE_TEST(device_that_is_not_there_is_absent),
		NATIVE_TEST(malformed_message_is_none),
		NATIVE_TEST(access_of_any_other_length_is_malformed_and_not_read_past_its_end),
		NATIVE_TEST(exit_with_something_behind_it_is_malformed),
		NATIVE_TEST(message_of_a_later_version_is_unknown_and_the_session_goes_on),
		NATIVE_TEST(batch_of_the_client_is_that_of_the_page),
		NATIVE_TEST(batch_becomes_ops_in_their_order),
		NATIVE_TEST(largest_batch_is_a_message_and_its_reply_fits),
		NATIVE_TEST(reply_to_a_batch_has_times_results_and_each_text_once),
		NATIVE_TEST(malformed_batch_is_none),
		NATIVE_TEST(reply_to_a_batch_that_makes_no_sense_is_none),
		NATIVE_TEST(reply_has_status_reason_value_and_text),
		NATIVE_TEST(nothing_of_one_request_is_told_with_the_next),
		NATIVE_TEST(client_gets_what_the_daemon_has_put),
		NATIVE_TEST(reply_that_makes_no_sense_is_none),
		NATIVE_TEST(longest_text_arrives_whole),
		NATIVE_TEST(release_is_never_doubted_once_the_client_has_said_hello),
		NATIVE_TEST(numbers_and_names_of_reasons_are_each_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
