/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdint.h>
#include <string.h>

#include "cli/table.h"
#include "util/cleanup.h"

static const struct table_column columns[] = {
	{"CPU", "cpu", true},
	{"NAME", "name", false},
	{"CLOCK", "clock_mhz", true},
};

static struct table *make(const char *key, bool json, unsigned n_rows)
{
	struct table *table = table_new(key, columns, 3, json);

	for (unsigned i = 0; i < n_rows; i++) {
		table_row(table);
		table_cell(table, "%u", 9 + i);
		if (i == 0)
			table_cell(table, "a \"b\"");
		else
			table_no_cell(table);
		if (i == 0)
			table_no_cell(table);
		else
			table_cell(table, "%.1f", 2700.5);
	}
	return table;
}

static char *print(struct table *const *tables, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(tables_print(tables, n, out), 0);
	fclose(out);
	return text;
}

static void people_get_columns(void **state)
{
	cleanup_table struct table *table = make("cpus", false, 2);
	cleanup_table struct table *empty = make("none", false, 0);
	cleanup_free char *text = print((struct table *[]){table, empty, table}, 3);

	(void)state;
	assert_string_equal(text, "CPU NAME   CLOCK\n"
				  "  9 a \"b\"      -\n"
				  " 10 -     2700.5\n"
				  "\n"
				  "CPU NAME   CLOCK\n"
				  "  9 a \"b\"      -\n"
				  " 10 -     2700.5\n");
}

static void scripts_get_one_document(void **state)
{
	cleanup_table struct table *table = make("cpus", true, 2);
	cleanup_table struct table *empty = make("none", true, 0);
	cleanup_free char *text = print((struct table *[]){table, empty}, 2);

	(void)state;
	assert_string_equal(text, "{\n"
				  "   \"cpus\": [\n"
				  "      {\n"
				  "         \"cpu\": 9,\n"
				  "         \"name\": \"a \\\"b\\\"\",\n"
				  "         \"clock_mhz\": null\n"
				  "      },{\n"
				  "         \"cpu\": 10,\n"
				  "         \"name\": null,\n"
				  "         \"clock_mhz\": 2700.5\n"
				  "      }\n"
				  "   ],\n"
				  "   \"none\": []\n"
				  "}\n");
}

static char *print_in(struct table *table, size_t width, bool has_color)
{
	const struct table_style style = {width, has_color};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(tables_print_styled(&table, 1, out, &style), 0);
	fclose(out);
	return text;
}

static void assert_fits(const char *text, size_t width)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		if ((size_t)(end - text) > width)
			fail_msg("wider than %zu: %s", width, text);
}

static struct table *make_wide(void)
{
	static const struct table_column wide[] = {
		{"PLACE", "place", false},
		{"READS", "reads", true},
		{"EXPECTED", "expected", true},
		{"WRITES", "writes", true},
		{"WHY N/A", "cause", false},
	};
	struct table *table = table_new("wide", wide, 5, false);

	table_bind(table, 2);
	table_row(table);
	table_cell(table, "socket 0");
	table_cell(table, "1234567890");
	table_cell(table, "1234567891");
	table_cell(table, "n/a");
	table_cell(table, "the kernel holds it, and nobody else may have it meanwhile");
	return table;
}

static void texts_are_folded_at_words(void **state)
{
	cleanup_table struct table *table = make_wide();
	cleanup_free char *text = print_in(table, 60, false);

	(void)state;
	assert_fits(text, 60);
	assert_non_null(strstr(text, "socket 0 1234567890 1234567891    n/a the kernel holds it,"));
	assert_non_null(
		strstr(text, "\n                                      and nobody else may"));
}

static void numbers_go_on_below_and_are_never_cut(void **state)
{
	cleanup_table struct table *table = make_wide();
	cleanup_free char *text = print_in(table, 32, false);

	(void)state;
	assert_fits(text, 32);
	/* what is expected stays beside what is measured */
	assert_non_null(strstr(text, "PLACE         READS   EXPECTED\n"
				     "socket 0 1234567890 1234567891\n"
				     "\nPLACE    WRITES WHY N/A"));
	assert_non_null(strstr(text, "\nsocket 0    n/a the kernel"));
}

static void colors_are_for_who_wants_them(void **state)
{
	cleanup_table struct table *table = make_wide();
	cleanup_free char *plain = print_in(table, 0, false), *colored = NULL;

	(void)state;
	table_row(table);
	table_cell(table, "socket 1");
	table_cell(table, "7");
	table_mark(table);
	colored = print_in(table, 0, true);
	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(colored, "\033[1m"));
	assert_non_null(strstr(colored, "\033[31m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_get_columns),
		cmocka_unit_test(scripts_get_one_document),
		cmocka_unit_test(texts_are_folded_at_words),
		cmocka_unit_test(numbers_go_on_below_and_are_never_cut),
		cmocka_unit_test(colors_are_for_who_wants_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
