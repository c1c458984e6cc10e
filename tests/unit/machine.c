/* SPDX-License-Identifier: MIT */
/* What the daemon finds and opens, on the files of a machine in a temporary folder. */
#include "daemon/machine.h"

#include "test.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "device_ops.h"
#include "sysroot.h"

static struct site site;

static unsigned package_of(uint32_t cpu)
{
	return cpu / 2;
}

static void add_msr_file(const struct sysroot *sysroot, uint32_t cpu)
{
	uint64_t values[0x200] = {[0x10] = 1000 + cpu};
	char path[32];

	snprintf(path, sizeof path, "dev/cpu/%u/msr", cpu);
	sysroot_write(sysroot, path, 0, values, sizeof values);
}

static enum op_status run(
	const struct machine *machine, enum op_verb verb, struct place place, uint64_t *value)
{
	return device_run(machine->devices[place.space], verb, place, value);
}

static void what_is_there_is_opened_and_closed_again(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;
	uint64_t value = 0;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_msr_file(sysroot, 0);
	add_msr_file(sysroot, 1);
	sysroot_add_function(sysroot, "0000:7f:0e.1", 0x3c46, 256); /* ha0 */
	int before = test_count_descriptors();
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.unready, OP_OK);
	assert_int_equal(test_count_descriptors(), before + 3);
	/* the address of an MSR is the offset in its file */
	assert_int_equal(run(&machine, OP_READ, place_at(place_of_cpu(1), 0x80), &value), OP_OK);
	assert_int_equal(value, 1001);
	value = 5;
	assert_int_equal(
		run(&machine, OP_WRITE, place_at(place_of_unit(0, UNIT_HA, 0), 0xd8), &value),
		OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_unit(1, UNIT_HA, 0), &value), OP_ABSENT);
	machine_deinit(&machine);
	assert_int_equal(test_count_descriptors(), before);
}

static void file_that_is_missing_is_answered_for_its_cpu_alone(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;
	uint64_t value = 0;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_msr_file(sysroot, 1);
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.unready, OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(0), &value), OP_NO_FILE);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(1), &value), OP_OK);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(2), &value), OP_ABSENT);
	machine_deinit(&machine);
}

static void limit_of_descriptors_is_raised_for_a_big_machine(void **state)
{
	const struct sysroot *sysroot = *state;
	struct rlimit before, low;
	struct machine machine;
	uint64_t value = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = (struct rlimit){40, before.rlim_max};
	sysroot_add_cpus(sysroot, "0-99", 99, package_of);
	for (uint32_t cpu = 0; cpu < 100; cpu++)
		add_msr_file(sysroot, cpu);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(run(&machine, OP_READ, place_of_cpu(99), &value), OP_OK);
	machine_deinit(&machine);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* Root, or who has CAP_SYS_RESOURCE, may raise what others can't. */
/* Does a process that has no more than 40 make of it for 100 CPUs what it may? */
static bool raises_what_it_may(const struct sysroot *sysroot)
{
	const struct rlimit low = {40, 40}, higher = {40, 41};
	struct machine machine;
	struct rlimit raised;

	if (setrlimit(RLIMIT_NOFILE, &low) < 0)
		return true; /* valgrind lets nobody */
	bool may = setrlimit(RLIMIT_NOFILE, &higher) == 0;
	if (may)
		setrlimit(RLIMIT_NOFILE, &low);
	machine_init(&machine, sysroot->fd, &site);
	machine_deinit(&machine);
	getrlimit(RLIMIT_NOFILE, &raised);
	return may ? raised.rlim_cur >= 100 && raised.rlim_cur <= 1000 : raised.rlim_cur == 40;
}

/* In a child: who may not raise a limit does not get his own back either. */
static void hard_limit_of_descriptors_is_raised_where_it_may_be(void **state)
{
	const struct sysroot *sysroot = *state;
	int status;

	sysroot_add_cpus(sysroot, "0-99", 99, package_of);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		exit(raises_what_it_may(sysroot) ? EXIT_SUCCESS : EXIT_FAILURE);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void cpu_model_that_is_not_known_is_unready(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0", 0, package_of);
	sysroot_print(sysroot, "proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
		"model name\t: something else entirely, with a name as long as the other one\n"
		"stepping\t: 1\n");
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_MODEL);
	assert_int_equal(machine.causes[OP_PCI], CAUSE_MODEL);
	machine_deinit(&machine);
}

/* What a process has that may open everything. */
static struct machine_rights all_rights(void)
{
	return (struct machine_rights){
		.is_installed = true, .effective = UINT64_MAX, .bounding = UINT64_MAX};
}

/* ... and what is left where exec gave it nothing. */
static struct machine_rights no_rights(void)
{
	struct machine_rights rights = all_rights();

	rights.effective = 0;
	return rights;
}

#define DENIAL(test, start, change, error, cause)                                                  \
	static void test(void **state)                                                             \
	{                                                                                          \
		struct machine_rights rights = start();                                            \
		(void)state;                                                                       \
		change;                                                                            \
		assert_int_equal(machine_cause_of(error, false, &rights), cause);                  \
	}

/* X(name of the test, before, what is different, errno of open, cause) */
#define DENIALS(X)                                                                                 \
	X(installed_without_privileges, no_rights, rights.is_installed = false, EACCES,            \
		CAUSE_INSTALLED)                                                                   \
	X(privileges_lost_because_of_nosuid, no_rights, rights.is_nosuid = true, EACCES,           \
		CAUSE_NOSUID)                                                                      \
	X(nosuid_takes_nothing_where_there_is_nothing, no_rights,                                  \
		(rights.is_nosuid = true, rights.is_installed = false), EACCES, CAUSE_INSTALLED)   \
	X(privileges_lost_because_of_no_new_privs, no_rights, rights.no_new_privs = true, EACCES,  \
		CAUSE_NO_NEW_PRIVS)                                                                \
	X(privileges_lost_because_of_a_user_namespace, no_rights, rights.in_user_namespace = true, \
		EACCES, CAUSE_USER_NAMESPACE)                                                      \
	X(capabilities_of_a_user_namespace_are_none, all_rights, rights.in_user_namespace = true,  \
		EPERM, CAUSE_USER_NAMESPACE)                                                       \
	X(privileges_lost_because_of_the_bounding_set, all_rights,                                 \
		rights.effective = rights.bounding = ~(UINT64_C(1) << CAP_SYS_RAWIO), EPERM,       \
		CAUSE_BOUNDING_SET)                                                                \
	X(file_with_too_few_capabilities, no_rights,                                               \
		rights.effective = UINT64_C(1) << CAP_DAC_OVERRIDE, EPERM, CAUSE_FEW_CAPABILITIES) \
	X(lockdown, all_rights, rights.is_locked_down = true, EPERM, CAUSE_LOCKDOWN)               \
	X(all_rights_and_refused_are_device_rules, all_rights, (void)rights, EPERM,                \
		CAUSE_DEVICE_RULES)                                                                \
	X(module_not_loaded, all_rights, (void)rights, ENOENT, CAUSE_MODULE)                       \
	X(cpus_without_msrs, all_rights, (void)rights, EIO, CAUSE_NO_MSRS)                         \
	X(read_only_file_system, all_rights, (void)rights, EROFS, CAUSE_READ_ONLY)                 \
	X(descriptor_limit, all_rights, (void)rights, EMFILE, CAUSE_DESCRIPTORS)                   \
	X(error_without_known_reason, all_rights, (void)rights, ELOOP, CAUSE_OTHER)

DENIALS(DENIAL)

static void each_cause_has_a_text_and_a_cure_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < N_MACHINE_CAUSES; i++) {
		const char *text = machine_cause_text((enum machine_cause)i);

		assert_true(*text && *machine_cause_cure((enum machine_cause)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(text, machine_cause_text((enum machine_cause)j));
	}
}

static void rights_are_those_of_the_process_status(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine_rights rights;

	machine_rights_read(&rights, sysroot->fd); /* an empty folder */
	assert_int_equal(rights.effective, 0);
	assert_int_equal(rights.bounding, UINT64_MAX);
	assert_false(rights.no_new_privs || rights.in_user_namespace || rights.is_locked_down);
	sysroot_print(sysroot, "proc/self/status",
		"Name:\tmsrd\nCapEff:\t0000000000020000\nCapBnd:\t00000000000200ff\n"
		"NoNewPrivs:\t1\n");
	sysroot_print(sysroot, "proc/self/uid_map", "         0       1000          1\n");
	sysroot_print(
		sysroot, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	machine_rights_read(&rights, sysroot->fd);
	assert_int_equal(rights.effective, 0x20000);
	assert_int_equal(rights.bounding, 0x200ff);
	assert_true(rights.no_new_privs && rights.in_user_namespace && rights.is_locked_down);
	sysroot_print(sysroot, "proc/self/uid_map", "         0          0 4294967295\n");
	sysroot_print(
		sysroot, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	machine_rights_read(&rights, sysroot->fd);
	assert_false(rights.in_user_namespace || rights.is_locked_down);
}

static void causes_of_files_that_are_missing_are_kept(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_MODULE);
	assert_int_equal(machine.causes[OP_PCI], CAUSE_NO_UNCORE);
	machine_deinit(&machine);
	add_msr_file(sysroot, 1);
	sysroot_add_function(sysroot, "0000:7f:0e.1", 0x3c46, 256);
	sysroot_print(sysroot, "proc/cmdline", "quiet\n");
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_CPU_FILE);
	assert_int_equal(machine.causes[OP_PCI], CAUSE_NONE);
	assert_int_equal(machine.write_causes[OP_MSR], CAUSE_NONE);
	assert_int_equal(machine.write_causes[OP_PCI], CAUSE_NONE);
	machine_deinit(&machine);
}

static unsigned two_packages(uint32_t cpu)
{
	return cpu;
}

static void units_whose_socket_firmware_hides_are_a_cause(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0-1", 1, two_packages);
	sysroot_add_function(sysroot, "0000:7f:0e.1", 0x3c46, 256);
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.causes[OP_PCI], CAUSE_HIDDEN);
	machine_deinit(&machine);
}

static void what_refuses_all_writes_is_known_before_the_first(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0", 0, package_of);
	add_msr_file(sysroot, 0);
	sysroot_print(sysroot, "sys/module/msr/parameters/allow_writes", "off\n");
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_NONE);
	assert_int_equal(machine.write_causes[OP_MSR], CAUSE_ALLOW_WRITES);
	assert_int_equal(machine.write_causes[OP_PCI], CAUSE_NONE);
	machine_deinit(&machine);
	sysroot_print(
		sysroot, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.write_causes[OP_MSR], CAUSE_LOCKDOWN);
	assert_int_equal(machine.write_causes[OP_PCI], CAUSE_LOCKDOWN);
	machine_deinit(&machine);
}

static void limit_that_can_not_be_raised_is_a_cause(void **state)
{
	const struct sysroot *sysroot = *state;
	int fds[256], n = 0;
	struct rlimit before, low;
	struct machine machine;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	sysroot_add_cpus(sysroot, "0-9", 9, package_of);
	for (uint32_t cpu = 0; cpu < 10; cpu++)
		add_msr_file(sysroot, cpu);
	low = (struct rlimit){48, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	/* enough for what the daemon reckons with, but somebody else has taken it */
	while (n < 40 && (fds[n] = dup(sysroot->fd)) >= 0)
		n++;
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_DESCRIPTORS);
	machine_deinit(&machine);
	while (n > 0)
		close(fds[--n]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void limit_that_hides_the_machine_is_the_cause(void **state)
{
	const struct sysroot *sysroot = *state;
	struct rlimit before;
	struct machine machine;

	sysroot_add_cpus(sysroot, "0", 0, package_of);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, before.rlim_max}), 0);
	machine_init(&machine, sysroot->fd, &site);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_DESCRIPTORS);
	machine_deinit(&machine);
}

static void machine_that_can_not_be_read_is_unready(void **state)
{
	const struct sysroot *sysroot = *state;
	struct machine machine;

	machine_init(&machine, sysroot->fd, &site); /* an empty folder */
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	assert_int_equal(machine.causes[OP_MSR], CAUSE_UNREADABLE);
	machine_deinit(&machine);
	machine_init(&machine, -1, &site);
	assert_int_equal(machine.unready, OP_UNSUPPORTED);
	machine_deinit(&machine);
}

static void text_names_sockets_and_buses_or_why_not(void **state)
{
	static uint32_t packages[] = {0, 2, 7};
	static struct bus buses[] = {
		{0, 0x3f, 0, BUS_BY_UBOX, BUS_NO_DOUBT},
		{0, 0x7f, 0, BUS_BY_UBOX, BUS_NO_DOUBT},
		{1, 0x7f, 7, BUS_BY_SIBLING, BUS_NO_DOUBT},
		{1, 0xff, BUS_NO_PACKAGE, BUS_BY_NOTHING, BUS_SILENT},
	};
	struct node node = {.arch = arch_find(6, 0x2d),
		.packages = packages,
		.n_packages = 3,
		.n_cpu_packages = 2,
		.buses = buses,
		.n_buses = 4,
		.n_twins = 14};
	char text[MACHINE_TEXT_SIZE], expected[MACHINE_TEXT_SIZE];

	(void)state;
	snprintf(expected, sizeof expected,
		"%s: sockets 0, 2, 7 (no CPU online); bus 3f socket 0 by the UBOX's node id, "
		"bus 7f socket 0, bus 0001:7f socket 7 by the UBOX of its sibling bus, "
		"bus 0001:ff no socket: nothing says which; "
		"14 units left out: two buses of one socket have the same",
		node.arch->text);
	assert_string_equal(machine_describe(&node, text), expected);
	node.n_packages = node.n_buses = node.n_twins = 0;
	snprintf(expected, sizeof expected, "%s: no socket is known; no uncore functions",
		node.arch->text);
	assert_string_equal(machine_describe(&node, text), expected);
}

static void text_of_a_big_machine_ends_where_a_line_ends(void **state)
{
	static struct bus buses[256];
	const struct node node = {.arch = arch_find(6, 0x2d), .buses = buses, .n_buses = 256};
	char text[MACHINE_TEXT_SIZE];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		buses[i] = (struct bus){0, (uint8_t)i, i, BUS_BY_UBOX, BUS_NO_DOUBT};
	assert_int_equal(strlen(machine_describe(&node, text)), MACHINE_TEXT_SIZE - 1);
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, sysroot_set_up, sysroot_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
#define X(test, ...) cmocka_unit_test(test),
		DENIALS(X)
#undef X
			cmocka_unit_test(each_cause_has_a_text_and_a_cure_of_its_own),
		TREE_TEST(rights_are_those_of_the_process_status),
		TREE_TEST(causes_of_files_that_are_missing_are_kept),
		TREE_TEST(units_whose_socket_firmware_hides_are_a_cause),
		TREE_TEST(what_refuses_all_writes_is_known_before_the_first),
		TREE_TEST(limit_that_can_not_be_raised_is_a_cause),
		TREE_TEST(limit_that_hides_the_machine_is_the_cause),
		TREE_TEST(what_is_there_is_opened_and_closed_again),
		TREE_TEST(file_that_is_missing_is_answered_for_its_cpu_alone),
		TREE_TEST(limit_of_descriptors_is_raised_for_a_big_machine),
		TREE_TEST(hard_limit_of_descriptors_is_raised_where_it_may_be),
		TREE_TEST(cpu_model_that_is_not_known_is_unready),
		cmocka_unit_test(text_names_sockets_and_buses_or_why_not),
		cmocka_unit_test(text_of_a_big_machine_ends_where_a_line_ends),
		TREE_TEST(machine_that_can_not_be_read_is_unready),
	};

	site_init(&site);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
