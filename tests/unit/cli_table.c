/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdint.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_get_columns),
		cmocka_unit_test(scripts_get_one_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
