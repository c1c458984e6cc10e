/* SPDX-License-Identifier: MIT */
/* Each cause that msrctl doctor tells apart, from findings alone. */
#include "test.h"

#include <linux/capability.h>
#include <string.h>

#include "cli/doctor.h"

static const char daemon_path[] = "/usr/sbin/msrd";

/* An ordinary user, on a machine where all is well. */
static struct doctor_findings well(void)
{
	struct doctor_findings f = {
		.is_known = true,
		.cpu = "a CPU",
		.n_online = 8,
		.n_msr_files = 8,
		.has_module = true,
		.allow_writes = "on",
		.lockdown = "none",
		.n_uncore_kinds = 14,
		.n_functions = 28,
		.mode = 0104755,
		.my_uid = 1000,
		.bounding_set = UINT64_MAX,
		.files_soft = 1024,
		.files_hard = 4096,
		.files_needed = 100,
		.perf_all_seen = true,
		.msr = {.asked = true},
		.pci = {.asked = true},
	};

	strcpy(f.daemon, daemon_path);
	return f;
}

/* The same, and the daemon can't open the device files. */
static struct doctor_findings ill(void)
{
	struct doctor_findings f = well();

	f.msr.r = MSRD_NO_FILE;
	strcpy(f.msr.text, "device file could not be opened");
	f.pci = f.msr;
	return f;
}

/* Only this check is not well, but for what the daemon then says. */
static void check_one(const struct doctor_findings *f, enum doctor_check check,
	enum doctor_status status, const char *found, const char *cure)
{
	struct doctor_result results[DOCTOR_N_CHECKS];
	enum doctor_status worst = doctor_judge(f, results);

	assert_int_equal(results[check].status, status);
	if (!strstr(results[check].found, found))
		fail_msg("\"%s\" is not in \"%s\"", found, results[check].found);
	if (!strstr(results[check].cure, cure))
		fail_msg("\"%s\" is not in \"%s\"", cure, results[check].cure);
	assert_int_equal(results[check].cure[0] != '\0', *cure != '\0');
	for (int i = 0; i < DOCTOR_MSR; i++)
		if (i != (int)check && results[i].status != DOCTOR_OK)
			fail_msg("%s: %s", doctor_check_name((enum doctor_check)i),
				results[i].found);
	assert_true(worst >= status);
}

#define CAUSE(test, start, change, check, status, found, cure)                                     \
	static void test(void **state)                                                             \
	{                                                                                          \
		struct doctor_findings f = start();                                                \
		(void)state;                                                                       \
		change;                                                                            \
		check_one(&f, check, status, found, cure);                                         \
	}

/* X(name of the test, before, what is different, check, status, found, cure) */
#define CAUSES(X)                                                                                  \
	X(machine_that_can_not_be_read, ill, f.node_error = -2, DOCTOR_CPU, DOCTOR_ERROR,          \
		"can't be read", "mount -t proc")                                                  \
	X(unsupported_model_is_named, ill, f.is_known = false, DOCTOR_CPU, DOCTOR_ERROR,           \
		"not supported: a CPU; known are Sandy", "")                                       \
	X(module_that_is_not_loaded, ill, (f.n_msr_files = 0, f.has_module = false),               \
		DOCTOR_MODULE, DOCTOR_ERROR, "not loaded", "modprobe msr &&")                      \
	X(loaded_module_without_files_is_a_container, ill, f.n_msr_files = 0, DOCTOR_MODULE,       \
		DOCTOR_ERROR, "is loaded, but", "/dev/cpu")                                        \
	X(one_file_missing_is_not_all_missing, well, (f.n_msr_files = 7, f.missing_cpu = 5),       \
		DOCTOR_MODULE, DOCTOR_ERROR, "1 of 8 CPUs that are online, the first is CPU 5",    \
		"modprobe -r msr")                                                                 \
	X(allow_writes_off, well, strcpy(f.allow_writes, "off"), DOCTOR_WRITES, DOCTOR_WARNING,    \
		"allow_writes=off", "echo on >")                                                   \
	X(allow_writes_that_only_root_reads_is_unknown, well, f.allow_writes[0] = '\0',            \
		DOCTOR_WRITES, DOCTOR_UNKNOWN, "only root", "sudo")                                \
	X(lockdown_is_named_by_its_level, well, strcpy(f.lockdown, "integrity"), DOCTOR_LOCKDOWN,  \
		DOCTOR_WARNING, "(integrity)", "lockdown=")                                        \
	X(kernel_without_lockdown, well, f.lockdown[0] = '\0', DOCTOR_LOCKDOWN, DOCTOR_OK, "none", \
		"")                                                                                \
	X(sys_that_is_readonly, well, f.sys_is_readonly = true, DOCTOR_MOUNTS, DOCTOR_WARNING,     \
		"/sys is mounted read-only", "remount,bind,rw /sys")                               \
	X(proc_that_is_readonly, well, f.proc_is_readonly = true, DOCTOR_MOUNTS, DOCTOR_WARNING,   \
		"/proc/bus/pci is mounted read-only", "remount,bind,rw /proc/bus")                 \
	X(no_uncore_functions, well, f.n_functions = 0, DOCTOR_UNCORE, DOCTOR_WARNING,             \
		"no uncore functions", "lspci")                                                    \
	X(functions_hidden_by_firmware_are_named, well, strcpy(f.hidden_units, "imc2, ha0"),       \
		DOCTOR_UNCORE, DOCTOR_WARNING, "hidden by firmware, or not fitted: imc2, ha0",     \
		"firmware's setup")                                                                \
	X(bus_without_ubox, well, strcpy(f.lost_bus, "7f has no socket"), DOCTOR_UNCORE,           \
		DOCTOR_WARNING, "bus 7f has no socket", "UBOX is missing")                         \
	X(bus_that_only_root_knows, well, (strcpy(f.lost_bus, "7f"), f.bus_needs_root = true),     \
		DOCTOR_UNCORE, DOCTOR_UNKNOWN, "bus 7f", "sudo")                                   \
	X(installed_without_privileges, ill, f.mode = 0100755, DOCTOR_PRIVILEGE, DOCTOR_ERROR,     \
		"without privileges: mode 0755", "chmod 4755 /usr/sbin/msrd")                      \
	X(installed_beside_a_service_that_is_off, ill, (f.mode = 0100755, f.has_unit = true),      \
		DOCTOR_PRIVILEGE, DOCTOR_ERROR, "without privileges: mode 0755",                   \
		"systemctl enable --now msrd.socket")                                              \
	X(setuid_of_somebody_else, ill, f.uid = 7, DOCTOR_PRIVILEGE, DOCTOR_ERROR,                 \
		"its owner is uid 7", "chown root:root")                                           \
	X(too_few_file_capabilities, ill,                                                          \
		(f.mode = 0100755, f.file_caps = UINT64_C(1) << CAP_SYS_RAWIO), DOCTOR_PRIVILEGE,  \
		DOCTOR_ERROR, "lacks the capabilities cap_sys_admin,cap_dac_override",             \
		"setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep /usr/sbin/msrd")           \
	X(file_capabilities_are_enough, well,                                                      \
		(f.mode = 0100755, f.file_caps = doctor_needed_caps()), DOCTOR_PRIVILEGE,          \
		DOCTOR_OK, "has cap_sys_rawio", "")                                                \
	X(root_needs_no_setuid, well, (f.my_uid = 0, f.mode = 0100755), DOCTOR_PRIVILEGE,          \
		DOCTOR_OK, "root starts it", "")                                                   \
	X(service_needs_no_setuid, well, (f.has_service = true, f.mode = 0100755),                 \
		DOCTOR_PRIVILEGE, DOCTOR_OK, "service manager", "")                                \
	X(privileges_lost_because_of_nosuid, ill, f.is_nosuid = true, DOCTOR_NOSUID, DOCTOR_ERROR, \
		"mounted nosuid", "remount,suid")                                                  \
	X(nosuid_does_not_matter_to_root, well, (f.is_nosuid = true, f.my_uid = 0), DOCTOR_NOSUID, \
		DOCTOR_OK, "does not matter", "")                                                  \
	X(privileges_lost_because_of_no_new_privs, ill, f.no_new_privs = true,                     \
		DOCTOR_NO_NEW_PRIVS, DOCTOR_ERROR, "no_new_privs is set", "NoNewPrivileges=no")    \
	X(privileges_lost_because_of_a_user_namespace, ill, f.in_user_namespace = true,            \
		DOCTOR_USER_NAMESPACE, DOCTOR_ERROR, "in a user namespace", "nsenter")             \
	X(service_that_is_not_there_is_an_error, well,                                             \
		(f.has_service = true, f.daemon_error = -ECONNREFUSED), DOCTOR_DAEMON,             \
		DOCTOR_ERROR, "", "systemctl enable --now msrd.socket")                            \
	X(service_is_outside_of_the_user_namespace, well,                                          \
		(f.in_user_namespace = true, f.has_service = true), DOCTOR_USER_NAMESPACE,         \
		DOCTOR_OK, "outside", "")                                                          \
	X(privileges_lost_because_of_the_bounding_set, ill,                                        \
		f.bounding_set = ~(UINT64_C(1) << CAP_SYS_RAWIO), DOCTOR_BOUNDING_SET,             \
		DOCTOR_ERROR, "lacks cap_sys_rawio: the daemon can't have it here",                \
		"--cap-add SYS_RAWIO")                                                             \
	X(bounding_set_keeps_file_capabilities_from_starting, ill,                                 \
		(f.bounding_set = ~(UINT64_C(1) << CAP_SYS_RAWIO), f.mode = 0100755,               \
			f.file_caps = doctor_needed_caps()),                                       \
		DOCTOR_BOUNDING_SET, DOCTOR_ERROR, "not even started", "--cap-add SYS_RAWIO")      \
	X(too_few_descriptors, well,                                                               \
		(f.files_needed = 5000, f.mode = 0100755, f.file_caps = doctor_needed_caps()),     \
		DOCTOR_DESCRIPTORS, DOCTOR_WARNING, "4096 open files is too low: 5000",            \
		"ulimit -n 5000")                                                                  \
	X(setuid_daemon_raises_the_limit, well, f.files_needed = 5000, DOCTOR_DESCRIPTORS,         \
		DOCTOR_OK, "can have more", "")                                                    \
	X(locked_by_whom, well,                                                                    \
		(f.lock = DOCTOR_LOCK_OTHER, f.lock_uid = 7, strcpy(f.lock_user, "alice")),        \
		DOCTOR_LOCK, DOCTOR_ERROR, "locked by alice (uid 7)", "msrctl lock release +7")    \
	X(own_lock_is_well, well, f.lock = DOCTOR_LOCK_MINE, DOCTOR_LOCK, DOCTOR_OK, "yours", "")  \
	X(lock_that_can_not_be_looked_at_counts_as_locked, well, f.lock = DOCTOR_LOCK_HIDDEN,      \
		DOCTOR_LOCK, DOCTOR_ERROR, "counts as locked", "ls -ld")                           \
	X(nmi_watchdog_is_named, well, f.nmi_watchdog = true, DOCTOR_NMI, DOCTOR_WARNING,          \
		"NMI watchdog", "nmi_watchdog")                                                    \
	X(perf_is_named_with_its_process, well,                                                    \
		(f.n_perf = 2, f.perf_pid = 77, strcpy(f.perf_name, "perf")), DOCTOR_PERF,         \
		DOCTOR_WARNING, "the first is perf (pid 77)", "kill 77")                           \
	X(processes_that_are_hidden_are_unknown, well, f.perf_all_seen = false, DOCTOR_PERF,       \
		DOCTOR_UNKNOWN, "others' are hidden", "sudo")                                      \
	X(leftovers_are_named, well, (f.n_leftovers = 1, strcpy(f.leftover, "/tmp/likwid-9")),     \
		DOCTOR_LEFTOVERS, DOCTOR_WARNING, "/tmp/likwid-9", "rm ")                          \
	X(file_that_anybody_may_change, well, f.mode |= 022, DOCTOR_DAEMON, DOCTOR_ERROR,          \
		"can be changed by others", "chmod go-w /usr/sbin/msrd")

CAUSES(CAUSE)

static void owner_who_is_not_in_the_user_namespace_is_no_cause(void **state)
{
	struct doctor_findings f = ill();

	(void)state;
	f.in_user_namespace = true;
	f.uid = 65534;
	check_one(&f, DOCTOR_USER_NAMESPACE, DOCTOR_ERROR, "in a user namespace", "nsenter");
}

static void hidden_functions_are_seen_also_by_who_may_not_see_sockets(void **state)
{
	struct doctor_findings f = well();

	(void)state;
	strcpy(f.lost_bus, "7f");
	f.bus_needs_root = true;
	strcpy(f.hidden_units, "imc2");
	check_one(&f, DOCTOR_UNCORE, DOCTOR_WARNING, "imc2", "firmware's setup");
}

#define MORE_CAUSES(X)                                                                             \
	X(nosuid_takes_file_capabilities_too, ill,                                                 \
		(f.is_nosuid = true, f.mode = 0100755, f.file_caps = doctor_needed_caps()),        \
		DOCTOR_NOSUID, DOCTOR_ERROR, "mounted nosuid", "remount,suid")                     \
	X(most_files_missing_is_not_all_missing, well, f.n_msr_files = 1, DOCTOR_MODULE,           \
		DOCTOR_ERROR, "missing for 7 of 8", "modprobe -r msr")                             \
	X(no_new_privs_does_not_matter_to_root, ill, (f.no_new_privs = true, f.my_uid = 0),        \
		DOCTOR_NO_NEW_PRIVS, DOCTOR_OK, "does not matter", "")                             \
	X(bounding_set_does_not_matter_to_a_service, ill,                                          \
		(f.bounding_set = 0, f.has_service = true), DOCTOR_BOUNDING_SET, DOCTOR_OK, "",    \
		"")                                                                                \
	X(user_namespace_does_not_matter_to_a_service, ill,                                        \
		(f.in_user_namespace = true, f.has_service = true), DOCTOR_USER_NAMESPACE,         \
		DOCTOR_OK, "the service is outside", "")                                           \
	X(setuid_daemon_may_not_raise_the_limit_without_sys_resource, well,                        \
		(f.files_needed = 5000, f.bounding_set = ~(UINT64_C(1) << CAP_SYS_RESOURCE)),      \
		DOCTOR_DESCRIPTORS, DOCTOR_WARNING, "too low", "ulimit -n 5000")

MORE_CAUSES(CAUSE)

static void setuid_daemon_is_started_without_what_the_bounding_set_lacks(void **state)
{
	struct doctor_findings f = ill();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	f.bounding_set = ~(UINT64_C(1) << CAP_SYS_RAWIO);
	doctor_judge(&f, results);
	assert_null(strstr(results[DOCTOR_BOUNDING_SET].found, "not even started"));
}

static void all_is_well(void **state)
{
	struct doctor_findings f = well();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	assert_int_equal(doctor_judge(&f, results), DOCTOR_OK);
	for (int i = 0; i < DOCTOR_N_CHECKS; i++) {
		assert_int_equal(results[i].status, DOCTOR_OK);
		assert_true(results[i].found[0] != '\0');
		assert_string_equal(results[i].cure, "");
	}
}

static void no_daemon_is_an_error_with_its_text(void **state)
{
	struct doctor_findings f = ill();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	f.daemon_error = -2;
	f.msr.r = -2;
	strcpy(f.daemon_text, "no daemon: nowhere");
	assert_int_equal(doctor_judge(&f, results), DOCTOR_ERROR);
	assert_string_equal(results[DOCTOR_DAEMON].found, "no daemon: nowhere");
	assert_int_equal(results[DOCTOR_PRIVILEGE].status, DOCTOR_UNKNOWN);
	assert_int_equal(results[DOCTOR_PCI].status, DOCTOR_UNKNOWN);
}

static void what_a_daemon_reads_proves_that_its_privileges_suffice(void **state)
{
	struct doctor_findings f = well();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	f.mode = 0100755;
	f.in_user_namespace = f.no_new_privs = true;
	f.bounding_set = 0;
	f.n_msr_files = 0;
	assert_int_equal(doctor_judge(&f, results), DOCTOR_OK);
	assert_non_null(strstr(results[DOCTOR_PRIVILEGE].found, "reads all the same"));
	assert_string_equal(results[DOCTOR_PRIVILEGE].cure, "");
}

static void failing_answer_names_the_checks_that_explain_it(void **state)
{
	struct doctor_findings f = ill();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	f.mode = 0100755;
	f.no_new_privs = true;
	assert_int_equal(doctor_judge(&f, results), DOCTOR_ERROR);
	assert_string_equal(results[DOCTOR_MSR].found,
		"device file could not be opened (because of: privileges, no_new_privs)");
	assert_string_equal(results[DOCTOR_MSR].cure, "");
}

static void failing_answer_that_nothing_explains_leads_to_the_log(void **state)
{
	struct doctor_findings f = ill();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	assert_int_equal(doctor_judge(&f, results), DOCTOR_ERROR);
	assert_string_equal(results[DOCTOR_MSR].found, "device file could not be opened");
	assert_non_null(strstr(results[DOCTOR_MSR].cure, "journalctl"));
}

static void longest_texts_stay_inside(void **state)
{
	struct doctor_findings f = ill();
	struct doctor_result results[DOCTOR_N_CHECKS];

	(void)state;
	memset(f.daemon, 'd', sizeof f.daemon - 1);
	memset(f.msr.text, 't', sizeof f.msr.text - 1);
	f.n_msr_files = f.mode = 0;
	f.is_known = f.has_module = false;
	f.no_new_privs = f.in_user_namespace = true;
	f.bounding_set = 0;
	assert_int_equal(doctor_judge(&f, results), DOCTOR_ERROR);
	assert_int_equal(strlen(results[DOCTOR_MSR].found), sizeof results->found - 1);
}

static void lockdown_level_stands_in_brackets(void **state)
{
	char level[DOCTOR_LOCKDOWN_SIZE];

	(void)state;
	doctor_parse_lockdown("[none] integrity confidentiality\n", level);
	assert_string_equal(level, "none");
	doctor_parse_lockdown("none [integrity] confidentiality\n", level);
	assert_string_equal(level, "integrity");
	doctor_parse_lockdown("none", level);
	assert_string_equal(level, "");
	doctor_parse_lockdown("[a word that is longer than any level]", level);
	assert_string_equal(level, "");
}

static void first_user_namespace_has_every_id_as_it_is(void **state)
{
	(void)state;
	assert_true(doctor_is_first_uid_map("         0          0 4294967295\n"));
	assert_false(doctor_is_first_uid_map("         0       1000          1\n"));
	assert_false(doctor_is_first_uid_map("0 0 1\n"));
	assert_false(doctor_is_first_uid_map("0 0 4294967295\n7 7 1\n"));
	assert_false(doctor_is_first_uid_map(""));
}

static void file_capabilities_count_where_they_are_in_effect(void **state)
{
	/* revision 2, effective; permitted: dac_override, sys_rawio, sys_admin */
	unsigned char bytes[20] = {1, 0, 0, 2, 2, 0, 0x22, 0};

	(void)state;
	assert_int_equal(doctor_parse_file_caps(bytes, sizeof bytes), doctor_needed_caps());
	assert_int_equal(doctor_parse_file_caps(bytes, sizeof bytes - 1), 0);
	bytes[3] = 1; /* a revision of 32 bits only, which no kernel writes any more */
	assert_int_equal(doctor_parse_file_caps(bytes, sizeof bytes), 0);
	bytes[3] = 3; /* of a user namespace's root */
	assert_int_equal(doctor_parse_file_caps(bytes, sizeof bytes), doctor_needed_caps());
	bytes[0] = 0;
	assert_int_equal(doctor_parse_file_caps(bytes, sizeof bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define X(test, ...) cmocka_unit_test(test),
		CAUSES(X) MORE_CAUSES(X)
#undef X
			cmocka_unit_test(all_is_well),
		cmocka_unit_test(setuid_daemon_is_started_without_what_the_bounding_set_lacks),
		cmocka_unit_test(hidden_functions_are_seen_also_by_who_may_not_see_sockets),
		cmocka_unit_test(owner_who_is_not_in_the_user_namespace_is_no_cause),
		cmocka_unit_test(no_daemon_is_an_error_with_its_text),
		cmocka_unit_test(what_a_daemon_reads_proves_that_its_privileges_suffice),
		cmocka_unit_test(failing_answer_names_the_checks_that_explain_it),
		cmocka_unit_test(failing_answer_that_nothing_explains_leads_to_the_log),
		cmocka_unit_test(longest_texts_stay_inside),
		cmocka_unit_test(lockdown_level_stands_in_brackets),
		cmocka_unit_test(first_user_namespace_has_every_id_as_it_is),
		cmocka_unit_test(file_capabilities_count_where_they_are_in_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
