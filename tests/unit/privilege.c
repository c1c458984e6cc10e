/* SPDX-License-Identifier: MIT */
/* What is left after privileges were given up. Each attempt is a process of its own. */
#include "daemon/privilege.h"

#include "test.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct account find_in(const char *text)
{
	FILE *passwd = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(passwd);
	struct account account = account_find(passwd, "msrd");
	fclose(passwd);
	return account;
}

static void account_is_the_daemons_own(void **state)
{
	struct account account = find_in("root:x:0:0:root:/root:/bin/sh\n"
					 "msrd:x:990:980::/:/usr/sbin/nologin\n");

	(void)state;
	assert_int_equal(account.uid, 990);
	assert_int_equal(account.gid, 980);
}

static void account_is_nobody_where_there_is_no_other(void **state)
{
	(void)state;
	assert_int_equal(find_in("root:x:0:0::/:\nmsrdx:x:990:980::/:\n").uid, 65534);
	assert_int_equal(account_find(NULL, "msrd").uid, 65534);
	assert_int_equal(account_find(NULL, "msrd").gid, 65534);
}

static void account_is_never_roots(void **state)
{
	(void)state;
	assert_int_equal(find_in("msrd:x:0:0::/:\n").uid, 65534);
	assert_int_equal(find_in("msrd:x:990:0::/:\n").uid, 65534);
}

/* Exit status of a process in which privileges are given up and then what is done; 0 is well. */
static int after_drop(int (*what)(int end))
{
	static const struct account account = {54321, 54322};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int end = privilege_drop(&account);
		_exit(end < 0 ? 100 - end : what(end));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int look_at_ids(int end)
{
	bool is_root = getppid() > 0 && end == PRIVILEGE_OWN_ACCOUNT;
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	if (r != e || r != s || gr != ge || gr != gs)
		return 1;
	if (is_root && (r != 54321 || gr != 54322 || getgroups(0, NULL) != 0))
		return 2;
	return 0;
}

static int look_at_status(int end)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256], name[32];
	unsigned long long value;
	int n = 0;

	if (!status) /* not dumpable: /proc/self is root's then */
		return 50;
	while (fgets(line, sizeof line, status)) {
		if (sscanf(line, "%31[^:]: %llx", name, &value) != 2)
			continue;
		bool is_caps = strcmp(name, "CapPrm") == 0 || strcmp(name, "CapEff") == 0 ||
			       strcmp(name, "CapInh") == 0 || strcmp(name, "CapAmb") == 0 ||
			       (strcmp(name, "CapBnd") == 0 && end == PRIVILEGE_OWN_ACCOUNT);
		if (is_caps && value != 0)
			return 3;
		if (strcmp(name, "NoNewPrivs") == 0 && value != 1)
			return 4;
		n += is_caps || strcmp(name, "NoNewPrivs") == 0;
	}
	fclose(status);
	return n >= 5 ? 0 : 5;
}

static int come_back(int end)
{
	(void)end;
	if (getuid() == 0) /* the only user of a namespace */
		return 0;
	return setuid(0) == 0 || setgid(0) == 0 || seteuid(0) == 0 || setgroups(0, NULL) == 0 ? 6
											      : 0;
}

static int look_at_dumpable(int end)
{
	(void)end;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 7;
}

static int say_which(int end)
{
	return end == PRIVILEGE_OWN_ACCOUNT ? 10 : end == PRIVILEGE_USERS_ACCOUNT ? 11 : 12;
}

static void ids_are_one_and_groups_none(void **state)
{
	(void)state;
	assert_int_equal(after_drop(look_at_ids), 0);
}

static void no_capability_is_left(void **state)
{
	(void)state;
	assert_int_equal(after_drop(look_at_status), 0);
}

static void nothing_comes_back(void **state)
{
	(void)state;
	assert_int_equal(after_drop(come_back), 0);
}

static void nobody_looks_into_it(void **state)
{
	(void)state;
	assert_int_equal(after_drop(look_at_dumpable), 0);
}

/* Not in every user namespace. */
static bool has_user(uid_t uid)
{
	unsigned long first, outside, n;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool found = false;

	assert_non_null(map);
	while (!found && fscanf(map, "%lu %lu %lu", &first, &outside, &n) == 3)
		found = uid >= first && uid - first < n;
	fclose(map);
	return found;
}

static void root_gets_the_account_and_others_stay(void **state)
{
	(void)state;
	assert_int_equal(after_drop(say_which), geteuid() == 0 && has_user(54321) ? 10 : 11);
}

/* Exit status of a process that is root and has lost a capability, as containers have it. */
static int drop_without(unsigned capability)
{
	static const struct account account = {54321, 54322};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		capng_get_caps_process();
		capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, capability);
		if (capng_apply(CAPNG_SELECT_CAPS) < 0)
			_exit(1);
		_exit(privilege_drop(&account) < 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void root_that_can_not_become_it_is_an_error(void **state)
{
	(void)state;
	if (geteuid() != 0 || !has_user(54321))
		return;
	assert_int_equal(drop_without(CAP_SETUID), 0);
	assert_int_equal(drop_without(CAP_SETGID), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(account_is_the_daemons_own),
		cmocka_unit_test(account_is_nobody_where_there_is_no_other),
		cmocka_unit_test(account_is_never_roots),
		cmocka_unit_test(ids_are_one_and_groups_none),
		cmocka_unit_test(no_capability_is_left),
		cmocka_unit_test(nothing_comes_back),
		cmocka_unit_test(nobody_looks_into_it),
		cmocka_unit_test(root_gets_the_account_and_others_stay),
		cmocka_unit_test(root_that_can_not_become_it_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
