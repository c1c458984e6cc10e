/* SPDX-License-Identifier: MIT */
/* Records are written out byte by byte, as the table in wire/likwid.h has them. */
#include "test.h"

#include "wire/likwid.h"

#include <string.h>

static const struct op_limits limits = {16, (const uint32_t[]){0, 1}, 2};

/* A READ of IA32_PERF_STATUS (0x198) on CPU 3, as LIKWID 5.2.2 sends it. */
static const uint8_t read_bytes[LIKWID_RECORD_SIZE] = {
	3, 0, 0, 0, 0x98, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,	    /* cpu, reg, data */
	0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0xef, 0xbe, 0xad, 0xde, /* device, type, err, pad */
};

static const struct release *release_5_2(void)
{
	return release_find("5.2");
}

static void record_is_32_bytes_little_endian(void **state)
{
	struct likwid_record record;
	uint8_t bytes[LIKWID_RECORD_SIZE];

	(void)state;
	for (int i = 0; i < LIKWID_RECORD_SIZE; i++)
		bytes[i] = (uint8_t)(i + 1);
	likwid_record_get(bytes, &record);
	assert_int_equal(record.cpu, 0x04030201);
	assert_int_equal(record.reg, 0x08070605);
	assert_true(record.data == 0x100f0e0d0c0b0a09u);
	assert_int_equal(record.device, 0x14131211);
	assert_int_equal(record.type, 0x18171615);
	assert_int_equal(record.errorcode, 0x1c1b1a19);
	assert_int_equal(record.padding, 0x201f1e1d);
}

static void record_put_is_the_inverse_of_get(void **state)
{
	struct likwid_record record;
	uint8_t bytes[LIKWID_RECORD_SIZE];

	(void)state;
	likwid_record_get(read_bytes, &record);
	likwid_record_put(&record, bytes);
	assert_memory_equal(bytes, read_bytes, sizeof bytes);
}

static void read_of_an_msr_is_decoded(void **state)
{
	struct likwid_record record;
	struct op op;

	(void)state;
	likwid_record_get(read_bytes, &record);
	assert_int_equal(
		likwid_request_get(release_5_2(), &record, &limits, &op), LIKWID_REQUEST_ACCESS);
	assert_int_equal(op.verb, OP_READ);
	assert_int_equal(op.place.space, OP_MSR);
	assert_int_equal(op.place.cpu, 3);
	assert_int_equal(op.place.reg, 0x198);
	assert_int_equal(op.status, OP_OK);
}

static void every_unit_has_its_release_5_2_index(void **state)
{
	static const struct {
		uint32_t device;
		enum op_unit unit;
		uint32_t index;
	} table[] = {
		{1, UNIT_R3QPI, 0},
		{2, UNIT_R3QPI, 1},
		{4, UNIT_R2PCIE, 0},
		{5, UNIT_IMC, 0},
		{6, UNIT_IMC, 1},
		{7, UNIT_IMC, 2},
		{8, UNIT_IMC, 3},
		{13, UNIT_HA, 0},
		{17, UNIT_QPI, 0},
		{18, UNIT_QPI, 1},
		{20, UNIT_QPI_MASK, 0},
		{21, UNIT_QPI_MASK, 1},
		{23, UNIT_QPI_MISC, 0},
		{24, UNIT_QPI_MISC, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct op sent = {.verb = OP_WRITE,
			.place.space = OP_PCI,
			.place.package = 1,
			.place.unit = table[i].unit,
			.place.index = table[i].index,
			.place.reg = 0xd8,
			.value = 7};
		struct likwid_record record;
		struct op received;

		assert_true(likwid_request_put(release_5_2(), &sent, &record));
		assert_int_equal(record.device, table[i].device);
		assert_int_equal(record.cpu, 1);
		assert_int_equal(record.type, RELEASE_WRITE);
		assert_int_equal(likwid_request_get(release_5_2(), &record, &limits, &received),
			LIKWID_REQUEST_ACCESS);
		assert_memory_equal(&received, &sent, sizeof sent);
	}
}

static void unit_that_the_wire_lacks_has_no_request(void **state)
{
	struct op op = {.place.space = OP_PCI, .place.unit = UNIT_IMC, .place.index = 4};
	struct likwid_record record;

	(void)state;
	assert_false(likwid_request_put(release_5_2(), &op, &record));
}

static enum op_status status_of(uint32_t cpu, uint32_t device)
{
	struct likwid_record record = {.cpu = cpu, .device = device, .reg = 0xffffffff};
	struct op op;

	assert_int_equal(
		likwid_request_get(release_5_2(), &record, &limits, &op), LIKWID_REQUEST_ACCESS);
	return op.status;
}

static void what_does_not_exist_is_absent(void **state)
{
	(void)state;
	assert_int_equal(status_of(15, 0), OP_OK);
	assert_int_equal(status_of(16, 0), OP_ABSENT);
	assert_int_equal(status_of(0x7fffffff, 0), OP_ABSENT);
	assert_int_equal(status_of(0xffffffff, 0), OP_ABSENT);
	assert_int_equal(status_of(1, 5), OP_OK);
	assert_int_equal(status_of(2, 5), OP_ABSENT);
	assert_int_equal(status_of(4095, 5), OP_ABSENT);
	assert_int_equal(status_of(0, 3), OP_ABSENT);
	assert_int_equal(status_of(0, 77), OP_ABSENT);
	assert_int_equal(status_of(0, 0xffffffff), OP_ABSENT);
}

static void exit_and_unknown_types_are_no_access(void **state)
{
	struct op op;

	(void)state;
	assert_int_equal(
		likwid_request_get(release_5_2(), &(struct likwid_record){.type = 3}, &limits, &op),
		LIKWID_REQUEST_EXIT);
	assert_int_equal(
		likwid_request_get(release_5_2(), &(struct likwid_record){.type = 4}, &limits, &op),
		LIKWID_REQUEST_UNKNOWN);
	assert_int_equal(op.status, OP_UNKNOWN);
	assert_int_equal(likwid_request_get(release_5_2(),
				 &(struct likwid_record){.type = 0xffffffff}, &limits, &op),
		LIKWID_REQUEST_UNKNOWN);
}

static struct likwid_record reply_to(
	struct likwid_record request, enum op_status status, uint64_t value)
{
	struct likwid_record reply;
	struct op op = {.status = status, .value = value};

	likwid_reply_put(release_5_2(), &request, &op, &reply);
	assert_int_equal(reply.cpu, request.cpu);
	assert_int_equal(reply.reg, request.reg);
	assert_int_equal(reply.device, request.device);
	assert_int_equal(reply.type, request.type);
	assert_int_equal(reply.padding, request.padding);
	assert_int_equal(reply.errorcode, status);
	return reply;
}

static void replies_echo_the_request_but_data_and_error(void **state)
{
	struct likwid_record request = {
		.cpu = 1, .reg = 2, .data = 3, .device = 5, .errorcode = 3, .padding = 0xdeadbeef};

	(void)state;
	request.type = RELEASE_READ;
	assert_int_equal(reply_to(request, OP_OK, 42).data, 42);
	assert_int_equal(reply_to(request, OP_REFUSED, 42).data, 0);
	assert_int_equal(reply_to(request, OP_FAILED, 42).data, 0);
	assert_int_equal(reply_to(request, OP_ABSENT, 42).data, 0);
	request.type = RELEASE_WRITE;
	assert_int_equal(reply_to(request, OP_OK, 42).data, 0);
	request.type = RELEASE_CHECK;
	assert_int_equal(reply_to(request, OP_OK, 42).data, 3);
	request.type = 9;
	assert_int_equal(reply_to(request, OP_UNKNOWN, 42).data, 3);
}

static void client_reads_value_and_status(void **state)
{
	struct op op = {.verb = OP_READ};

	(void)state;
	assert_true(likwid_reply_get(release_5_2(), &(struct likwid_record){.data = 9}, &op));
	assert_int_equal(op.status, OP_OK);
	assert_int_equal(op.value, 9);
	assert_true(likwid_reply_get(
		release_5_2(), &(struct likwid_record){.data = 5, .errorcode = 7}, &op));
	assert_int_equal(op.status, OP_LOCKED);
	assert_int_equal(op.value, 9);
	assert_false(likwid_reply_get(release_5_2(), &(struct likwid_record){.errorcode = 9}, &op));
}

static size_t push(struct likwid_stream *stream, const uint8_t *bytes, size_t length)
{
	size_t space;
	uint8_t *to = likwid_stream_space(stream, &space);

	assert_true(space > 0);
	if (length > space)
		length = space;
	memcpy(to, bytes, length);
	likwid_stream_filled(stream, length);
	return length;
}

static void record_may_come_in_pieces(void **state)
{
	struct likwid_stream stream = {.end = 0};
	struct likwid_record record;

	(void)state;
	for (int round = 0; round < 100; round++) {
		for (size_t i = 0; i < LIKWID_RECORD_SIZE; i++) {
			assert_false(likwid_stream_take(&stream, &record));
			assert_int_equal(likwid_stream_is_inside_record(&stream), i > 0);
			push(&stream, read_bytes + i, 1);
		}
		assert_true(likwid_stream_take(&stream, &record));
		assert_int_equal(record.reg, 0x198);
		assert_false(likwid_stream_is_inside_record(&stream));
	}
}

static void several_records_may_come_at_once(void **state)
{
	struct likwid_stream stream = {.end = 0};
	struct likwid_record record;
	uint8_t bytes[100 * LIKWID_RECORD_SIZE];
	size_t sent = 0;
	uint32_t taken = 0;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		likwid_record_put(
			&(struct likwid_record){.reg = i}, bytes + i * LIKWID_RECORD_SIZE);
	while (taken < 100) {
		/* odd sizes, so that records straddle the end of the buffer */
		size_t left = sizeof bytes - sent;
		sent += push(&stream, bytes + sent, left < 777 ? left : 777);
		while (likwid_stream_take(&stream, &record))
			assert_int_equal(record.reg, taken++);
	}
	assert_int_equal(sent, sizeof bytes);
	assert_false(likwid_stream_is_inside_record(&stream));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_32_bytes_little_endian),
		cmocka_unit_test(record_put_is_the_inverse_of_get),
		cmocka_unit_test(read_of_an_msr_is_decoded),
		cmocka_unit_test(every_unit_has_its_release_5_2_index),
		cmocka_unit_test(unit_that_the_wire_lacks_has_no_request),
		cmocka_unit_test(what_does_not_exist_is_absent),
		cmocka_unit_test(exit_and_unknown_types_are_no_access),
		cmocka_unit_test(replies_echo_the_request_but_data_and_error),
		cmocka_unit_test(client_reads_value_and_status),
		cmocka_unit_test(record_may_come_in_pieces),
		cmocka_unit_test(several_records_may_come_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
