/* SPDX-License-Identifier: MIT */
/* What is found out for LIKWID's tools: the version of a program. */
#include "test.h"

#include <string.h>

#include "fuse-msr/host/version.h"
#include "util/clock.h"

static void version_is_found_in_what_releases_print(void **state)
{
	static const char *const cases[][2] = {
		{"likwid-perfctr -- Version 5.2.2 (commit: 233ab943543480cd4)\n", "5.2.2"},
		{"likwid-perfctr --  Version 4.0\n", "4.0"},
		{"likwid-perfctr   3.1\n", "3.1"},
		{"WARN: 2.5 GHz\nlikwid-perfctr -- Version 5.4.1\n", "5.4.1"},
		{"Version 5.3.\n", "5.3"},
	};
	char version[32];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(version_find(cases[i][0], version, sizeof version));
		assert_string_equal(version, cases[i][1]);
	}
}

static void text_without_a_version_has_none(void **state)
{
	static const char *const texts[] = {
		"", "usage: likwid-perfctr", "version", "7", "...", ". 5", "1.2345678"};
	char version[8];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(version_find(texts[i], version, sizeof version));
}

static void program_is_asked(void **state)
{
	char *const argv[] = {
		(char *)"/bin/sh", (char *)"-c", (char *)"cat; echo out; echo err >&2", NULL};
	char text[64];

	(void)state;
	assert_int_equal(version_ask(argv, 10000, text, sizeof text), 0);
	assert_string_equal(text, "out\nerr\n");
}

static void program_that_does_not_end_is_ended(void **state)
{
	/* with a child that keeps the pipe open */
	char *const argv[] = {(char *)"/bin/sh", (char *)"-c",
		(char *)"echo before; sleep 1000 & sleep 1000", NULL};
	int64_t start_ms = clock_now_ms();
	char text[64];

	(void)state;
	assert_int_equal(version_ask(argv, 300, text, sizeof text), 0);
	assert_string_equal(text, "before\n");
	assert_true(clock_now_ms() - start_ms < 60000);
}

static void program_that_prints_for_ever_is_cut_off(void **state)
{
	char *const argv[] = {
		(char *)"/bin/sh", (char *)"-c", (char *)"while :; do echo 1234567; done", NULL};
	char text[17];

	(void)state;
	assert_int_equal(version_ask(argv, 60000, text, sizeof text), 0);
	assert_string_equal(text, "1234567\n1234567\n");
}

static void program_that_is_none_prints_nothing(void **state)
{
	char *const argv[] = {(char *)"/does/not/exist", NULL};
	char text[64] = "x";

	(void)state;
	assert_int_equal(version_ask(argv, 10000, text, sizeof text), 0);
	assert_string_equal(text, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_is_found_in_what_releases_print),
		cmocka_unit_test(text_without_a_version_has_none),
		cmocka_unit_test(program_is_asked),
		cmocka_unit_test(program_that_does_not_end_is_ended),
		cmocka_unit_test(program_that_prints_for_ever_is_cut_off),
		cmocka_unit_test(program_that_is_none_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
