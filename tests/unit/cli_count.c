/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "cli/count/count.h"
#include "cli/measure/grain.h"
#include "fake_msrd.h"
#include "near.h"
#include "util/array.h"

#define SECOND UINT64_C(1000000000)

#define GLOBAL_CTRL    0x38f
#define FIXED_CTR_CTRL 0x38d
#define EVTSEL(n)      (0x186u + (n))
#define A_PMC(n)       (0x4c1u + (n))
#define BOX_CTL	       0xf4
#define SELECT(n)      (0xd8u + 4 * (n))
#define COUNTER(n)     (0xa0u + 8 * (n))

/* One package with one CPU and one memory channel. */
struct scene {
	struct node node;
	struct node_cpu cpus[1];
	struct topology_cpu where[1];
	struct topology topology;
	uint32_t packages[1];
	struct msrd msrd, before;
	struct places list;
	struct journal journal;
	struct want wants[8];
	struct count count;
	uint64_t ns;
	char error[WANT_ERROR_SIZE];
};

static uint64_t now(void *context)
{
	return ((struct scene *)context)->ns;
}

static int set_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct place cpu = place_of_cpu(0), imc = place_of_unit(0, UNIT_IMC, 1);

	scene->cpus[0] = (struct node_cpu){.present = true, .online = true};
	scene->node = (struct node){.cpus = scene->cpus,
		.n_cpus = 1,
		.arch = arch_find(6, 0x2d),
		.packages = scene->packages,
		.n_packages = 1,
		.n_cpu_packages = 1};
	scene->topology = (struct topology){&scene->node, scene->where};
	places_add(&scene->list, place_of_cpu(0));
	fake_add(&scene->msrd, cpu, GLOBAL_CTRL, 0xf);
	fake_add(&scene->msrd, cpu, FIXED_CTR_CTRL, 0);
	for (uint32_t i = 0; i < 4; i++) {
		fake_add(&scene->msrd, cpu, EVTSEL(i), 0x1100 * i);
		fake_add(&scene->msrd, cpu, A_PMC(i), 100 + i);
	}
	for (uint32_t i = 0; i < 3; i++)
		fake_add(&scene->msrd, cpu, 0x309 + i, i);
	fake_add(&scene->msrd, imc, BOX_CTL, 0x10100);
	for (uint32_t i = 0; i < 4; i++) {
		fake_add(&scene->msrd, imc, SELECT(i), 0x1100 * i);
		fake_add(&scene->msrd, imc, COUNTER(i), 10 * i);
		fake_add(&scene->msrd, imc, COUNTER(i) + 4, i);
	}
	*state = scene;
	return 0;
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	count_deinit(&scene->count);
	journal_deinit(&scene->journal);
	places_deinit(&scene->list);
	free(scene);
	return 0;
}

static struct fake_register *msr(struct scene *scene, uint32_t reg)
{
	return fake_find(&scene->msrd, place_at(place_of_cpu(0), reg));
}

static struct fake_register *imc(struct scene *scene, uint32_t reg)
{
	return fake_find(&scene->msrd, place_at(place_of_unit(0, UNIT_IMC, 1), reg));
}

static void want(struct scene *scene, const char *text)
{
	if (!want_parse(
		    &scene->wants[scene->count.n_wants++], scene->node.arch, text, scene->error))
		fail_msg("%s", scene->error);
}

static int start(struct scene *scene, bool rotate)
{
	scene->before = scene->msrd;
	scene->count.node = &scene->node;
	scene->count.topology = &scene->topology;
	scene->count.journal = &scene->journal;
	scene->count.wants = scene->wants;
	scene->count.clock = (struct reading_clock){now, scene};
	return count_start(&scene->count, &scene->msrd, &scene->list, true, rotate, scene->error);
}

static void check_restored(struct scene *scene)
{
	struct journal_failures failures = {0};

	assert_int_equal(journal_restore(&scene->journal, &scene->msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
	for (size_t i = 0; i < scene->msrd.n_registers; i++)
		assert_true(scene->msrd.registers[i].value == scene->before.registers[i].value);
}

static struct count_slot *slot(struct scene *scene, size_t i)
{
	for (size_t j = 0; j < scene->count.n_devices; j++)
		for (size_t k = 0; k < scene->count.devices[j].n_slots; k++)
			if (scene->count.devices[j].slots[k].want == &scene->wants[i])
				return &scene->count.devices[j].slots[k];
	fail_msg("nothing counts %s", scene->wants[i].name);
	abort();
}

static void events_go_to_free_counters_and_back(void **state)
{
	struct scene *scene = *state;

	msr(scene, EVTSEL(0))->value = 0x4300c2;
	want(scene, "cpu/event=0xd0,umask=0x81/:u");
	want(scene, "imc/event=0x04,umask=0x03/");
	want(scene, "ref-cycles");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(msr(scene, EVTSEL(0))->n_writes, 0);
	assert_int_equal(msr(scene, EVTSEL(1))->value, 0x4181d0);
	assert_true(msr(scene, GLOBAL_CTRL)->value == 0x40000000f);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x300);
	assert_int_equal(imc(scene, SELECT(0))->value, 0x400304);
	assert_int_equal(imc(scene, BOX_CTL)->value, 0); /* it stood still */
	check_restored(scene);
}

static void count_is_what_a_counter_went_on_by(void **state)
{
	struct scene *scene = *state;

	want(scene, "imc/event=0x04,umask=0x03/");
	assert_int_equal(start(scene, true), 0);
	imc(scene, COUNTER(0))->value = 0xfffffff0;
	imc(scene, COUNTER(0) + 4)->value = 0xffff;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	scene->ns = 2000000000;
	imc(scene, COUNTER(0))->value = 0x10; /* it wraps */
	imc(scene, COUNTER(0) + 4)->value = 0;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	assert_true(count_value(&scene->count, slot(scene, 0)) == 32);
	assert_true(count_seconds(&scene->count) == 2);
	assert_true(count_share(&scene->count, slot(scene, 0)) == 1);
	count_restart(&scene->count);
	scene->ns = 3000000000;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	assert_true(count_value(&scene->count, slot(scene, 0)) == 0);
}

static void turns_count_for_a_share_of_the_time(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 3; i++)
		imc(scene, SELECT(i + 1))->value |= 0x400000; /* one is free */
	want(scene, "imc/event=0x04,umask=0x03/");
	want(scene, "imc/event=0x04,umask=0x0c/");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(scene->count.n_sets, 2);
	assert_int_equal(imc(scene, SELECT(0))->value, 0x400304);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	scene->ns = 1000000000;
	imc(scene, COUNTER(0))->value += 300;
	assert_int_equal(count_rotate(&scene->count, &scene->msrd), 0);
	assert_int_equal(imc(scene, SELECT(0))->value, 0x400c04);
	scene->ns = 3000000000;
	imc(scene, COUNTER(0))->value += 500;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	/* a third and two thirds of three seconds */
	assert_true(count_value(&scene->count, slot(scene, 0)) == 900);
	assert_true(count_value(&scene->count, slot(scene, 1)) == 750);
	assert_true(fabs(count_share(&scene->count, slot(scene, 0)) - 1 / 3.) < 1e-9);
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "");
	check_restored(scene);
}

static void without_turns_nothing_is_programmed(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 3; i++)
		imc(scene, SELECT(i + 1))->value |= 0x400000;
	want(scene, "imc/event=0x04,umask=0x03/");
	want(scene, "imc/event=0x04,umask=0x0c/");
	assert_int_equal(start(scene, false), -EINVAL);
	assert_non_null(strstr(
		scene->error, "imc/event=0x04,umask=0x0c/ finds no counter on imc1 of socket 0"));
	assert_int_equal(scene->msrd.n_writes, 0);
}

static void no_free_counter_is_a_cause(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 4; i++)
		msr(scene, EVTSEL(i))->value = 0x4300c2;
	msr(scene, FIXED_CTR_CTRL)->value = 0xb;
	want(scene, "cpu/event=0xd0,umask=0x81/");
	want(scene, "cycles");
	want(scene, "imc/event=0x04,umask=0x03/");
	assert_int_equal(start(scene, true), 0);
	assert_non_null(strstr(slot(scene, 0)->cause.text,
		"no counter that can count cpu/event=0xd0,umask=0x81/ is free in CPU 0: it has to "
		"be "
		"0-3; in use: 0, 1, 2, 3"));
	assert_non_null(strstr(slot(scene, 1)->cause.text, "fixed, by the kernel"));
	assert_false(slot(scene, 1)->cause.is_absence);
	assert_string_equal(slot(scene, 2)->cause.text, "");
	assert_int_equal(msr(scene, GLOBAL_CTRL)->n_writes, 0);
	check_restored(scene);
}

static void fixed_counter_that_goes_on_is_looked_at_and_keeps_its_count(void **state)
{
	struct scene *scene = *state;

	msr(scene, FIXED_CTR_CTRL)->value = 0x300;
	msr(scene, GLOBAL_CTRL)->value = 0x40000000f;
	want(scene, "ref-cycles");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(scene->msrd.n_writes, 0);
	msr(scene, 0x30b)->value = 12345;
	scene->before = scene->msrd;
	check_restored(scene);
	/* counted otherwise, it is not to be had */
	count_deinit(&scene->count);
	want(scene, "ref-cycles:u");
	assert_int_equal(start(scene, true), 0);
	assert_non_null(
		strstr(slot(scene, 0)->cause.text, "no counter that can count ref-cycles:u"));
}

static void change_by_somebody_else_is_a_cause(void **state)
{
	struct scene *scene = *state;

	want(scene, "cpu/event=0xd0,umask=0x81/");
	want(scene, "cpu/event=0xd0,umask=0x82/");
	assert_int_equal(start(scene, true), 0);
	msr(scene, EVTSEL(1))->value = 0;
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "");
	assert_string_equal(slot(scene, 1)->cause.text,
		"somebody else changed MSR 0x187 on CPU 0 during the measurement");
}

static void lost_daemon_leaves_what_to_restore(void **state)
{
	struct scene *scene = *state;

	scene->msrd.writes_left = 2;
	want(scene, "cpu/event=0xd0,umask=0x81/");
	want(scene, "cpu/event=0xd0,umask=0x82/");
	want(scene, "imc/event=0x04,umask=0x03/");
	assert_int_equal(start(scene, true), -ECONNRESET);
	scene->msrd.writes_left = 0;
	check_restored(scene);
}

static void field_of_a_register_is_read_as_it_is(void **state)
{
	struct scene *scene = *state;

	fake_add(&scene->msrd, place_of_cpu(0), 0x19c, 0x882a0000);
	want(scene, "msr/IA32_THERM_STATUS,shift=16,bits=7,gauge/");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	assert_true(count_value(&scene->count, slot(scene, 0)) == 42);
	assert_int_equal(scene->msrd.n_writes, 0);
}

/* What is there; what is in use; what is to be kept, then the selects, then the switches. */
static void however_many_events_are_programmed_by_five_messages(void **state)
{
	struct scene *scene = *state;

	want(scene, "cpu/event=0xd0,umask=0x81/");
	want(scene, "cpu/event=0xd0,umask=0x82/");
	want(scene, "ref-cycles");
	want(scene, "imc/event=0x04,umask=0x03/");
	want(scene, "imc/event=0x04,umask=0x0c/");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(scene->msrd.n_messages, 5);
	assert_true(msr(scene, GLOBAL_CTRL)->value == 0x40000000f);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_int_equal(scene->msrd.n_messages, 7);
	check_restored(scene);
}

/* Two readings, and what the selects are and shall be. */
static void a_turn_takes_four_messages(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 3; i++)
		msr(scene, EVTSEL(i + 1))->value |= 0x400000; /* one is free */
	want(scene, "cpu/event=0xd0,umask=0x81/");
	want(scene, "cpu/event=0xd0,umask=0x82/");
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(msr(scene, EVTSEL(0))->value, 0x4381d0);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	scene->msrd.n_messages = 0;
	/* bits of others, which nobody has read ahead */
	msr(scene, EVTSEL(0))->value |= 0x100000;
	assert_int_equal(count_rotate(&scene->count, &scene->msrd), 0);
	assert_int_equal(scene->msrd.n_messages, 4);
	assert_int_equal(msr(scene, EVTSEL(0))->value, 0x5382d0);
}

static void refused_match_is_refused_before_anything_counts_without_it(void **state)
{
	struct scene *scene = *state;

	fake_add(&scene->msrd, place_of_cpu(0), 0x1a6, 0)->write_result = MSRD_REFUSED;
	want(scene, "cpu/event=0xb7,umask=0x01,filter=0x10001/");
	want(scene, "cpu/event=0xd0,umask=0x81/");
	assert_int_equal(start(scene, true), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "the fake refuses");
	assert_string_equal(slot(scene, 1)->cause.text, "");
	assert_int_equal(slot(scene, 1)->select.reg, EVTSEL(1));
	assert_int_equal(msr(scene, EVTSEL(0))->n_writes, 0);
	assert_int_equal(msr(scene, EVTSEL(1))->value, 0x4381d0);
	/* and nobody else has changed it */
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_string_equal(slot(scene, 1)->cause.text, "");
	check_restored(scene);
}

/* Fixed counters have one control for all. */
static void refused_bits_of_a_shared_register_fail_their_event_alone(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 4; i++)
		msr(scene, EVTSEL(i))->value |= 0x400000; /* those of any event are in use */
	msr(scene, FIXED_CTR_CTRL)->refused_bits = 0xf0;
	want(scene, "instructions");
	want(scene, "cycles");
	want(scene, "ref-cycles");
	assert_int_equal(start(scene, true), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "");
	assert_string_equal(slot(scene, 1)->cause.text, "the fake refuses");
	assert_string_equal(slot(scene, 2)->cause.text, "");
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x303);
	assert_true(msr(scene, GLOBAL_CTRL)->value == 0x50000000f);
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "");
	/* but those that are set are still looked at */
	msr(scene, FIXED_CTR_CTRL)->value = 0;
	assert_int_equal(count_check(&scene->count, &scene->msrd), 0);
	assert_non_null(strstr(slot(scene, 0)->cause.text, "somebody else changed MSR 0x38d"));
	check_restored(scene);
}

static void what_can_not_be_switched_on_is_a_cause_of_all(void **state)
{
	struct scene *scene = *state;

	msr(scene, GLOBAL_CTRL)->write_result = MSRD_REFUSED;
	want(scene, "ref-cycles");
	want(scene, "imc/event=0x04,umask=0x03/");
	assert_int_equal(start(scene, true), 0);
	assert_string_equal(slot(scene, 0)->cause.text, "the fake refuses");
	assert_string_equal(slot(scene, 1)->cause.text, "");
	check_restored(scene);
}

/* The same as one after the other, and as all together; a gap between them belongs to neither. */
static void whole_run_is_all_intervals(void **state)
{
	struct scene *scene = *state;
	struct count whole;

	want(scene, "cpu/event=0xd0,umask=0x81/");
	scene->ns = 1000;
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	scene->ns = 3000;
	msr(scene, A_PMC(slot(scene, 0)->assigned.counter))->value += 40;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	count_restart(&scene->count);
	scene->ns = 9000;
	msr(scene, A_PMC(slot(scene, 0)->assigned.counter))->value += 5000;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	count_discard(&scene->count);
	scene->ns = 10000;
	msr(scene, A_PMC(slot(scene, 0)->assigned.counter))->value += 2;
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	assert_near(count_value(&scene->count, slot(scene, 0)), 2, 0);
	assert_near(count_seconds(&scene->count), 1e-6, 1e-12);
	whole = scene->count;
	whole.is_whole = true;
	assert_near(count_value(&whole, slot(scene, 0)), 42, 0);
	assert_near(count_seconds(&whole), 3e-6, 1e-12);
	assert_near(count_share(&whole, slot(scene, 0)), 1, 0);
}

/* Half of the time: the value is what it would have been, raw is what was counted. */
static void raw_is_what_the_counter_counted(void **state)
{
	struct scene *scene = *state;

	want(scene, "cpu/event=0xd0,umask=0x81/");
	scene->ns = 1000;
	assert_int_equal(start(scene, true), 0);
	assert_int_equal(count_read(&scene->count, &scene->msrd), 0);
	scene->ns = 2000;
	slot(scene, 0)->total = 21;
	slot(scene, 0)->on_ns = 500;
	scene->count.read_ns = 2000;
	assert_near(count_value(&scene->count, slot(scene, 0)), 42, 0);
	assert_near(count_raw(&scene->count, slot(scene, 0)), 21, 0);
	assert_true(isnan(count_grain(&scene->count, slot(scene, 0))));
}

static void an_energy_is_coarse_where_few_steps_are_in_the_interval(void **state)
{
	(void)state;
	assert_near(grain_percent(1000000, SECOND, 1e6), 0.1, 1e-9);
	assert_near(grain_percent(1000000, 4000000, 1e6), 25, 1e-9);
	/* a long one in which nothing is used up: a unit more or less */
	assert_near(grain_percent(1000000, 1000 * SECOND, 5), 20, 1e-9);
	assert_near(grain_percent(1000000, 100, 0), 100, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whole_run_is_all_intervals, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			raw_is_what_the_counter_counted, set_scene, strike_scene),
		cmocka_unit_test(an_energy_is_coarse_where_few_steps_are_in_the_interval),
		cmocka_unit_test_setup_teardown(
			events_go_to_free_counters_and_back, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			count_is_what_a_counter_went_on_by, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			turns_count_for_a_share_of_the_time, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			without_turns_nothing_is_programmed, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			no_free_counter_is_a_cause, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			fixed_counter_that_goes_on_is_looked_at_and_keeps_its_count, set_scene,
			strike_scene),
		cmocka_unit_test_setup_teardown(
			change_by_somebody_else_is_a_cause, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			lost_daemon_leaves_what_to_restore, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			field_of_a_register_is_read_as_it_is, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(however_many_events_are_programmed_by_five_messages,
			set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			a_turn_takes_four_messages, set_scene, strike_scene),
		cmocka_unit_test_setup_teardown(
			refused_match_is_refused_before_anything_counts_without_it, set_scene,
			strike_scene),
		cmocka_unit_test_setup_teardown(
			refused_bits_of_a_shared_register_fail_their_event_alone, set_scene,
			strike_scene),
		cmocka_unit_test_setup_teardown(
			what_can_not_be_switched_on_is_a_cause_of_all, set_scene, strike_scene),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
