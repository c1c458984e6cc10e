/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top/aside.h"

/* Standard error is a file of the test's for a while. */
static int put_error(int *old)
{
	char path[] = "/tmp/aside-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	*old = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	return fd;
}

static void what_is_said_is_news_once_and_is_said_afterwards(void **state)
{
	char text[256], seen[256] = "";
	int n_before = test_count_descriptors(), old, fd = put_error(&old);
	struct aside aside;

	(void)state;
	assert_int_equal(aside_begin(&aside), 0);
	assert_null(aside_news(&aside, text, sizeof text));
	warnx("first");
	dprintf(STDERR_FILENO, "msrctl: a second: line\n");
	assert_string_equal(aside_news(&aside, text, sizeof text), "a second: line");
	assert_null(aside_news(&aside, text, sizeof text));
	dprintf(STDERR_FILENO, "third\n");
	assert_string_equal(aside_news(&aside, text, sizeof text), "third");
	assert_int_equal(pread(fd, seen, sizeof seen, 0), 0);
	aside_end(&aside);
	aside_end(&aside);
	dprintf(STDERR_FILENO, "fourth\n");
	dup2(old, STDERR_FILENO);
	assert_true(pread(fd, seen, sizeof seen - 1, 0) > 0);
	assert_non_null(strstr(seen, "first\nmsrctl: a second: line\nthird\nfourth\n"));
	close(old);
	close(fd);
	assert_int_equal(test_count_descriptors(), n_before);
}

static void of_much_the_end_is_news(void **state)
{
	char text[16];
	int old, fd = put_error(&old);
	struct aside aside;

	(void)state;
	assert_int_equal(aside_begin(&aside), 0);
	for (size_t i = 0; i < 100; i++)
		dprintf(STDERR_FILENO, "line %zu\n", i);
	assert_string_equal(aside_news(&aside, text, sizeof text), "line 99");
	aside_end(&aside);
	dup2(old, STDERR_FILENO);
	close(old);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_news_once_and_is_said_afterwards),
		cmocka_unit_test(of_much_the_end_is_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
