/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "near.h"

#include "cli/expect.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "util/cleanup.h"

static int read_text(struct expect *expect, const char *text, unsigned *line)
{
	cleanup_fclose FILE *file = fmemopen((char *)text, strlen(text), "r");

	assert_non_null(file);
	return expect_read(expect, file, line);
}

static void lines_say_scope_number_figure_and_value(void **state)
{
	struct expect expect;
	unsigned line;

	(void)state;
	assert_int_equal(read_text(&expect,
				 "# scope\tnumber\tfigure\tvalue\n"
				 "cpu\t0\tcycles_per_second\t2.7e+09\n"
				 "\n"
				 "  cpu 12 cpi 0.8 # measured\n"
				 "cpu 1 cpi n/a\n"
				 "socket 1 dram_watts 20.5",
				 &line),
		0);
	assert_int_equal(line, 0);
	assert_int_equal(expect.n_entries, 4);
	assert_near(expect_find(&expect, SAMPLE_CPU, 0, SAMPLE_CYCLES), 2.7e9, 1);
	assert_near(expect_find(&expect, SAMPLE_CPU, 12, SAMPLE_CPI), 0.8, 1e-9);
	assert_near(expect_find(&expect, SAMPLE_SOCKET, 1, SAMPLE_DRAM_POWER), 20.5, 1e-9);
	assert_true(isnan(expect_find(&expect, SAMPLE_CPU, 1, SAMPLE_CPI)));
	assert_true(isnan(expect_find(&expect, SAMPLE_CPU, 2, SAMPLE_CPI)));
	assert_true(isnan(expect_find(&expect, SAMPLE_SOCKET, 0, SAMPLE_DRAM_POWER)));
	expect_deinit(&expect);
}

static void a_wrong_line_is_named(void **state)
{
	static const char *const wrong[] = {
		"core 0 cpi 1\n",
		"cpu x cpi 1\n",
		"cpu -1 cpi 1\n",
		"cpu 0 watts 1\n",
		"socket 0 cpi 1\n",
		"cpu 0 cpi\n",
		"cpu 0 cpi 1x\n",
		"cpu 0 cpi 1 2\n",
		"cpu\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct expect expect;
		char text[100];
		unsigned line;

		snprintf(text, sizeof text, "cpu 0 cpi 1\n%s", wrong[i]);
		assert_int_equal(read_text(&expect, text, &line), -EINVAL);
		assert_int_equal(line, 2);
		expect_deinit(&expect);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_say_scope_number_figure_and_value),
		cmocka_unit_test(a_wrong_line_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
