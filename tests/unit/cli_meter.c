/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "near.h"

#include "cli/row.h"

#include <math.h>
#include <stdlib.h>

#include "fake_msrd.h"

#define GLOBAL_CTRL    0x38f
#define FIXED_CTR_CTRL 0x38d
#define BOX_CTL	       0xf4

/* One socket, two CPUs of which the second is offline, one memory channel. */
struct scene {
	struct node node;
	struct node_cpu cpus[2];
	struct node_function function;
	struct arch_function imc;
	struct msrd msrd;
	struct meter meter;
	struct target_list list;
};

static int set_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct target cpu = target_cpu(0), imc = target_unit(0, UNIT_IMC, 2);

	scene->cpus[0] = (struct node_cpu){.present = true, .online = true};
	scene->cpus[1] = (struct node_cpu){.present = true, .package = NODE_NO_PACKAGE};
	scene->imc = (struct arch_function){.unit = UNIT_IMC, .index = 2};
	scene->function = (struct node_function){.arch = &scene->imc};
	scene->node = (struct node){.cpus = scene->cpus,
		.n_cpus = 2,
		.n_packages = 1,
		.functions = &scene->function,
		.n_functions = 1};
	target_list_add(&scene->list, target_cpu(0));
	target_list_add(&scene->list, target_cpu(1));

	fake_add(&scene->msrd, cpu, 0xce, 0x1b00);
	fake_add(&scene->msrd, cpu, GLOBAL_CTRL, 0xf);
	fake_add(&scene->msrd, cpu, FIXED_CTR_CTRL, 0);
	for (uint32_t i = 0; i < 3; i++)
		fake_add(&scene->msrd, cpu, 0x309 + i, 1000 * i);
	fake_add(&scene->msrd, cpu, 0x606, 0xa1003);
	fake_add(&scene->msrd, cpu, 0x611, 0xffffffff);
	fake_add(&scene->msrd, cpu, 0x619, 5);
	fake_add(&scene->msrd, imc, BOX_CTL, 0x10100);
	for (uint32_t i = 0; i < 4; i++) {
		fake_add(&scene->msrd, imc, 0xd8 + 4 * i, 0x1100 * i);
		fake_add(&scene->msrd, imc, 0xa0 + 8 * i, 10 * i);
		fake_add(&scene->msrd, imc, 0xa4 + 8 * i, i);
	}
	*state = scene;
	return 0;
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	meter_deinit(&scene->meter);
	target_list_deinit(&scene->list);
	free(scene);
	return 0;
}

static struct fake_register *msr(struct scene *scene, uint32_t reg)
{
	return fake_find(&scene->msrd, target_cpu(0), reg);
}

static struct fake_register *imc(struct scene *scene, uint32_t reg)
{
	return fake_find(&scene->msrd, target_unit(0, UNIT_IMC, 2), reg);
}

static int start(struct scene *scene)
{
	return meter_start(&scene->meter, &scene->msrd, &scene->node, &scene->list);
}

static void restore(struct scene *scene)
{
	unsigned n_failed = 0;

	assert_int_equal(
		journal_restore(&scene->meter.journal, &scene->msrd, &n_failed, NULL, 0), 0);
	assert_int_equal(n_failed, 0);
}

/* As if the interval had been one second. */
static void make_second(struct probe *probe)
{
	probe->counter.start_ns = 0;
	probe->counter.now_ns = 1000000000;
}

static void it_programs_its_counters_and_no_others(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(start(scene), 0);
	assert_true(msr(scene, GLOBAL_CTRL)->value == 0x70000000f);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x333);
	assert_int_equal(imc(scene, 0xd8)->value, 0x400304);
	assert_int_equal(imc(scene, 0xdc)->value, 0x400c04);
	assert_int_equal(imc(scene, 0xe0)->n_writes, 0);
	assert_int_equal(imc(scene, BOX_CTL)->value, 0x10000);
	assert_int_equal(scene->msrd.n_writes, 5);
}

static void everything_is_restored_to_the_bit(void **state)
{
	struct scene *scene = *state;
	struct msrd before = scene->msrd;

	assert_int_equal(start(scene), 0);
	/* they count */
	msr(scene, 0x309)->value += 500;
	imc(scene, 0xa0)->value += 7;
	imc(scene, 0xac)->value += 1;
	restore(scene);
	for (size_t i = 0; i < before.n_registers; i++)
		assert_true(scene->msrd.registers[i].value == before.registers[i].value);
}

static void a_counter_that_somebody_uses_keeps_its_count(void **state)
{
	struct scene *scene = *state;

	msr(scene, GLOBAL_CTRL)->value = UINT64_C(1) << 33;
	msr(scene, FIXED_CTR_CTRL)->value = 0x0b0; /* counter 1, with its interrupt */
	assert_int_equal(start(scene), 0);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x3b3);
	msr(scene, 0x309)->value += 5;
	msr(scene, 0x30a)->value += 5;
	restore(scene);
	assert_int_equal(msr(scene, 0x309)->value, 0);
	assert_int_equal(msr(scene, 0x30a)->value, 1005);
	assert_true(msr(scene, GLOBAL_CTRL)->value == UINT64_C(1) << 33);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x0b0);
}

static void free_memory_counters_are_found(void **state)
{
	struct scene *scene = *state;

	imc(scene, 0xd8)->value = 0x400b07;
	imc(scene, 0xe0)->value = 0x400b07;
	imc(scene, BOX_CTL)->value = 0x10000;
	assert_int_equal(start(scene), 0);
	assert_int_equal(imc(scene, 0xd8)->value, 0x400b07);
	assert_int_equal(imc(scene, 0xdc)->value, 0x400304);
	assert_int_equal(imc(scene, 0xe0)->value, 0x400b07);
	assert_int_equal(imc(scene, 0xe4)->value, 0x400c04);
	assert_int_equal(imc(scene, BOX_CTL)->n_writes, 0);
}

static void without_free_memory_counters_the_rest_is_measured(void **state)
{
	struct scene *scene = *state;
	struct row row;

	for (uint32_t i = 0; i < 3; i++)
		imc(scene, 0xd8 + 4 * i)->value = 0x400b07;
	assert_int_equal(start(scene), 0);
	assert_int_equal(imc(scene, 0xe4)->n_writes, 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	make_second(&scene->meter.sockets[0].package);
	row_get(&scene->meter, 2, &row);
	assert_true(isnan(row.figures[SAMPLE_MEMORY_READ]));
	assert_true(row.figures[SAMPLE_PACKAGE_POWER] == 0);
	assert_true(row.has_failure);
	assert_non_null(strstr(row.cause, "1 of the 4 counters of imc2 of socket 0"));
}

static void figures_come_from_the_registers(void **state)
{
	struct scene *scene = *state;
	struct meter *meter = &scene->meter;
	struct row cpu, socket;

	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(meter, &scene->msrd), 0);
	msr(scene, 0x309)->value += 2000000000;
	msr(scene, 0x30a)->value += 2800000000;
	msr(scene, 0x30b)->value += 2700000000;
	msr(scene, 0x611)->value = 95 * 65536 - 1; /* wrapped */
	msr(scene, 0x619)->value += 65536;
	imc(scene, 0xa0)->value += 1000000;
	imc(scene, 0xac)->value += 1; /* high half: 2^32 */
	assert_int_equal(meter_read(meter, &scene->msrd), 0);
	for (size_t i = 0; i < METER_N_FIXED; i++)
		make_second(&meter->cpus[0].fixed[i]);
	make_second(&meter->sockets[0].package);
	make_second(&meter->sockets[0].dram);
	make_second(&meter->sockets[0].channels[0].read);
	make_second(&meter->sockets[0].channels[0].write);

	assert_int_equal(row_count(meter), 3);
	row_get(meter, 0, &cpu);
	assert_string_equal(cpu.cause, "");
	assert_false(cpu.has_failure);
	assert_near(cpu.figures[SAMPLE_INSTRUCTIONS], 2e9, 1);
	assert_near(cpu.figures[SAMPLE_CYCLES], 2.8e9, 1);
	assert_near(cpu.figures[SAMPLE_CPI], 1.4, 1e-9);
	assert_near(cpu.figures[SAMPLE_CLOCK], 2800, 1e-6);
	assert_true(isnan(cpu.figures[SAMPLE_PACKAGE_POWER]));
	row_get(meter, 2, &socket);
	assert_int_equal(socket.scope, SAMPLE_SOCKET);
	assert_near(socket.figures[SAMPLE_PACKAGE_POWER], 95, 1e-9);
	assert_near(socket.figures[SAMPLE_DRAM_POWER], 1, 1e-9);
	assert_near(socket.figures[SAMPLE_MEMORY_READ], 64e6, 1e-3);
	assert_near(socket.figures[SAMPLE_MEMORY_WRITE], 64 * 0x1p32, 1);
}

static void an_offline_cpu_is_absent_and_no_failure(void **state)
{
	struct scene *scene = *state;
	struct row row;

	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	row_get(&scene->meter, 1, &row);
	assert_int_equal(row.number, 1);
	assert_true(isnan(row.figures[SAMPLE_CYCLES]));
	assert_string_equal(row.cause, "CPU 1 is offline");
	assert_false(row.has_failure);
}

static void a_socket_without_memory_controller_is_no_failure(void **state)
{
	struct scene *scene = *state;
	struct row row;

	scene->node.n_functions = 0;
	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	row_get(&scene->meter, 2, &row);
	assert_true(isnan(row.figures[SAMPLE_MEMORY_READ]));
	assert_non_null(strstr(row.cause, "no memory controller"));
	assert_false(row.has_failure);
	assert_true(row.figures[SAMPLE_DRAM_POWER] == 0);
}

static void a_refused_register_is_a_failure_of_its_row_alone(void **state)
{
	struct scene *scene = *state;
	struct row cpu, socket;

	msr(scene, GLOBAL_CTRL)->write_result = MSRD_REFUSED;
	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	row_get(&scene->meter, 0, &cpu);
	assert_true(cpu.has_failure);
	assert_string_equal(cpu.cause, "the fake refuses");
	row_get(&scene->meter, 2, &socket);
	assert_string_equal(socket.cause, "");
	restore(scene);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0);
}

static void a_lost_daemon_is_passed_on_and_the_journal_knows_what_to_restore(void **state)
{
	struct scene *scene = *state;

	scene->msrd.writes_left = 3;
	assert_int_equal(start(scene), -ECONNRESET);
	scene->msrd.writes_left = 0;
	restore(scene);
	assert_int_equal(msr(scene, GLOBAL_CTRL)->value, 0xf);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0);
	assert_int_equal(imc(scene, 0xd8)->value, 0);
}

/* The low half wraps right after the first read of this half. */
static void carry_after(struct msrd *msrd, const struct fake_register *read, uint32_t half)
{
	if (read->reg != half || read->n_reads != 1)
		return;
	fake_find(msrd, read->target, 0xa0)->value = 3;
	fake_find(msrd, read->target, 0xa4)->value = 6;
}

static void carry_after_high(struct msrd *msrd, struct fake_register *read)
{
	carry_after(msrd, read, 0xa4);
}

static void carry_after_low(struct msrd *msrd, struct fake_register *read)
{
	carry_after(msrd, read, 0xa0);
}

static void assert_halves_fit(struct scene *scene)
{
	struct probe probe = {.target = target_unit(0, UNIT_IMC, 2),
		.reg = 0xa0,
		.is_halves = true,
		.counter.bits = 48};
	struct probe_cause cause = {0};

	imc(scene, 0xa0)->value = 0xffffffff;
	imc(scene, 0xa4)->value = 5;
	assert_int_equal(probe_read(&probe, &scene->msrd, &cause), 0);
	assert_true(probe.counter.raw == 0x600000003);
}

static void two_halves_fit_when_the_low_one_wraps_after_the_high_one_was_read(void **state)
{
	struct scene *scene = *state;

	scene->msrd.after_read = carry_after_high;
	assert_halves_fit(scene);
}

static void two_halves_fit_when_the_low_one_wraps_after_it_was_read(void **state)
{
	struct scene *scene = *state;

	scene->msrd.after_read = carry_after_low;
	assert_halves_fit(scene);
}

static void an_idle_cpu_has_no_cpi_and_no_failure(void **state)
{
	struct scene *scene = *state;
	struct row row;

	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	row_get(&scene->meter, 0, &row);
	assert_true(row.figures[SAMPLE_CYCLES] == 0);
	assert_true(isnan(row.figures[SAMPLE_CPI]));
	assert_non_null(strstr(row.cause, "idle"));
	assert_false(row.has_failure);
}

static void a_counter_set_back_by_somebody_is_a_failure(void **state)
{
	struct scene *scene = *state;
	struct row row;

	msr(scene, 0x309)->value = 5000000000;
	assert_int_equal(start(scene), 0);
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	msr(scene, 0x309)->value = 0;
	assert_int_equal(meter_read(&scene->meter, &scene->msrd), 0);
	make_second(&scene->meter.cpus[0].fixed[0]);
	row_get(&scene->meter, 0, &row);
	assert_true(isnan(row.figures[SAMPLE_INSTRUCTIONS]));
	assert_non_null(strstr(row.cause, "set a counter back"));
	assert_true(row.has_failure);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(it_programs_its_counters_and_no_others),
		TEST(everything_is_restored_to_the_bit),
		TEST(a_counter_that_somebody_uses_keeps_its_count),
		TEST(free_memory_counters_are_found),
		TEST(without_free_memory_counters_the_rest_is_measured),
		TEST(figures_come_from_the_registers),
		TEST(an_offline_cpu_is_absent_and_no_failure),
		TEST(a_socket_without_memory_controller_is_no_failure),
		TEST(a_refused_register_is_a_failure_of_its_row_alone),
		TEST(a_lost_daemon_is_passed_on_and_the_journal_knows_what_to_restore),
		TEST(two_halves_fit_when_the_low_one_wraps_after_the_high_one_was_read),
		TEST(two_halves_fit_when_the_low_one_wraps_after_it_was_read),
		TEST(an_idle_cpu_has_no_cpi_and_no_failure),
		TEST(a_counter_set_back_by_somebody_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
