/* SPDX-License-Identifier: MIT */
/* Logs of accesses that others print become traces, or it is said in which line they can't. */
#include "test.h"

#include <string.h>

#include "sim/import/trace_import.h"
#include "util/array.h"

static char lines[4096], complaint[1024];

static void put(void *context, const struct trace_access *access)
{
	char text[TRACE_TEXT_SIZE];

	(void)context;
	trace_access_format(access, text);
	strcat(strcat(lines, text), "\n");
}

static void complain(void *context, const char *message)
{
	(void)context;
	assert_string_equal(complaint, "");
	snprintf(complaint, sizeof complaint, "%s", message);
}

static struct trace_import import;

static bool convert(const struct trace_format *format, const char *text, size_t length)
{
	import = (struct trace_import){
		.format = format, .name = "L", .put = put, .complain = complain};
	*lines = *complaint = '\0';
	import.log = fmemopen((void *)(uintptr_t)text, length, "r");
	assert_non_null(import.log);
	bool is_good = trace_import(&import);
	fclose(import.log);
	assert_int_equal(*complaint == '\0', is_good);
	return is_good;
}

static void assert_becomes(const struct trace_format *format, const char *text, const char *trace)
{
	assert_true(convert(format, text, strlen(text)));
	assert_string_equal(lines, trace);
}

static void events_of_ftrace_become_accesses(void **state)
{
	(void)state;
	assert_becomes(&trace_ftrace,
		"# tracer: nop\n"
		"#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n"
		"          <idle>-0       [000] d.h.  4792.007564: read_msr: "
		"MSR_CORE_PERF_FIXED_CTR1(30a), value ffffcabcacaa\n"
		"          <idle>-0       [011] d.h.  4792.007565: read_msr: 30a, value "
		"ffffcabcacaa\n"
		"       a [x] b-12        [001] .....  12.000000001: write_msr: 38f, value "
		"7000000ff\r\n"
		"            sh-12        [001]  12.1: read_msr: 640, value 0 #GP\n"
		"            sh-12        [001] d...  12.2: write_msr: 1a0, value 1 #GP\n"
		"            sh-12        [001] d...  12.3: rdpmc: 0, value 1\n"
		"            sh-12        [001] d...  12.3: sched_switch: prev_comm=read_msr\n",
		"4792007564000 cpu0 r 0x30a 8 0xffffcabcacaa\n"
		"4792007565000 cpu11 r 0x30a 8 0xffffcabcacaa\n"
		"12000000001 cpu1 w 0x38f 8 0x7000000ff\n"
		"12100000000 cpu1 r 0x640 8 - EIO\n"
		"12200000000 cpu1 w 0x1a0 8 0x1 EIO\n");
	assert_int_equal(import.max_cpu, 11);
	assert_int_equal(import.n_lost, 0);
}

static void events_of_perf_script_become_accesses(void **state)
{
	(void)state;
	assert_becomes(&trace_perf,
		"[001] 3766869.481796: msr:write_msr: 6e0, value 5470f8ef7ff0cc\n"
		"         swapper     0 [000] 1.500000:            msr:read_msr: 1b, value "
		"fee00d00\n"
		"        ffffffff81060b56 native_read_msr+0x36 ([kernel.kallsyms])\n"
		"\n",
		"3766869481796000 cpu1 w 0x6e0 8 0x5470f8ef7ff0cc\n"
		"1500000000 cpu0 r 0x1b 8 0xfee00d00\n");
}

static void events_that_were_lost_are_counted(void **state)
{
	(void)state;
	assert_becomes(&trace_ftrace,
		"CPU:3 [LOST 12 EVENTS]\nsh-1 [001] d... 12.2: write_msr: 1a0, value 1\n",
		"12200000000 cpu1 w 0x1a0 8 0x1\n");
	assert_int_equal(import.n_lost, 1);
}

static void lines_of_serialice_become_accesses(void **state)
{
	(void)state;
	assert_becomes(&trace_serialice,
		"0019.001a RH.. [f000:e869] CPU MSR: [00000017] => 00120000.00000000\n"
		"0019.001b RH.. [f000:e869] PCI: 0:1e.0 [004] => 00\n"
		"0019.001c RH.. [f000:e869] PCI: 7f:08.2 [0d8] <= 00010100\n"
		"0019.001d RH.. [f000:e869] IO: outb 0080 <= 01\n"
		"PCI: 0:1f.7 [002] <= abcd\n",
		"0 cpu0 r 0x17 8 0x12000000000000\n"
		"0 0000:00:1e.0 r 0x4 1 0x0\n"
		"0 0000:7f:08.2 w 0xd8 4 0x10100\n"
		"0 0000:00:1f.7 w 0x2 2 0xabcd\n");
}

static void what_is_wrong_is_said_with_line_and_example(void **state)
{
	static const struct {
		const struct trace_format *format;
		const char *text, *complaint;
	} cases[] = {
		{&trace_ftrace, "\n", "L:2: no access in the whole file"},
		{&trace_ftrace, "hello\n",
			"L:2: no access in the whole file: lines like this are "
			"expected: \"<idle>-0 [000]"},
		{&trace_ftrace, "\n sh-1 [0] 1.0: read_msr: 1b\n",
			"L:2: an MSR's event, but not as"},
		{&trace_ftrace, " sh-1 [0] 1.0: read_msr: 1b, value x\n", "L:1: an MSR's event"},
		{&trace_ftrace, " sh-1 [0] 1.0: read_msr: 1b, value 1 2\n", "L:1: an MSR's event"},
		{&trace_ftrace, " sh-1 [0] 1.0: read_msr: 123456789, value 1\n",
			"L:1: an MSR's event"},
		{&trace_ftrace, " sh-1 [0] 1.0: read_msr: 1b, value 12345678123456781\n",
			"L:1: an MSR's event"},
		{&trace_ftrace, " sh-1 1.0: read_msr: 1b, value 1\n", "L:1: no CPU in brackets"},
		{&trace_ftrace, " sh-1 [9999999] 1.0: read_msr: 1b, value 1\n",
			"L:1: no CPU in brackets"},
		{&trace_ftrace, " sh-1 [0] 12345: read_msr: 1b, value 1\n",
			"L:1: no time in seconds"},
		{&trace_perf, " sh 1 [0] 99999999999999.0: msr:read_msr: 1b, value 1\n",
			"L:1: no time in seconds"},
		{&trace_serialice, " CPU MSR: [17] =>\n", "L:1: an MSR's line"},
		{&trace_serialice, " CPU MSR: [-1] => 0.1\n", "L:1: an MSR's line"},
		{&trace_serialice, " PCI: 0:20.0 [004] => 00\n", "L:1: a PCI line"},
		{&trace_serialice, " PCI: 0:1e.0 [001] => 0000\n", "L:1: values have 2, 4 or 8"},
		{&trace_serialice, " PCI: 0:1e.0 [000] => -f\n", "L:1: a PCI line"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_false(convert(cases[i].format, cases[i].text, strlen(cases[i].text)));
		if (strncmp(complaint, cases[i].complaint, strlen(cases[i].complaint)) != 0)
			fail_msg("%s instead of %s", complaint, cases[i].complaint);
	}
}

static void zeros_and_endless_lines_are_no_log(void **state)
{
	static char zeros[10000], letters[10000];

	(void)state;
	memset(letters, 'x', sizeof letters);
	assert_false(convert(&trace_ftrace, zeros, sizeof zeros));
	assert_string_equal(complaint, "L:1: holds a NUL byte: not a text");
	assert_false(convert(&trace_ftrace, letters, sizeof letters));
	assert_string_equal(complaint, "L:1: longer than any line of such a log: is it one?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_ftrace_become_accesses),
		cmocka_unit_test(events_of_perf_script_become_accesses),
		cmocka_unit_test(events_that_were_lost_are_counted),
		cmocka_unit_test(lines_of_serialice_become_accesses),
		cmocka_unit_test(what_is_wrong_is_said_with_line_and_example),
		cmocka_unit_test(zeros_and_endless_lines_are_no_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
