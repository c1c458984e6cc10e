/* SPDX-License-Identifier: MIT */
/* Which lists make a peer's policy, on a model of a few invented lists. */
#include "daemon/grant.h"

#include "test.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const struct allow_entry first_entries[] = {{.reg = 0x10}};
static const struct allow_entry second_entries[] = {{.reg = 0x20, .write_mask = 1}};
static const struct allow_entry third_entries[] = {{.reg = 0x30, .write_mask = 1}};
static const struct allowlist third = {.section = {[ALLOW_MSR] = {third_entries, 1}}};
static const struct allow_entry fourth_entries[] = {{.reg = 0x38}};
static const struct allowlist fourth = {.section = {[ALLOW_MSR] = {fourth_entries, 1}}};
static const struct allowlist first = {.section = {[ALLOW_MSR] = {first_entries, 1}}};
static const struct allowlist second = {.section = {[ALLOW_MSR] = {second_entries, 1}}};

static const struct arch_profile profiles[] = {
	{"counters", &first}, {"features", &second}, {"power", &third}};
static struct site site;

static int set_up(void **state)
{
	(void)state;
	site_init(&site);
	return 0;
}

static const struct peer peer = {.uid = 1000, .gid = 1000, .pid = 1};

static bool may_read(const struct policy *policy, uint32_t reg)
{
	struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(0), reg)};
	struct policy_rule rule;

	return policy_check(policy, &op, &rule) == POLICY_ALLOWED;
}

static void everybody_counts_and_the_owner_of_the_lock_switches_features(void **state)
{
	const struct arch arch = {.profiles = profiles, .n_profiles = 3};
	struct grant grant;

	(void)state;
	assert_int_equal(grant_peer(&grant, &arch, &site, &peer), 0);
	assert_true(may_read(&grant.policy, 0x10));
	assert_false(may_read(&grant.policy, 0x20));
	assert_true(may_read(&grant.owner, 0x10));
	assert_true(may_read(&grant.owner, 0x20));
	assert_false(may_read(&grant.owner, 0x30));
}

static void nobody_gets_more_than_anybody_can(void **state)
{
	struct grant grant;
	struct policy any;

	(void)state;
	for (size_t n = 0; n <= 3; n++) {
		const struct arch arch = {.profiles = profiles, .n_profiles = n};

		assert_int_equal(grant_peer(&grant, &arch, &site, &peer), 0);
		assert_int_equal(grant_anybody(&any, &arch, &site), 0);
		for (uint32_t reg = 0; reg < 0x40; reg++)
			assert_true(may_read(&any, reg) ||
				    !(may_read(&grant.policy, reg) || may_read(&grant.owner, reg)));
		assert_int_equal(policy_allows_any(&any, ALLOW_MSR), n > 0);
		assert_int_equal(policy_allows_writes(&any, ALLOW_MSR), n > 1);
		assert_int_equal(may_read(&any, 0x30), n > 2);
	}
}

static void too_many_lists_allow_nothing(void **state)
{
	struct arch_profile many[POLICY_MAX_LISTS + 1];
	const struct arch arch = {.profiles = many, .n_profiles = POLICY_MAX_LISTS + 1};
	struct policy policy;
	struct grant grant;

	(void)state;
	for (size_t i = 0; i <= POLICY_MAX_LISTS; i++)
		many[i] = profiles[0];
	assert_int_equal(grant_peer(&grant, &arch, &site, &peer), -ENOSPC);
	assert_false(may_read(&grant.policy, 0x10));
	assert_false(may_read(&grant.owner, 0x10));
	assert_int_equal(grant_anybody(&policy, &arch, &site), -ENOSPC);
	assert_false(policy_allows_any(&policy, ALLOW_MSR));
}

static void sections_about_a_peer_add_up(void **state)
{
	static const char text[] = "[owner]\nprofiles none\n[user 1000]\nprofiles features\n"
				   "[group 77]\nprofiles power\nallowlist /site\n"
				   "[user 1]\nprofiles power\n";
	const struct arch arch = {.profiles = profiles, .n_profiles = 3};
	struct allow_error error;
	struct peer member = peer;
	struct grant grant;
	struct policy any;

	(void)state;
	assert_int_equal(config_parse(text, strlen(text), NULL, &site.config, &error), 0);
	site.lists[0] = fourth;
	assert_int_equal(grant_peer(&grant, &arch, &site, &member), 0);
	assert_true(may_read(&grant.policy, 0x10) && may_read(&grant.policy, 0x20));
	assert_false(may_read(&grant.policy, 0x30) || may_read(&grant.policy, 0x38));
	member.groups[0] = 77;
	member.n_groups = 1;
	assert_int_equal(grant_peer(&grant, &arch, &site, &member), 0);
	assert_true(may_read(&grant.policy, 0x30) && may_read(&grant.policy, 0x38));
	member.uid = 1001;
	member.n_groups = 0;
	assert_int_equal(grant_peer(&grant, &arch, &site, &member), 0);
	assert_false(may_read(&grant.owner, 0x20) || may_read(&grant.owner, 0x30));
	assert_int_equal(grant_anybody(&any, &arch, &site), 0);
	assert_true(may_read(&any, 0x30) && may_read(&any, 0x38));
}

static void further_groups_come_from_the_kernel(void **state)
{
	gid_t groups[PEER_MAX_GROUPS];
	struct peer found = {.n_groups = 7};
	int n = getgroups(PEER_MAX_GROUPS, groups), pair[2];

	(void)state;
	assert_true(n >= 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(peer_find_groups(&found, pair[0]), 0);
	assert_int_equal(found.n_groups, n);
	for (int i = 0; i < n; i++)
		assert_int_equal(found.groups[i], groups[i]);
	close(pair[0]);
	close(pair[1]);
	assert_true(peer_find_groups(&found, -1) < 0);
	assert_int_equal(found.n_groups, 0);
}

/* Who is in more groups than are kept is in none: less is granted, never more. */
static void too_many_groups_are_none(void **state)
{
	gid_t many[PEER_MAX_GROUPS + 1];
	struct peer found = {.n_groups = 7};
	int status, pair[2];
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < PEER_MAX_GROUPS + 1; i++)
		many[i] = (gid_t)(1000 + i);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setgroups(PEER_MAX_GROUPS + 1, many) < 0 ||
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
			peer_find_groups(&found, pair[0]) != -ERANGE || found.n_groups != 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void refused_configuration_grants_nothing(void **state)
{
	const struct arch arch = {.profiles = profiles, .n_profiles = 3};
	struct grant grant;
	struct policy any;

	(void)state;
	site = (struct site){0};
	assert_int_equal(grant_peer(&grant, &arch, &site, &peer), 0);
	assert_false(policy_allows_any(&grant.policy, ALLOW_MSR));
	assert_false(policy_allows_any(&grant.owner, ALLOW_MSR));
	assert_int_equal(grant_anybody(&any, &arch, &site), 0);
	assert_false(policy_allows_any(&any, ALLOW_MSR));
}

static void unknown_cpu_model_allows_nothing(void **state)
{
	struct grant grant;

	(void)state;
	assert_int_equal(grant_peer(&grant, NULL, &site, &peer), 0);
	assert_false(policy_allows_any(&grant.policy, ALLOW_MSR));
	assert_false(policy_allows_any(&grant.owner, ALLOW_MSR));
}

#define GRANT_TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GRANT_TEST(everybody_counts_and_the_owner_of_the_lock_switches_features),
		GRANT_TEST(nobody_gets_more_than_anybody_can),
		GRANT_TEST(sections_about_a_peer_add_up),
		GRANT_TEST(further_groups_come_from_the_kernel),
		GRANT_TEST(refused_configuration_grants_nothing),
		GRANT_TEST(unknown_cpu_model_allows_nothing),
		GRANT_TEST(too_many_lists_allow_nothing),
		/* for root */
		GRANT_TEST(too_many_groups_are_none),
	};

	return test_run_with_root(tests, sizeof tests / sizeof *tests, 1);
}
