/* SPDX-License-Identifier: MIT */
#include "sim/fixture/expect.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

/* A node of one package whose CPUs 0 and 4 work in a first phase and rest in a second. */
static uint32_t both[] = {0, 4}, first[] = {0}, second[] = {4}, packages[] = {2},
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

static const uint64_t started_ns = 123456789;

/* What expect_write writes for the phases; free() it. */
static char *expectation(
	struct fixture_phase *phases, size_t n, bool cpu_4_online, const uint64_t *started)
{
	struct fixture_cpu cpus[] = {
		{.number = 0, .online = true},
		{.number = 4, .online = cpu_4_online},
	};
	struct fixture fixture = {.family = 0x6,
		.model = 0x2d,
		.packages = (uint32_t[]){2},
		.n_packages = 1,
		.cpus = cpus,
		.n_cpus = 2,
		.phases = phases,
		.n_phases = n};
	char *text = NULL;
	size_t size;

	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	expect_write(&fixture, started, out);
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

#define BUSY                                                                                       \
	"cpu\t0\tinstructions_per_second\t6000000000\n"                                            \
	"cpu\t0\tcycles_per_second\t3000000000\n"                                                  \
	"cpu\t0\tactive\t1\n"                                                                      \
	"cpu\t4\tinstructions_per_second\t500000000\n"                                             \
	"cpu\t4\tcycles_per_second\t1000000000\n"                                                  \
	"cpu\t4\tactive\t0.5\n"                                                                    \
	"socket\t2\tmemory_read_bytes_per_second\t128000000\n"                                     \
	"socket\t2\tmemory_write_bytes_per_second\t256000000\n"                                    \
	"socket\t2\tpackage_watts\t100\n"                                                          \
	"socket\t2\tdram_watts\t20\n"
#define SLOW                                                                                       \
	"cpu\t0\tinstructions_per_second\t1000000000\n"                                            \
	"cpu\t0\tcycles_per_second\t1000000000\n"                                                  \
	"cpu\t0\tactive\t1\n"                                                                      \
	"cpu\t4\tinstructions_per_second\t1000000000\n"                                            \
	"cpu\t4\tcycles_per_second\t1000000000\n"                                                  \
	"cpu\t4\tactive\t1\n"                                                                      \
	"socket\t2\tmemory_read_bytes_per_second\t0\n"                                             \
	"socket\t2\tmemory_write_bytes_per_second\t0\n"                                            \
	"socket\t2\tpackage_watts\t20\n"                                                           \
	"socket\t2\tdram_watts\t4\n"

static void one_phase_is_what_its_figures_say_always(void **state)
{
	struct fixture_phase phases[] = {phase_busy(0)};
	char *text = expectation(phases, 1, true, &started_ns);

	(void)state;
	assert_string_equal(text, "# scope\tnumber\tfigure\tvalue\n" BUSY);
	free(text);
}

static void phases_have_their_lengths_and_a_beginning(void **state)
{
	struct fixture_phase phases[] = {phase_busy(0.3), phase_slow(3)};
	char *text = expectation(phases, 2, true, &started_ns);

	(void)state;
	assert_string_equal(text,
		"# scope\tnumber\tfigure\tvalue\n"
		"node\t0\tstarted_ns\t123456789\n"
		"phase\t0\tlength_ns\t300000000\n" BUSY "phase\t1\tlength_ns\t3000000000\n" SLOW);
	free(text);
}

static void beginning_of_a_manual_clock_is_not_in_the_host_s_time(void **state)
{
	struct fixture_phase phases[] = {phase_slow(3), phase_busy(0)};
	char *text = expectation(phases, 2, true, NULL);

	(void)state;
	assert_string_equal(text,
		"# scope\tnumber\tfigure\tvalue\n"
		"phase\t0\tlength_ns\t3000000000\n" SLOW "phase\t1\tlength_ns\t0\n" BUSY);
	free(text);
}

static void offline_cpu_is_not_expected(void **state)
{
	struct fixture_phase phases[] = {phase_busy(0)};
	char *text = expectation(phases, 1, false, NULL);

	(void)state;
	assert_non_null(strstr(text, "cpu\t0\t"));
	assert_null(strstr(text, "cpu\t4\t"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_phase_is_what_its_figures_say_always),
		cmocka_unit_test(phases_have_their_lengths_and_a_beginning),
		cmocka_unit_test(beginning_of_a_manual_clock_is_not_in_the_host_s_time),
		cmocka_unit_test(offline_cpu_is_not_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
