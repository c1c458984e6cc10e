/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>

#include "cli/output/name.h"

static void a_node_stands_in_the_place_of_its_pattern(void **state)
{
	static const struct {
		const char *path, *expanded;
		bool has_node;
	} paths[] = {
		{"out.%h.ndjson", "out.n/1.ndjson", true},
		{"%h%h", "n/1n/1", true},
		{"out.txt", "out.txt", false},
		{"100%", "100%", false},
		{"100%%h", "100%h", false},
		{"%d%", "%d%", false},
		{"%%%h", "%n/1", true},
		{"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char *expanded = name_expand(paths[i].path, "n/1");

		/* it leads to no other folder */
		for (char *c = expanded; *c; c++)
			*c = *c == '_' ? '/' : *c;
		assert_string_equal(expanded, paths[i].expanded);
		assert_int_equal(name_has_node(paths[i].path), paths[i].has_node);
		free(expanded);
	}
}

static void this_node_has_a_name(void **state)
{
	char node[NAME_NODE_SIZE];

	(void)state;
	assert_true(name_node(node)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_stands_in_the_place_of_its_pattern),
		cmocka_unit_test(this_node_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
