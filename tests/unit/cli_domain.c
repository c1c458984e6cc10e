/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "cli/domain.h"

/* Two sockets, 0 and 2, of four CPUs each, numbered in turns; CPU 6 is offline. Each is a NUMA
 * node. */
static struct node_cpu cpus[8];
static struct topology_cpu where[8];
static const struct node node = {.n_cpus = 8, .cpus = cpus};
static const struct topology topology = {.node = &node, .cpus = where};

static int set_cpus(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		cpus[i] = (struct node_cpu){true, i != 6, i % 2 ? 2 : 0};
		where[i] = (struct topology_cpu){i / 2, i % 2};
	}
	return 0;
}

/* The CPUs of a list as text. */
static void check(const char *text, const char *wanted)
{
	char error[DOMAIN_ERROR_SIZE] = "", found[64] = "";
	struct places places = {0};

	if (domain_parse(&places, &topology, text, error) != 0)
		fail_msg("%s: %s", text, error);
	for (size_t i = 0; i < places.n; i++)
		snprintf(found + strlen(found), sizeof found - strlen(found), "%s%u", i ? " " : "",
			places.list[i].cpu);
	assert_string_equal(found, wanted);
	places_deinit(&places);
}

static void check_error(const char *text, const char *wanted)
{
	char error[DOMAIN_ERROR_SIZE] = "";
	struct places places = {0};

	assert_int_equal(domain_parse(&places, &topology, text, error), -EINVAL);
	if (!strstr(error, wanted))
		fail_msg("\"%s\" does not say \"%s\"", error, wanted);
	places_deinit(&places);
}

static void numbers_are_those_of_linux(void **state)
{
	(void)state;
	check("0-2,6", "0 1 2 6");
	check("5", "5");
	check("12", "12"); /* the daemon says that it is not there */
	check("all", "0 1 2 3 4 5 7");
}

static void sockets_count_their_cpus_from_0(void **state)
{
	(void)state;
	check("S0", "0 2 4");
	check("S2:0-1", "1 3");
	check("s2:1,3", "3 7");
	check("S0:0,S2:0-1,3", "0 1 3 7");
	check("7,S0:0", "7 0");
	check("S0:0-1,S0:1-2", "0 2 4");
}

static void numa_nodes_do_too(void **state)
{
	(void)state;
	check("N1", "1 3 5 7");
	check("N0:2,N1:0", "4 1");
}

static void error_says_what_there_is(void **state)
{
	(void)state;
	check_error("S1", "no CPU that is online is on socket 1; msrctl info shows them");
	check_error("N2:0", "no CPU that is online is on NUMA node 2");
	check_error("S0:0-3", "socket 0 has 3 CPUs that are online: 0 to 2 of it, and not 3");
	check_error("", "is no list of CPUs such as 0-3,8, all, S0:0-3");
	check_error("S0:", "is no list");
	check_error("S:0", "is no list");
	check_error("0,", "is no list");
	check_error("0-", "is no list");
	check_error("x", "x is no list");
	check_error("3-1", "is no list");
	check_error("-1", "is no list");
	check_error("0 1", "is no list");
	check_error("99999999", "is no list");
	check_error("0--1", "is no list");
	check_error("8192", "is no list");
	check_error("all,0", "is no list");
	check_error("S0:0-1:2", "is no list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_linux),
		cmocka_unit_test(sockets_count_their_cpus_from_0),
		cmocka_unit_test(numa_nodes_do_too),
		cmocka_unit_test(error_says_what_there_is),
	};

	return cmocka_run_group_tests(tests, set_cpus, NULL);
}
