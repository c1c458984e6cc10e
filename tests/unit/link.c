/* SPDX-License-Identifier: MIT */
#include "util/link.h"

#include "test.h"

#include "sysroot.h"

static struct sysroot sysroot;

/* A link in the tree, and where link_follow says that it leads to; NULL: nowhere. */
static void assert_leads(const char *name, const char *target, const char *end)
{
	char path[PATH_MAX], before[PATH_MAX];

	assert_int_equal(symlinkat(target, sysroot.fd, name), 0);
	snprintf(path, sizeof path, "%s/%s", sysroot.path, name);
	strcpy(before, path);
	assert_int_equal(link_follow(path, sizeof path), end != NULL);
	assert_string_equal(path, end ? end : before);
}

static void link_leads_to_its_target(void **state)
{
	char end[PATH_MAX];

	(void)state;
	assert_leads("absolute", "/usr/sbin/msrd", "/usr/sbin/msrd");
	snprintf(end, sizeof end, "%s/../sbin/msrd", sysroot.path);
	assert_leads("relative", "../sbin/msrd", end);
}

static void what_is_no_link_leads_nowhere(void **state)
{
	char path[PATH_MAX];

	(void)state;
	strcpy(path, sysroot.path);
	assert_false(link_follow(path, sizeof path));
	assert_string_equal(path, sysroot.path);
	strcpy(path, "/nonexistent/link");
	assert_false(link_follow(path, sizeof path));
	strcpy(path, "");
	assert_false(link_follow(path, sizeof path));
}

static void relative_path_is_not_followed(void **state)
{
	char path[PATH_MAX] = "self/exe"; /* wherever that would be */
	int before = open(".", O_PATH | O_CLOEXEC);

	(void)state;
	assert_int_equal(chdir("/proc"), 0);
	assert_false(link_follow(path, sizeof path));
	assert_int_equal(fchdir(before), 0);
	close(before);
}

static void target_that_does_not_fit_is_not_followed(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(symlinkat("/a/rather/long/target", sysroot.fd, "long"), 0);
	int length = snprintf(path, sizeof path, "%s/long", sysroot.path);
	assert_false(link_follow(path, 8));
	assert_int_equal(strlen(path), length);
}

static int set_up(void **state)
{
	(void)state;
	sysroot_init(&sysroot);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sysroot_deinit(&sysroot);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_leads_to_its_target),
		cmocka_unit_test(what_is_no_link_leads_nowhere),
		cmocka_unit_test(relative_path_is_not_followed),
		cmocka_unit_test(target_that_does_not_fit_is_not_followed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
