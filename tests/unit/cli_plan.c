/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "cli/measure/plan.h"
#include "fake_msrd.h"
#include "near.h"

#define GLOBAL_CTRL    0x38f
#define FIXED_CTR_CTRL 0x38d
#define BOX_CTL	       0xf4

/* One package, two CPUs of which the second is offline, one memory channel. */
struct scene {
	struct node node;
	struct node_cpu cpus[32];
	uint32_t packages[2];
	struct bus bus;
	struct msrd msrd;
	struct plan plan;
	struct places list;
};

static void add_core(struct msrd *msrd, uint32_t number)
{
	struct place cpu = place_of_cpu(number);

	fake_add(msrd, cpu, 0xce, 0x1b00);
	fake_add(msrd, cpu, GLOBAL_CTRL, 0xf);
	fake_add(msrd, cpu, FIXED_CTR_CTRL, 0);
	for (uint32_t i = 0; i < 3; i++)
		fake_add(msrd, cpu, 0x309 + i, 1000 * i);
	fake_add(msrd, cpu, 0x606, 0xa1003);
	fake_add(msrd, cpu, 0x611, 0xffffffff);
	fake_add(msrd, cpu, 0x619, 5);
}

static void add_channel(struct msrd *msrd, struct place imc)
{
	fake_add(msrd, imc, BOX_CTL, 0x10100);
	for (uint32_t i = 0; i < 4; i++) {
		fake_add(msrd, imc, 0xd8 + 4 * i, 0x1100 * i);
		fake_add(msrd, imc, 0xa0 + 8 * i, 10 * i);
		fake_add(msrd, imc, 0xa4 + 8 * i, i);
	}
}

static int set_scene(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	scene->cpus[0] = (struct node_cpu){.present = true, .online = true, .package = 4};
	scene->cpus[1] = (struct node_cpu){.present = true, .package = NODE_NO_PACKAGE};
	scene->packages[0] = 4;
	scene->node = (struct node){.cpus = scene->cpus,
		.n_cpus = 2,
		.arch = arch_find(6, 0x2d),
		.packages = scene->packages,
		.n_packages = 1,
		.n_cpu_packages = 1};
	places_add(&scene->list, place_of_cpu(0));

	add_core(&scene->msrd, 0);
	add_channel(&scene->msrd, place_of_unit(4, UNIT_IMC, 2));
	*state = scene;
	return 0;
}

static int strike_scene(void **state)
{
	struct scene *scene = *state;

	plan_deinit(&scene->plan);
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
	return fake_find(&scene->msrd, place_at(place_of_unit(4, UNIT_IMC, 2), reg));
}

static int start(struct scene *scene)
{
	return plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, false, NULL);
}

static const struct plan_subject *subject(
	struct scene *scene, enum subject_kind kind, uint32_t number)
{
	for (size_t i = 0; i < scene->plan.n_subjects; i++)
		if (scene->plan.subjects[i].kind == kind &&
			scene->plan.subjects[i].number == number)
			return &scene->plan.subjects[i];
	fail_msg("there is no subject %u", number);
	abort();
}

static const struct cause *cause(
	struct scene *scene, enum subject_kind kind, uint32_t number, enum event_id event)
{
	return &subject(scene, kind, number)->counts[event].cause;
}

static size_t n_counters(struct scene *scene, enum event_id event)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->plan.n_counters; i++)
		n += scene->plan.counters[i].event == event;
	return n;
}

static void restore(struct scene *scene)
{
	struct journal_failures failures = {0};

	assert_int_equal(journal_restore(&scene->plan.journal, &scene->msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
}

static void counter_of_the_kernel_is_named_and_left_alone(void **state)
{
	struct scene *scene = *state;

	msr(scene, FIXED_CTR_CTRL)->value = 0xb0;
	assert_int_equal(start(scene), 0);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->n_writes, 0);
	assert_int_equal(msr(scene, GLOBAL_CTRL)->n_writes, 0);
	assert_int_equal(n_counters(scene, EVENT_CYCLES), 0);
	assert_non_null(strstr(cause(scene, SUBJECT_CPU, 0, EVENT_INSTRUCTIONS)->text,
		"the kernel holds fixed counter 1 ("));
	assert_false(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->is_absence);
	/* the socket's are not the core's */
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "");
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
	assert_int_equal(imc(scene, BOX_CTL)->value, 0);
	assert_int_equal(scene->msrd.n_writes, 5);
	assert_int_equal(scene->plan.n_counters, 7);
	assert_int_equal(n_counters(scene, EVENT_MEMORY_WRITE), 1);
	assert_true(scene->plan.counters[3].has_high);
	assert_false(scene->plan.counters[0].has_high);
}

static void counts_have_their_scale(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(start(scene), 0);
	assert_near(subject(scene, SUBJECT_CPU, 0)->counts[EVENT_ACTIVE].scale, 1 / 2.7e9, 1e-20);
	assert_near(subject(scene, SUBJECT_SOCKET, 4)->counts[EVENT_MEMORY_READ].scale, 64, 0);
	assert_near(
		subject(scene, SUBJECT_SOCKET, 4)->counts[EVENT_DRAM_ENERGY].scale, 1.0 / 65536, 0);
}

static void a_virtual_machine_without_ratio_and_unit_says_so(void **state)
{
	struct scene *scene = *state;
	const struct plan_count *counts;

	msr(scene, 0xce)->value = 0x80000000;
	msr(scene, 0x606)->value = 0;
	assert_int_equal(start(scene), 0);
	counts = subject(scene, SUBJECT_CPU, 0)->counts;
	assert_string_equal(counts[EVENT_ACTIVE].cause.text, "");
	assert_string_equal(counts[EVENT_ACTIVE].scale_cause.text,
		"no base ratio in MSR_PLATFORM_INFO: a virtual machine?");
	assert_true(counts[EVENT_ACTIVE].scale_cause.is_absence);
	counts = subject(scene, SUBJECT_SOCKET, 4)->counts;
	assert_string_equal(counts[EVENT_PACKAGE_ENERGY].scale_cause.text,
		"no energy unit in MSR_RAPL_POWER_UNIT: a virtual machine?");
	assert_true(counts[EVENT_DRAM_ENERGY].scale_cause.text[0]);
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
	msr(scene, FIXED_CTR_CTRL)->value = 0x020; /* counter 1, of user mode */
	assert_int_equal(start(scene), 0);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x333);
	msr(scene, 0x309)->value += 5;
	msr(scene, 0x30a)->value += 5;
	restore(scene);
	assert_int_equal(msr(scene, 0x309)->value, 0);
	assert_int_equal(msr(scene, 0x30a)->value, 1005);
	assert_true(msr(scene, GLOBAL_CTRL)->value == UINT64_C(1) << 33);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0x020);
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
	const struct cause *memory;

	for (uint32_t i = 0; i < 3; i++)
		imc(scene, 0xd8 + 4 * i)->value = 0x400b07;
	assert_int_equal(start(scene), 0);
	assert_int_equal(imc(scene, 0xe4)->n_writes, 0);
	memory = cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ);
	assert_non_null(strstr(memory->text, "1 of the 4 counters of imc2 of socket 4"));
	assert_false(memory->is_absence);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_PACKAGE_ENERGY)->text, "");
}

/* Another measurement of this user has the channel, with this event on counter 3. */
static void counters_of_another_measurement_are_shared(void **state)
{
	struct scene *scene = *state;
	struct place imc2 = place_of_unit(4, UNIT_IMC, 2);
	struct claim claims[] = {
		{.place = place_at(imc2, 0xe4), .mask = 0xffc4ffff, .old = 0},
		{.place = place_at(imc2, 0xb8), .mask = 0xffffffff, .old = 30},
	};
	struct peers peers = {.dir = -1, .file = -1, .living = {claims, 2}};

	for (uint32_t i = 0; i < 2; i++)
		imc(scene, 0xd8 + 4 * i)->value = 0x400b07;
	imc(scene, 0xe4)->value = 0x400304;
	imc(scene, 0xb8)->value = 5000;
	assert_int_equal(
		plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, false, &peers),
		0);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "");
	assert_int_equal(imc(scene, 0xe0)->value, 0x400c04);
	/* the other is there still when we end, */
	restore(scene);
	assert_int_equal(imc(scene, 0xe4)->value, 0x400304);
	assert_int_equal(imc(scene, 0xe0)->value, 0x2200);
	/* or it is not */
	plan_deinit(&scene->plan);
	assert_int_equal(
		plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, false, &peers),
		0);
	peers.living.n = 0;
	restore(scene);
	assert_int_equal(imc(scene, 0xe4)->value, 0);
	assert_int_equal(imc(scene, 0xb8)->value, 30);
}

static void a_counter_that_a_stranger_programmed_alike_is_not_shared(void **state)
{
	struct scene *scene = *state;
	struct peers peers = {.dir = -1, .file = -1};

	for (uint32_t i = 0; i < 4; i++)
		imc(scene, 0xd8 + 4 * i)->value = 0x400304;
	assert_int_equal(
		plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, false, &peers),
		0);
	assert_non_null(strstr(
		cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "0 of the 4 counters"));
}

static void a_cpu_that_is_not_there_is_a_failure(void **state)
{
	struct scene *scene = *state;

	places_add(&scene->list, place_of_cpu(1));
	places_add(&scene->list, place_of_cpu(99));
	assert_int_equal(start(scene), 0);
	assert_int_equal(scene->plan.n_subjects, 4);
	assert_string_equal(cause(scene, SUBJECT_CPU, 99, EVENT_CYCLES)->text, "the fake refuses");
	assert_false(cause(scene, SUBJECT_CPU, 99, EVENT_CYCLES)->is_absence);
	assert_false(cause(scene, SUBJECT_CPU, 1, EVENT_CYCLES)->is_absence);
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "");
}

static void a_socket_without_memory_controller_is_no_failure(void **state)
{
	struct scene *scene = *state;
	const struct cause *memory;

	scene->msrd.n_registers = 9; /* those of the CPU */
	assert_int_equal(start(scene), 0);
	memory = cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_WRITE);
	assert_string_equal(
		memory->text, "socket 4 shows no memory controller in PCI config space");
	assert_true(memory->is_absence);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_DRAM_ENERGY)->text, "");
}

static void a_bus_whose_package_is_not_proven_is_the_reason(void **state)
{
	struct scene *scene = *state;

	scene->msrd.n_registers = 9;
	scene->bus = (struct bus){.bus = 0x7f, .package = BUS_NO_PACKAGE, .doubt = BUS_SILENT};
	scene->node.buses = &scene->bus;
	scene->node.n_buses = 1;
	assert_int_equal(start(scene), 0);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text,
		"the daemon knows no memory controller of socket 4; of which socket bus 0000:7f "
		"is, is not proven: nothing says which");
}

static void a_package_that_is_not_known_has_no_figures(void **state)
{
	struct scene *scene = *state;
	const struct cause *memory;

	scene->cpus[0].package = NODE_NO_PACKAGE;
	scene->node.n_packages = 0;
	assert_int_equal(start(scene), 0);
	memory = cause(scene, SUBJECT_SOCKET, NODE_NO_PACKAGE, EVENT_MEMORY_READ);
	assert_string_equal(memory->text, "CPU 0's package is not known");
	assert_string_equal(cause(scene, SUBJECT_SOCKET, NODE_NO_PACKAGE, EVENT_DRAM_ENERGY)->text,
		memory->text);
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "");
}

static void all_sockets_are_those_without_online_cpus_too(void **state)
{
	struct scene *scene = *state;

	scene->packages[1] = 7;
	scene->node.n_packages = 2;
	assert_int_equal(
		plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, true, NULL), 0);
	assert_int_equal(scene->plan.n_subjects, 3);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 7, EVENT_PACKAGE_ENERGY)->text,
		"no CPU is known to be online on socket 7");
}

static void a_refused_register_is_a_failure_of_its_cpu_alone(void **state)
{
	struct scene *scene = *state;

	msr(scene, GLOBAL_CTRL)->write_result = MSRD_REFUSED;
	assert_int_equal(start(scene), 0);
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "the fake refuses");
	assert_false(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->is_absence);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "");
	restore(scene);
	assert_int_equal(msr(scene, FIXED_CTR_CTRL)->value, 0);
}

/* Two sockets of sixteen CPUs and four channels each. */
static void fill_node(struct scene *scene)
{
	scene->msrd.n_registers = 0;
	places_deinit(&scene->list);
	scene->list = (struct places){0};
	for (uint32_t i = 0; i < 32; i++) {
		scene->cpus[i] = (struct node_cpu){
			.present = true, .online = true, .package = i < 16 ? 4 : 7};
		add_core(&scene->msrd, i);
		places_add(&scene->list, place_of_cpu(i));
	}
	for (uint32_t i = 0; i < 8; i++)
		add_channel(&scene->msrd, place_of_unit(i < 4 ? 4 : 7, UNIT_IMC, i % 4));
	scene->packages[1] = 7;
	scene->node.n_packages = scene->node.n_cpu_packages = 2;
	scene->node.n_cpus = 32;
}

/* What is there, what the registers are, and what they shall be. */
static void however_many_cpus_are_programmed_by_three_messages(void **state)
{
	struct scene *scene = *state;

	fill_node(scene);
	assert_int_equal(start(scene), 0);
	assert_int_equal(scene->msrd.n_messages, 3);
	assert_int_equal(scene->msrd.n_writes, 32 * 2 + 8 * 3);
	assert_int_equal(scene->plan.n_counters, 32 * 3 + 8 * 2 + 2 * 2);
	for (size_t i = 0; i < scene->plan.n_subjects; i++)
		for (size_t j = 0; j < N_EVENTS; j++)
			assert_string_equal(scene->plan.subjects[i].counts[j].cause.text, "");
	assert_int_equal(plan_check(&scene->plan, &scene->msrd), 0);
	assert_int_equal(scene->msrd.n_messages, 4);
	restore(scene);
	assert_int_equal(
		fake_find(&scene->msrd, place_at(place_of_cpu(31), FIXED_CTR_CTRL))->value, 0);
}

/* Another process could not put back what it does not find there. */
static struct {
	const struct peers *peers;
	off_t claimed; /* bytes, when the first register was written */
} watched;

static void look_at_claims(struct msrd *msrd, struct fake_register *written)
{
	struct stat status;

	(void)written;
	assert_int_equal(fstat(watched.peers->file, &status), 0);
	if (msrd->n_writes == 0)
		watched.claimed = status.st_size;
	assert_true(status.st_size == watched.claimed);
}

static void all_that_was_there_is_in_the_file_before_the_first_write(void **state)
{
	struct scene *scene = *state;
	char parent[] = "/tmp/msrctl-plan-XXXXXX";
	struct peers peers;

	fill_node(scene);
	assert_non_null(mkdtemp(parent));
	assert_int_equal(peers_init(&peers, parent), 0);
	assert_int_equal(peers_lock(&peers, 1000), 0);
	watched.peers = &peers;
	watched.claimed = 0;
	scene->msrd.before_write = look_at_claims;
	assert_int_equal(
		plan_start(&scene->plan, &scene->msrd, &scene->node, &scene->list, false, &peers),
		0);
	/* of a CPU three counters and two controls, of a channel two of two halves and three */
	assert_int_equal(watched.claimed, (32 * 5 + 8 * 7) * sizeof(struct claim));
	peers_deinit(&peers, true);
	assert_int_equal(rmdir(parent), 0);
}

/* As LIKWID's protocol has none for units that larger parts have. */
static void a_channel_without_number_is_none_and_the_others_are_measured(void **state)
{
	struct scene *scene = *state;

	fake_add(&scene->msrd, place_of_unit(4, UNIT_IMC, 0), BOX_CTL, 0)->check_result = -EINVAL;
	assert_int_equal(start(scene), 0);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "");
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "");
	assert_int_equal(imc(scene, 0xd8)->value, 0x400304);
	assert_int_equal(n_counters(scene, EVENT_MEMORY_READ), 1);
}

static void a_channel_that_is_refused_is_a_failure_of_its_memory_alone(void **state)
{
	struct scene *scene = *state;

	imc(scene, 0xdc)->write_result = MSRD_REFUSED;
	assert_int_equal(start(scene), 0);
	assert_string_equal(
		cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "the fake refuses");
	assert_string_equal(
		cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_WRITE)->text, "the fake refuses");
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_PACKAGE_ENERGY)->text, "");
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "");
	restore(scene);
	assert_int_equal(imc(scene, 0xd8)->value, 0);
	assert_int_equal(imc(scene, BOX_CTL)->value, 0x10100);
}

static void what_somebody_else_switched_off_is_no_count(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(start(scene), 0);
	/* bits of others are theirs */
	msr(scene, GLOBAL_CTRL)->value |= 0xf0;
	assert_int_equal(plan_check(&scene->plan, &scene->msrd), 0);
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text, "");
	msr(scene, GLOBAL_CTRL)->value = 0;
	assert_int_equal(plan_check(&scene->plan, &scene->msrd), 0);
	assert_string_equal(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->text,
		"somebody else changed MSR 0x38f on CPU 0 during the measurement");
	assert_false(cause(scene, SUBJECT_CPU, 0, EVENT_CYCLES)->is_absence);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_PACKAGE_ENERGY)->text, "");
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text, "");
	imc(scene, BOX_CTL)->value = 0x10100;
	assert_int_equal(plan_check(&scene->plan, &scene->msrd), 0);
	assert_string_equal(cause(scene, SUBJECT_SOCKET, 4, EVENT_MEMORY_READ)->text,
		"somebody else changed offset 0xf4 in imc2 of socket 4 during the measurement");
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

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(counter_of_the_kernel_is_named_and_left_alone),
		TEST(it_programs_its_counters_and_no_others),
		TEST(counts_have_their_scale),
		TEST(a_virtual_machine_without_ratio_and_unit_says_so),
		TEST(everything_is_restored_to_the_bit),
		TEST(a_counter_that_somebody_uses_keeps_its_count),
		TEST(free_memory_counters_are_found),
		TEST(without_free_memory_counters_the_rest_is_measured),
		TEST(counters_of_another_measurement_are_shared),
		TEST(a_counter_that_a_stranger_programmed_alike_is_not_shared),
		TEST(a_cpu_that_is_not_there_is_a_failure),
		TEST(a_socket_without_memory_controller_is_no_failure),
		TEST(a_bus_whose_package_is_not_proven_is_the_reason),
		TEST(a_package_that_is_not_known_has_no_figures),
		TEST(all_sockets_are_those_without_online_cpus_too),
		TEST(a_refused_register_is_a_failure_of_its_cpu_alone),
		TEST(however_many_cpus_are_programmed_by_three_messages),
		TEST(all_that_was_there_is_in_the_file_before_the_first_write),
		TEST(a_channel_without_number_is_none_and_the_others_are_measured),
		TEST(a_channel_that_is_refused_is_a_failure_of_its_memory_alone),
		TEST(what_somebody_else_switched_off_is_no_count),
		TEST(a_lost_daemon_is_passed_on_and_the_journal_knows_what_to_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
