/* SPDX-License-Identifier: MIT */
/* Which lists make a peer's policy, on a model of a few invented lists. */
#include "daemon/grant.h"

#include "test.h"

#include <errno.h>

static const struct allow_entry first_entries[] = {{.reg = 0x10}};
static const struct allow_entry second_entries[] = {{.reg = 0x20, .write_mask = 1}};
static const struct allowlist first = {.section = {[ALLOW_MSR] = {first_entries, 1}}};
static const struct allowlist second = {.section = {[ALLOW_MSR] = {second_entries, 1}}};

static const struct arch_profile profiles[] = {{"counters", &first}, {"features", &second}};
static const struct peer peer = {.uid = 1000, .gid = 1000, .pid = 1};

static bool may_read(const struct policy *policy, uint32_t reg)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(0), reg)};
	struct policy_rule rule;

	return policy_check(policy, &op, &rule) == POLICY_ALLOWED;
}

static void everybody_gets_the_profiles_of_the_model(void **state)
{
	const struct arch arch = {.profiles = profiles, .n_profiles = 2};
	struct policy policy;

	(void)state;
	assert_int_equal(grant_peer(&policy, &arch, &peer), 0);
	assert_true(may_read(&policy, 0x10));
	assert_true(may_read(&policy, 0x20));
	assert_false(may_read(&policy, 0x30));
}

static void nobody_gets_more_than_anybody_can(void **state)
{
	struct policy policy, any;

	(void)state;
	for (size_t n = 0; n <= 2; n++) {
		const struct arch arch = {.profiles = profiles, .n_profiles = n};

		assert_int_equal(grant_peer(&policy, &arch, &peer), 0);
		assert_int_equal(grant_anybody(&any, &arch), 0);
		for (uint32_t reg = 0; reg < 0x40; reg++)
			assert_true(!may_read(&policy, reg) || may_read(&any, reg));
		assert_int_equal(policy_allows_any(&any, ALLOW_MSR), n > 0);
		assert_int_equal(policy_allows_writes(&any, ALLOW_MSR), n > 1);
	}
}

static void too_many_lists_allow_nothing(void **state)
{
	struct arch_profile many[POLICY_MAX_LISTS + 1];
	const struct arch arch = {.profiles = many, .n_profiles = POLICY_MAX_LISTS + 1};
	struct policy policy;

	(void)state;
	for (size_t i = 0; i <= POLICY_MAX_LISTS; i++)
		many[i] = profiles[0];
	assert_int_equal(grant_peer(&policy, &arch, &peer), -ENOSPC);
	assert_false(may_read(&policy, 0x10));
	assert_int_equal(grant_anybody(&policy, &arch), -ENOSPC);
	assert_false(policy_allows_any(&policy, ALLOW_MSR));
}

static void unknown_cpu_model_allows_nothing(void **state)
{
	struct policy policy;

	(void)state;
	assert_int_equal(grant_peer(&policy, NULL, &peer), 0);
	assert_false(policy_allows_any(&policy, ALLOW_MSR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_gets_the_profiles_of_the_model),
		cmocka_unit_test(nobody_gets_more_than_anybody_can),
		cmocka_unit_test(unknown_cpu_model_allows_nothing),
		cmocka_unit_test(too_many_lists_allow_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
