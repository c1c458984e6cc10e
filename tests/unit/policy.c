/* SPDX-License-Identifier: MIT */
#include "policy/policy.h"

#include "test.h"

#include <errno.h>
#include <string.h>

static const struct allow_entry msr_entries[] = {
	{.reg = 0x10},
	{.reg = 0x186, .write_mask = 0xffe7ffff, .clear_mask = 0x180000},
	{.reg = 0x390, .w1c_mask = 0x70000000f},
	{.reg = 0x3f1, .clear_mask = UINT64_MAX},
	{.reg = 0x4c1, .write_mask = UINT64_MAX},
};
static const struct allow_entry imc_entries[] = {
	{.reg = 0xa0, .write_mask = UINT32_MAX},
	{.reg = 0xd8, .write_mask = 0xffc4ffff},
};
static const struct allow_entry misc_entries[] = {{.reg = 0xd4}};
static const struct allow_entry more_entries[] = {
	{.reg = 0x10, .write_mask = 0xff},
	{.reg = 0x1a4, .write_mask = 0xf},
};

static const struct allowlist counters = {.section = {
						  [ALLOW_MSR] = {msr_entries, 5},
						  [ALLOW_PCI(UNIT_IMC)] = {imc_entries, 2},
						  [ALLOW_PCI(UNIT_QPI_MISC)] = {misc_entries, 1},
					  }};
static const struct allowlist more = {.section = {[ALLOW_MSR] = {more_entries, 2}}};
static const struct policy policy = {.lists = {&counters}, .n_lists = 1};
static const struct policy both = {.lists = {&counters, &more}, .n_lists = 2};

static enum policy_verdict judge_msr(enum op_verb verb, uint32_t reg, uint64_t value)
{
	struct op op = {.verb = verb, .place.space = OP_MSR, .place.reg = reg, .value = value};
	struct policy_rule rule;

	return policy_check(&policy, &op, &rule);
}

static enum policy_verdict judge_pci(
	enum op_verb verb, enum op_unit unit, uint32_t reg, uint64_t value)
{
	struct op op = {.verb = verb,
		.place.space = OP_PCI,
		.place.unit = unit,
		.place.reg = reg,
		.value = value};
	struct policy_rule rule;

	return policy_check(&policy, &op, &rule);
}

static void listed_register_is_readable_others_are_refused(void **state)
{
	(void)state;
	assert_int_equal(judge_msr(OP_READ, 0x10, 0), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_READ, 0x390, 0), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_READ, 0x4c1, 0), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_READ, 0x11, 0), POLICY_REFUSED);
	assert_int_equal(judge_msr(OP_READ, 0x600, 0), POLICY_REFUSED);
	assert_int_equal(judge_msr(OP_READ, 0xffffffff, 0), POLICY_REFUSED);
}

static void write_is_judged_apart_from_read(void **state)
{
	(void)state;
	assert_int_equal(judge_msr(OP_WRITE, 0x10, 0), POLICY_REFUSED);
	assert_int_equal(judge_msr(OP_WRITE, 0x11, 0), POLICY_REFUSED);
	assert_int_equal(judge_msr(OP_WRITE, 0x4c1, UINT64_MAX), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_WRITE, 0x186, 0), POLICY_ASK_OLD_VALUE);
}

static void check_touches_no_register_and_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(judge_msr(OP_CHECK, 0, 0), POLICY_ALLOWED);
	assert_int_equal(judge_pci(OP_CHECK, UNIT_HA, 0, 0), POLICY_ALLOWED);
}

static void bit_outside_the_mask_must_not_change(void **state)
{
	struct policy_rule rule = {.write_mask = 0xf0};

	(void)state;
	assert_true(policy_change_is_allowed(&rule, 0x0f, 0xff));
	assert_true(policy_change_is_allowed(&rule, 0xff, 0x0f));
	assert_true(policy_change_is_allowed(&rule, 0x0f, 0x0f));
	assert_false(policy_change_is_allowed(&rule, 0x0f, 0x0e));
	assert_false(policy_change_is_allowed(&rule, 0, 1ull << 63));
}

static void clear_bit_may_go_but_never_come(void **state)
{
	struct policy_rule rule = {.write_mask = 0xf0, .clear_mask = 0x0c};

	(void)state;
	assert_true(policy_change_is_allowed(&rule, 0x0c, 0x00));
	assert_true(policy_change_is_allowed(&rule, 0x0c, 0xf0));
	assert_true(policy_change_is_allowed(&rule, 0x00, 0xf0));
	assert_false(policy_change_is_allowed(&rule, 0x04, 0x08));
	assert_false(policy_change_is_allowed(&rule, 0x00, 0x04));
	assert_false(policy_change_is_allowed(&rule, 0x0d, 0x00));
}

static void clear_bit_that_stays_on_is_refused(void **state)
{
	struct policy_rule rule = {.write_mask = 0xf0, .clear_mask = 0x0c};
	struct policy_refusal refusal = policy_judge_change(&rule, 0x0c, 0xf4);

	(void)state;
	assert_int_equal(refusal.reason, POLICY_CLEAR_ONLY);
	assert_true(refusal.bits == 0x04);
	assert_false(policy_change_is_allowed(&rule, 0x0c, 0x0c));
	/* nobody has to look what it is now */
	assert_int_equal(judge_msr(OP_WRITE, 0x186, 0x5300c0), POLICY_REFUSED);
	assert_int_equal(judge_msr(OP_WRITE, 0x186, 0x4300c0), POLICY_ASK_OLD_VALUE);
	assert_int_equal(judge_msr(OP_WRITE, 0x3f1, 1), POLICY_REFUSED);
}

static void bit_that_another_list_lets_set_is_not_clear_only(void **state)
{
	struct policy_rule rule = {.write_mask = 0x0c, .clear_mask = 0x0c};

	(void)state;
	assert_true(policy_change_is_allowed(&rule, 0x00, 0x0c));
	assert_true(policy_change_is_allowed(&rule, 0x0c, 0x0c));
}

/* Why is the write refused, in words? */
static const char *words(uint32_t reg, uint64_t value, uint64_t old)
{
	struct op op = {.verb = OP_WRITE, .place.reg = reg, .value = value};
	static char text[POLICY_TEXT_SIZE];
	struct policy_rule rule;

	if (policy_check(&policy, &op, &rule) == POLICY_ASK_OLD_VALUE)
		rule.refusal = policy_judge_change(&rule, old, value);
	return policy_refusal_describe(&rule.refusal, text);
}

static void refusal_says_why(void **state)
{
	(void)state;
	assert_string_equal(words(0x11, 0, 0), "not listed");
	assert_string_equal(words(0x10, 0, 0), "may only be read");
	assert_string_equal(
		words(0x390, 1ull << 63, 0), "bits 0x8000000000000000 outside the mask");
	assert_string_equal(words(0x186, 1ull << 32, 0), "bits 0x100000000 outside the mask");
	assert_string_equal(
		words(0x186, 0x5300c0, 0), "bits 0x100000 may only be cleared, and would be on");
	assert_string_equal(words(0x186, 0x4300c0, 0x5100c0), "allowed");
	const struct policy_refusal kernels = {.reason = POLICY_KERNELS};
	char text[POLICY_TEXT_SIZE];
	assert_string_equal(
		policy_refusal_describe(&kernels, text), "the kernel holds this counter");
}

/* A list that lets an interrupt be set, as msr-safe's do, and one that lets it be cleared. */
static const struct allow_entry safe_entries[] = {
	{.reg = 0x186, .write_mask = UINT64_MAX}, {.reg = 0x38d, .write_mask = 0xbbb}};
static const struct allow_entry release_entries[] = {{.reg = 0x186, .clear_mask = 1 << 20}};
static const struct allow_entry w1c_entries[] = {{.reg = 0x186, .w1c_mask = UINT64_MAX}};
static const struct allowlist w1c = {.section = {[ALLOW_MSR] = {w1c_entries, 1}}};
static const struct allowlist safe = {.section = {[ALLOW_MSR] = {safe_entries, 2}}};
static const struct allowlist releases = {.section = {[ALLOW_MSR] = {release_entries, 1}}};

static enum policy_reason judge_held(
	const struct policy *held, uint32_t reg, uint64_t old, uint64_t value)
{
	struct op op = {.verb = OP_WRITE, .place.reg = reg, .value = value};
	struct policy_rule rule;

	if (policy_check(held, &op, &rule) == POLICY_ASK_OLD_VALUE)
		rule.refusal = policy_judge_change(&rule, old, value);
	return rule.refusal.reason;
}

static void control_of_a_counter_that_interrupts_is_the_kernels_under_any_list(void **state)
{
	struct policy held = {.lists = {&safe},
		.n_lists = 1,
		.holds = {{0x186, 0x186, 1 << 20, UINT64_MAX}, {0x38d, 0x38d, 0x8, 0xf},
			{0x38d, 0x38d, 0x80, 0xf0}},
		.n_holds = 3};

	(void)state;
	assert_int_equal(judge_held(&held, 0x186, 0x5100c0, 0x5300c0), POLICY_KERNELS);
	assert_int_equal(judge_held(&held, 0x186, 0x5100c0, 0x4100c0), POLICY_KERNELS);
	assert_int_equal(judge_held(&held, 0x186, 0x4100c0, 0x4300c0), POLICY_NO_REASON);
	assert_int_equal(judge_held(&held, 0x38d, 0x0b0, 0x3b3), POLICY_NO_REASON);
	assert_int_equal(judge_held(&held, 0x38d, 0x0b0, 0x0b3), POLICY_NO_REASON);
	assert_int_equal(judge_held(&held, 0x38d, 0x0b0, 0x093), POLICY_KERNELS);
	assert_int_equal(judge_held(&held, 0x38d, 0x0b0, 0x033), POLICY_KERNELS);
	/* whatever a list takes the register for */
	held.lists[0] = &w1c;
	assert_int_equal(judge_held(&held, 0x186, 0x5100c0, 0x5300c0), POLICY_KERNELS);
	held.lists[0] = &safe;
	/* a line that says so releases it */
	assert_int_equal(policy_add(&held, &releases), 0);
	assert_int_equal(judge_held(&held, 0x186, 0x5100c0, 0x4300c0), POLICY_NO_REASON);
	assert_int_equal(judge_held(&held, 0x186, 0x5100c0, 0x5300c0), POLICY_KERNELS);
}

static void holds_beyond_the_bound_are_an_error(void **state)
{
	const struct policy_hold hold = {.reg = 1};
	struct policy many = {.n_holds = POLICY_MAX_HOLDS - 1};

	(void)state;
	assert_true(policy_add_hold(&many, &hold));
	assert_false(policy_add_hold(&many, &hold));
}

static void write_one_to_clear_register_needs_no_old_value(void **state)
{
	(void)state;
	assert_int_equal(judge_msr(OP_WRITE, 0x390, 0x700000000), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_WRITE, 0x390, 0), POLICY_ALLOWED);
	assert_int_equal(judge_msr(OP_WRITE, 0x390, 1ull << 63), POLICY_REFUSED);
}

static void pci_is_judged_by_unit_and_offset(void **state)
{
	(void)state;
	assert_int_equal(judge_pci(OP_READ, UNIT_IMC, 0xa0, 0), POLICY_ALLOWED);
	assert_int_equal(judge_pci(OP_READ, UNIT_HA, 0xa0, 0), POLICY_REFUSED);
	assert_int_equal(judge_pci(OP_READ, UNIT_IMC, 0xa1, 0), POLICY_REFUSED);
	assert_int_equal(judge_pci(OP_READ, UNIT_IMC, 0xa4, 0), POLICY_REFUSED);
	assert_int_equal(judge_pci(OP_READ, UNIT_IMC, 0xffffffff, 0), POLICY_REFUSED);
	assert_int_equal(judge_pci(OP_WRITE, UNIT_IMC, 0xa0, UINT32_MAX), POLICY_ALLOWED);
	assert_int_equal(judge_pci(OP_WRITE, UNIT_IMC, 0xd8, 0), POLICY_ASK_OLD_VALUE);
	assert_int_equal(judge_pci(OP_WRITE, UNIT_QPI_MISC, 0xd4, 0), POLICY_REFUSED);
}

static void pci_value_has_32_bits(void **state)
{
	(void)state;
	assert_int_equal(judge_pci(OP_WRITE, UNIT_IMC, 0xa0, 1ull << 32), POLICY_REFUSED);
	assert_int_equal(judge_pci(OP_WRITE, UNIT_IMC, 0xd8, 1ull << 32), POLICY_REFUSED);
}

static void masks_of_several_lists_add_up(void **state)
{
	struct op op = {.verb = OP_WRITE, .place.space = OP_MSR, .place.reg = 0x10};
	struct policy_rule rule;

	(void)state;
	assert_int_equal(policy_check(&both, &op, &rule), POLICY_ASK_OLD_VALUE);
	assert_int_equal(rule.write_mask, 0xff);
	op.place.reg = 0x1a4;
	assert_int_equal(policy_check(&both, &op, &rule), POLICY_ASK_OLD_VALUE);
	op.place.reg = 0x186;
	assert_int_equal(policy_check(&both, &op, &rule), POLICY_ASK_OLD_VALUE);
	assert_int_equal(rule.clear_mask, 0x180000);
}

static void sections_say_which_files_are_needed(void **state)
{
	(void)state;
	assert_true(policy_allows_any(&policy, ALLOW_PCI(UNIT_QPI_MISC)));
	assert_false(policy_allows_writes(&policy, ALLOW_PCI(UNIT_QPI_MISC)));
	assert_true(policy_allows_writes(&policy, ALLOW_PCI(UNIT_IMC)));
	assert_true(policy_allows_writes(&policy, ALLOW_MSR));
	assert_false(policy_allows_any(&policy, ALLOW_PCI(UNIT_HA)));
}

static void what_any_added_list_allows_is_allowed(void **state)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(0), 0x1a4)};
	struct policy added = {.n_lists = 0};
	struct policy_rule rule;

	(void)state;
	assert_int_equal(policy_check(&added, &op, &rule), POLICY_REFUSED);
	assert_int_equal(policy_add(&added, &counters), 0);
	assert_int_equal(policy_check(&added, &op, &rule), POLICY_REFUSED);
	assert_int_equal(policy_add(&added, &more), 0);
	assert_int_equal(policy_check(&added, &op, &rule), POLICY_ALLOWED);
}

/* Whether a list that has been added is searched, or was looked through when it was added. */
static void each_register_is_read_as_its_lists_say(void **state)
{
	static const struct allow_entry far[] = {
		{.reg = 0}, {.reg = 0xfff}, {.reg = 0x1000}, {.reg = 0xc0000080}};
	static const struct allow_entry last[] = {{.reg = 0}, {.reg = 0xffc}};
	static const struct allowlist edges = {.section = {
						       [ALLOW_MSR] = {far, 4},
						       [ALLOW_PCI(0)] = {last, 2},
						       [ALLOW_PCI(OP_N_UNITS - 1)] = {last, 2},
					       }};
	const struct policy searched = {.lists = {&counters, &edges}, .n_lists = 2};
	struct policy added = {.n_lists = 0};
	struct op op = {.verb = OP_READ};
	struct policy_rule rule;
	size_t n_allowed = 0;

	(void)state;
	assert_int_equal(policy_add(&added, &counters), 0);
	assert_int_equal(policy_add(&added, &edges), 0);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		for (uint32_t reg = 0; reg < 0x2004; reg++) {
			op.place =
				place_at(allow_device(section), reg == 0x2003 ? 0xc0000080 : reg);
			enum policy_verdict verdict = policy_check(&added, &op, &rule);

			assert_int_equal(verdict, policy_check(&searched, &op, &rule));
			n_allowed += verdict == POLICY_ALLOWED;
		}
	assert_int_equal(n_allowed, 5 + 2 + 1 + 4 + 2 + 2);
}

static void list_beyond_the_bound_is_an_error(void **state)
{
	struct policy added = {.n_lists = 0};

	(void)state;
	for (size_t i = 0; i < POLICY_MAX_LISTS; i++)
		assert_int_equal(policy_add(&added, &counters), 0);
	assert_int_equal(policy_add(&added, &more), -ENOSPC);
	assert_int_equal(added.n_lists, POLICY_MAX_LISTS);
}

static void registers_of_all_lists_come_one_after_the_other(void **state)
{
	static const uint32_t expected[] = {0x10, 0x186, 0x1a4, 0x390, 0x3f1, 0x4c1};
	struct op op = {.place.space = OP_MSR};
	struct policy_rule rule;
	struct policy held = both;

	(void)state;
	assert_true(policy_add_hold(
		&held, &(struct policy_hold){.reg = 0x4c1, .control = 0x186, .interrupt = 1}));
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++, op.place.reg++) {
		assert_true(policy_next(&held, &op, &rule));
		assert_int_equal(op.place.reg, expected[i]);
		/* what both lists say of it */
		assert_true(expected[i] != 0x10 || rule.write_mask == 0xff);
		assert_int_equal(rule.n_holds, expected[i] == 0x4c1);
	}
	assert_false(policy_next(&held, &op, &rule));
	op.place.reg = UINT32_MAX;
	assert_false(policy_next(&held, &op, &rule));
	op.place = place_of_unit(0, UNIT_IMC, 0);
	assert_true(policy_next(&both, &op, &rule));
	assert_int_equal(op.place.reg, 0xa0);
	op.place = place_of_unit(0, UNIT_HA, 0);
	assert_false(policy_next(&both, &op, &rule));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_any_added_list_allows_is_allowed),
		cmocka_unit_test(each_register_is_read_as_its_lists_say),
		cmocka_unit_test(list_beyond_the_bound_is_an_error),
		cmocka_unit_test(listed_register_is_readable_others_are_refused),
		cmocka_unit_test(write_is_judged_apart_from_read),
		cmocka_unit_test(check_touches_no_register_and_is_allowed),
		cmocka_unit_test(bit_outside_the_mask_must_not_change),
		cmocka_unit_test(clear_bit_may_go_but_never_come),
		cmocka_unit_test(clear_bit_that_stays_on_is_refused),
		cmocka_unit_test(bit_that_another_list_lets_set_is_not_clear_only),
		cmocka_unit_test(refusal_says_why),
		cmocka_unit_test(
			control_of_a_counter_that_interrupts_is_the_kernels_under_any_list),
		cmocka_unit_test(holds_beyond_the_bound_are_an_error),
		cmocka_unit_test(write_one_to_clear_register_needs_no_old_value),
		cmocka_unit_test(pci_is_judged_by_unit_and_offset),
		cmocka_unit_test(pci_value_has_32_bits),
		cmocka_unit_test(masks_of_several_lists_add_up),
		cmocka_unit_test(sections_say_which_files_are_needed),
		cmocka_unit_test(registers_of_all_lists_come_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
