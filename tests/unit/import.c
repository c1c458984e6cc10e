/* SPDX-License-Identifier: MIT */
/* What other tools print is understood, each format; what is wrong with it is said. */
#include <inttypes.h>

#include "import_session.h"
#include "util/array.h"

static void cpuinfo_says_model_and_places(void **state)
{
	struct session *session = *state;

	identify(session);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->model, 45);
	assert_int_equal(fixture->microcode, 0x710);
	assert_int_equal(fixture->n_cpus, 4);
	assert_int_equal(fixture->n_packages, 2);
	assert_int_equal(fixture->cores_per_package, 2);
	assert_int_equal(fixture->threads_per_core, 1);
	assert_int_equal(fixture->cpus[3].core, 8);
	assert_int_equal(fixture->cpus[3].apic_id, 48);
	assert_true(fixture->tsc_mhz == 2300);
	assert_int_equal(fixture->caches[0].size_kib, 15360);
	assert_note(session, "cpu.microcode", "recorded: cpuinfo");
	assert_note(session, "numa", "assumed");
	assert_note(session, "clocks_mhz.qpi", "assumed");
	assert_note(session, "clocks_mhz.base", "recorded: the name of the model");
	assert_note(session, "workload", "assumed");
}

static void cpuinfo_with_line_ends_of_dos_is_the_same(void **state)
{
	struct session *session = *state;
	char *dos = NULL;
	size_t size;
	FILE *out = open_memstream(&dos, &size);

	for (const char *c = CPUINFO; *c; c++)
		fprintf(out, *c == '\n' ? "\r%c" : "%c", *c);
	fclose(out);
	take(session, "cpuinfo", dos, import_cpuinfo);
	free(dos);
	assert_true(import_identified(session->import));
	assert_string_equal(finish(session)->vendor, "GenuineIntel");
}

#define LEAVES(apic)                                                                               \
	"   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"        \
	"   0x00000001 0x00: eax=0x000206d7 ebx=0x00200800 ecx=0x1fbee3ff edx=0xbfebfbff\n"        \
	"   0x00000004 0x00: eax=0x3c004121 ebx=0x01c0003f ecx=0x0000003f edx=0x00000000\n"        \
	"   0x00000004 0x01: eax=0x3c07c163 ebx=0x04c0003f ecx=0x00002fff edx=0x00000006\n"        \
	"   0x00000004 0x02: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n"        \
	"   0x0000000b 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000100 edx=" apic "\n"          \
	"   0x0000000b 0x01: eax=0x00000005 ebx=0x0000000c ecx=0x00000201 edx=" apic "\n"          \
	"   0x80000008 0x00: eax=0x0000302e ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n"

static void cpuid_says_model_caches_and_places(void **state)
{
	struct session *session = *state;

	take(session, "cpuid",
		"CPU 0:\n" LEAVES("0x00000000") "CPU 1:\n" LEAVES("0x00000001") "CPU 2:\n" LEAVES(
			"0x00000024"),
		import_cpuid);
	assert_true(import_identified(session->import));
	const struct fixture *fixture = finish(session);
	assert_string_equal(fixture->vendor, "GenuineIntel");
	assert_int_equal(fixture->model, 0x2d);
	assert_int_equal(fixture->stepping, 7);
	assert_int_equal(fixture->physical_bits, 46);
	assert_int_equal(fixture->n_cpus, 3);
	assert_int_equal(fixture->threads_per_core, 2);
	assert_int_equal(fixture->cpus[1].thread, 1);
	assert_int_equal(fixture->cpus[2].package, 1);
	assert_int_equal(fixture->cpus[2].core, 2);
	assert_int_equal(fixture->n_caches, 2);
	assert_int_equal(fixture->caches[0].size_kib, 32);
	assert_int_equal(fixture->caches[1].size_kib, 15360);
	assert_int_equal(fixture->caches[1].shared_by, ARCH_PACKAGE);
	assert_note(session, "cpu.flags", "not known");
}

static void kcpuid_is_understood_beside_a_cpuinfo(void **state)
{
	struct session *session = *state;

	take(session, "cpuinfo", CPUINFO, import_cpuinfo);
	take(session, "kcpuid",
		"0x00000001: EAX=0x000206d7, EBX=0x0a200800, ECX=0x1fbee3ff, EDX=0xbfebfbff\n"
		"0x00000004: subleafs:\n"
		"  0: EAX=0x3c004121, EBX=0x01c0003f, ECX=0x0000003f, EDX=0x00000000\n"
		"  1: EAX=0x00000000, EBX=0x00000000, ECX=0x00000000, EDX=0x00000000\n",
		import_cpuid);
	if (!import_identified(session->import))
		fail_msg("%s", session->complaints);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_cpus, 4);
	assert_int_equal(fixture->n_caches, 1);
	assert_int_equal(fixture->caches[0].ways, 8);
}

static void each_format_of_registers_is_understood(void **state)
{
	static const struct {
		const char *text, *cpus;
		uint32_t cpu, address;
		uint64_t value;
		const char *source;
	} cases[] = {
		{"===================== SHARED MSRs (All Cores) =====================\n"
		 " MSR 0x000000CE = 0x00000C00:0x00011700 (MSR_PLATFORM_INFO)\n"
		 " (*) MSR 0x00000017 = 0xFFFFFFFF:0xFFFFFFFF (IA32_PLATFORM_ID)\n",
			NULL, 3, 0xce, 0xc0000011700, "recorded: inteltool, dump"},
		{"====================== UNIQUE MSRs  (core 2) ======================\n"
		 " MSR 0x0000001B = 0x00000000:0xFEE00800 (IA32_APIC_BASE)\n",
			NULL, 2, 0x1b, 0xfee00800, "inteltool"},
		{"MSR 0x000000CE\t\t0x00000C00\t0x00011700\n", NULL, 0, 0xce, 0xc0000011700,
			"CPU is assumed"},
		{"MSR 0x000000CE\t\t0x00000C00\t0x00011700\n", "2-3", 3, 0xce, 0xc0000011700,
			"recorded: CPU-Z, dump"},
		{"msr[0x0000ce]=00 00 0c 00 00 01 17 00\n", "1", 1, 0xce, 0xc0000011700,
			"libcpuid"},
		{"cpu2: MSR_RAPL_POWER_UNIT: 0x000a1003 (0.125000 Watts)\n"
		 "cpu2: EPB: 6 (balanced)\n",
			NULL, 2, 0x606, 0xa1003, "turbostat"},
		{"0019.001a RH.. [f000:e869] CPU MSR: [000000ce] => 00000c00.00011700\n"
		 "0019.001b RH.. [f000:e869] CPU MSR: [000000ce] <= 00000000.00000000\n"
		 "0019.001c RH.. [f000:e869] PCI: 0:1e.0 [004] => 00\n",
			NULL, 0, 0xce, 0xc0000011700, "SerialICE"},
		{"BR_MISP_RETIRED.ALL_BRANCHES (PerfEvtSel0 (0x186) = 0x00000000004300c5)\n", "3",
			3, 0x186, 0x4300c5, "emon"},
		{"offset, read, restored\n"
		 "0x0000000000000199, 0x0000000000001700, 0x0000000000001800\n",
			"0-1", 1, 0x199, 0x1800, "msrsave"},
		{"# registers\n0-3 0x606 0xa1003  # MSR_RAPL_POWER_UNIT, documented: a table\n",
			NULL, 1, 0x606, 0xa1003, "documented: a table"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct session *session;
		set_up((void **)&session);
		identify(session);
		take_msr(session, cases[i].text, cases[i].cpus);
		finish(session);
		assert_value(
			session, cases[i].cpu, cases[i].address, cases[i].value, cases[i].source);
		tear_down((void **)&session);
	}
}

static void take_rdmsr(
	struct session *session, const char *text, uint32_t address, const char *cpus)
{
	struct fixture_file file = text_file(session, "rdmsr", text);

	import_rdmsr(session->import, &file, address, cpus);
	fixture_file_deinit(&file);
}

static void rdmsr_gives_one_value_a_cpu(void **state)
{
	struct session *session = *state;

	identify(session);
	take_rdmsr(session, "2100\n2200\n2300\n0x2400\n", 0x199, NULL);
	take_rdmsr(session, "a1003\r\n", 0x606, "2");
	finish(session);
	assert_value(session, 3, 0x199, 0x2400, "it names no CPU");
	assert_value(session, 0, 0x199, 0x2100, "rdmsr");
	assert_value(session, 2, 0x606, 0xa1003, "recorded: rdmsr, rdmsr");
}

static void take_msrsave(
	struct session *session, const uint64_t *values, size_t n, const char *allowlist)
{
	struct fixture_file file, list = text_file(session, "allow", allowlist);
	char *bytes = calloc(n + 1, sizeof *values);

	memcpy(bytes, values, n * sizeof *values);
	import_take(session->import, &file, "saved", bytes, n * sizeof *values);
	import_msrsave(session->import, &file, &list);
	fixture_file_deinit(&file);
	fixture_file_deinit(&list);
}

static void msrsave_gives_the_bits_of_the_mask(void **state)
{
	struct session *session = *state;
	static const uint64_t values[4][3] = {{1, 0x2100, 0xFB6A58813AEA28CF},
		{1, 0x2200, 0xFB6A58813AEA28CF}, {1, 0x2300, 7}, {1, 0x2400, 8}};

	identify(session);
	take_msrsave(session, values[0], 12,
		"# MSR  Write Mask  # Comment\n0x00000010 0x0000000000000000 # \"TSC\"\n"
		"0x00000199 0x000000000000ffff # \"IA32_PERF_CTL\"\n"
		"0x0000038f 0xffffffffffffffff\n");
	finish(session);
	assert_value(session, 3, 0x199, 0x2400, "bits 0xffff");
	assert_value(session, 2, 0x38f, 7, "msrsave");
	assert_int_equal(import_saving(session->import).fixture->n_msrs, 6);
}

static void values_that_the_model_cannot_have_are_left_out(void **state)
{
	struct session *session = *state;

	identify(session);
	/* IA32_PMC0 has 48 bits */
	take_msr(session, "0 0xc1 0xffffffffffffffff  # IA32_PMC0, recorded: here\n", NULL);
	finish(session);
	assert_true(import_saving(session->import).msr_left_out[0]);
	assert_non_null(strstr(session->remarks, "1 values have bits"));
}

static void temperatures_are_those_of_the_thermometers(void **state)
{
	struct session *session = *state;

	identify(session);
	take_msr(session,
		"0-3 0x1a2 0x640a00  # MSR_TEMPERATURE_TARGET, recorded: here\n"
		"2 0x19c 0x88260000  # IA32_THERM_STATUS, recorded: here\n",
		NULL);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->phases[0].n_cpu_loads, 2);
	assert_true(fixture->phases[0].cpu_loads[1].temperature_c == 100 - 0x26);
	assert_int_equal(fixture->phases[0].cpu_loads[1].cpus[0], 2);
}

static void lspci_is_read_and_short_dumps_are_named(void **state)
{
	struct session *session = *state;

	identify(session);
	take(session, "lspci.txt",
		"3f:10.0 System peripheral [0880]: Intel [8086:3cb0] (rev 07)\r\n"
		"00: 86 80 b0 3c 00 00 00 00 07 00 80 08 00 00 80 00\r\n",
		import_lspci);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_functions, 1);
	assert_int_equal(fixture->functions[0].bus, 0x3f);
	assert_non_null(strstr(session->remarks,
		"lspci.txt: 1 uncore functions have 64 bytes: take the dump as root, lspci -xxxx"));
}

static void config_files_are_named_by_address(void **state)
{
	static const uint8_t config[256] = {0x86, 0x80, 0xb0, 0x3c},
			     mute[64] = {0xff, 0xff, 0xff, 0xff};
	struct session *session = *state;
	struct sysroot sysroot;

	sysroot_init(&sysroot);
	sysroot_write(&sysroot, "0000:ff:10.0.bin", 0, config, 256);
	sysroot_write(&sysroot, "7f:10.0", 0, config, 64);
	sysroot_write(&sysroot, "0000:00:01.0/config", 0, config, 256);
	sysroot_write(&sysroot, "0000:05:10.1.bin", 0, mute, 64);
	identify(session);
	import_pci_folder(session->import, sysroot.path);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_functions, 3);
	assert_int_equal(fixture->functions[1].bus, 0x7f);
	assert_int_equal(fixture->functions[1].size, 64);
	assert_int_equal(fixture->functions[2].bus, 0xff);
	assert_non_null(strstr(session->remarks, "05:10.1.bin: 0000:05:10.1 is all ff"));
	sysroot_deinit(&sysroot);
}

static void mcfg_is_read_as_text_and_as_bytes(void **state)
{
	static const char text[] =
		"FACP @ 0x0000000000000000\n  0000: 46 41 43 50\n\n"
		"MCFG @ 0x0000000000000000\n"
		"  0000: 4D 43 46 47 3C 00 00 00 01 CC 41 4C 41 53 4B 41  MCFG<.....ALASKA\n"
		"  0010: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n"
		"  0020: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80  ................\n"
		"  0030: 00 00 00 00 00 00 00 FF 00 00 00 00              ............\n\n";
	struct session *session = *state;
	uint8_t *table = calloc(61, 1);
	uint8_t sum = 0;

	memcpy(table, "MCFG\x3c\0\0\0\x01", 9);
	memcpy(table + 44, "\0\0\0\x80\0\0\0\0\0\0\0\xff", 12);
	for (int i = 0; i < 60; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
	identify(session);
	struct fixture_file file;
	import_take(session->import, &file, "MCFG", (char *)table, 60);
	import_acpi(session->import, &file);
	fixture_file_deinit(&file);
	assert_note(session, "pci", "segment 0, buses 00 to ff, is at 0x80000000");

	/* the sum of this one is wrong, and so it was understood */
	take(session, "acpidump", text, import_acpi);
	assert_non_null(strstr(session->complaints, "acpidump:4: MCFG does not fit its checksum"));
}

#define NODES                                                                                      \
	"available: 2 nodes (0,2)\nnode 0 cpus: 0 3\nnode 0 size: 32205 MB\nnode 0 free: 1 MB\n"   \
	"node 2 cpus: 1 2\nnode 2 size: 0 MB\nnode 2 free: 0 MB\n"
#define DISTANCES "node distances:\nnode   0   2 \n  0:  10  21 \n  2:  31  10 \n"

static void numactl_says_nodes_memory_and_distances(void **state)
{
	struct session *session = *state;

	identify(session);
	take(session, "numactl", NODES DISTANCES, import_numactl);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_numa_nodes, 2);
	assert_int_equal(fixture->numa_nodes[1].number, 2);
	assert_int_equal(fixture->numa_nodes[0].memory_kib, 32205 * 1024);
	assert_int_equal(fixture->numa_nodes[1].memory_kib, 0);
	assert_int_equal(fixture->numa_nodes[0].distances[1], 21);
	assert_int_equal(fixture->numa_nodes[1].distances[0], 31);
	assert_int_equal(fixture->cpus[0].numa_node, 0);
	assert_int_equal(fixture->cpus[1].numa_node, 1);
	assert_int_equal(fixture->cpus[3].numa_node, 0);
	assert_note(session, "numa", "recorded: numactl; not known: nodes of buses");
}

static void distances_that_numactl_does_not_say_are_assumed(void **state)
{
	struct session *session = *state;

	identify(session);
	take(session, "numactl", NODES, import_numactl);
	take(session, "meminfo", "MemTotal: 5 kB\n", import_meminfo); /* of no node */
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->numa_nodes[0].memory_kib, 32205 * 1024);
	assert_int_equal(fixture->numa_nodes[0].distances[0], 10);
	assert_int_equal(fixture->numa_nodes[0].distances[1], 20);
	assert_note(session, "numa", "assumed: distances");
}

static void meminfo_says_how_much_memory_there_is(void **state)
{
	struct session *session = *state;

	identify(session);
	take(session, "meminfo", "MemTotal:       32780001 kB\r\nMemFree: 7 kB\r\n",
		import_meminfo);
	const struct fixture *fixture = finish(session);
	assert_int_equal(fixture->n_numa_nodes, 2);
	assert_int_equal(fixture->numa_nodes[0].memory_kib, 16390001);
	assert_int_equal(fixture->numa_nodes[1].memory_kib, 16390000);
	assert_note(session, "numa", "recorded: how much memory there is in all, meminfo");
}

static void wrong_identity_is_named(void **state)
{
	static const struct wrong wrongs[] = {
		{import_cpuinfo, "", "dump: has no 'processor : 0'"},
		{import_cpuinfo,
			"\x7f"
			"ELF\x02\x01",
			"dump:1: is not 'key : value'"},
		{import_cpuinfo, "model : 45\n", "dump:1: 'model' belongs to no processor"},
		{import_cpuinfo, "processor : x\n", "dump:1: processor is 'x', must be a number"},
		{import_cpuinfo, "processor : 8192\n", "dump:1: processor is '8192'"},
		{import_cpuinfo, "processor : 0\ncpu family : 6\n", "says no vendor_id"},
		{import_cpuinfo, CPUINFO BLOCK(2, 1, 9, 50), "CPU 2 a second time"},
		{import_cpuinfo, CPUINFO "processor : 4\nmodel : 46\n",
			"another than that of the first"},
		{import_cpuinfo, "processor : 0\nphysical id : 64\n",
			"dump:2: physical id is '64'"},
		{import_cpuinfo, "processor : 0\naddress sizes : some\n", "dump:2: address sizes"},
		{import_cpuid, "", "has no leaves"},
		{import_cpuid, "0x00000001 0x00: eax=0x206d7 ebx\n", "dump:1: is not a leaf"},
		{import_cpuid, "CPU 9999:\n", "CPU 9999 is too many"},
		{import_cpuid, "CPU 0:\n" LEAVES("0x0") "CPU 0:\n" LEAVES("0x1"),
			"dump:10: CPU 0 a second time"},
		{import_cpuid, "CPU:\n" LEAVES("0x0") LEAVES("0x0"), "a second time"},
		{import_cpuid, "0x00000001 0x00: eax=0x000306f2 ebx=0x0 ecx=0x0 edx=0x0\n",
			"no register table has this CPU"},
		{import_cpuid, "0x00000000 0x00: eax=0x0 ebx=0x0 ecx=0x0 edx=0x0\n",
			"has no leaf 1"},
	};

	(void)state;
	expect_complaints(wrongs, N_ELEMENTS(wrongs), true);
}

static void wrong_registers_are_named(void **state)
{
	static const struct wrong wrongs[] = {
		{NULL, "", "no line shows a register"},
		{NULL, "a text\nof something else\n", "no line shows a register"},
		{NULL, "MSR 0x000000CE = 0x00000C00\n", "dump:1: is not as inteltool"},
		{NULL, "\nMSR 0x000000CE\t0x00000C00\n", "dump:2: is not as CPU-Z"},
		{NULL, "msr[0x0000ce]=00 00 0c\n", "dump:1: is not as libcpuid"},
		{NULL, "cpu0: MSR_PLATFORM_INFO: 0x\n", "dump:1: is not as turbostat"},
		{NULL, "CPU MSR: [000000ce] = 0\n", "dump:1: is not as SerialICE"},
		{NULL, "0 0x606 0x1ffffffffffffffff  # X, y\n", "dump:1: is not as msr.txt"},
		{NULL, "0x198, 0x1, zz\n", "dump:1: is not as msrsave"},
		{NULL, "cpu7: MSR_PLATFORM_INFO: 0x1\n", "dump:1: the node has no CPU 7"},
		{NULL, "0 0x606 0x1  # X, y\n0 0x606 0x2  # X, y\n",
			"dump:2: 0x606 of CPU 0 is 0x2 here and 0x1 in dump:1"},
		{import_lspci, "", "dump: has no function"},
		{import_lspci,
			"\x7f"
			"ELF\n",
			"dump:1: is no device"},
		{import_acpi, "", "has no table MCFG"},
		{import_acpi, "MCFG @ 0x0\n  0000: 4D 43 46 47\n", "is it cut off?"},
		{import_acpi, "MCFG @ 0x0\n  0000: zz\n", "dump:2: is not '  0000: 4D"},
	};

	(void)state;
	expect_complaints(wrongs, N_ELEMENTS(wrongs), false);
}

static void wrong_rdmsr_is_named(void **state)
{
	static const struct {
		const char *text, *cpus, *complaint;
	} cases[] = {
		{"1\n2\n3\n", NULL, "has 3 values for 4 CPUs"},
		{"1\n2\n3\n4\n5\n", NULL, "has 5 values for 4 CPUs"},
		{"rdmsr: CPU 0 cannot read MSR 0x00000199\n", NULL, "rdmsr:1: is no hexadecimal"},
		{"1\n", "9", "the node has no CPU 9"},
		{"1\n", "0-", "its CPUs '0-'"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct session *session;
		set_up((void **)&session);
		identify(session);
		take_rdmsr(session, cases[i].text, 0x199, cases[i].cpus);
		if (!strstr(session->complaints, cases[i].complaint))
			fail_msg("no '%s' in:\n%s", cases[i].complaint, session->complaints);
		tear_down((void **)&session);
	}
}

static void wrong_msrsave_is_named(void **state)
{
	static const uint64_t values[4] = {0};
	static const struct {
		size_t n;
		const char *allowlist, *complaint;
	} cases[] = {
		{3, "0x199 0xffff\n", "saved: has 24 bytes, must be 32"},
		{4, "", "allow: is an allowlist without a register"},
		{4, "0x199\n", "allow:1: is not 'ADDRESS WRITE-MASK"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct session *session;
		set_up((void **)&session);
		identify(session);
		take_msrsave(session, values, cases[i].n, cases[i].allowlist);
		if (!strstr(session->complaints, cases[i].complaint))
			fail_msg("no '%s' in:\n%s", cases[i].complaint, session->complaints);
		tear_down((void **)&session);
	}
}

static void wrong_memory_is_named(void **state)
{
	static const struct wrong wrongs[] = {
		{import_numactl, "", "dump: has no 'node 0 cpus:'"},
		{import_numactl, "No NUMA support available on this system.\n",
			"dump:1: is not as"},
		{import_numactl, "node 0 cpus: 0 1 2 3 4\n", "dump:1: the node has no CPU 4"},
		{import_numactl, "node 0 cpus: 0 99999999999\n", "the node has no CPU 99999999999"},
		{import_numactl, "node 0 cpus: 0-3\n", "dump:1: is not as"},
		{import_numactl, "node 0 cpus: 0 1 2\n", "dump: CPU 3 is in no node"},
		{import_numactl, "node 0 cpus: 0 1 2 3\nnode 1 cpus: 3\n",
			"dump:2: CPU 3 is in another node already"},
		{import_numactl, "node 1 cpus: 0 1 2 3\nnode 0 cpus:\n",
			"dump:2: node 0 stands behind node 1"},
		{import_numactl, "node 1024 cpus: 0 1 2 3\n", "dump:1: node 1024 stands"},
		{import_numactl, "node 0 size: 5 MB\n", "dump:1: is not as"},
		{import_numactl, "node 0 cpus: 0 1 2 3\nnode 0 size: 5 kB\n", "dump:2: is not as"},
		{import_numactl, "node 0 cpus: 0 1 2 3\nnode 0 size: 9999999999999 MB\n",
			"dump:2: no node has"},
		{import_numactl, NODES "node distances:\nnode 0 2\n 0: 10 21\n",
			"dump: has 1 rows of distances, and 2 nodes"},
		{import_numactl, NODES "node distances:\nnode 0 2\n 0: 10 10\n",
			"dump:10: distance 2 of 2 has to be"},
		{import_numactl, NODES "node distances:\nnode 0 2\n 0: 10\n",
			"dump:10: distance 2 of 2 has to be"},
		{import_numactl, NODES "node distances:\nnode 0 2\n 1: 10 21\n",
			"dump:10: is not as"},
		{import_meminfo, "", "dump: says no MemTotal"},
		{import_meminfo, "MemTotal: 12 MB\n", "dump:1: MemTotal is not as"},
		{import_meminfo, "MemTotal: -12 kB\n", "dump:1: MemTotal is not as"},
		{import_meminfo, "MemTotal: 99999999999999999999 kB\n",
			"dump:1: MemTotal is not as"},
		{import_meminfo, "MemTotal: 1 kB\nMemTotal: 1 kB\n",
			"dump:2: MemTotal a second time"},
	};

	(void)state;
	expect_complaints(wrongs, sizeof wrongs / sizeof *wrongs, false);
}

static void wrong_config_files_are_named(void **state)
{
	static const uint8_t config[256] = {0x86, 0x80, 0xb0, 0x3c};
	static const struct {
		const char *name, *other;
		size_t size;
		const char *complaint;
	} cases[] = {
		{"0000:ff:10.0.bin", NULL, 100, "has 100 bytes: config space has"},
		{"0000:ff:10.0.bin", NULL, 0, "has 0 bytes"},
		{"0000:ff:10.8", NULL, 64, "is not called by a PCI address"},
		{"readme.txt", NULL, 64, "is not called by a PCI address"},
		{"0000:ff:10.0.bin", "ff:10.0", 64,
			"is 0000:ff:10.0 a second time, by another name"},
		{".hidden", NULL, 64, "has no file of config space"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct session *session;
		struct sysroot sysroot;
		set_up((void **)&session);
		sysroot_init(&sysroot);
		sysroot_write(&sysroot, cases[i].name, 0, config, cases[i].size);
		if (cases[i].other)
			sysroot_write(&sysroot, cases[i].other, 0, config, 64);
		identify(session);
		import_pci_folder(session->import, sysroot.path);
		if (!strstr(session->complaints, cases[i].complaint))
			fail_msg("no '%s' in:\n%s", cases[i].complaint, session->complaints);
		sysroot_deinit(&sysroot);
		tear_down((void **)&session);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(cpuinfo_says_model_and_places),
		SESSION_TEST(cpuinfo_with_line_ends_of_dos_is_the_same),
		SESSION_TEST(cpuid_says_model_caches_and_places),
		SESSION_TEST(kcpuid_is_understood_beside_a_cpuinfo),
		cmocka_unit_test(each_format_of_registers_is_understood),
		SESSION_TEST(rdmsr_gives_one_value_a_cpu),
		SESSION_TEST(msrsave_gives_the_bits_of_the_mask),
		SESSION_TEST(values_that_the_model_cannot_have_are_left_out),
		SESSION_TEST(temperatures_are_those_of_the_thermometers),
		SESSION_TEST(lspci_is_read_and_short_dumps_are_named),
		SESSION_TEST(config_files_are_named_by_address),
		SESSION_TEST(mcfg_is_read_as_text_and_as_bytes),
		SESSION_TEST(numactl_says_nodes_memory_and_distances),
		SESSION_TEST(distances_that_numactl_does_not_say_are_assumed),
		SESSION_TEST(meminfo_says_how_much_memory_there_is),
		cmocka_unit_test(wrong_memory_is_named),
		cmocka_unit_test(wrong_identity_is_named),
		cmocka_unit_test(wrong_registers_are_named),
		cmocka_unit_test(wrong_rdmsr_is_named),
		cmocka_unit_test(wrong_msrsave_is_named),
		cmocka_unit_test(wrong_config_files_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
