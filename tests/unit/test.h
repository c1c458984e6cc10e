/* SPDX-License-Identifier: MIT */
/* What every unit test needs: CMocka with its own includes in its own order. */
#ifndef MSRD_TESTS_UNIT_TEST_H
#define MSRD_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <dirent.h>

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

#endif
