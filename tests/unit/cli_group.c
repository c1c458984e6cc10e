/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "arch/groups.h"
#include "cli/count/assign.h"
#include "cli/count/group.h"

static const struct arch *sandy_bridge(void)
{
	return arch_find(6, 0x2d);
}

static void group_is_events_and_metrics(void **state)
{
	static const char text[] = "# comes first\n"
				   "about Lines of memory # and no more\n"
				   "\n"
				   "event reads\timc/event=0x04,umask=0x03/\n"
				   "event\twrites imc/event=0x04,umask=0x0c/  \r\n"
				   "event loops instructions:u\n"
				   "metric bandwidth B/s (reads + writes) * 64 / time\n"
				   "metric share - reads / writes\n"
				   "metric rate 1/s loops / time";
	double values[GROUP_N_NAMES] = {[GROUP_TIME] = 2, [GROUP_N_CONSTANTS] = 10, 5, 3};
	char error[GROUP_ERROR_SIZE];
	struct group group;

	(void)state;
	if (!group_parse(&group, sandy_bridge(), "memory", "memory.group", text, error))
		fail_msg("%s", error);
	assert_string_equal(group.name, "memory");
	assert_string_equal(group.about, "Lines of memory");
	assert_int_equal(group.n_events, 3);
	assert_string_equal(group.events[1].name, "writes");
	assert_int_equal(group.events[1].want.select, 0xc04);
	assert_int_equal(group.n_metrics, 3);
	assert_string_equal(group.metrics[0].key, "bandwidth");
	assert_string_equal(group.metrics[0].unit, "B/s");
	assert_string_equal(group.metrics[1].unit, "");
	assert_true(formula_value(&group.metrics[0].formula, values) == 480);
	assert_true(formula_value(&group.metrics[1].formula, values) == 2);
	assert_false(group_metric_is_cpus(&group, &group.metrics[0]));
	assert_true(group_metric_is_cpus(&group, &group.metrics[2]));
}

static void check_error(const char *text, const char *wanted)
{
	char error[GROUP_ERROR_SIZE] = "";
	struct group group;

	if (group_parse(&group, sandy_bridge(), "mine", "mine.group", text, error))
		fail_msg("it is read:\n%s", text);
	if (strncmp(error, wanted, strlen(wanted)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", error, wanted);
}

#define READS "event reads imc/event=0x04,umask=0x03/\n"

static void error_names_file_and_line_and_what_is_right(void **state)
{
	char longer[600];

	(void)state;
	check_error(
		"evnt reads cycles\n", "mine.group:1: \"evnt\": a line begins with about, event");
	check_error("\nevent reads\n", "mine.group:2: an event is \"event NAME EVENT\"");
	check_error("event 1st cycles\n", "mine.group:1: 1st: the name of an event is letters");
	check_error(READS READS, "mine.group:2: there is a reads already");
	check_error("event time cycles\n", "mine.group:1: there is a time already");
	check_error("event reads imk/event=1/\n", "mine.group:1: imk/event=1/: \"imk\" is no unit");
	check_error(READS "metric bandwidth B/s\n", "mine.group:2: a metric is \"metric KEY UNIT");
	check_error(READS "metric bandwidth B/s reads *\n",
		"mine.group:2: formula of bandwidth: it ends where");
	check_error(READS "metric bandwidth B/s reeds * 64 / time\n",
		"mine.group:2: formula of bandwidth: reeds is no event above and no constant; did "
		"you mean reads?");
	check_error(
		READS "metric a - reads\nmetric a - reads\n", "mine.group:3: there is a a already");
	check_error(READS "metric a kilobytes_per_second reads\n",
		"mine.group:2: kilobytes_per_second is too long for a unit");
	check_error(READS, "mine.group:1: it has no metric");
	check_error("", "mine.group:0: it has no metric");
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	check_error(longer, "mine.group:1: a line is shorter than 512 bytes");
}

/* ... and what it needs can be counted at once, on a thread that shares its core; but for two
 * opcodes of pcie, as a box has a filter for one. */
static void check_fits(const struct arch *arch, const struct group *group)
{
	struct assign_want wants[GROUP_MAX_EVENTS];

	for (size_t i = 0; i < group->n_events; i++) {
		const struct want *first = &group->events[i].want;
		uint64_t threads = UINT64_MAX << WANT_FIXED | ((1u << arch->core->n_general) - 1);
		size_t n = 0;

		for (size_t j = 0; j < group->n_events; j++) {
			const struct want *want = &group->events[j].want;

			if (want->kind != first->kind || want->box != first->box)
				continue;
			wants[n++] = (struct assign_want){
				.counters = want->counters &
					    (want->kind == WANT_CORE ? threads : UINT64_MAX),
				.shared = want->filter,
				.shared_mask = want->filter_mask,
				.shared_reg = want->filter_reg};
		}
		if (assign(wants, n) > (strcmp(group->name, "pcie") == 0 ? 2 : 1))
			fail_msg("%s of %s needs turns", group->name, arch->text);
	}
}

static void every_group_that_comes_with_a_model_is_read_and_fits(void **state)
{
	const struct arch *arch;

	(void)state;
	for (size_t i = 0; (arch = arch_get(i)); i++) {
		const struct arch_groups *groups = arch_groups_of(arch);

		assert_non_null(groups);
		assert_true(groups->n >= 16);
		for (size_t j = 0; j < groups->n; j++) {
			char error[GROUP_ERROR_SIZE];
			struct group group;

			if (!group_parse(&group, arch, groups->list[j].name, groups->list[j].name,
				    groups->list[j].text, error))
				fail_msg("%s: %s", arch->name, error);
			assert_true(group.about[0] != '\0');
			check_fits(arch, &group);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(group_is_events_and_metrics),
		cmocka_unit_test(every_group_that_comes_with_a_model_is_read_and_fits),
		cmocka_unit_test(error_names_file_and_line_and_what_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
