/* SPDX-License-Identifier: MIT */
/*
 * The start-up timeout, for real: 15 s is a constant of the program.
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-timeout MSRD
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "wire.h"

static const char *program;

static void daemon_nobody_connects_to_gives_up_after_15_seconds(void **state)
{
	int64_t start = clock_now_ms();
	struct accessd accessd = accessd_start(program, NULL);
	struct stat st;

	(void)state;
	assert_int_equal(accessd_wait(&accessd, 60000), 1 << 8);
	assert_in_range(clock_now_ms() - start, 15000, 59000);
	assert_int_equal(lstat(accessd.path, &st), -1);
	assert_int_equal(errno, ENOENT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daemon_nobody_connects_to_gives_up_after_15_seconds),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: node-timeout MSRD\n");
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
