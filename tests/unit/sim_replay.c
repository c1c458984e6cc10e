/* SPDX-License-Identifier: MIT */
/* Replays: what a program does now beside what a trace says. Each change is one difference. */
#include <errno.h>

#include "replay_script.h"
#include "sim/tap/replay.h"
#include "sim_node.h"
#include "util/array.h"

static char *report;
static uint64_t n_differences;

static void keep_report(const struct replay_result *result)
{
	size_t size;
	FILE *out;

	free(report);
	report = NULL;
	out = open_memstream(&report, &size);
	replay_report_print(result->report, out);
	replay_report_summary(result->report, out);
	fclose(out);
	n_differences = replay_report_total(result->report);
	assert_false(result->has_failed);
}

/* Plays a script against a trace; accesses get what was answered. */
static size_t play(struct sim_node *node, bool is_loose, const char *trace, const char *script,
	struct tap_access accesses[MAX_N])
{
	char *text = script_trace(trace);
	struct tap *tap = tap_replay_new(tap_machine_new(node->machine), script_read(text), "T",
		is_loose, &node->fixture, node->machine);
	size_t n = script_parse(script, accesses);

	assert_non_null(tap);
	for (size_t i = 0; i < n; i++)
		tap_access(tap, &accesses[i]);
	struct replay_result result = tap_replay_end(tap);
	assert_int_equal(result.n_made, n);
	keep_report(&result);
	tap_free(tap);
	free(text);
	return n;
}

struct play {
	const char *trace, *script;
	const char *report; /* how it begins */
	uint64_t n_differences;
};

static void check(struct sim_node *node, bool is_loose, const struct play *plays, size_t n)
{
	struct tap_access accesses[MAX_N];

	for (size_t i = 0; i < n; i++) {
		play(node, is_loose, plays[i].trace, plays[i].script, accesses);
		if (n_differences != plays[i].n_differences ||
			strncmp(report, plays[i].report, strlen(plays[i].report)) != 0)
			fail_msg("%s / %s: %s", plays[i].trace, plays[i].script, report);
	}
}

static void same_accesses_get_what_was_recorded(void **state)
{
	struct tap_access accesses[MAX_N];

	play(*state, false, "r10 w38f=1 r10 r611", "r10 w38f=1 r10 r611", accesses);
	assert_string_equal(report, "no difference");
	assert_true(accesses[0].value == 0x2010 && accesses[2].value == 0x4010);
	assert_true(accesses[3].value == 0x5611);
}

static void one_change_is_one_difference(void **state)
{
	static const struct play plays[] = {
		{"r10 w38f=1 r11", "r10 w38f=2 r11",
			"T:3: at 0.000003000 s, now at 0.000000000 s: other value: write of 0x2 to "
			"MSR "
			"0x38f on CPU 0; recorded 0x1\n1 other value",
			1},
		/* another order */
		{"r10 r11 r12 r13", "r11 r10 r12 r13",
			"T:3: at 0.000003000 s, now at 0.000000000 s: other order: read of MSR "
			"0x11 on "
			"CPU 0 comes early: line 2 is expected there\n",
			1},
		{"r10 r11", "r11 r10", "T:3: ", 1},
		{"r10 r11 r12 r13 r14", "r11 r12 r13 r10 r14",
			"T:2: at 0.000002000 s, now at 0.000000000 s: other order: read of MSR "
			"0x10 on "
			"CPU 0 comes late: line 6 is expected there\n",
			1},
		{"r10 r11 r12 r13 r14", "r10 r13 r11 r12 r14", "T:5: ", 1},
		/* one too few */
		{"r10 r11 r12 r13", "r10 r12 r13",
			"T:3: at 0.000003000 s: never came: read of MSR 0x11 on CPU 0, which gave "
			"0x3011\n1 never came",
			1},
		{"r10 w38f=1 r12", "r10 r12", "T:3: at 0.000003000 s: never came: write of 0x1", 1},
		{"r10 r11", "r10", "T:3: at 0.000003000 s: never came", 1},
		{"r10 r11 r12", "", "T:2: at 0.000002000 s: never came", 3},
		/* one too many */
		{"r10 r11", "r10 r611 r11",
			"T:3: at 0.000003000 s, now at 0.000000000 s: not recorded: read of MSR "
			"0x611 "
			"on CPU 0, answered with 0x0; recorded is next read of MSR 0x11 on CPU 0\n",
			1},
		{"r10", "r10 r10",
			"T: behind its end, now at 0.000000000 s: not recorded: read of MSR 0x10 "
			"on "
			"CPU 0, answered with 0x2010\n",
			1},
		/* ... of a register that is read again later */
		{"r10 r11 r12 r13 r14 r13", "r10 r13 r11 r12 r13 r14 r13", "T:3: ", 1},
		{"r10 w38f=1 r12 w38f=1 r13", "r10 w38f=1 w38f=1 r12 w38f=1 r13", "T:4: ", 1},
	};

	check(*state, false, plays, N_ELEMENTS(plays));
}

static void loose_takes_another_order_and_longer_polling(void **state)
{
	static const struct play plays[] = {
		{"r10 r11 r12 r13", "r13 r12 r11 r10", "no difference", 0},
		{"r10 r10 r10 w10=1", "r10 w10=1", "no difference", 0},
		{"r10 w10=1", "r10 r10 r10 r10 w10=1", "no difference", 0},
		{"r10 r10 r10", "r10", "no difference", 0},
		{"w10=1 r10 w10=2 r10", "w10=1 r10 r10 w10=2 r10 r10", "no difference", 0},
		{"w10=1 w11=1", "w11=1 w10=1", "no difference", 0},
		/* and tells the rest */
		{"w10=1 r11", "r11 w10=2", "T:2: at 0.000002000 s, now", 1},
		{"w10=1 w10=2", "w10=2 w10=1", "T:2: ", 2},
		{"r10 r10 w10=1", "w10=1", "T:2: at 0.000002000 s: never came: read", 1},
		{"r10 r10 r11", "r11", "T:2: at 0.000002000 s: never came: read", 1},
		{"w10=1", "w10=1 w10=1", "T: behind its end, now at", 1},
		{"w10=1 w10=2", "w10=1 r10 w10=2",
			"T:3: at 0.000003000 s, now at 0.000000000 s: not "
			"recorded: read",
			1},
		{"r10 w11=1", "r10", "T:3: at 0.000003000 s: never came: write", 1},
		{"r10", "r10 r12", "T: behind its end", 1},
	};

	check(*state, true, plays, N_ELEMENTS(plays));
}

static void loose_serves_each_register_in_its_order(void **state)
{
	struct tap_access accesses[MAX_N];

	play(*state, true, "r10 r11 r10 r11", "r11 r11 r11 r10 r10", accesses);
	assert_true(accesses[0].value == 0x3011 && accesses[1].value == 0x5011);
	assert_true(accesses[2].value == 0x5011);
	assert_true(accesses[3].value == 0x2010 && accesses[4].value == 0x4010);
}

static void what_was_not_recorded_is_the_last_word_or_the_nodes(void **state)
{
	struct tap_access accesses[MAX_N];

	/* 0x1b0 was not in the trace: the node has it, also as it is written now */
	play(*state, false, "r10 w186=4300c0", "r10 r10 w186=4300c0 r186 w1b0=6 r1b0", accesses);
	assert_int_equal(accesses[1].value, 0x2010);
	assert_int_equal(accesses[3].value, 0x4300c0);
	assert_int_equal(accesses[5].value, 6);
	assert_int_equal(n_differences, 4);
}

static void recorded_errors_are_given(void **state)
{
	struct sim_node *node = *state;
	struct tap_access accesses[] = {
		{.space = OP_MSR, .reg = 0x10, .width = 8, .value = 1},
		{.space = OP_MSR, .reg = 0x38f, .width = 8, .value = 1, .is_write = true},
		{.space = OP_PCI, .device = NODE_IMC1, .reg = 0xd8, .width = 4},
	};
	struct tap *tap = tap_replay_new(tap_machine_new(node->machine),
		script_read(HEAD "0 cpu0 r 0x10 8 - EIO\n0 cpu0 w 0x38f 8 0x1 EPERM\n"
				 "0 0000:7f:10.1 r 0xd8 4 0x10100\nend\n"),
		"T", false, &node->fixture, node->machine);

	for (size_t i = 0; i < N_ELEMENTS(accesses); i++)
		tap_access(tap, &accesses[i]);
	assert_int_equal(accesses[0].error, -EIO);
	assert_int_equal(accesses[0].value, 0);
	assert_int_equal(accesses[1].error, -EPERM);
	assert_int_equal(accesses[2].value, 0x10100);
	struct replay_result result = tap_replay_end(tap);
	keep_report(&result);
	assert_int_equal(n_differences, 0);
	tap_free(tap);
}

static void report_is_bounded(void **state)
{
	struct tap_access accesses[MAX_N];
	char script[MAX_N * 8] = "";
	unsigned n_lines = 0;

	for (int i = 0; i < 40; i++)
		strcat(script, "r11 ");
	script[strlen(script) - 1] = '\0';
	play(*state, false, "r10", script, accesses);
	for (const char *at = report; (at = strchr(at, '\n')); at++)
		n_lines++;
	assert_int_equal(n_lines, REPLAY_MAX_TEXTS + 1);
	assert_non_null(strstr(report, "... and 21 more\n40 not recorded, 1 never came"));
}

/* A script and one with some changes: whatever they are, none goes unseen, and no change is none.
 */
static void strict_replay_sees_every_change(void **state)
{
	struct tap_access accesses[MAX_N];

	srand(1);
	for (int round = 0; round < 2000; round++) {
		char trace[512] = "", script[512] = "";
		for (int i = 0; i < 12; i++)
			sprintf(trace + strlen(trace), "%s%c%x%s", i ? " " : "",
				rand() % 2 ? 'r' : 'w', 0x10 + rand() % 3, "=1");
		strcpy(script, trace);
		for (int i = rand() % 4; i > 0; i--) {
			size_t at = (size_t)(rand() % 12) * 6;
			/* "r10=1": verb, register, value */
			size_t other = (size_t)(rand() % 12) * 6;
			char kept[5];
			memcpy(kept, script + at, 5);
			memmove(script + at, script + other, 5);
			if (rand() % 2)
				memcpy(script + other, kept, 5);
		}
		play(*state, false, trace, script, accesses);
		if ((n_differences == 0) != (strcmp(trace, script) == 0))
			fail_msg("%s / %s: %s", trace, script, report);
	}
}

static int forget_report(void **state)
{
	(void)state;
	free(report);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(same_accesses_get_what_was_recorded),
		NODE_TEST(one_change_is_one_difference),
		NODE_TEST(loose_takes_another_order_and_longer_polling),
		NODE_TEST(loose_serves_each_register_in_its_order),
		NODE_TEST(what_was_not_recorded_is_the_last_word_or_the_nodes),
		NODE_TEST(recorded_errors_are_given),
		NODE_TEST(report_is_bounded),
		NODE_TEST(strict_replay_sees_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, forget_report);
}
