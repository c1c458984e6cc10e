/* SPDX-License-Identifier: MIT */
/* What is told of an access that was not done, for each way in which it was not. */
#include "daemon/explain.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct op read_msr = {.verb = OP_READ, .place = {.space = OP_MSR, .reg = 0xce}};
static const struct op write_msr = {.verb = OP_WRITE, .place = {.space = OP_MSR, .reg = 0x186}};
static const struct op read_imc = {
	.verb = OP_READ, .place = {.space = OP_PCI, .unit = UNIT_IMC, .reg = 0xa4}};

static struct reason_told told_of(const struct access *access, struct op op, enum op_status status)
{
	struct reason_told told = {0};

	op.status = status;
	explain_op(access, &op, &told);
	return told;
}

static void assert_told(const struct reason_told *told, enum reason reason, const char *words)
{
	assert_int_equal(told->reason, reason);
	if (!strstr(told->text, words))
		fail_msg("\"%s\" does not say \"%s\"", told->text, words);
}

static void nothing_is_told_of_what_was_done(void **state)
{
	const struct access access = {.lock_path = "/nonexistent"};
	struct reason_told told = told_of(&access, read_msr, OP_OK);

	(void)state;
	assert_int_equal(told.reason, REASON_NONE);
	assert_string_equal(told.text, "");
}

/* Numbers of the wire, beside the policy's. */
static void each_refusal_has_its_number_and_the_policys_words(void **state)
{
	static const enum reason numbers[POLICY_N_REASONS] = {REASON_NONE, REASON_NOT_LISTED,
		REASON_READ_ONLY, REASON_TOO_WIDE, REASON_OUTSIDE_MASK, REASON_CLEAR_ONLY,
		REASON_KERNELS, REASON_OWNERS, REASON_OTHERS, REASON_NOT_KEPT};

	(void)state;
	for (unsigned reason = POLICY_NOT_LISTED; reason < POLICY_N_REASONS; reason++) {
		const struct access access = {.refusal = {(enum policy_reason)reason, 0x8001}};
		char text[POLICY_TEXT_SIZE];
		struct reason_told told = told_of(&access, write_msr, OP_REFUSED);

		assert_told(&told, numbers[reason], policy_refusal_describe(&access.refusal, text));
	}
}

static void each_cause_of_a_file_that_can_not_be_opened_is_told_with_its_cure(void **state)
{
	uint64_t seen = 0;

	(void)state;
	for (unsigned cause = CAUSE_UNREADABLE; cause < N_MACHINE_CAUSES; cause++) {
		const enum machine_cause causes[OP_N_SPACES] = {
			[OP_MSR] = (enum machine_cause)cause};
		const struct access access = {.causes = causes};
		struct reason_told told = told_of(&access, read_msr, OP_NO_FILE);

		/* a number of its own, among those of the machine, and nothing cut off */
		assert_true(told.reason >= 32 && told.reason < 64 && !(seen >> told.reason & 1));
		seen |= UINT64_C(1) << told.reason;
		assert_told(&told, told.reason, machine_cause_text((enum machine_cause)cause));
		assert_told(&told, told.reason, machine_cause_cure((enum machine_cause)cause));
		/* the other space is another matter */
		told = told_of(&access, read_imc, OP_NO_FILE);
		assert_int_equal(told.reason, REASON_NONE);
	}
}

static void unsupported_model_is_told_as_that(void **state)
{
	const enum machine_cause causes[OP_N_SPACES] = {CAUSE_MODEL, CAUSE_MODEL};
	const struct access access = {.causes = causes};
	struct reason_told told = told_of(&access, read_imc, OP_UNSUPPORTED);

	(void)state;
	assert_told(&told, REASON_MODEL, "not supported");
}

static void write_that_the_kernel_refuses_to_everybody_is_told_so_and_a_read_is_not(void **state)
{
	const enum machine_cause causes[OP_N_SPACES] = {[OP_MSR] = CAUSE_LOCKDOWN};
	const struct access access = {.write_causes = causes};
	struct reason_told told = told_of(&access, write_msr, OP_FAILED);

	(void)state;
	assert_told(&told, REASON_LOCKDOWN, "locked down");
	told = told_of(&access, read_msr, OP_FAILED);
	assert_told(&told, REASON_FAULT, "may not have the register");
	told = told_of(&access, read_imc, OP_FAILED);
	assert_told(&told, REASON_FAULT, "config space may end");
	assert_told(&told, REASON_FAULT, "locked down since the session began");
	const struct access open = {.lock_path = "/nonexistent"};
	told = told_of(&open, write_msr, OP_FAILED);
	assert_told(&told, REASON_FAULT, "refuses writes since the session began");
}

static void device_that_is_not_there_is_told_apart_from_hidden_ones(void **state)
{
	static const struct {
		enum machine_cause cause;
		enum reason reason;
	} absences[] = {{CAUSE_NONE, REASON_NO_DEVICE}, {CAUSE_NO_UNCORE, REASON_NO_UNCORE},
		{CAUSE_HIDDEN, REASON_HIDDEN},
		/* that some file can't be opened does not hide a device */
		{CAUSE_INSTALLED, REASON_NO_DEVICE}};

	(void)state;
	for (size_t i = 0; i < sizeof absences / sizeof *absences; i++) {
		const enum machine_cause causes[OP_N_SPACES] = {[OP_PCI] = absences[i].cause};
		const struct access access = {.causes = causes};
		struct reason_told told = told_of(&access, read_imc, OP_ABSENT);

		assert_int_equal(told.reason, absences[i].reason);
	}
}

static void lock_is_told_with_its_owner(void **state)
{
	char path[] = "/tmp/msrd-test-explain-XXXXXX", words[32];
	const struct access access = {.lock_path = path};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(words, sizeof words, "is of uid %u,", (unsigned)geteuid());
	struct reason_told told = told_of(&access, read_msr, OP_LOCKED);

	assert_told(&told, REASON_LOCKED, words);
	unlink(path);
	told = told_of(&access, read_msr, OP_LOCKED);
	assert_told(&told, REASON_LOCKED, "can't be looked at");
}

static void busy_is_told_with_what_to_do(void **state)
{
	const struct access access = {.lock_path = "/nonexistent"};
	struct reason_told told = told_of(&access, write_msr, OP_BUSY);

	(void)state;
	assert_told(&told, REASON_DELAYED, "try again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_told_of_what_was_done),
		cmocka_unit_test(each_refusal_has_its_number_and_the_policys_words),
		cmocka_unit_test(each_cause_of_a_file_that_can_not_be_opened_is_told_with_its_cure),
		cmocka_unit_test(unsupported_model_is_told_as_that),
		cmocka_unit_test(
			write_that_the_kernel_refuses_to_everybody_is_told_so_and_a_read_is_not),
		cmocka_unit_test(device_that_is_not_there_is_told_apart_from_hidden_ones),
		cmocka_unit_test(lock_is_told_with_its_owner),
		cmocka_unit_test(busy_is_told_with_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
