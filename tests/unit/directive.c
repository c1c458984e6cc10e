/* SPDX-License-Identifier: MIT */
/* The grammar of what befalls a node. */
#include "sim/fixture/directive.h"

#include "test.h"

#include <errno.h>
#include <string.h>

static uint8_t imc[256] = {0x86, 0x80, 0xb0, 0x3c}, ha[64] = {0x86, 0x80, 0x46, 0x3c};
static struct fixture_function functions[] = {
	{.bus = 0x7f, .devfn = 0x80, .size = 256, .config = imc},
	{.bus = 0xff, .devfn = 0x80, .size = 256, .config = imc},
	{.domain = 0x10001, .bus = 0x7f, .devfn = 0x71, .size = 64, .config = ha},
};
static struct fixture_cpu cpus[] = {{.number = 0}, {.number = 1}, {.number = 4}};
static const struct fixture fixture = {
	.family = 6,
	.model = 0x2d,
	.cpus = cpus,
	.n_cpus = 3,
	.functions = functions,
	.n_functions = 3,
};

static char error[DIRECTIVE_ERROR_SIZE];

static struct directive *parse(const char *line)
{
	struct directive *directive;

	if (!directive_parse(&directive, &fixture, line, error))
		fail_msg("%s: %s", line, error);
	return directive;
}

static void assert_refused(const char *line, const char *why)
{
	struct directive *directive;

	assert_false(directive_parse(&directive, &fixture, line, error));
	assert_null(directive);
	if (!strstr(error, why))
		fail_msg("'%s' is refused with '%s', not with '%s'", line, error, why);
}

static void value_of_a_register_needs_no_verb(void **state)
{
	struct directive *directive = parse("0-1,4 0x19c 0x88300003  # PROCHOT");

	(void)state;
	assert_int_equal(directive->verb, DIRECTIVE_SET);
	assert_int_equal(directive->n_devices, 3);
	assert_int_equal(directive->devices[2], 4);
	assert_int_equal(directive->reg, 0x19c);
	assert_int_equal(directive->value, 0x88300003);
	assert_false(directive->has_time);
	assert_string_equal(directive->text, "0-1,4 0x19c 0x88300003  # PROCHOT");
	directive_free(directive);
}

static void time_in_front_says_when(void **state)
{
	struct directive *directive = parse("1.5s all IA32_THERM_STATUS 3");

	(void)state;
	assert_true(directive->has_time);
	assert_false(directive->is_later);
	assert_int_equal(directive->ns, 1500000000);
	assert_int_equal(directive->reg, 0x19c);
	assert_int_equal(directive->n_devices, 3);
	assert_string_equal(directive->text, "all IA32_THERM_STATUS 3");
	directive_free(directive);
	directive = parse("\t +20ms  online 1");
	assert_true(directive->is_later);
	assert_int_equal(directive->ns, 20000000);
	assert_string_equal(directive->text, "online 1");
	directive_free(directive);
}

static void register_of_a_function_is_a_place_too(void **state)
{
	struct directive *directive = parse("7f:10.0 0xa0 0xffffffff");

	(void)state;
	assert_int_equal(directive->space, OP_PCI);
	assert_int_equal(directive->devices[0], 0);
	directive_free(directive);
	directive = parse("hold 10001:7f:0e.1 0x3c");
	assert_int_equal(directive->devices[0], 2);
	assert_false(directive->has_value);
	directive_free(directive);
	directive = parse("hide 8086:3cb0 for=2s");
	assert_int_equal(directive->n_devices, 2);
	assert_int_equal(directive->for_ns, 2000000000);
	directive_free(directive);
}

static void fault_says_which_accesses(void **state)
{
	struct directive *directive = parse("fail 1 0x611 ENXIO read nth=3");

	(void)state;
	assert_int_equal(directive->error, ENXIO);
	assert_true(directive->reads && !directive->writes);
	assert_int_equal(directive->when.first, 3);
	assert_int_equal(directive->when.count, 1);
	directive_free(directive);
	directive = parse("fail 1 any EIO chance=0.25 seed=7 after=2");
	assert_true(directive->is_any && directive->reads && directive->writes);
	assert_int_equal(directive->when.chance, CHANCE_ALWAYS / 4);
	assert_int_equal(directive->when.seed, 7);
	assert_int_equal(directive->when.first, 3);
	directive_free(directive);
	directive = parse("delay all 0x10 20ms write times=2 for=1us");
	assert_int_equal(directive->delay_ns, 20000000);
	assert_true(directive->writes && !directive->reads);
	assert_int_equal(directive->when.count, 2);
	assert_int_equal(directive->for_ns, 1000);
	directive_free(directive);
	directive = parse("open /dev/cpu/*/msr EPERM once");
	assert_string_equal(directive->file, "/dev/cpu/*/msr");
	assert_int_equal(directive->when.count, 1);
	directive_free(directive);
}

static void nothing_is_no_mistake(void **state)
{
	struct directive *directive;

	(void)state;
	assert_false(directive_parse(&directive, &fixture, " \t ", error));
	assert_string_equal(error, "");
	assert_false(directive_parse(&directive, &fixture, "# once upon a time", error));
	assert_string_equal(error, "");
}

static void mistake_is_said_with_what_is_right(void **state)
{
	(void)state;
	assert_refused("brake 1", "'brake' is no verb: set, hold");
	assert_refused("9 0x10 1", "the node has no CPU 9");
	assert_refused("1,1 0x10 1", "names a number twice");
	assert_refused(
		"1- 0x10 1", "is no list of numbers in range, such as 0-3,8: these are CPUs");
	assert_refused("1 NO_SUCH_MSR 1", "no name of one of this CPU model");
	assert_refused("1 0x100000000 1", "no address of an MSR");
	assert_refused("1 0x10", "ends too early: it is 'set PLACE REGISTER VALUE'");
	assert_refused("1 0x10 1 2", "'2' does not belong here");
	assert_refused("1 0x10 -1", "'-1' is no value of 64 bits");
	assert_refused("7f:10.0 0xa0 0x100000000", "no value of 32 bits");
	assert_refused("7f:10.0 0xa1 0", "config space has dwords, every 4 bytes, up to 256");
	assert_refused("8086:3c46 64 0", "up to 64");
	assert_refused("7f:10.0 MC_CTL 0", "no offset in config space");
	assert_refused("7f:11.0 0xa0 0", "no PCI function 0000:7f:11.0");
	assert_refused("7f:10.9 0xa0 0", "is no PCI function, such as 7f:10.0");
	assert_refused("hide 8086:ffff", "no PCI function 8086:ffff");
	assert_refused("hide 1", "'1' is no PCI function");
	assert_refused("fail 1 0x10 EEIO", "'EEIO' is no errno");
	assert_refused("fail 1 0x10 EIO read write", "'write' does not belong here");
	assert_refused("fail 1 0x10 EIO nth=0", "WHEN is once, nth=N");
	assert_refused("fail 1 0x10 EIO chance=2", "'chance=2' does not belong here");
	assert_refused("fail 1 0x10 EIO for=0s", "'for=0s' does not belong here");
	assert_refused("offline 1 nth=1", "it is 'offline CPUS [for=TIME]'");
	assert_refused("delay 1 0x10 2h", "no time up to an hour");
	assert_refused("delay 1 0x10 3601s", "no time up to an hour");
	assert_refused("vanish dev/cpu/1/msr", "no file of the node, such as /dev/cpu/3/msr");
	assert_refused("lockdown full", "'full' is not lockdown: none|integrity|confidentiality");
	assert_refused("clear 0", "no number of a fault");
	assert_refused("perf 1 x", "no general counter");
	assert_refused("perf 1 9", "no general counter");
	assert_refused("+2 online 1", "'+2' is no time");
	assert_refused("2s", "what is to be then?");
}

static void times_are_exact_or_none(void **state)
{
	static const char *const wrong[] = {"", "s", "1", "1.s", ".5s", "1,5s", "1.5ns", "-1s",
		"1e3s", "1 s", "9999999999999999999s", "99999999999s", "1.0000000001s"};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(directive_time(wrong[i], &ns));
	assert_true(directive_time("0.000000001s", &ns));
	assert_int_equal(ns, 1);
	assert_true(directive_time("0s", &ns));
	assert_int_equal(ns, 0);
	assert_true(directive_time("1.25us", &ns));
	assert_int_equal(ns, 1250);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_of_a_register_needs_no_verb),
		cmocka_unit_test(time_in_front_says_when),
		cmocka_unit_test(register_of_a_function_is_a_place_too),
		cmocka_unit_test(fault_says_which_accesses),
		cmocka_unit_test(nothing_is_no_mistake),
		cmocka_unit_test(mistake_is_said_with_what_is_right),
		cmocka_unit_test(times_are_exact_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
