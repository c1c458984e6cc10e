/* SPDX-License-Identifier: MIT */
/* Two traces beside each other: what is different is told once, and the rest is the same. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/tap/compare.h"
#include "util/array.h"

static char told[1024];

static void differ(void *context, enum compare_difference kind, const struct replay_entry *first,
	const struct replay_entry *second)
{
	static const char marks[] = {
		[COMPARE_VALUE] = '!', [COMPARE_ONLY_FIRST] = '<', [COMPARE_ONLY_SECOND] = '>'};
	size_t used = strlen(told);

	(void)context;
	if (sizeof told - used > 16)
		sprintf(told + used, "%c%x ", marks[kind],
			(first ? first : second)->access.place.reg);
}

static void complain(void *context, const char *message)
{
	(void)message;
	++*(unsigned *)context;
}

static unsigned n_complaints;

/* "1 2 a=3": reads of these MSRs, and writes where there is a value; line after line. */
static struct trace_reader *open_script(const char *script, const char *end)
{
	int fd = memfd_create("trace", MFD_CLOEXEC), length = 0;
	unsigned reg, value;

	dprintf(fd, "msrd-trace 1\n");
	for (; sscanf(script, " %x%n", &reg, &length) == 1; script += length) {
		script += length;
		length = 0;
		if (sscanf(script, "=%x%n", &value, &length) == 1)
			dprintf(fd, "%d cpu0 w 0x%x 8 0x%x\n", rand(), reg, value);
		else if (sscanf(script, ":%x%n", &value, &length) == 1)
			dprintf(fd, "%d cpu0 r 0x%x 8 0x%x\n", rand(), reg, value);
		else
			dprintf(fd, "%d cpu0 r 0x%x 8 0x0\n", rand(), reg);
	}
	dprintf(fd, "%s\n", end);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return trace_reader_new(fd, "T", complain, &n_complaints);
}

static uint64_t compare(const char *first, const char *second, bool ignores_reads)
{
	const struct compare_options options = {.ignores_reads = ignores_reads, .differ = differ};
	uint64_t n_alike = 0;

	*told = '\0';
	assert_int_equal(compare_traces(open_script(first, "end"), open_script(second, "end"),
				 &options, &n_alike),
		0);
	return n_alike;
}

static void one_change_is_told_once_and_the_rest_is_alike(void **state)
{
	static const struct {
		const char *first, *second, *told;
		uint64_t n_alike;
	} cases[] = {
		{"1 2 3 4 5", "1 2 3 4 5", "", 5},
		{"", "", "", 0},
		{"1 2=1 3 4", "1 2=7 3 4", "!2 ", 3},
		{"1 2:1 3 4", "1 2:7 3 4", "!2 ", 3},
		{"1 2 3 4 5", "1 3 4 5", "<2 ", 4},
		{"1 3 4 5", "1 2 3 4 5", ">2 ", 4},
		{"1 2 3 4 5", "1 a b 2 3 4 5", ">a >b ", 5},
		{"1 2 3 4 5 6", "1 3 2 4 5 6", "<2 <3 >3 >2 ", 4},
		{"1 2 3", "1 2", "<3 ", 2},
		{"1 2", "", "<1 <2 ", 0},
		{"1 2=1 2=2 2=3 4", "1 2=1 2=3 4", "<2 ", 4},
		{"1 2 3", "7 8 9", "<1 <2 <3 >7 >8 >9 ", 0},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		uint64_t n_alike = compare(cases[i].first, cases[i].second, false);
		if (strcmp(told, cases[i].told) != 0 || n_alike != cases[i].n_alike)
			fail_msg("%s / %s: %s, %d alike", cases[i].first, cases[i].second, told,
				(int)n_alike);
	}
}

static void values_of_reads_may_not_count(void **state)
{
	(void)state;
	assert_int_equal(compare("1:1 2=1 3:3", "1:7 2=1 3:9", true), 3);
	assert_string_equal(told, "");
	assert_int_equal(compare("1:1 2=1 3:3", "1:7 2=2 3:9", true), 2);
	assert_string_equal(told, "!2 ");
}

static void trace_that_can_not_be_read_is_no_result(void **state)
{
	const struct compare_options options = {.differ = differ};
	uint64_t n_alike;

	(void)state;
	n_complaints = 0;
	assert_int_equal(compare_traces(open_script("1 2", "end"), open_script("1 2", "end 7"),
				 &options, &n_alike),
		-EBADMSG);
	assert_int_equal(n_complaints, 1);
}

/* All accesses are accounted for, whatever the traces are. */
static void nothing_is_lost_in_a_comparison(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 500; round++) {
		char scripts[2][256] = {"", ""};
		uint64_t n[2] = {0, 0}, n_told[2] = {0, 0};
		for (int i = 0; i < 2; i++)
			for (int length = rand() % 30; length > 0; length--, n[i]++)
				sprintf(scripts[i] + strlen(scripts[i]), " %x", 1 + rand() % 4);
		uint64_t n_alike = compare(scripts[0], scripts[1], false);
		for (const char *at = told; *at != '\0'; at++) {
			n_told[0] += *at == '<' || *at == '!';
			n_told[1] += *at == '>' || *at == '!';
		}
		assert_int_equal(n_alike + n_told[0], n[0]);
		assert_int_equal(n_alike + n_told[1], n[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change_is_told_once_and_the_rest_is_alike),
		cmocka_unit_test(values_of_reads_may_not_count),
		cmocka_unit_test(trace_that_can_not_be_read_is_no_result),
		cmocka_unit_test(nothing_is_lost_in_a_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
