/* SPDX-License-Identifier: MIT */
/* What every unit test needs: CMocka with its own includes in its own order. */
#ifndef MSRD_TESTS_UNIT_TEST_H
#define MSRD_TESTS_UNIT_TEST_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/* How many descriptors this process has open; the same before and after is no leak. */
static inline int test_count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/*
 * Runs a group whose last n_root tests need more than one user, which only
 * root can be. For anybody else they are no part of the group: nothing on
 * such a machine could make them run, so they are no skip either.
 */
static inline int test_run_with_root(const struct CMUnitTest *tests, size_t n, size_t n_root)
{
	if (geteuid() != 0) {
		fprintf(stderr, "%zu tests are for root alone: they need several users\n", n_root);
		n -= n_root;
	}
	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}

#endif
