/* SPDX-License-Identifier: MIT */
/* What is left after privileges were given up. Each attempt is a process of its own. */
#include "daemon/privilege.h"

#include "test.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/user.h"

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

/* A kernel, or a module in it, that leaves a way back and does not say so. */
static bool keeps_saved_id;

int __real_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);

int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return __real_setresuid(real, effective, keeps_saved_id ? (uid_t)-1 : saved);
}

/* Exit status of a process in which privileges are given up and then what is done; 0 is well. */
static int after_drop(int (*what)(int end))
{
	static const struct account account = {54321, 54322};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setgroups(2, (const gid_t[]){1, 2}); /* where it may */
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

/* As `unshare -U` leaves its command: all ids are there, and none of them can be set. */
static void who_has_no_id_in_a_user_namespace_stays_as_he_is(void **state)
{
	static const struct account account = {54321, 54322};
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(77);
		_exit(privilege_drop(&account) == PRIVILEGE_USERS_ACCOUNT ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		fprintf(stderr, "left out: no user namespace can be made here\n");
	else
		assert_int_equal(status, 0);
}

static void way_back_is_noticed(void **state)
{
	(void)state;
	if (geteuid() != 0 || !has_user(54321))
		return;
	keeps_saved_id = true;
	assert_int_equal(after_drop(say_which), 100 + EPERM);
	keeps_saved_id = false;
}

/* As a program that was installed with capabilities, or that a service manager gave some. */
static bool become_user_with_capabilities(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresgid(65533, 65533, 65533) < 0 ||
		setresuid(65533, 65533, 65534) < 0)
		return false;
	capng_clear(CAPNG_SELECT_CAPS);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE,
		CAP_SYS_RAWIO, CAP_SYS_ADMIN, CAP_DAC_OVERRIDE, -1);
	return capng_apply(CAPNG_SELECT_CAPS) >= 0 &&
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_RAWIO, 0, 0) == 0 &&
	       prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static int drop_capabilities_alone(void)
{
	static const struct account account = {54321, 54322};
	int end = privilege_drop(&account);

	if (end != PRIVILEGE_USERS_ACCOUNT)
		return 20;
	if (look_at_dumpable(end) != 0)
		return 21;
	return look_at_ids(end) != 0 ? 22 : look_at_status(end);
}

static bool can_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static const char *roots_file; /* mode 0600 */

static int reach_as_the_user(void)
{
	if (!can_open(roots_file))
		return 30;
	if (user_enter(65533, 65533) < 0 || can_open(roots_file))
		return 31;
	user_leave();
	return can_open(roots_file) ? 0 : 32;
}

static int as_user_with_capabilities(int (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(become_user_with_capabilities() ? what() : 40);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

static void capabilities_alone_are_given_up_too(void **state)
{
	(void)state;
	if (geteuid() == 0 && has_user(65533))
		assert_int_equal(as_user_with_capabilities(drop_capabilities_alone), 0);
}

static void capabilities_do_not_count_where_the_user_looks(void **state)
{
	char path[] = "/tmp/msrd-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	roots_file = path;
	if (geteuid() == 0 && has_user(65533))
		assert_int_equal(as_user_with_capabilities(reach_as_the_user), 0);
	unlink(path);
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
		cmocka_unit_test(who_has_no_id_in_a_user_namespace_stays_as_he_is),
		cmocka_unit_test(way_back_is_noticed),
		cmocka_unit_test(capabilities_alone_are_given_up_too),
		cmocka_unit_test(capabilities_do_not_count_where_the_user_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
