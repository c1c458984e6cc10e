/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "sim/fixture/expect.h"

#include <stdlib.h>
#include <string.h>

/* A node of one package whose CPUs 0 and 4 work in a first phase and rest in a second. */
static uint32_t both[] = {0, 4}, first[] = {0}, second[] = {4}, packages[] = {0},
		channels[] = {0, 2};
static struct fixture_rate reads[] = {
	{.event = 0x04, .umask = 0x03, .per_second = 1e6},
	{.event = 0x04, .umask = 0x0c, .per_second = 2e6},
	{.event = 0x01, .umask = 0x03, .per_second = 9e9},
};
static struct fixture_box_load boxes[] = {
	{.unit = (char[]){"imc"}, .boxes = channels, .n_boxes = 2, .rates = reads, .n_rates = 3},
	{.unit = (char[]){"ha"}, .boxes = channels, .n_boxes = 2, .rates = reads, .n_rates = 3},
};

/* What expect_write writes for the phases; free() it. */
static char *expectation(struct fixture_phase *phases, size_t n, bool cpu_4_online)
{
	struct fixture_cpu cpus[] = {
		{.number = 0, .online = true},
		{.number = 4, .online = cpu_4_online},
	};
	struct fixture fixture = {
		.n_packages = 1, .cpus = cpus, .n_cpus = 2, .phases = phases, .n_phases = n};
	char *text = NULL;
	size_t size;

	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	expect_write(&fixture, out);
	fclose(out);
	return text;
}

static struct fixture_cpu_load busy[] = {
	{.cpus = first,
		.n_cpus = 1,
		.frequency_mhz = 3000,
		.active = 1,
		.instructions_per_cycle = 2},
	{.cpus = second,
		.n_cpus = 1,
		.frequency_mhz = 2000,
		.active = 0.5,
		.instructions_per_cycle = 0.5},
};
static struct fixture_cpu_load slow[] = {
	{.cpus = both,
		.n_cpus = 2,
		.frequency_mhz = 1000,
		.active = 1,
		.instructions_per_cycle = 1},
};
static struct fixture_package_load hot[] = {
	{.packages = packages,
		.n_packages = 1,
		.package_watts = 100,
		.dram_watts = 20,
		.boxes = boxes,
		.n_boxes = 2},
};
static struct fixture_package_load cold[] = {
	{.packages = packages, .n_packages = 1, .package_watts = 20, .dram_watts = 4},
};

static struct fixture_phase phase_busy(double seconds)
{
	return (struct fixture_phase){.seconds = seconds,
		.cpu_loads = busy,
		.n_cpu_loads = 2,
		.package_loads = hot,
		.n_package_loads = 1};
}

static struct fixture_phase phase_slow(double seconds)
{
	return (struct fixture_phase){.seconds = seconds,
		.cpu_loads = slow,
		.n_cpu_loads = 1,
		.package_loads = cold,
		.n_package_loads = 1};
}

static void assert_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no line '%s' in:\n%s", line, text);
}

static void one_phase_is_what_its_figures_say(void **state)
{
	struct fixture_phase phases[] = {phase_busy(0)};
	char *text = expectation(phases, 1, true);

	(void)state;
	assert_string_equal(text, "# scope\tnumber\tfigure\tvalue\n"
				  "cpu\t0\tinstructions_per_second\t6000000000\n"
				  "cpu\t0\tcycles_per_second\t3000000000\n"
				  "cpu\t0\tcpi\t0.5\n"
				  "cpu\t0\tclock_mhz\t3000\n"
				  "cpu\t4\tinstructions_per_second\t500000000\n"
				  "cpu\t4\tcycles_per_second\t1000000000\n"
				  "cpu\t4\tcpi\t2\n"
				  "cpu\t4\tclock_mhz\t2000\n"
				  "socket\t0\tmemory_read_bytes_per_second\t128000000\n"
				  "socket\t0\tmemory_write_bytes_per_second\t256000000\n"
				  "socket\t0\tpackage_watts\t100\n"
				  "socket\t0\tdram_watts\t20\n");
	free(text);
}

static void repeating_phases_weigh_by_their_seconds(void **state)
{
	struct fixture_phase phases[] = {phase_busy(1), phase_slow(3)};
	char *text = expectation(phases, 2, true);

	(void)state;
	assert_line(text, "cpu\t0\tinstructions_per_second\t2250000000\n");
	assert_line(text, "cpu\t0\tcycles_per_second\t1500000000\n");
	assert_line(text, "cpu\t0\tclock_mhz\t1500\n");
	/* 250 MHz of 2000 MHz cycles and 750 MHz of 1000 MHz ones, in 7/8 of the time */
	assert_line(text, "cpu\t4\tclock_mhz\t1142.857143\n");
	assert_line(text, "socket\t0\tpackage_watts\t40\n");
	assert_line(text, "socket\t0\tmemory_read_bytes_per_second\t32000000\n");
	free(text);
}

static void endless_last_phase_is_all_of_a_long_run(void **state)
{
	struct fixture_phase phases[] = {phase_slow(3), phase_busy(0)};
	char *text = expectation(phases, 2, true);

	(void)state;
	assert_line(text, "cpu\t0\tclock_mhz\t3000\n");
	assert_line(text, "socket\t0\tpackage_watts\t100\n");
	free(text);
}

static void idle_cpu_has_no_cpi_and_no_clock(void **state)
{
	struct fixture_cpu_load idle[] = {
		{.cpus = both, .n_cpus = 2, .frequency_mhz = 1000, .instructions_per_cycle = 1}};
	struct fixture_phase phases[] = {phase_slow(0)};

	(void)state;
	phases[0].cpu_loads = idle;
	char *text = expectation(phases, 1, true);
	assert_line(text, "cpu\t0\tinstructions_per_second\t0\n");
	assert_null(strstr(text, "cpi"));
	assert_null(strstr(text, "clock_mhz"));
	free(text);
}

static void offline_cpu_is_not_expected(void **state)
{
	struct fixture_phase phases[] = {phase_busy(0)};
	char *text = expectation(phases, 1, false);

	(void)state;
	assert_non_null(strstr(text, "cpu\t0\t"));
	assert_null(strstr(text, "cpu\t4\t"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_phase_is_what_its_figures_say),
		cmocka_unit_test(repeating_phases_weigh_by_their_seconds),
		cmocka_unit_test(endless_last_phase_is_all_of_a_long_run),
		cmocka_unit_test(idle_cpu_has_no_cpi_and_no_clock),
		cmocka_unit_test(offline_cpu_is_not_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
