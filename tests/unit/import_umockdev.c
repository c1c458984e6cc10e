/* SPDX-License-Identifier: MIT */
/* Descriptions of devices by umockdev: config space, and which CPUs there are. */
#include "import_session.h"
#include "util/array.h"

/* 64 bytes: ids, class 0880, and zeros. */
#define ZEROS_16 "00000000000000000000000000000000"
#define CONFIG_64(id)                                                                              \
	"8680" id "0000000007008008"                                                               \
	"00008000" ZEROS_16 ZEROS_16 ZEROS_16
#define FUNCTION(address, id)                                                                      \
	"P: /devices/pci0000:ff/" address "\n"                                                     \
	"E: DRIVER=snbep_uncore\nE: PCI_ID=8086:3CB0\nE: SUBSYSTEM=pci\n"                          \
	"A: class=0x088000\\n\nH: config=" CONFIG_64(                                              \
		id) "\nA: vendor=0x8086\\n\n"                                                      \
		    "L: driver=../../../bus/pci/drivers/snbep_uncore\nA: numa_node=1\\n\n\n"
#define CPU(number, package, core)                                                                 \
	"P: /devices/system/cpu/cpu" #number "\n"                                                  \
	"E: DRIVER=processor\nE: MODALIAS=cpu:type:x86,ven0000fam0006mod002D:feature:,0000,0001\n" \
	"E: SUBSYSTEM=cpu\nA: crash_notes=0\\n\nA: microcode/version=0x710\\n\n"                   \
	"A: online=1\\n\nA: topology/core_id=" #core "\\n\n"                                       \
	"A: topology/physical_package_id=" #package "\\n\n"                                        \
	"A: topology/thread_siblings_list=" #number "\\n\n\n"
#define CPUS	    CPU(0, 0, 0) CPU(1, 0, 8) CPU(2, 1, 0) CPU(3, 1, 8)
#define OFFLINE_CPU "P: /devices/system/cpu/cpu4\nE: SUBSYSTEM=cpu\nA: online=0\\n\n\n"

static void take_functions(struct session *session, const char *name, const char *text)
{
	take(session, name, text, import_umockdev);
}

static void config_space_is_that_of_the_functions(void **state)
{
	struct session *session = *state;

	identify(session);
	take_functions(session, "a.umockdev",
		"P: /devices/platform/i8042/serio1/input/input12/event12\nN: input/event12\n"
		"S: input/by-path/x\nE: DEVNAME=/dev/input/event12\nH: "
		"descriptor=0102\n\n" FUNCTION("0000:ff:10.1", "b13c") FUNCTION("0000:ff:10.0",
			"b03c") "P: /devices/pci0000:00/0000:00:1f.2/ata1/host0\nE: "
				"SUBSYSTEM=scsi\n"
				"H: config=00\n\n");
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_functions, 2);
	assert_int_equal(fixture->functions[0].bus, 0xff);
	assert_int_equal(fixture->functions[0].devfn, 0x80);
	assert_int_equal(fixture->functions[0].device, 0x3cb0);
	assert_int_equal(fixture->functions[1].devfn, 0x81);
	assert_int_equal(fixture->functions[1].size, 64);
	assert_int_equal(fixture->functions[1].class, 0x0880);
	assert_note(session, "pci", "recorded: a.umockdev");
	assert_non_null(strstr(session->remarks, "64 bytes: take the dump as root"));
}

/* Each is recorded with its parents. */
static void files_may_share_functions(void **state)
{
	struct session *session = *state;

	identify(session);
	take_functions(session, "a", FUNCTION("0000:ff:10.0", "b03c"));
	take_functions(
		session, "b", FUNCTION("0000:ff:10.1", "b13c") FUNCTION("0000:ff:10.0", "b03c"));
	assert_int_equal(finish(session)->n_functions, 2);
}

static void a_function_without_config_space_is_told(void **state)
{
	struct session *session = *state;

	identify(session);
	take_functions(session, "a",
		"P: /devices/pci0000:ff/0000:ff:10.0\nA: vendor=0x8086\\n\n\n" FUNCTION(
			"0000:ff:10.1", "b13c"));
	assert_int_equal(finish(session)->n_functions, 1);
	assert_non_null(strstr(
		session->remarks, "a:1: 1 functions, this is the first, have no config space"));
}

static void model_and_places_are_those_of_the_cpus(void **state)
{
	struct session *session = *state;

	take(session, "a.umockdev", CPUS OFFLINE_CPU, import_umockdev_cpus);
	if (!import_identified(session->import))
		fail_msg("%s", session->complaints);
	const struct fixture *fixture = finish(session);
	assert_string_equal(fixture->vendor, "GenuineIntel");
	assert_int_equal(fixture->family, 6);
	assert_int_equal(fixture->model, 0x2d);
	assert_int_equal(fixture->microcode, 0x710);
	assert_int_equal(fixture->n_cpus, 4);
	assert_int_equal(fixture->n_packages, 2);
	assert_int_equal(fixture->cpus[3].core, 8);
	assert_int_equal(fixture->cpus[3].package, 1);
	assert_note(session, "cpu.model", "recorded: a.umockdev");
	assert_note(session, "cpu.stepping", "not known");
	assert_note(session, "topology", "recorded: a.umockdev; CPUs that were off are not in it");
	assert_note(session, "topology", "assumed: APIC ids");
}

/* Linux before 3.15 */
static void model_is_also_that_of_older_kernels(void **state)
{
	struct session *session = *state;

	take(session, "a",
		"P: /devices/system/cpu/cpu0\n"
		"E: MODALIAS=x86cpu:vendor:0000:family:0006:model:002D:feature:,0000,0001\n"
		"A: topology/core_id=0\\n\nA: topology/physical_package_id=0\\n\n",
		import_umockdev_cpus);
	assert_true(import_identified(session->import));
	assert_int_equal(finish(session)->model, 0x2d);
}

static void microcode_that_is_not_said_is_not_known(void **state)
{
	struct session *session = *state;

	take(session, "a",
		"P: /devices/system/cpu/cpu0\nE: MODALIAS=cpu:type:x86,ven0000fam0006mod002D:\n"
		"A: topology/core_id=0\\n\nA: topology/physical_package_id=0\\n\n",
		import_umockdev_cpus);
	assert_true(import_identified(session->import));
	assert_int_equal(finish(session)->microcode, 0);
	assert_note(session, "cpu.microcode", "not known");
}

static void cpus_are_compared_with_those_of_cpuinfo(void **state)
{
	struct session *session = *state;

	take(session, "cpuinfo", CPUINFO, import_cpuinfo);
	take(session, "a", CPUS OFFLINE_CPU, import_umockdev_cpus);
	if (!import_identified(session->import))
		fail_msg("%s", session->complaints);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_cpus, 4);
	assert_int_equal(fixture->stepping, 7);
}

static void a_description_without_cpus_says_nothing_of_them(void **state)
{
	struct session *session = *state;

	take(session, "cpuinfo", CPUINFO, import_cpuinfo);
	take(session, "a", FUNCTION("0000:ff:10.0", "b03c"), import_umockdev_cpus);
	assert_true(import_identified(session->import));
}

static void wrong_functions_are_named(void **state)
{
	static const struct wrong wrongs[] = {
		{import_umockdev, "", "dump: is empty: make it with `umockdev-record --all`"},
		{import_umockdev, "P: /devices/platform/x\nE: A=b\n",
			"dump: has no PCI function and no CPU"},
		{import_umockdev, "00: 86 80\n", "dump:1: is no description of devices"},
		{import_umockdev, "@DEV /dev/input/event5\nEVIOCGBIT(0) 8 0B00000000000000\n",
			"dump:1: is a recording of ioctls"},
		{import_umockdev, "# by hand\nUSBDEVFS_CONNECTINFO 0 11 0\n",
			"dump:2: is a recording of ioctls"},
		{import_umockdev, "d 0 /dev/cpu/0/msr\nr 1 ^@^@^@^@^@^@^@^@\n",
			"dump:1: is a script of reads and writes, which has no offsets"},
		{import_umockdev, "w 2 ^@\n", "--ftrace"},
		{import_umockdev, "E: 0.000000 0003 0000 3121\n",
			"dump:1: is a recording of input events"},
		{import_umockdev, "P: /devices/a\nsomething else\n",
			"dump:2: is not 'A: name=value'"},
		{import_umockdev, "P: /devices/a\nP: /devices/b\n",
			"dump:2: a device begins behind an empty line"},
		{import_umockdev, "P: /devices/a\n\nA: x=y\n",
			"dump:3: belongs to no device: 'P: /devices/…' comes first"},
		{import_umockdev, "P: /devices/a\nA: x\n", "dump:2: is not 'A: name=value'"},
		{import_umockdev, "P: /devices/pci0000:ff/0000:ff:10.0\nH: config=8\n",
			"dump:2: config has half a byte"},
		{import_umockdev, "P: /devices/pci0000:ff/0000:ff:10.0\nH: config=zz\n",
			"dump:2: config is not hexadecimal"},
		{import_umockdev, "P: /devices/pci0000:ff/0000:ff:10.0\nH: config=8680b03c\n",
			"dump:2: 0000:ff:10.0 has 4 bytes: config space has 64, 256 or 4096"},
		{import_umockdev,
			"P: /devices/pci0000:ff/0000:ff:10.0\nH: config=" CONFIG_64(
				"b03c") "\nH: config=" CONFIG_64("b03c") "\n",
			"dump:3: config a second time"},
		{import_umockdev, FUNCTION("0000:ff:10.0", "b03c") FUNCTION("0000:ff:10.0", "b13c"),
			"0000:ff:10.0 a second time, and not the same"},
	};

	(void)state;
	expect_complaints(wrongs, N_ELEMENTS(wrongs), false);
}

static void a_second_source_of_functions_is_named(void **state)
{
	struct session *session = *state;

	identify(session);
	take(session, "lspci",
		"ff:10.0 0880: 8086:3cb0\n00: 86 80 b0 3c 00 00 00 00 07 00 80 08 00 00 80 00\n",
		import_lspci);
	take_functions(session, "a", FUNCTION("0000:ff:10.1", "b13c"));
	assert_non_null(strstr(
		session->complaints, "a: is a second source of PCI functions: a node has one"));
}

static void wrong_cpus_are_named(void **state)
{
	static const struct wrong wrongs[] = {
		{import_umockdev_cpus, FUNCTION("0000:ff:10.0", "b03c"), "which CPU is it?"},
		{import_umockdev_cpus, CPUS CPU(1, 0, 8), "CPU 1 a second time"},
		{import_umockdev_cpus, "P: /devices/system/cpu/cpu9999\nA: topology/core_id=0\\n\n",
			"dump:1: CPU 9999 is too many"},
		{import_umockdev_cpus, "P: /devices/system/cpu/cpu0\nA: topology/core_id=x\\n\n",
			"dump:2: topology/core_id is 'x', must be a number"},
		{import_umockdev_cpus,
			"P: /devices/system/cpu/cpu0\nA: topology/core_id=0\\n\n"
			"A: topology/physical_package_id=64\\n\n",
			"dump:3: topology/physical_package_id is '64'"},
		{import_umockdev_cpus,
			"P: /devices/system/cpu/cpu0\nE: MODALIAS=cpu:type:x86,ven0000fam\n",
			"dump:2: is not 'MODALIAS=cpu:type:x86,ven0000fam0006mod002D:…'"},
		{import_umockdev_cpus,
			"P: /devices/system/cpu/cpu0\n"
			"E: MODALIAS=cpu:type:x86,ven0002fam0017mod0001:feature:\n"
			"A: topology/core_id=0\\n\nA: topology/physical_package_id=0\\n\n",
			"dump:2: vendor 0002 is not Intel"},
		{import_umockdev_cpus,
			"P: /devices/system/cpu/cpu0\nA: topology/core_id=0\\n\n"
			"A: topology/physical_package_id=0\\n\n",
			"dump: no CPU has a MODALIAS"},
	};

	(void)state;
	expect_complaints(wrongs, N_ELEMENTS(wrongs), true);
}

static void cpus_of_another_machine_are_named(void **state)
{
	static const struct {
		const char *text, *complaint;
	} cases[] = {
		{CPU(1, 1, 8), "a:1: CPU 1 is core 8 of package 1 here, and core 8 of package 0"},
		{CPU(7, 1, 8), "a:1: CPU 7 is not among those of cpuinfo or cpuid"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct session *session;
		set_up((void **)&session);
		take(session, "cpuinfo", CPUINFO, import_cpuinfo);
		take(session, "a", cases[i].text, import_umockdev_cpus);
		if (!strstr(session->complaints, cases[i].complaint))
			fail_msg("no '%s' in:\n%s", cases[i].complaint, session->complaints);
		tear_down((void **)&session);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(config_space_is_that_of_the_functions),
		SESSION_TEST(files_may_share_functions),
		SESSION_TEST(a_function_without_config_space_is_told),
		SESSION_TEST(model_and_places_are_those_of_the_cpus),
		SESSION_TEST(model_is_also_that_of_older_kernels),
		SESSION_TEST(microcode_that_is_not_said_is_not_known),
		SESSION_TEST(cpus_are_compared_with_those_of_cpuinfo),
		SESSION_TEST(a_description_without_cpus_says_nothing_of_them),
		cmocka_unit_test(wrong_functions_are_named),
		SESSION_TEST(a_second_source_of_functions_is_named),
		cmocka_unit_test(wrong_cpus_are_named),
		cmocka_unit_test(cpus_of_another_machine_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
