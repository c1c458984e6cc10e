/* SPDX-License-Identifier: MIT */
/*
 * What libmsrd says of the machine and of the policy is what accesses meet there, whoever answers.
 *
 *     informed MSRD [plain]        plain: it speaks LIKWID's protocol alone
 *     informed MSRD locked|owner   the lock file is another user's, or this one's
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/test.h"
#include "client/msrd.h"

#define N_CPUS	  16
#define MAX_RULES 2000

static struct msrd *msrd;
static bool is_plain, is_locked, is_owner;
static const char *program;

static const char *error(void)
{
	static char text[MSRD_ERROR_SIZE];

	return msrd_error(msrd, text, sizeof text);
}

static int open_handle(void **state)
{
	char text[MSRD_ERROR_SIZE];

	(void)state;
	if (msrd_open(&msrd, &(struct msrd_options){.daemon = program}, text, sizeof text) != 0)
		fail_msg("%s", text);
	return 0;
}

static int close_handle(void **state)
{
	(void)state;
	msrd = msrd_close(msrd);
	return 0;
}

static void machine_is_the_nodes(void **state)
{
	struct msrd_machine machine;

	(void)state;
	assert_int_equal(msrd_info(msrd, &machine), 0);
	assert_int_equal(machine.is_daemons, !is_plain);
	assert_int_equal(machine.n_cpus, N_CPUS);
	assert_int_equal(machine.n_sockets, 2);
	assert_int_equal(machine.n_buses, 2);
	assert_true(machine.n_units > 20);
	assert_int_equal(machine.family, 6);
	assert_int_equal(machine.model, 0x2d);
	assert_true(machine.is_supported);
	assert_int_equal(machine.is_owner, is_owner);
	assert_int_equal(machine.status, is_locked ? MSRD_LOCKED : MSRD_OK);
	assert_int_equal(machine.reason, is_locked ? MSRD_REASON_LOCKED : MSRD_REASON_NONE);
	assert_int_equal(strstr(machine.text, "likwid.lock") != NULL, is_locked);
	assert_int_equal(machine.spaces[MSRD_SPACE_MSR].reads, MSRD_REASON_NONE);
	assert_int_equal(machine.spaces[MSRD_SPACE_PCI].writes, MSRD_REASON_NONE);
}

static void cpus_are_there_on_their_sockets(void **state)
{
	struct msrd_cpu cpus[N_CPUS + 1];
	struct msrd_socket sockets[2];
	size_t n;

	(void)state;
	assert_int_equal(msrd_cpus(msrd, cpus, N_CPUS + 1, &n), 0);
	assert_int_equal(n, N_CPUS);
	for (uint32_t i = 0; i < n; i++) {
		assert_true(cpus[i].is_present && cpus[i].is_online);
		assert_int_equal(cpus[i].socket, i / 8);
		assert_int_equal(cpus[i].status, is_locked ? MSRD_LOCKED : MSRD_OK);
		assert_int_equal(cpus[i].status, msrd_check(msrd, i));
	}
	assert_int_equal(msrd_sockets(msrd, sockets, 2, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sockets[1].socket, 1);
	assert_int_equal(sockets[1].n_cpus, 8);
}

static void no_more_than_there_is_room_for_is_written(void **state)
{
	struct msrd_cpu cpus[3] = {[2] = {.socket = 77}};
	size_t n = 0;

	(void)state;
	assert_int_equal(msrd_cpus(msrd, cpus, 2, &n), 0);
	assert_int_equal(n, N_CPUS);
	assert_int_equal(cpus[2].socket, 77);
	assert_int_equal(msrd_cpus(msrd, NULL, 0, &n), 0);
	assert_int_equal(n, N_CPUS);
}

/* An ordinary user may not read what proves it. */
static void bus_is_of_its_socket_as_far_as_who_says_so_can_see(void **state)
{
	struct msrd_bus buses[2];
	size_t n;

	(void)state;
	assert_int_equal(msrd_buses(msrd, buses, 2, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(buses[0].bus, 0x7f);
	if (is_plain && geteuid() != 0)
		return;
	assert_int_equal(buses[0].socket, 0);
	assert_int_equal(buses[1].socket, 1);
	assert_string_equal(msrd_bus_text(&buses[0]), "the UBOX's node id");
	buses[0].socket = MSRD_NO_SOCKET;
	buses[0].doubt = 1;
	assert_string_equal(msrd_bus_text(&buses[0]), "nothing says which");
	buses[0].doubt = 200;
	assert_non_null(msrd_bus_text(&buses[0]));
}

static void units_are_those_that_a_check_finds(void **state)
{
	struct msrd_device units[200];
	unsigned n_found = 0;
	size_t n;

	(void)state;
	assert_int_equal(msrd_units(msrd, units, 200, &n), 0);
	assert_true(n <= 200);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(units[i].status, is_locked ? MSRD_LOCKED : MSRD_OK);
		assert_int_equal(
			msrd_pci_check(msrd, units[i].socket, units[i].unit, units[i].index),
			units[i].status);
	}
	for (uint32_t socket = 0; socket < 2; socket++)
		for (unsigned unit = 0; msrd_unit_name(unit); unit++)
			for (uint32_t index = 0; index < 8; index++)
				n_found += msrd_pci_check(msrd, socket, unit, index) == 0;
	assert_int_equal(is_locked ? 0 : n, n_found);
}

static struct msrd_rule rules[MAX_RULES];

/* Each CPU register that there may be: read as it is said to be. */
static void registers_that_may_be_used_are_those_that_are_not_refused(void **state)
{
	static struct msrd_op ops[0x1000];
	size_t n, at = 0;

	(void)state;
	if (is_plain) {
		assert_int_equal(
			msrd_rules(msrd, MSRD_SPACE_MSR, 0, 0, rules, MAX_RULES, &n), -EOPNOTSUPP);
		assert_non_null(strstr(error(), "LIKWID's protocol"));
		assert_int_equal(msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0x10, rules), -EOPNOTSUPP);
		return;
	}
	assert_int_equal(msrd_rules(msrd, MSRD_SPACE_MSR, 0, 0, rules, MAX_RULES, &n), 0);
	assert_true(n > 100 && n <= MAX_RULES);
	for (uint32_t i = 0; i < 0x1000; i++)
		ops[i] = (struct msrd_op){.verb = MSRD_OP_READ, .reg = i};
	assert_true(msrd_batch(msrd, ops, 0x1000, MSRD_EACH, NULL) > 0);
	for (uint32_t i = 0; i < 0x1000; i++) {
		bool is_said = at < n && rules[at].reg == i;

		if (!is_locked && is_said != (ops[i].status != MSRD_REFUSED))
			fail_msg("0x%x: said %d, status %u", i, is_said, ops[i].status);
		at += is_said;
	}
	assert_true(at == n || rules[at].reg >= 0x1000);
}

/* A zero that changes nothing goes where a mask has a bit, or the register is not listed. */
static void registers_of_units_too(void **state)
{
	size_t n;

	(void)state;
	if (is_plain || is_locked)
		return;
	assert_int_equal(
		msrd_rules(msrd, MSRD_SPACE_PCI, MSRD_UNIT_IMC, 0, rules, MAX_RULES, &n), 0);
	assert_true(n > 10 && n <= MAX_RULES);
	for (size_t i = 0; i < n; i++) {
		uint32_t value;

		assert_int_equal(msrd_pci_read(msrd, 1, MSRD_UNIT_IMC, 0, rules[i].reg, &value), 0);
		int r = msrd_pci_write(msrd, 1, MSRD_UNIT_IMC, 0, rules[i].reg, value);
		bool is_writable = rules[i].write_mask | rules[i].clear_mask | rules[i].w1c_mask;

		assert_int_equal(r == MSRD_REFUSED, !is_writable);
		if (r == MSRD_REFUSED)
			assert_int_equal(msrd_reason(msrd), MSRD_REASON_READ_ONLY);
	}
	assert_int_equal(msrd_rules(msrd, MSRD_SPACE_PCI, 99, 0, NULL, 0, &n), -EINVAL);
	assert_int_equal(msrd_rules(msrd, MSRD_SPACE_MSR, 1, 0, NULL, 0, &n), -EINVAL);
	assert_int_equal(msrd_rules(msrd, 2, 0, 0, NULL, 0, &n), -EINVAL);
}

static void one_register_is_asked_for_alone(void **state)
{
	struct msrd_rule rule;

	(void)state;
	if (is_plain)
		return;
	assert_int_equal(msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0x186, &rule), 0);
	assert_int_equal(rule.reg, 0x186);
	assert_int_equal(rule.may_be_held, 1);
	assert_true(rule.clear_mask & 1 << 20);
	assert_int_equal(msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0x606, &rule), 0);
	assert_true((rule.write_mask | rule.clear_mask | rule.w1c_mask) == 0);
	assert_int_equal(msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0x600, &rule), MSRD_REFUSED);
	assert_int_equal(rule.reg, 0x600);
	assert_int_equal(msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0xffffffff, &rule), MSRD_REFUSED);
	/* prefetchers: to be switched by the owner alone */
	msrd_allowed(msrd, MSRD_SPACE_MSR, 0, 0x1a4, &rule);
	assert_int_equal(rule.write_mask != 0, is_owner);
}

static void register_has_a_name_and_a_name_its_register(void **state)
{
	char name[MSRD_NAME_SIZE], small[5];
	uint32_t reg;

	(void)state;
	assert_int_equal(msrd_register_find(msrd, MSRD_SPACE_MSR, 0, "ia32_perf_status", &reg), 0);
	assert_int_equal(reg, 0x198);
	assert_string_equal(msrd_register_name(msrd, MSRD_SPACE_MSR, 0, 0x198, name, sizeof name),
		"MSR_PERF_STATUS");
	assert_string_equal(
		msrd_register_name(msrd, MSRD_SPACE_MSR, 0, 0x198, small, sizeof small), "MSR_");
	assert_non_null(
		msrd_register_name(msrd, MSRD_SPACE_PCI, MSRD_UNIT_IMC, 0xd8, name, sizeof name));
	assert_int_equal(msrd_register_find(msrd, MSRD_SPACE_PCI, MSRD_UNIT_IMC, name, &reg), 0);
	assert_int_equal(reg, 0xd8);
	assert_int_equal(
		msrd_register_find(msrd, MSRD_SPACE_PCI, MSRD_UNIT_IMC, "IA32_PERF_STATUS", &reg),
		-ENOENT);
	assert_non_null(strstr(error(), "IA32_PERF_STATUS"));
	assert_int_equal(msrd_register_find(msrd, MSRD_SPACE_PCI, 99, name, &reg), -EINVAL);
	assert_null(msrd_register_name(msrd, MSRD_SPACE_MSR, 0, 0xdeadbeef, name, sizeof name));
}

static void forked_handle_answers_nothing(void **state)
{
	struct msrd_machine machine;
	struct msrd_rule rule;
	uint32_t reg;
	size_t n;
	int status;

	(void)state;
	pid_t pid = fork();

	if (pid == 0)
		_exit(msrd_info(msrd, &machine) != -ECHILD ||
			msrd_cpus(msrd, NULL, 0, &n) != -ECHILD ||
			msrd_allowed(msrd, MSRD_SPACE_PCI, 99, 0, &rule) != -ECHILD ||
			msrd_register_find(msrd, MSRD_SPACE_MSR, 0, "X", &reg) != -ECHILD);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(msrd_info(msrd, &machine), 0);
}

int main(int argc, char **argv)
{
#define INFORMED_TEST(test) cmocka_unit_test_setup_teardown(test, open_handle, close_handle)
	const struct CMUnitTest tests[] = {
		INFORMED_TEST(machine_is_the_nodes),
		INFORMED_TEST(cpus_are_there_on_their_sockets),
		INFORMED_TEST(no_more_than_there_is_room_for_is_written),
		INFORMED_TEST(bus_is_of_its_socket_as_far_as_who_says_so_can_see),
		INFORMED_TEST(units_are_those_that_a_check_finds),
		INFORMED_TEST(registers_that_may_be_used_are_those_that_are_not_refused),
		INFORMED_TEST(registers_of_units_too),
		INFORMED_TEST(one_register_is_asked_for_alone),
		INFORMED_TEST(register_has_a_name_and_a_name_its_register),
		INFORMED_TEST(forked_handle_answers_nothing),
	};

	if (argc < 2)
		return 2;
	program = argv[1];
	is_plain = argc > 2 && strcmp(argv[2], "plain") == 0;
	is_locked = argc > 2 && strcmp(argv[2], "locked") == 0;
	is_owner = argc > 2 && strcmp(argv[2], "owner") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
