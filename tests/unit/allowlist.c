/* SPDX-License-Identifier: MIT */
#include "policy/allowlist.h"

#include "test.h"

#include <errno.h>
#include <string.h>

static int parse(const char *text, struct allowlist *list, struct allow_error *error)
{
	return allowlist_parse(text, strlen(text), list, error);
}

/* The list is refused, for the line, with words about the cause. */
static void assert_refused(const char *text, unsigned line, const char *cause)
{
	struct allowlist list;
	struct allow_error error;

	assert_int_equal(parse(text, &list, &error), -EINVAL);
	assert_int_equal(error.line, line);
	assert_non_null(strstr(error.text, cause));
	for (unsigned i = 0; i < ALLOW_N_SECTIONS; i++)
		assert_null(list.section[i].entries); /* never half-loaded */
}

static void list_without_sections_is_an_msr_safe_list(void **state)
{
	struct allowlist list;
	struct allow_error error;

	(void)state;
	assert_int_equal(parse("## MSR        # Write Mask       # Comment\n"
			       "0x00000199 0x000000000000ffff # \"SMSR_PERF_CTL\"\n"
			       "\t0x10\t0\r\n"
			       "   # nothing\n"
			       "\n"
			       "402 0777 # IA32_PERFEVTSEL6, SDM table 2-20",
				 &list, &error),
		0);
	assert_int_equal(list.section[ALLOW_MSR].n_entries, 3);
	const struct allow_entry *entries = list.section[ALLOW_MSR].entries;
	assert_int_equal(entries[0].reg, 0x10);
	assert_int_equal(entries[0].write_mask, 0);
	assert_null(entries[0].name);
	assert_int_equal(entries[1].reg, 402);
	assert_int_equal(entries[1].write_mask, 0777);
	assert_string_equal(entries[1].name, "IA32_PERFEVTSEL6");
	assert_string_equal(entries[1].source, "SDM table 2-20");
	assert_int_equal(entries[2].reg, 0x199);
	assert_int_equal(entries[2].write_mask, 0xffff);
	assert_string_equal(entries[2].name, "SMSR_PERF_CTL");
	assert_null(entries[2].source);
	allowlist_deinit(&list);
}

/* What msr-safe gives when it is read, and what geopmaccess -s prints. */
static void lists_of_other_tools_are_taken_as_they_are(void **state)
{
	static const char *const texts[] = {
		"#MSR       Write mask        \n0x00000010 0x0000000000000000\n"
		"0x00000199 0x000000000000FF00\n",
		"# MSR        Write Mask           # Comment\n"
		"0x00000010   0x0000000000000000   # \"TIME_STAMP_COUNTER\"\n"
		"0x00000199   0x000000000000ff00   # \"PERF_CTL\"\n",
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct allowlist list;
		struct allow_error error;
		assert_int_equal(parse(texts[i], &list, &error), 0);
		assert_int_equal(list.section[ALLOW_MSR].n_entries, 2);
		assert_int_equal(list.section[ALLOW_MSR].entries[1].reg, 0x199);
		assert_int_equal(list.section[ALLOW_MSR].entries[1].write_mask, 0xff00);
		allowlist_deinit(&list);
	}
}

static void sections_say_what_lines_are_about(void **state)
{
	struct allowlist list;
	struct allow_error error;

	(void)state;
	assert_int_equal(parse("[msr]\n0x186 0xff\n[pci imc]\n0xf4 0x10103\n 0xd8 0xffffffff\n"
			       "[ pci  qpi-mask ]\n0x228 1\n[msr clear]\n0x186 0x100000\n"
			       "0x3f1 0xffffffffffffffff\n[msr w1c]\n0x390 7\n",
				 &list, &error),
		0);
	assert_int_equal(list.section[ALLOW_MSR].n_entries, 3);
	assert_int_equal(list.section[ALLOW_MSR].entries[0].write_mask, 0xff);
	assert_int_equal(list.section[ALLOW_MSR].entries[0].clear_mask, 0x100000);
	assert_int_equal(list.section[ALLOW_MSR].entries[1].w1c_mask, 7);
	assert_int_equal(list.section[ALLOW_MSR].entries[2].write_mask, 0);
	assert_true(list.section[ALLOW_MSR].entries[2].clear_mask == UINT64_MAX);
	assert_int_equal(list.section[ALLOW_PCI(UNIT_IMC)].n_entries, 2);
	assert_int_equal(list.section[ALLOW_PCI(UNIT_IMC)].entries[0].reg, 0xd8);
	assert_int_equal(list.section[ALLOW_PCI(UNIT_QPI_MASK)].n_entries, 1);
	assert_int_equal(list.section[ALLOW_PCI(UNIT_HA)].n_entries, 0);
	allowlist_deinit(&list);
}

static void error_tells_line_and_cause(void **state)
{
	(void)state;
	assert_refused("0x10 0\nfish 0\n", 2, "not a register address: fish");
	assert_refused("0x10\n", 1, "not a write mask of 64 bits");
	assert_refused("0x10 0x1ffffffffffffffff\n", 1, "not a write mask");
	assert_refused("0x100000000 0\n", 1, "not a register address");
	assert_refused("-1 0\n", 1, "not a register address");
	assert_refused("0x10 0 0\n", 1, "unexpected word");
	assert_refused("0x10 0\n\n[cpuid]\n", 3, "no such section");
	assert_refused("[pci gpu]\n", 1, "no such uncore unit: gpu");
	assert_refused("[pci]\n", 1, "no such uncore unit");
	assert_refused("[]\n", 1, "no such section");
	assert_refused("[msr\n", 1, "bracket");
	assert_refused("[msr sometimes]\n", 1, "sometimes");
	assert_refused("[msr clear w1c]\n", 1, "too many words");
	assert_refused("[pci imc]\n0xf5 0\n", 2, "multiple of 4");
	assert_refused("[pci imc]\n0x1000 0\n", 2, "offset in config space");
	assert_refused("[pci imc]\n0xf4 0x100000000\n", 2, "write mask of 32 bits");
}

static void register_twice_in_a_section_is_refused(void **state)
{
	(void)state;
	assert_refused(
		"0x20 0\n0x10 0\n0x20 1\n", 3, "0x20 stands in this section already, line 1");
	assert_refused("0x20 1\n[msr clear]\n0x20 2\n0x20 4\n", 4, "line 3");
}

static void empty_list_says_so(void **state)
{
	(void)state;
	assert_refused("", 0, "no entries");
	assert_refused("# 0x10 0\n\n[msr]\n", 0, "no entries");
}

static void zero_byte_is_refused(void **state)
{
	struct allowlist list;
	struct allow_error error;

	(void)state;
	assert_int_equal(allowlist_parse("0x10 0\0\n", 8, &list, &error), -EINVAL);
	assert_non_null(strstr(error.text, "zero byte"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_without_sections_is_an_msr_safe_list),
		cmocka_unit_test(lists_of_other_tools_are_taken_as_they_are),
		cmocka_unit_test(sections_say_what_lines_are_about),
		cmocka_unit_test(error_tells_line_and_cause),
		cmocka_unit_test(register_twice_in_a_section_is_refused),
		cmocka_unit_test(empty_list_says_so),
		cmocka_unit_test(zero_byte_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
