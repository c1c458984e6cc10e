/* SPDX-License-Identifier: MIT */
/* Questions and answers byte by byte, as wire/PROTOCOL.md has them. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/native.h"
#include "wire/question.h"

static const struct op_limits limits = {16, (const uint32_t[]){1, 5}, 2};

/* Of the buses, from number 3 on. */
static const uint8_t info[NATIVE_INFO_SIZE] = {16, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0};

/* Of qpi, from 0xd8 on, two. */
static const uint8_t policy[NATIVE_POLICY_SIZE] = {
	24, 0, 0, 0, 5, 0, 0, 0, 0, 1, UNIT_QPI, 0, 0xd8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0};

struct scene {
	struct likwid likwid;
	struct native native;
};

static enum wire_message take(
	struct scene *scene, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	return scene->native.wire.ops->take(&scene->native.wire, bytes, length, request);
}

/* Said hello to. */
static int set_up(void **state)
{
	static struct scene scene;
	struct wire_request request;
	uint8_t bytes[WIRE_REPLY_SIZE];

	likwid_init(&scene.likwid, release_find("5.2"), &limits);
	native_init(&scene.native, &scene.likwid.wire, &limits);
	native_hello_put(bytes);
	assert_int_equal(take(&scene, bytes, NATIVE_HELLO_SIZE, &request), WIRE_ACCESSES);
	scene.native.wire.ops->reply(&scene.native.wire, bytes);
	*state = &scene;
	return 0;
}

static void info_is_a_question(void **state)
{
	struct wire_request request;

	assert_int_equal(take(*state, info, sizeof info - 1, &request), WIRE_INCOMPLETE);
	assert_int_equal(take(*state, info, sizeof info, &request), WIRE_QUESTION);
	assert_int_equal(request.length, sizeof info);
	assert_int_equal(request.question.about, QUESTION_BUSES);
	assert_int_equal(request.question.first, 3);
	assert_true(request.question.most > 1000);
}

static void policy_is_a_question(void **state)
{
	struct wire_request request;

	assert_int_equal(take(*state, policy, sizeof policy, &request), WIRE_QUESTION);
	assert_int_equal(request.question.about, QUESTION_RULES);
	assert_int_equal(request.question.device.space, OP_PCI);
	assert_int_equal(request.question.device.unit, UNIT_QPI);
	assert_int_equal(request.question.first, 0xd8);
	assert_int_equal(request.question.most, 2);
}

static void questions_of_the_client_are_those_of_the_page(void **state)
{
	const struct question buses = {.about = QUESTION_BUSES, .first = 3};
	const struct question rules = {.about = QUESTION_RULES,
		.device = place_of_unit(0, UNIT_QPI, 0),
		.first = 0xd8,
		.most = 2};
	uint8_t bytes[NATIVE_QUESTION_SIZE];

	(void)state;
	assert_int_equal(native_question_put(&buses, bytes), sizeof info);
	assert_memory_equal(bytes, info, sizeof info);
	assert_int_equal(native_question_put(&rules, bytes), sizeof policy);
	assert_memory_equal(bytes, policy, sizeof policy);
}

static void malformed_question_is_none(void **state)
{
	static const struct {
		const uint8_t *message;
		size_t length, offset;
		uint8_t byte;
	} faults[] = {
		{info, 16, 0, 15},
		{info, 16, 0, 8},
		{info, 16, 6, 1},
		{policy, 24, 0, 23},
		{policy, 24, 0, 16},
		{policy, 24, 8, 1}, /* not 0 */
		{policy, 24, 9, 2}, /* no such space */
		{policy, 24, 9, 0}, /* an MSR has no unit */
		{policy, 24, 10, OP_N_UNITS},
		{policy, 24, 11, 1},
		{policy, 24, 16, 0}, /* none */
		{policy, 24, 20, 1}, /* not 0 */
		{policy, 24, 23, 0x80},
	};

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		uint8_t bytes[NATIVE_POLICY_SIZE];
		struct wire_request request;

		set_up(state);
		memcpy(bytes, faults[i].message, faults[i].length);
		bytes[faults[i].offset] = faults[i].byte;
		if (take(*state, bytes, faults[i].length, &request) != WIRE_MALFORMED)
			fail_msg("fault %zu is taken for a question", i);
	}
	for (uint32_t length = 25; length < 40; length++) {
		uint8_t bytes[40] = {0};
		struct wire_request request;

		memcpy(bytes, policy, sizeof policy);
		bytes[0] = (uint8_t)length;
		set_up(state);
		assert_int_equal(take(*state, bytes, length, &request), WIRE_MALFORMED);
		bytes[4] = NATIVE_INFO;
		set_up(state);
		assert_int_equal(take(*state, bytes, length, &request), WIRE_MALFORMED);
	}
}

static void table_of_a_later_version_is_unknown_and_the_session_goes_on(void **state)
{
	struct scene *scene = *state;
	uint8_t bytes[NATIVE_INFO_SIZE], reply[WIRE_REPLY_SIZE];
	struct wire_request request;
	struct native_answer answer;

	memcpy(bytes, info, sizeof bytes);
	put_le32(bytes + 8, QUESTION_RULES);
	assert_int_equal(take(scene, bytes, sizeof bytes, &request), WIRE_ACCESSES);
	assert_int_equal(request.batch->n, 0);
	size_t length = scene->native.wire.ops->reply(&scene->native.wire, reply);

	assert_int_equal(native_answer_length(reply), length);
	assert_true(native_answer_get(reply, length, QUESTION_BUSES, &answer));
	assert_int_equal(answer.status, OP_UNKNOWN);
	assert_int_equal(answer.n, 0);
	assert_int_equal(take(scene, info, sizeof info, &request), WIRE_QUESTION);
}

/* So many facts of each question, made of their numbers. */
struct source {
	uint32_t n, step;
};

static bool next(
	const void *closure, const struct question *question, uint32_t *at, union fact *fact)
{
	const struct source *source = closure;
	uint32_t number = (*at + source->step - 1) / source->step;

	if (number >= source->n)
		return false;
	*at = number * source->step;
	memset(fact, 0, sizeof *fact);
	if (question->about == QUESTION_RULES)
		fact->rule = (struct fact_rule){.reg = *at, .write_mask = number};
	else if (question->about == QUESTION_CPUS)
		fact->cpu = (struct fact_cpu){.package = *at};
	return true;
}

static size_t put(const struct question *question, const struct source *source, const char *text,
	uint8_t bytes[WIRE_REPLY_SIZE])
{
	struct answer answer = {.next = next, .closure = source};

	snprintf(answer.told.text, sizeof answer.told.text, "%s", text);
	answer.told.reason = *text ? REASON_LOCKED : REASON_NONE;
	answer.status = *text ? OP_LOCKED : OP_OK;
	answer.is_owner = !*text;
	return native_answer_put(question, &answer, bytes);
}

static void answer_is_that_of_the_page(void **state)
{
	static const uint8_t expected[] = {
		16 + 2 * 32 + 4, 0, 0, 0, OP_LOCKED, 0, REASON_LOCKED, 0, /* length, status */
		2, 0, 32, 0, 1, 0, 0, 0,				  /* rows, more */
		8, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,		  /* 0x8 */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,		  /* */
		12, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,	  /* 0xc */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,		  /* */
		'm', 'i', 'n', 'e',					  /* */
	};
	const struct question question = {.about = QUESTION_RULES, .first = 5, .most = 2};
	uint8_t bytes[WIRE_REPLY_SIZE];

	(void)state;
	assert_int_equal(put(&question, &(struct source){10, 4}, "mine", bytes), sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
}

static const union fact facts[] = {
	[QUESTION_MACHINE].machine = {16, 2, 3, 40, 6, 0x45, 7, true,
		{{REASON_MODULE, REASON_NONE}, {REASON_NONE, REASON_LOCKDOWN}}},
	[QUESTION_CPUS].cpu = {FACT_NO_PACKAGE, true, false, OP_ABSENT},
	[QUESTION_PACKAGES].package = {5, 8},
	[QUESTION_BUSES].bus = {1, 0x1234, 0x7f, 2, 3},
	[QUESTION_UNITS].unit = {5, UNIT_R3QPI, 1, 0x1234, 0xff, 0x9d, 0x3c45, OP_NO_FILE},
	[QUESTION_RULES].rule = {0xffffffff, true, 1, UINT64_MAX, 0x8000000000000000},
};

static bool get_one(
	const void *closure, const struct question *question, uint32_t *at, union fact *fact)
{
	(void)closure;
	*fact = facts[question->about];
	if (question->about == QUESTION_RULES)
		*at = UINT32_MAX;
	else if (*at > 0)
		return false;
	return true;
}

static void each_kind_of_fact_arrives_as_it_was(void **state)
{
	(void)state;
	for (unsigned about = 0; about <= QUESTION_RULES; about++) {
		const struct question question = {.about = about, .most = 10};
		const struct answer answer = {.next = get_one, .is_owner = about % 2};
		uint8_t bytes[WIRE_REPLY_SIZE];
		struct native_answer got;
		union fact fact;

		memset(bytes, 0xee, sizeof bytes);
		size_t length = native_answer_put(&question, &answer, bytes);

		assert_true(native_answer_get(bytes, length, about, &got));
		assert_int_equal(got.n, 1); /* also of the very last register */
		assert_false(got.has_more);
		assert_int_equal(got.is_owner, about % 2);
		assert_int_equal(got.status, OP_OK);
		memset(&fact, 0, sizeof fact);
		native_fact_get(&got, 0, about, &fact);
		switch (about) {
#define X(name, member, bytes_of)                                                                  \
	case name:                                                                                 \
		assert_int_equal(got.size, bytes_of);                                              \
		assert_memory_equal(&fact.member, &facts[name].member, sizeof fact.member);        \
		break;
			QUESTIONS(X)
#undef X
		}
	}
}

static void more_than_fit_are_said_to_be_more_and_asked_for_again(void **state)
{
	const struct source source = {5000, 3};

	for (unsigned about = QUESTION_CPUS; about <= QUESTION_RULES; about += 4) {
		struct wire_request request;
		uint8_t bytes[WIRE_REPLY_SIZE], text[REASON_TEXT_SIZE];
		struct native_answer answer;
		uint32_t first = 0, n = 0, n_answers = 0;

		memset(text, 'a', sizeof text - 1);
		text[sizeof text - 1] = '\0';
		do {
			struct question question = {
				.about = about, .first = first, .most = 0xffffffff};
			uint8_t message[NATIVE_QUESTION_SIZE];
			union fact fact;
			size_t length = native_question_put(&question, message);

			assert_int_equal(take(*state, message, length, &request), WIRE_QUESTION);
			length = put(&request.question, &source, (const char *)text, bytes);
			assert_true(length <= sizeof bytes);
			assert_true(native_answer_get(bytes, length, about, &answer));
			assert_int_equal(strlen(answer.told.text), sizeof text - 1);
			for (size_t i = 0; i < answer.n; i++, n++) {
				native_fact_get(&answer, i, about, &fact);
				first = about == QUESTION_RULES ? fact.rule.reg : fact.cpu.package;
				assert_int_equal(first, n * 3);
			}
			first++;
			n_answers++;
		} while (answer.has_more);
		assert_int_equal(n, 5000);
		assert_true(n_answers > 1 && n_answers < 20);
	}
}

static void answer_that_makes_no_sense_is_none(void **state)
{
	const struct question question = {.about = QUESTION_RULES, .first = 5, .most = 2};
	static const struct {
		size_t offset;
		uint8_t byte;
	} faults[] = {
		{4, OP_N_STATUSES}, {5, 1},	   /* no such status */
		{8, 3}, {9, 1}, {10, 35}, {11, 1}, /* more than there is */
		{10, 31}, {10, 0},		   /* a row is larger */
		{8, 0},				   /* no rows, and more */
	};
	uint8_t bytes[WIRE_REPLY_SIZE], other[sizeof bytes];
	struct native_answer answer;
	size_t length = put(&question, &(struct source){10, 4}, "mine", bytes);

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		memcpy(other, bytes, length);
		other[faults[i].offset] = faults[i].byte;
		if (native_answer_get(other, length, QUESTION_RULES, &answer))
			fail_msg("fault %zu is taken for an answer", i);
	}
	assert_true(native_answer_get(bytes, length, QUESTION_RULES, &answer));
	put_le32(other, NATIVE_ANSWER_SIZE - 1);
	assert_int_equal(native_answer_length(other), -EPROTO);
	put_le32(other, WIRE_REPLY_SIZE + 1);
	assert_int_equal(native_answer_length(other), -EPROTO);
	put_le32(other, WIRE_REPLY_SIZE);
	assert_int_equal(native_answer_length(other), WIRE_REPLY_SIZE);
}

/* A later daemon has more to say of each. */
static void rows_may_be_longer_than_what_is_known_of_them(void **state)
{
	uint8_t bytes[NATIVE_ANSWER_SIZE + 2 * 12] = {sizeof bytes, [8] = 2, [10] = 12, [16] = 1,
		[22] = OP_LOCKED, [28] = 5, [34] = OP_ABSENT};
	struct native_answer answer;
	union fact fact;

	(void)state;
	assert_true(native_answer_get(bytes, sizeof bytes, QUESTION_CPUS, &answer));
	assert_int_equal(answer.n, 2);
	native_fact_get(&answer, 1, QUESTION_CPUS, &fact);
	assert_int_equal(fact.cpu.package, 5);
	assert_int_equal(fact.cpu.status, OP_ABSENT);
}

int main(void)
{
#define QUESTION_TEST(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
		QUESTION_TEST(info_is_a_question),
		QUESTION_TEST(policy_is_a_question),
		QUESTION_TEST(questions_of_the_client_are_those_of_the_page),
		QUESTION_TEST(malformed_question_is_none),
		QUESTION_TEST(table_of_a_later_version_is_unknown_and_the_session_goes_on),
		QUESTION_TEST(answer_is_that_of_the_page),
		QUESTION_TEST(each_kind_of_fact_arrives_as_it_was),
		QUESTION_TEST(more_than_fit_are_said_to_be_more_and_asked_for_again),
		QUESTION_TEST(answer_that_makes_no_sense_is_none),
		QUESTION_TEST(rows_may_be_longer_than_what_is_known_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
