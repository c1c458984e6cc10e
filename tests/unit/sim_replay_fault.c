/* SPDX-License-Identifier: MIT */
/* Faults and a replay: a fault is asked before the trace is. */
#include <errno.h>

#include "replay_script.h"
#include "sim/machine/drive.h"
#include "sim/tap/fault.h"
#include "sim/tap/replay.h"
#include "sim_node.h"

struct scene {
	struct sim_node node;
	struct fault *fault;
	char *text, *report;
	struct tap *tap;
	uint64_t n_differences;
	struct tap_access accesses[MAX_N];
};

static int setup(void **state)
{
	struct scene *scene = test_calloc(1, sizeof *scene);

	node_init(&scene->node, 1);
	node_start(&scene->node, MACHINE_CLOCK_MANUAL);
	scene->fault = fault_new(scene->node.machine, tap_machine_new(scene->node.machine));
	*state = scene;
	return scene->fault ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	tap_free(scene->tap);
	node_stop(&scene->node);
	free(scene->report);
	free(scene->text);
	test_free(scene);
	return 0;
}

static void begin(struct scene *scene, bool is_loose, const char *trace, const char *fault)
{
	char error[DIRECTIVE_ERROR_SIZE];
	struct directive *directive;

	scene->text = script_trace(trace);
	scene->tap = tap_replay_new(fault_tap(scene->fault), script_read(scene->text), "T",
		is_loose, &scene->node.fixture, scene->node.machine);
	assert_non_null(scene->tap);
	if (!fault)
		return;
	if (!directive_parse(&directive, &scene->node.fixture, fault, error))
		fail_msg("%s: %s", fault, error);
	assert_int_equal(fault_add(scene->fault, directive, 1), 0);
}

static void end(struct scene *scene, const char *script)
{
	size_t size, n = script_parse(script, scene->accesses);

	for (size_t i = 0; i < n; i++)
		tap_access(scene->tap, &scene->accesses[i]);
	struct replay_result result = tap_replay_end(scene->tap);
	FILE *out = open_memstream(&scene->report, &size);
	replay_report_print(result.report, out);
	replay_report_summary(result.report, out);
	fclose(out);
	scene->n_differences = replay_report_total(result.report);
	assert_int_equal(result.n_made, n);
}

static void fault_wins_over_the_recorded_answer(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r10 r611 r10", "fail 0 0x611 EIO once");
	end(scene, "r10 r611 r10");
	assert_int_equal(scene->accesses[0].value, 0x2010);
	assert_int_equal(scene->accesses[1].error, -EIO);
	assert_int_equal(scene->accesses[1].value, 0);
	assert_int_equal(scene->accesses[2].value, 0x4010);
	assert_string_equal(scene->report,
		"T:3: at 0.000003000 s, now at 0.000000000 s: answered by a fault: "
		"read of MSR 0x611 on CPU 0 gives EIO; recorded 0x3611\n"
		"no difference, 1 answered by a fault");
	assert_int_equal(scene->n_differences, 0);
}

static void register_that_is_held_wins_too(void **state)
{
	struct scene *scene = *state;

	begin(scene, true, "r611 r611", "hold 0 0x611 0x3611");
	end(scene, "r611 r611");
	assert_int_equal(scene->accesses[0].value, 0x3611);
	assert_int_equal(scene->accesses[1].value, 0x3611);
	/* the second was recorded so */
	assert_string_equal(scene->report,
		"T:2: at 0.000002000 s, now at 0.000000000 s: answered by a fault: "
		"read of MSR 0x611 on CPU 0 gives 0x3611; recorded 0x2611\n"
		"no difference, 1 answered by a fault");
}

static void write_that_fails_changes_neither_the_node_nor_what_is_known(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r38f w38f=1", "fail 0 0x38f EIO write once");
	end(scene, "r38f w38f=1 r38f");
	assert_int_equal(scene->accesses[1].error, -EIO);
	assert_int_equal(scene->accesses[2].value, 0x238f);
	assert_int_equal(node_read(&scene->node, 0, 0x38f), 0xff);
	assert_non_null(strstr(scene->report, "answered by a fault: write of 0x1 to MSR 0x38f on "
					      "CPU 0 gives EIO; recorded no error\n"));
	assert_non_null(strstr(scene->report, "\n1 not recorded, 1 answered by a fault"));
}

static void loop_that_met_a_fault_goes_on_with_what_was_recorded(void **state)
{
	struct scene *scene = *state;

	begin(scene, true, "r611", "fail 0 0x611 EIO nth=2");
	end(scene, "r611 r611 r611");
	assert_int_equal(scene->accesses[0].value, 0x2611);
	assert_int_equal(scene->accesses[1].error, -EIO);
	assert_int_equal(scene->accesses[2].value, 0x2611);
	assert_string_equal(scene->report,
		"T: not in the trace, now at 0.000000000 s: answered by a fault: "
		"read of MSR 0x611 on CPU 0 gives EIO; recorded 0x2611\n"
		"no difference, 1 answered by a fault");
}

static void access_that_was_not_recorded_meets_faults(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r10", "fail 0 any EIO after=1");
	end(scene, "r10 r611");
	assert_int_equal(scene->accesses[0].value, 0x2010);
	assert_int_equal(scene->accesses[1].error, -EIO);
	assert_string_equal(scene->report,
		"T: behind its end, now at 0.000000000 s: not recorded: "
		"read of MSR 0x611 on CPU 0, answered with EIO\n1 not recorded");
}

static void cpu_that_is_offline_answers_nothing_that_was_recorded(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r10 r10 w38f=1", NULL);
	assert_int_equal(machine_cpu_set_online(scene->node.machine, 0, false), 0);
	end(scene, "r10 r10 w38f=1");
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(scene->accesses[i].error, -ENXIO);
	assert_non_null(strstr(scene->report, "gives ENXIO; recorded 0x2010\n"));
	assert_non_null(strstr(scene->report, "\nno difference, 3 answered by a fault"));
}

static void delay_changes_no_answer(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r10", "delay 0 any 1us");
	end(scene, "r10");
	assert_int_equal(scene->accesses[0].value, 0x2010);
	assert_string_equal(scene->report, "no difference");
}

static void faults_leave_room_for_differences(void **state)
{
	struct scene *scene = *state;

	begin(scene, false, "r10 r10 r10 r10 r10 r10 r10 r10 r611", "fail 0 0x10 EIO");
	end(scene, "r10 r10 r10 r10 r10 r10 r10 r10");
	assert_non_null(strstr(scene->report, "\nT:10: at 0.000010000 s: never came: "));
	assert_non_null(strstr(scene->report, "\n... and 3 more\n1 never came, 8 answered by a"));
	assert_int_equal(scene->n_differences, 1);
}

static void config_space_that_fails_reads_all_ones(void **state)
{
	struct scene *scene = *state;
	struct tap_access access = {.space = OP_PCI, .device = NODE_IMC0, .reg = 0, .width = 4};

	scene->text = strdup(HEAD "1 0000:7f:10.0 r 0x0 4 - EIO\nend\n");
	scene->tap = tap_replay_new(fault_tap(scene->fault), script_read(scene->text), "T", false,
		&scene->node.fixture, scene->node.machine);
	assert_non_null(scene->tap);
	tap_access(scene->tap, &access);
	assert_int_equal(access.error, -EIO);
	assert_int_equal(access.value, UINT32_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fault_wins_over_the_recorded_answer),
		TEST(register_that_is_held_wins_too),
		TEST(write_that_fails_changes_neither_the_node_nor_what_is_known),
		TEST(loop_that_met_a_fault_goes_on_with_what_was_recorded),
		TEST(access_that_was_not_recorded_meets_faults),
		TEST(cpu_that_is_offline_answers_nothing_that_was_recorded),
		TEST(delay_changes_no_answer),
		TEST(faults_leave_room_for_differences),
		TEST(config_space_that_fails_reads_all_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
