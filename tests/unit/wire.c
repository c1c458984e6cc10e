/* SPDX-License-Identifier: MIT */
/* Records are written out byte by byte, as the table in wire/likwid.h has them. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "wire/likwid.h"

/* A machine with packages 0 and 5: their ranks on the wire are 0 and 1. */
static const struct op_limits limits = {16, (const uint32_t[]){0, 5}, 2};

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

/* The connection of a client that speaks release 5.2. */
static struct likwid connection(void)
{
	struct likwid likwid;

	likwid_init(&likwid, release_5_2(), &limits);
	return likwid;
}

static enum wire_message take(
	struct likwid *likwid, const struct likwid_record *record, struct wire_request *request)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(record, bytes);
	return likwid->wire.ops->take(&likwid->wire, bytes, sizeof bytes, request);
}

/* The one op that a record asks for. */
static struct op op_of(struct likwid *likwid, struct likwid_record record)
{
	struct wire_request request;

	assert_int_equal(take(likwid, &record, &request), WIRE_ACCESSES);
	assert_int_equal(request.length, LIKWID_RECORD_SIZE);
	assert_int_equal(request.batch->n, 1);
	return request.batch->ops[0];
}

static void read_of_an_msr_is_decoded(void **state)
{
	struct likwid likwid = connection();
	struct likwid_record record;

	(void)state;
	likwid_record_get(read_bytes, &record);
	struct op op = op_of(&likwid, record);
	assert_int_equal(op.verb, OP_READ);
	assert_int_equal(op.place.space, OP_MSR);
	assert_int_equal(op.place.cpu, 3);
	assert_int_equal(op.place.reg, 0x198);
	assert_int_equal(op.status, OP_OK);
}

static void piece_of_a_record_is_no_message_yet(void **state)
{
	struct likwid likwid = connection();
	uint8_t bytes[2 * LIKWID_RECORD_SIZE];
	struct wire_request request;

	(void)state;
	memcpy(bytes, read_bytes, sizeof read_bytes);
	memcpy(bytes + sizeof read_bytes, read_bytes, sizeof read_bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		assert_int_equal(likwid.wire.ops->take(&likwid.wire, bytes, i, &request),
			i < LIKWID_RECORD_SIZE ? WIRE_INCOMPLETE : WIRE_ACCESSES);
	assert_int_equal(request.length, LIKWID_RECORD_SIZE); /* one at a time */
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
	struct likwid likwid = connection();

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct op sent = {.verb = OP_WRITE,
			.place = place_at(place_of_unit(5, table[i].unit, table[i].index), 0xd8),
			.value = 7};
		struct likwid_record record;

		assert_int_equal(likwid_request_put(release_5_2(), &limits, &sent, &record), 0);
		assert_int_equal(record.device, table[i].device);
		assert_int_equal(record.type, RELEASE_WRITE);
		struct op received = op_of(&likwid, record);
		assert_memory_equal(&received, &sent, sizeof sent);
	}
}

static void package_is_a_rank_on_the_wire_and_an_id_everywhere_else(void **state)
{
	const struct op_limits gaps = {4, (const uint32_t[]){1, 4, 0}, 3};
	struct likwid_record record;
	struct likwid likwid;

	(void)state;
	likwid_init(&likwid, release_5_2(), &gaps);
	for (uint32_t rank = 0; rank < gaps.n_packages; rank++) {
		struct op op = {
			.verb = OP_READ, .place = place_of_unit(gaps.packages[rank], UNIT_IMC, 0)};

		assert_int_equal(likwid_request_put(release_5_2(), &gaps, &op, &record), 0);
		assert_int_equal(record.cpu, rank);
		assert_int_equal(op_of(&likwid, record).place.package, gaps.packages[rank]);
	}
}

static void package_that_is_not_there_has_no_request(void **state)
{
	struct op op = {.place = place_of_unit(1, UNIT_IMC, 0)};
	struct likwid_record record;

	(void)state;
	assert_int_equal(likwid_request_put(release_5_2(), &limits, &op, &record), OP_ABSENT);
	op.place.package = UINT32_MAX;
	assert_int_equal(likwid_request_put(release_5_2(), &limits, &op, &record), OP_ABSENT);
}

static void unit_that_the_wire_lacks_has_no_request(void **state)
{
	struct op op = {.place = place_of_unit(0, UNIT_IMC, 8)};
	struct likwid_record record;

	(void)state;
	assert_int_equal(likwid_request_put(release_5_2(), &limits, &op, &record), -EINVAL);
}

static enum op_status status_of(uint32_t cpu, uint32_t device)
{
	struct likwid likwid = connection();

	return op_of(
		&likwid, (struct likwid_record){.cpu = cpu, .device = device, .reg = 0xffffffff})
		.status;
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
	assert_int_equal(status_of(5, 5), OP_ABSENT); /* an id is no rank */
	assert_int_equal(status_of(4095, 5), OP_ABSENT);
	assert_int_equal(status_of(0, 15), OP_ABSENT);
	assert_int_equal(status_of(0, 77), OP_ABSENT);
	assert_int_equal(status_of(0, 0xffffffff), OP_ABSENT);
}

static void exit_and_unknown_types_are_no_access(void **state)
{
	struct likwid likwid = connection();
	struct wire_request request;

	(void)state;
	assert_int_equal(take(&likwid, &(struct likwid_record){.type = 3}, &request), WIRE_EXIT);
	assert_int_equal(
		take(&likwid, &(struct likwid_record){.type = 4}, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->n, 0);
	assert_int_equal(take(&likwid, &(struct likwid_record){.type = 0xffffffff}, &request),
		WIRE_ACCESSES);
	assert_int_equal(request.batch->n, 0);
}

static struct likwid_record reply_to(
	struct likwid_record record, enum op_status status, uint64_t value)
{
	struct likwid likwid = connection();
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct wire_request request;
	struct likwid_record reply;

	assert_int_equal(take(&likwid, &record, &request), WIRE_ACCESSES);
	for (size_t i = 0; i < request.batch->n; i++) {
		request.batch->ops[i].status = status;
		request.batch->ops[i].value = value;
	}
	assert_int_equal(likwid.wire.ops->reply(&likwid.wire, bytes), LIKWID_RECORD_SIZE);
	likwid_record_get(bytes, &reply);
	assert_int_equal(reply.cpu, record.cpu);
	assert_int_equal(reply.reg, record.reg);
	assert_int_equal(reply.device, record.device);
	assert_int_equal(reply.type, record.type);
	assert_int_equal(reply.padding, record.padding);
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

/* One access of a client to device, answered with status. */
static void converse(struct likwid *likwid, uint32_t device, enum op_status status)
{
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct wire_request request;

	assert_int_equal(
		take(likwid, &(struct likwid_record){.device = device}, &request), WIRE_ACCESSES);
	if (request.batch->ops[0].status == OP_OK)
		request.batch->ops[0].status = status;
	likwid->wire.ops->reply(&likwid->wire, bytes);
}

static void numbers_of_another_release_are_a_doubt(void **state)
{
	struct likwid likwid = connection();
	char text[WIRE_DOUBT_SIZE];

	(void)state;
	assert_null(likwid.wire.ops->doubt(&likwid.wire, text));
	converse(&likwid, 14, OP_ABSENT); /* an MSR in 3.1 and 4.0, a home agent in 5.2 */
	converse(&likwid, 14, OP_ABSENT);
	assert_string_equal(likwid.wire.ops->doubt(&likwid.wire, text),
		"every device that it asked for is absent or refused: it may be another release of "
		"LIKWID "
		"than 5.2, whose numbers this session spoke: see msrd(8)");
	converse(&likwid, 0, OP_OK);  /* an MSR from 4.1 on */
	converse(&likwid, 49, OP_OK); /* an imc from 5.4 on */
	assert_string_equal(likwid.wire.ops->doubt(&likwid.wire, text),
		"device 49 that it asked for is unknown: it may be another release of LIKWID "
		"than 5.2, whose numbers this session spoke: see msrd(8)");
}

static void what_is_merely_absent_or_refused_is_no_doubt(void **state)
{
	struct likwid likwid = connection();
	char text[WIRE_DOUBT_SIZE];

	(void)state;
	converse(&likwid, 0, OP_OK);
	converse(&likwid, 0, OP_ABSENT); /* a CPU that is offline */
	converse(&likwid, 5, OP_ABSENT); /* an imc that firmware hides */
	assert_null(likwid.wire.ops->doubt(&likwid.wire, text));
	converse(&likwid, 0, OP_REFUSED);
	converse(&likwid, 5, OP_OK);
	assert_null(likwid.wire.ops->doubt(&likwid.wire, text));
	converse(&likwid, 26, OP_OK); /* a unit of other CPU models */
	converse(&likwid, 26, OP_OK);
	assert_null(likwid.wire.ops->doubt(&likwid.wire, text));
}

/* One of another release's requests finds no device, and another's EXIT may be none of ours. */
static void request_of_no_type_is_no_device_that_was_found(void **state)
{
	struct likwid likwid = connection();
	uint8_t bytes[LIKWID_RECORD_SIZE], reply[WIRE_REPLY_SIZE];
	struct wire_request request;
	char text[WIRE_DOUBT_SIZE];

	(void)state;
	converse(&likwid, 14, OP_ABSENT);
	likwid_record_put(&(struct likwid_record){.type = 77}, bytes);
	assert_int_equal(
		likwid.wire.ops->take(&likwid.wire, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	likwid.wire.ops->reply(&likwid.wire, reply);
	assert_non_null(likwid.wire.ops->doubt(&likwid.wire, text));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_32_bytes_little_endian),
		cmocka_unit_test(record_put_is_the_inverse_of_get),
		cmocka_unit_test(read_of_an_msr_is_decoded),
		cmocka_unit_test(piece_of_a_record_is_no_message_yet),
		cmocka_unit_test(every_unit_has_its_release_5_2_index),
		cmocka_unit_test(package_is_a_rank_on_the_wire_and_an_id_everywhere_else),
		cmocka_unit_test(package_that_is_not_there_has_no_request),
		cmocka_unit_test(unit_that_the_wire_lacks_has_no_request),
		cmocka_unit_test(what_does_not_exist_is_absent),
		cmocka_unit_test(exit_and_unknown_types_are_no_access),
		cmocka_unit_test(replies_echo_the_request_but_data_and_error),
		cmocka_unit_test(numbers_of_another_release_are_a_doubt),
		cmocka_unit_test(what_is_merely_absent_or_refused_is_no_doubt),
		cmocka_unit_test(request_of_no_type_is_no_device_that_was_found),
		cmocka_unit_test(client_reads_value_and_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
