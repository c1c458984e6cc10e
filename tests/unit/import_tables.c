/* SPDX-License-Identifier: MIT */
/* Registers in the columns of turbostat and pcm-raw, and in emon's lists. */
#include "import_session.h"
#include "util/array.h"

static void take_pcm_raw(struct session *session, const char *text)
{
	struct fixture_file file = text_file(session, "raw.csv", text);

	import_pcm_raw(session->import, &file);
	fixture_file_deinit(&file);
}

static bool has_value(const struct session *session, uint32_t cpu, uint32_t address)
{
	const struct fixture *fixture = import_saving(session->import).fixture;

	for (size_t i = 0; i < fixture->n_msrs; i++)
		if (fixture->msrs[i].cpu == cpu && fixture->msrs[i].address == address)
			return true;
	return false;
}

static void assert_remark(const struct session *session, const char *text)
{
	if (!strstr(session->remarks, text))
		fail_msg("no '%s' in:\n%s", text, session->remarks);
}

/* The second sample is later; what has no 0x is a difference, or a share. */
#define TURBOSTAT                                                                                  \
	"Core\tCPU\tAvg_MHz\t            M0X198\t    M0x1a2\tM0x10\t            M0X611\n"          \
	"-\t-\t12\t0x0000000000000000\t0x00000000\t123\t0x0000000000000001\n"                      \
	"0\t0\t12\t0x0000210000001b00\t0x00640a00\t456\t0x0000000000000007\n"                      \
	"8\t1\t12\t0x0000220000001b00\t0x00640a01\t456\n"                                          \
	"Core\tCPU\tAvg_MHz\t            M0X198\t    M0x1a2\tM0x10\t            M0X611\n"          \
	"0\t0\t12\t0x0000230000001b00\t0x00640a00\t457\t0x0000000000000009\n"

static void columns_of_turbostat_are_registers(void **state)
{
	struct session *session = *state;

	identify(session);
	take_msr(session, TURBOSTAT, NULL);
	finish(session);
	assert_value(session, 0, 0x198, 0x210000001b00, "recorded: turbostat, dump");
	assert_value(session, 1, 0x198, 0x220000001b00, "turbostat");
	assert_value(session, 1, 0x1a2, 0x640a01, "bits 0xffffffff");
	assert_value(session, 0, 0x611, 7, "turbostat");
	/* a package's is in the line of its first CPU alone */
	assert_false(has_value(session, 1, 0x611));
	assert_false(has_value(session, 0, 0x10));
	assert_remark(session, "2 values of later samples are left out");
}

static void columns_with_names_are_those_that_the_command_asked_for(void **state)
{
	struct session *session = *state;

	identify(session);
	take_msr(session,
		"# turbostat --add msr0x198,u64,raw,PERF_STATUS --add msr418,raw,package,TARGET -q "
		"sleep 1\r\n"
		"CPU\t       PERF_STATUS\t            TARGET\r\n"
		"-\t0x0000000000000000\t0x0000000000000000\r\n"
		"3\t0x0000210000001b00\t0x0000000000640a00\r\n",
		NULL);
	finish(session);
	assert_value(session, 3, 0x198, 0x210000001b00, "turbostat");
	assert_value(session, 3, 0x1a2, 0x640a00, "turbostat");
}

static void a_column_that_nobody_asked_for_is_told(void **state)
{
	struct session *session = *state;

	identify(session);
	take_msr(session,
		"CPU\t            M0X198\t             EXTRA\n"
		"0\t0x0000210000001b00\t0x0000000000000001\n",
		NULL);
	finish(session);
	assert_remark(session,
		"dump:2: column EXTRA shows a register, and not which: put the line of the command "
		"(turbostat --add msr0x1a2,u64,raw,EXTRA) above the table");
}

static void names_of_turbostat_are_found_in_the_manuals(void **state)
{
	static const struct {
		const char *name;
		uint32_t address;
		uint64_t value;
	} names[] = {
		{"MSR_IA32_POWER_CTL", 0x1fc, 1},
		{"MSR_IA32_MISC_ENABLE", 0x1a0, 0x850089},
		{"MSR_NHM_SNB_PKG_CST_CFG_CTL", 0xe2, 0x403},
		{"MSR_NHM_PLATFORM_INFO", 0xce, 0xc0000011700},
		{"MSR_NHM_TURBO_RATIO_LIMIT", 0x1ad, 0x1b1b1c1d},
		{"MSR_IA32_FEATURE_CONTROL", 0x3a, 5},
		{"MSR_PKG_POWER_LIMIT", 0x610, 0x1},
		/* as it prints it, since a comma slipped in */
		{"MSR_DRAM_POWER_INFO,", 0x61c, 0x28025800780118},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		struct session *session;
		char line[128];
		set_up((void **)&session);
		identify(session);
		snprintf(line, sizeof line, "cpu1: %s: 0x%llx (some text)\n", names[i].name,
			(unsigned long long)names[i].value);
		take_msr(session, line, NULL);
		finish(session);
		assert_value(session, 1, names[i].address, names[i].value, "turbostat");
		tear_down((void **)&session);
	}
}

static void sets_of_emon_are_msrs_or_config_space(void **state)
{
	struct session *session = *state;

	identify(session);
	take_msr(session,
		"Event Set 0\n"
		"\tBR_MISP_RETIRED.ALL_BRANCHES (PerfEvtSel0 (0x186) = 0x00000000004300c5)\n"
		"\t  CC=ALL PC=0x0 UMASK=0x0 E=0x1 INT=0x0 INV=0x0 CMASK=0x0 AMT=0x0\n"
		"Event Set 1\n"
		"\tINST_RETIRED.ANY_P (PerfEvtSel0 (0x186) = 0x00000000004300c0)\n"
		"cbo Uncore Event Set 0\n"
		"\tUNC_C_CLOCKTICKS (CBO Counter 0 (0xd10) = 0x0000000000400000)\n"
		"qpill Uncore Event Set 0\n"
		"\tUNC_Q_CLOCKTICKS (QPILL Counter 0 (0xd8) = 0x0000000000409702)\n",
		"2");
	finish(session);
	assert_value(session, 2, 0x186, 0x4300c5, "recorded: emon");
	assert_value(session, 2, 0xd10, 0x400000, "emon");
	assert_false(has_value(session, 2, 0xd8));
	assert_remark(session,
		"dump: 1 registers of emon are in config space, of functions that it does not "
		"name: left out");
}

#define REQUESTS                                                                                   \
	"pcm-raw -e thread_msr/config=0x198,config1=0,name=PERF_STATUS "                           \
	"-e thread_msr/config=0x10,config1=1,name=TSC_DELTA -e core/config=0x4300c0,name=INST\n"   \
	"package_msr/config=0x1a2,config1=0\n"

static void pcm_raw_names_cpus_and_registers(void **state)
{
	struct session *session = *state;

	identify(session);
	take_pcm_raw(session, REQUESTS
		",,,SKT0CORE0,SKT0CORE0,SKT0CORE0,SKT1CORE3,SKT0,SKT1,\n"
		"Date,Time,ms,INST,PERF_STATUS,TSC_DELTA,PERF_STATUS,package_msr:0x1a2:static,"
		"package_msr:0x1a2:static,\n"
		"2021-09-27,00:07:40.507,1000,77,6912,2102078418,7168,6556160,6556161,\n"
		"2021-09-27,00:07:41.507,1000,78,8448,2102078418,7168,6556160,6556161,\n");
	finish(session);
	assert_value(session, 0, 0x198, 6912, "recorded: pcm-raw, raw.csv");
	assert_value(session, 3, 0x198, 7168, "pcm-raw");
	assert_value(session, 1, 0x1a2, 6556160, "pcm-raw");
	assert_value(session, 2, 0x1a2, 6556161, "pcm-raw");
	assert_value(session, 3, 0x1a2, 6556161, "pcm-raw");
	assert_false(has_value(session, 0, 0x10));
	assert_remark(session, "raw.csv: 2 values are differences (freerun), of no register");
	assert_remark(session, "1 values of later samples are left out");
}

static void rows_of_pcm_raw_are_cpus_in_order(void **state)
{
	struct session *session = *state;

	identify(session);
	take_pcm_raw(session,
		"2021-09-27,00:07:40.507,thread_msr/MSR 0x198/static,1000,2102078418,1,2,3,4\r\n"
		"2021-09-27,00:07:40.507,package_msr:0x1a2:static,1000,2102078418,,,,,6,7\r\n"
		"2021-09-27,00:07:40.507,UNC_M_CAS_COUNT.RD,1000,2102078418,5,6\r\n"
		"2021-09-27,00:07:40.507,pcicfg:0xe20:0x180:0x20:static,1000,2102078418,5\r\n");
	finish(session);
	assert_value(session, 0, 0x198, 1, "pcm-raw");
	assert_value(session, 3, 0x198, 4, "pcm-raw");
	assert_value(session, 1, 0x1a2, 6, "pcm-raw");
	assert_value(session, 2, 0x1a2, 7, "pcm-raw");
	assert_remark(session,
		"raw.csv: 1 values are of config space or memory, of functions that it does not "
		"name: left out");
}

static void requests_may_be_in_a_file_before(void **state)
{
	struct session *session = *state;

	identify(session);
	take_pcm_raw(session, REQUESTS);
	take_pcm_raw(session, "2021-09-27,00:07:40.507,PERF_STATUS,1000,2102078418,1,2,3,4\n");
	finish(session);
	assert_value(session, 1, 0x198, 2, "pcm-raw");
}

static void wrong_tables_are_named(void **state)
{
	static const struct wrong wrongs[] = {
		{NULL, "CPU\tM0X198\n7\t0x0000210000001b00\n", "dump:2: the node has no CPU 7"},
		{NULL, "CPU\tM0X198\n0\t0x00002100000\x01\n",
			"dump:2: is not as turbostat prints it"},
		{NULL, "CPU\tM0X198\n0\t0x1\n0\t0x12345678123456781\n", "dump:3: is not as"},
		{NULL, "#MSR       Write mask        \n0x00000199 0x000000000000FFFF\n",
			"dump: is an allowlist: it has masks and no values. msrctl policy takes"},
		{NULL,
			"# MSR        Write Mask\n0x00000199   0x000000000000ff00   # "
			"\"PERF_CTL\"\n",
			"dump: is an allowlist"},
		{NULL, "CPU\tM0X123456789\n0\t0x1\n", "no line shows a register"},
		/* cut off: not a register of 32 bits */
		{NULL, "CPU\tM0X198\n0\t0x00002100", "dump:2: is not as turbostat prints it"},
		{NULL, "CPU\tM0x198\n0\t0x0000210000001b00\n", "dump:2: is not as"},
		{NULL, "turbostat --add msr0x198,u32,raw,A\nCPU\tA\n0\t0x0000210000001b00\n",
			"dump:3: is not as"},
		{NULL, "Core\tM0X198\n0\t0x1\n", "dump:1: the table has no column CPU"},
		{import_pcm_raw, "", "dump: has no register: request it"},
		{import_pcm_raw, "2021-09-27,00:07:40.507,INST,1000,2102078418,1,2,3,4\n",
			"dump: has no register: request it"},
		{import_pcm_raw, "2021-09-27,0:7:4,thread_msr:0x198:static,1000,1,1,2,3\n",
			"dump:1: has 3 values for 4 CPUs"},
		{import_pcm_raw, "2021-09-27,0:7:4,package_msr:0x198:static,1000,1,1,2,3\n",
			"dump:1: has 3 values for 2 packages"},
		{import_pcm_raw, "2021-09-27,0:7:4,thread_msr:0x198:static,1000,1,1,2,3,-4\n",
			"dump:1: '-4' is no value of 64 bits"},
		{import_pcm_raw,
			"2021-09-27,0:7:4,thread_msr:0x198:static,1,1,1,2,3,99999999999999999999\n",
			"dump:1: '99999999999999999999' is no value of 64 bits"},
		{import_pcm_raw,
			"2021-09-27,0:7:4,thread_msr:0x198:static,1,1,1,2,3,4\n"
			"2021-09-27,0:7:5,thread_msr:0x198:static",
			"dump:2: has 0 values for 4 CPUs"},
		{import_pcm_raw,
			",,,SKT0CORE0,SKT0CORE1,\n"
			"Date,Time,ms,thread_msr:0x198:static,thread_msr:0x198:static,\n"
			"2021-09-27,0:7:4,1000,1",
			"dump:3: has 4 cells, and more heads above: is it cut off?"},
		{import_pcm_raw, "thread_msr/config=0x123456789,config1=0\n",
			"dump:1: is not 'thread_msr/config=0x10,config1=0,name=TSC'"},
		{import_pcm_raw, "\nthread_msr/config=0x10,config1=2\n", "dump:2: is not"},
		{import_pcm_raw, "thread_msr/config=0x10\n", "dump:1: is not"},
		{import_pcm_raw,
			"thread_msr/config=0x10,config1=0,name=A\n"
			"thread_msr/config=0x11,config1=0,name=A\n",
			"dump:2: A is requested as another register in dump:1"},
		{import_pcm_raw,
			",,,SKT0CORE9,\nDate,Time,ms,thread_msr:0x198:static,\n"
			"2021-09-27,0:7:4,1000,1,\n",
			"dump:3: the node has no CPU 9"},
		{import_pcm_raw,
			",,,SKT4,\nDate,Time,ms,package_msr:0x198:static,\n"
			"2021-09-27,0:7:4,1000,1,\n",
			"dump:3: the node has no package 4"},
		{import_pcm_raw,
			"Date,Time,ms,package_msr:0x198:static,\n2021-09-27,0:7:4,1000,1,\n",
			"dump:2: which CPU is column 4 of? The line above 'Date,Time' is missing"},
	};

	(void)state;
	expect_complaints(wrongs, N_ELEMENTS(wrongs), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(columns_of_turbostat_are_registers),
		SESSION_TEST(columns_with_names_are_those_that_the_command_asked_for),
		SESSION_TEST(a_column_that_nobody_asked_for_is_told),
		cmocka_unit_test(names_of_turbostat_are_found_in_the_manuals),
		SESSION_TEST(sets_of_emon_are_msrs_or_config_space),
		SESSION_TEST(pcm_raw_names_cpus_and_registers),
		SESSION_TEST(rows_of_pcm_raw_are_cpus_in_order),
		SESSION_TEST(requests_may_be_in_a_file_before),
		cmocka_unit_test(wrong_tables_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
