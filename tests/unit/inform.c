/* SPDX-License-Identifier: MIT */
/* Answers of a daemon with the shipped lists of 06_2D, on a machine that stands below. */
#include "daemon/inform.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/grant.h"
#include "mock_device.h"

struct scene {
	struct mock msr, pci;
	struct device *devices[OP_N_SPACES];
	enum machine_cause causes[OP_N_SPACES], write_causes[OP_N_SPACES];
	struct node_cpu cpus[6];
	uint32_t packages[3];
	struct bus buses[2];
	struct node_function functions[3];
	struct node node;
	struct policy policy, owner;
	struct access access;
	char lock[64]; /* a lock file of this test, if it made one */
};

static const struct arch_function *function_of(enum op_unit unit)
{
	const struct arch *arch = arch_find(6, 0x2d);

	for (size_t i = 0; i < arch->n_functions; i++)
		if (arch->functions[i].unit == unit)
			return &arch->functions[i];
	return NULL;
}

static void add_profile(struct policy *policy, const char *name)
{
	const struct arch *arch = arch_find(6, 0x2d);

	for (size_t i = 0; i < arch->n_profiles; i++)
		if (strcmp(arch->profiles[i].name, name) == 0)
			assert_int_equal(policy_add(policy, arch->profiles[i].list), 0);
}

static int set_up(void **state)
{
	static struct scene scene;

	scene = (struct scene){
		.msr.device.ops = &mock_ops,
		.pci.device.ops = &mock_ops,
		/* CPU 3 is no CPU, and 5 is offline */
		.cpus = {{true, true, 0}, {true, true, 4}, {true, true, 4}, {0},
			{true, true, NODE_NO_PACKAGE}, {true, false, NODE_NO_PACKAGE}},
		.packages = {0, 4, 7},
		.buses = {{0, 0x7f, 4, BUS_BY_UBOX, BUS_NO_DOUBT},
			{1, 0xff, BUS_NO_PACKAGE, BUS_BY_NOTHING, BUS_CONTRADICTED}},
		.functions = {{4, function_of(UNIT_IMC), 0, 0x7f, 0x3cb0, true},
			{NODE_NO_PACKAGE, function_of(UNIT_HA), 1, 0xff, 0x3c46, true},
			{4, function_of(UNIT_QPI), 0, 0x7f, 0x3c41, true}},
	};
	scene.devices[OP_MSR] = &scene.msr.device;
	scene.devices[OP_PCI] = &scene.pci.device;
	scene.node = (struct node){
		.family = 6,
		.model = 0x2d,
		.stepping = 7,
		.arch = arch_find(6, 0x2d),
		.n_cpus = 6,
		.cpus = scene.cpus,
		.packages = scene.packages,
		.n_packages = 3,
		.buses = scene.buses,
		.n_buses = 2,
		.functions = scene.functions,
		.n_functions = 3,
	};
	add_profile(&scene.policy, "counters");
	add_profile(&scene.owner, "counters");
	add_profile(&scene.owner, "features");
	scene.access = (struct access){
		.peer.uid = getuid(),
		.policy = &scene.policy,
		.owner_policy = &scene.owner,
		.devices = scene.devices,
		.arch = scene.node.arch,
		.lock_path = "/nonexistent",
		.causes = scene.causes,
		.write_causes = scene.write_causes,
	};
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	if (*scene->lock)
		unlink(scene->lock);
	return 0;
}

/* Asks for the fact at or behind *at. */
static bool ask(struct scene *scene, struct question question, uint32_t *at, union fact *fact,
	struct answer *answer)
{
	struct informer informer;

	memset(fact, 0, sizeof *fact);
	inform(&informer, &scene->access, &scene->node, answer);
	question.first = *at;
	question.most = 1;
	return answer->next(answer->closure, &question, at, fact);
}

static bool get(struct scene *scene, enum question_about about, uint32_t at, union fact *fact)
{
	struct answer answer;

	return ask(scene, (struct question){.about = about}, &at, fact, &answer);
}

static bool get_rule(struct scene *scene, uint32_t *reg, struct fact_rule *rule)
{
	struct answer answer;
	union fact fact;
	bool is_there = ask(scene, (struct question){.about = QUESTION_RULES}, reg, &fact, &answer);

	*rule = fact.rule;
	return is_there;
}

static void machine_is_told_as_the_daemon_has_it(void **state)
{
	struct scene *scene = *state;
	union fact fact;

	scene->write_causes[OP_MSR] = CAUSE_ALLOW_WRITES;
	scene->causes[OP_PCI] = CAUSE_HIDDEN;
	assert_true(get(scene, QUESTION_MACHINE, 0, &fact));
	assert_int_equal(fact.machine.n_cpus, 6);
	assert_int_equal(fact.machine.n_packages, 3);
	assert_int_equal(fact.machine.n_buses, 2);
	assert_int_equal(fact.machine.n_units, 3);
	assert_int_equal(fact.machine.model, 0x2d);
	assert_true(fact.machine.is_supported);
	assert_int_equal(fact.machine.spaces[OP_MSR].reads, REASON_NONE);
	assert_int_equal(fact.machine.spaces[OP_MSR].writes, REASON_ALLOW_WRITES);
	assert_int_equal(fact.machine.spaces[OP_PCI].reads, REASON_HIDDEN);
	assert_false(get(scene, QUESTION_MACHINE, 1, &fact));
}

static void cpus_are_told_with_what_a_check_of_each_would_say(void **state)
{
	struct scene *scene = *state;
	union fact fact;

	scene->msr.status = OP_NO_FILE;
	assert_true(get(scene, QUESTION_CPUS, 1, &fact));
	assert_int_equal(fact.cpu.package, 4);
	assert_int_equal(fact.cpu.status, OP_NO_FILE);
	assert_int_equal(scene->msr.last.place.cpu, 1);
	assert_true(get(scene, QUESTION_CPUS, 3, &fact));
	assert_false(fact.cpu.is_present);
	assert_int_equal(fact.cpu.status, OP_ABSENT);
	assert_true(get(scene, QUESTION_CPUS, 5, &fact));
	assert_true(fact.cpu.is_present && !fact.cpu.is_online);
	assert_int_equal(scene->msr.n_reads + scene->msr.n_writes, 0);
}

static void packages_and_buses_are_told_with_what_proves_them(void **state)
{
	union fact fact;

	assert_true(get(*state, QUESTION_PACKAGES, 1, &fact));
	assert_int_equal(fact.package.package, 4);
	assert_int_equal(fact.package.n_cpus, 2);
	assert_true(get(*state, QUESTION_PACKAGES, 2, &fact));
	assert_int_equal(fact.package.package, 7);
	assert_int_equal(fact.package.n_cpus, 0);
	assert_true(get(*state, QUESTION_BUSES, 0, &fact));
	assert_int_equal(fact.bus.package, 4);
	assert_int_equal(fact.bus.bus, 0x7f);
	assert_int_equal(fact.bus.source, BUS_BY_UBOX);
	assert_true(get(*state, QUESTION_BUSES, 1, &fact));
	assert_int_equal(fact.bus.package, FACT_NO_PACKAGE);
	assert_int_equal(fact.bus.doubt, BUS_CONTRADICTED);
}

static void unit_of_no_package_is_absent_and_never_asked_for(void **state)
{
	struct scene *scene = *state;
	union fact fact;

	assert_true(get(scene, QUESTION_UNITS, 0, &fact));
	assert_int_equal(fact.unit.status, OP_OK);
	assert_int_equal(fact.unit.package, 4);
	assert_int_equal(scene->pci.n_checks, 1);
	assert_true(get(scene, QUESTION_UNITS, 1, &fact));
	assert_int_equal(fact.unit.package, FACT_NO_PACKAGE);
	assert_int_equal(fact.unit.status, OP_ABSENT);
	assert_int_equal(scene->pci.n_checks, 1);
	assert_true(get(scene, QUESTION_UNITS, 2, &fact));
	assert_int_equal(fact.unit.unit, UNIT_QPI);
	assert_int_equal(fact.unit.device_id, 0x3c41);
}

static void numbers_behind_the_last_are_nothing(void **state)
{
	static const uint32_t wild[] = {6, 1000, 0x7fffffff, 0x80000000, UINT32_MAX};
	union fact fact;

	for (size_t i = 0; i < sizeof wild / sizeof *wild; i++)
		for (unsigned about = 0; about < QUESTION_N_TABLES; about++)
			assert_false(get(*state, about, wild[i], &fact));
}

static void register_is_told_with_its_masks_and_who_may_hold_it(void **state)
{
	struct fact_rule rule;
	uint32_t reg = 0x187; /* IA32_PERFEVTSEL1 */

	assert_true(get_rule(*state, &reg, &rule));
	assert_int_equal(rule.reg, 0x187);
	assert_true(rule.write_mask != 0);
	assert_true(rule.clear_mask & 1 << 20);
	reg = 0x600; /* IA32_DS_AREA: in no list */
	assert_true(get_rule(*state, &reg, &rule));
	assert_true(reg > 0x600 && rule.reg == reg);
}

/* As an access would be judged. */
static void all_that_is_told_may_be_read_and_nothing_else(void **state)
{
	struct scene *scene = *state;
	uint32_t told = 0, reg = 0;
	struct fact_rule fact;
	unsigned n = 0;

	while (get_rule(scene, &reg, &fact)) {
		for (; told <= reg; told++) {
			struct op op = {.verb = OP_READ, .place = place_at(place_of_cpu(0), told)};
			struct policy_rule rule;

			assert_int_equal(policy_check(&scene->policy, &op, &rule),
				told == reg ? POLICY_ALLOWED : POLICY_REFUSED);
		}
		reg++;
		n++;
	}
	assert_true(n > 100);
}

static bool has_features(struct scene *scene)
{
	struct fact_rule rule;
	uint32_t reg = 0x1a4; /* prefetchers */

	return get_rule(scene, &reg, &rule) && reg == 0x1a4 && rule.write_mask != 0;
}

static void policy_is_that_of_the_lock_file_as_it_is_now(void **state)
{
	struct scene *scene = *state;
	struct answer answer;
	union fact fact;
	uint32_t at = 0;

	assert_false(has_features(scene));
	strcpy(scene->lock, "/tmp/msrd-test-lock-XXXXXX");
	close(mkstemp(scene->lock));
	scene->access.lock_path = scene->lock;
	assert_true(has_features(scene));
	ask(scene, (struct question){.about = QUESTION_RULES}, &at, &fact, &answer);
	assert_true(answer.is_owner);
	assert_int_equal(answer.status, OP_OK);
	/* another user's: nothing is to be had now, and this is what would be */
	scene->access.peer.uid++;
	assert_false(has_features(scene));
	at = 0;
	assert_true(ask(scene, (struct question){.about = QUESTION_RULES}, &at, &fact, &answer));
	assert_false(answer.is_owner);
	assert_int_equal(answer.status, OP_LOCKED);
	assert_int_equal(answer.told.reason, REASON_LOCKED);
	assert_non_null(strstr(answer.told.text, scene->lock));
	unlink(scene->lock);
	assert_false(has_features(scene));
}

static void daemon_that_could_not_get_ready_tells_why(void **state)
{
	struct scene *scene = *state;
	struct answer answer;
	union fact fact;
	uint32_t at = 0;

	scene->access.unready = OP_UNSUPPORTED;
	scene->causes[OP_MSR] = CAUSE_MODEL;
	scene->devices[OP_MSR] = scene->devices[OP_PCI] = NULL;
	assert_true(ask(scene, (struct question){.about = QUESTION_CPUS}, &at, &fact, &answer));
	assert_int_equal(answer.status, OP_UNSUPPORTED);
	assert_int_equal(answer.told.reason, REASON_MODEL);
	assert_int_equal(fact.cpu.status, OP_UNSUPPORTED);
	assert_true(get(scene, QUESTION_UNITS, 0, &fact));
	assert_int_equal(fact.unit.status, OP_UNSUPPORTED);
	/* nothing was read at all */
	scene->node.cpus = NULL;
	assert_false(get(scene, QUESTION_CPUS, 0, &fact));
	assert_true(get(scene, QUESTION_PACKAGES, 0, &fact));
	assert_int_equal(fact.package.n_cpus, 0);
}

int main(void)
{
#define INFORM_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		INFORM_TEST(machine_is_told_as_the_daemon_has_it),
		INFORM_TEST(cpus_are_told_with_what_a_check_of_each_would_say),
		INFORM_TEST(packages_and_buses_are_told_with_what_proves_them),
		INFORM_TEST(unit_of_no_package_is_absent_and_never_asked_for),
		INFORM_TEST(numbers_behind_the_last_are_nothing),
		INFORM_TEST(register_is_told_with_its_masks_and_who_may_hold_it),
		INFORM_TEST(all_that_is_told_may_be_read_and_nothing_else),
		INFORM_TEST(policy_is_that_of_the_lock_file_as_it_is_now),
		INFORM_TEST(daemon_that_could_not_get_ready_tells_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
