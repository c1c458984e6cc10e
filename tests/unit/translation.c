/* SPDX-License-Identifier: MIT */
/*
 * A client behind a translation is answered as if the daemon spoke its release:
 * the daemon's own decoder is the witness, on both sides.
 */
#include "wire/translation.h"

#include "test.h"

#include <string.h>

#include "util/array.h"

/* What the socket of a service speaks. */
#define DAEMONS "5.2"

static const uint32_t packages[] = {0, 7};
static const struct op_limits limits = {.n_cpus = 4, .packages = packages, .n_packages = 2};

static struct likwid_record request_of(uint32_t type, uint32_t device)
{
	return (struct likwid_record){.cpu = 1,
		.reg = 0x1b0,
		.data = 0x123456789abcdef0,
		.device = device,
		.type = type,
		.errorcode = 3,
		.padding = 0x5a5aa5a5};
}

/* What a daemon of the release takes the record for, and in reply what it answers with status, data
 * 0x42 where it reads. */
static enum wire_message take(const char *release, const struct likwid_record *record,
	enum op_status status, struct op *op, struct likwid_record *reply)
{
	uint8_t bytes[LIKWID_RECORD_SIZE], answer[WIRE_REPLY_SIZE];
	struct wire_request request;
	struct likwid likwid;

	likwid_init(&likwid, release_find(release), &limits);
	likwid_record_put(record, bytes);
	enum wire_message message =
		likwid.wire.ops->take(&likwid.wire, bytes, sizeof bytes, &request);
	*op = (struct op){0};
	if (message == WIRE_ACCESSES && request.batch->n == 1) {
		*op = request.batch->ops[0];
		request.batch->ops[0].value = 0x42;
		if (request.batch->ops[0].status == OP_OK)
			request.batch->ops[0].status = status;
	}
	if (message == WIRE_ACCESSES) {
		likwid.wire.ops->reply(&likwid.wire, answer);
		likwid_record_get(answer, reply);
	}
	return message;
}

static void assert_same_record(const struct likwid_record *a, const struct likwid_record *b)
{
	assert_memory_equal(a, b, sizeof *a);
}

static void assert_same_op(const struct op *a, const struct op *b)
{
	assert_int_equal(a->verb, b->verb);
	assert_int_equal(a->place.space, b->place.space);
	assert_int_equal(a->place.cpu, b->place.cpu);
	assert_int_equal(a->place.package, b->place.package);
	assert_int_equal(a->place.unit, b->place.unit);
	assert_int_equal(a->place.index, b->place.index);
	assert_int_equal(a->place.reg, b->place.reg);
	assert_int_equal(a->value, b->value);
	assert_int_equal(a->status, b->status);
}

/* One request of that release, straight and through a translation. */
static void compare(const char *release, uint32_t type, uint32_t device, enum op_status status)
{
	struct translation translation = {release_find(release), release_find(DAEMONS), 0, 0, 0};
	const struct likwid_record asked = request_of(type, device);
	struct likwid_record record = asked, straight = {0}, translated = {0};
	struct op wanted, op;

	translation_request(&translation, &record);
	enum wire_message message = take(release, &asked, status, &wanted, &straight);
	assert_int_equal(take(DAEMONS, &record, status, &op, &translated), message);
	assert_same_op(&op, &wanted);
	if (message != WIRE_ACCESSES)
		return;
	translation_reply(&translation, &translated);
	assert_same_record(&translated, &straight);
}

static void every_request_of_every_release_is_the_same_to_the_daemon(void **state)
{
	const struct release *release;

	(void)state;
	for (size_t i = 0; (release = release_get(i)); i++)
		for (uint32_t type = 0; type < 8; type++)
			for (uint32_t device = 0; device < LIKWID_N_NUMBERS; device++)
				compare(release_name(release), type, device, OP_OK);
}

static void every_answer_is_the_same_to_the_client(void **state)
{
	const struct release *release;

	(void)state;
	for (size_t i = 0; (release = release_get(i)); i++)
		for (unsigned status = OP_OK; status < OP_N_STATUSES; status++)
			if (status != OP_UNKNOWN) /* of types that are unknown alone: above */
				for (uint32_t device = 0; device < 16; device++)
					compare(release_name(release), 0, device,
						(enum op_status)status);
}

static void numbers_at_the_edge_are_nobodys(void **state)
{
	const struct release *release;

	(void)state;
	for (size_t i = 0; (release = release_get(i)); i++) {
		compare(release_name(release), UINT32_MAX, 0, OP_OK);
		compare(release_name(release), 0, UINT32_MAX, OP_OK);
		compare(release_name(release), INT32_MAX, INT32_MAX, OP_OK);
	}
}

static void code_that_nobody_knows_is_passed_on(void **state)
{
	struct translation translation = {release_find("3.1"), release_find(DAEMONS), 0, 0, 0};
	struct likwid_record record = request_of(0, 14);

	(void)state;
	translation_request(&translation, &record);
	record.errorcode = 77;
	translation_reply(&translation, &record);
	assert_int_equal(record.errorcode, 77);
	assert_int_equal(record.device, 14);
}

static void without_a_daemon_each_release_is_told_in_its_own_codes(void **state)
{
	static const struct {
		const char *release;
		uint32_t type;
		enum op_status status;
		uint32_t errorcode;
		uint64_t data;
	} cases[] = {
		{"5.2", 0, OP_NO_FILE, 3, 0},
		{"5.2", 1, OP_NO_FILE, 3, 0},
		{"5.2", 2, OP_NO_FILE, 3, 0x123456789abcdef0},
		{"5.2", 4, OP_NO_FILE, 1, 0x123456789abcdef0},
		{"3.1", 0, OP_BUSY, 5, 0},
		{"3.1", 3, OP_BUSY, 1, 0x123456789abcdef0},
		{"3.1", 0, OP_ABSENT, 8, 0},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct translation translation = {
			release_find(cases[i].release), release_find(DAEMONS), 0, 0, 0};
		struct likwid_record wanted = request_of(cases[i].type, 9), record = wanted;

		translation_refuse(&translation, cases[i].status, &record);
		wanted.errorcode = cases[i].errorcode;
		wanted.data = cases[i].data;
		assert_same_record(&record, &wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_of_every_release_is_the_same_to_the_daemon),
		cmocka_unit_test(every_answer_is_the_same_to_the_client),
		cmocka_unit_test(numbers_at_the_edge_are_nobodys),
		cmocka_unit_test(code_that_nobody_knows_is_passed_on),
		cmocka_unit_test(without_a_daemon_each_release_is_told_in_its_own_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
