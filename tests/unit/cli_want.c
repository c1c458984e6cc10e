/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "cli/count/names.h"
#include "cli/count/raw.h"
#include "cli/count/want.h"
#include "util/array.h"

static const struct arch *sandy_bridge(void)
{
	return arch_find(6, 0x2d);
}

static struct want parse(const struct arch *arch, const char *text)
{
	char error[WANT_ERROR_SIZE] = "";
	struct want want;

	if (!want_parse(&want, arch, text, error))
		fail_msg("%s", error);
	return want;
}

static void check_error(const char *text, const char *wanted)
{
	char error[WANT_ERROR_SIZE] = "";
	struct want want;

	if (want_parse(&want, sandy_bridge(), text, error))
		fail_msg("%s is read", text);
	if (!strstr(error, wanted))
		fail_msg("\"%s\" does not say \"%s\"", error, wanted);
}

static bool has_names(void)
{
	char error[WANT_ERROR_SIZE];
	struct want want = {0};

	return names_parse(&want, sandy_bridge(), "MEM_UOPS_RETIRED:ALL_LOADS", error);
}

static void raw_event_of_the_core_sets_its_bits(void **state)
{
	struct want want =
		parse(sandy_bridge(), "cpu/event=0xc2,umask=0x1,cmask=2,edge,inv,any/:u");

	(void)state;
	assert_int_equal(want.kind, WANT_CORE);
	assert_int_equal(want.select, 0x02a501c2);
	assert_int_equal(want.counters, 0xff);
	want = parse(sandy_bridge(), "cpu/event=0xc2/:k");
	assert_int_equal(want.select, 0x000200c2);
	want = parse(sandy_bridge(), "cpu/event=0xc2,edge=0/");
	assert_int_equal(want.select, 0x000300c2);
}

static void raw_event_of_a_box_sets_its_bits(void **state)
{
	struct want want = parse(sandy_bridge(), "imc/event=0x04,umask=0x03/");

	(void)state;
	assert_int_equal(want.kind, WANT_BOX);
	assert_string_equal(want.box->name, "imc");
	assert_int_equal(want.select, 0x304);
	assert_int_equal(want.counters, 0xf);
	assert_false(want.has_index);
	want = parse(sandy_bridge(), "r3qpi1/event=1/");
	assert_true(want.has_index);
	assert_int_equal(want.index, 1);
	assert_int_equal(want.counters, 0x7);
	want = parse(sandy_bridge(), "r2pcie/event=0x12/");
	assert_false(want.has_index);
	assert_int_equal(want.counters, 0x1);
	want = parse(sandy_bridge(), "qpi/event=0x102,umask=8,thresh=3/");
	assert_int_equal(want.select, 0x03200802);
	want = parse(sandy_bridge(), "imc/fixed/");
	assert_true(want.counters == UINT64_C(1) << WANT_FIXED);
}

static void filter_matters_as_far_as_the_event_looks_at_it(void **state)
{
	struct want want = parse(sandy_bridge(), "cbox/event=0x35,umask=0x03,filter=0xc1000000/");

	(void)state;
	assert_true(want.filter == 0xc1000000);
	assert_true(want.filter_mask == 0xff800000);
	/* all states are none if nobody says which */
	want = parse(sandy_bridge(), "cbox/event=0x34,umask=0x03/");
	assert_true(want.filter_mask == 0x7c0000);
	want = parse(sandy_bridge(), "cpu/event=0xb7,umask=0x01,filter=0x10001/");
	assert_int_equal(want.filter_reg, 0x1a6);
	assert_true(want.filter == 0x10001);
	want = parse(sandy_bridge(), "qpi/event=0x138,match0=0x20,mask0=0x3f/");
	assert_true(want.has_packets);
	assert_int_equal(want.packets[0], 0x20);
	assert_int_equal(want.packets[2], 0x3f);
}

static void plain_events_may_have_a_fixed_counter(void **state)
{
	char text[WANT_COUNTERS_SIZE];
	struct want want = parse(sandy_bridge(), "instructions");

	(void)state;
	assert_int_equal(want.select, 0x300c0);
	assert_true(want.counters == (UINT64_C(1) << WANT_FIXED | 0xff));
	assert_string_equal(want_counters_text(&want, sandy_bridge(), text), "0-3, fixed 0");
	want = parse(sandy_bridge(), "cycles:u");
	assert_int_equal(want.fixed_mode, PMU_FIXED_USER);
	assert_true(want.counters == (UINT64_C(2) << WANT_FIXED | 0xff));
	want = parse(sandy_bridge(), "cpu/event=0x3c,cmask=1/");
	assert_int_equal(want.counters, 0xff);
	want = parse(sandy_bridge(), "ref-cycles");
	assert_true(want.counters == UINT64_C(4) << WANT_FIXED);
}

static void limits_are_the_models(void **state)
{
	struct want want = parse(sandy_bridge(), "cpu/event=0xa3,umask=0x02,cmask=2/");

	(void)state;
	assert_int_equal(want.counters, 0x4);
	want = parse(arch_find(6, 0x3e), "cpu/event=0xa3,umask=0x02,cmask=2/");
	assert_int_equal(want.counters, 0xf);
	want = parse(sandy_bridge(), "cbox/event=0x36,umask=0x0a/");
	assert_int_equal(want.counters, 0x1);
}

static void energy_is_a_running_register(void **state)
{
	struct want want = parse(sandy_bridge(), "RAPL_ENERGY_DRAM");

	(void)state;
	assert_int_equal(want.kind, WANT_RUNNING);
	assert_int_equal(want.quantity, ARCH_DRAM_ENERGY);
	want = parse(sandy_bridge(), "rapl::rapl_energy_pkg");
	assert_int_equal(want.quantity, ARCH_PACKAGE_ENERGY);
}

static void wrong_raw_event_says_what_is_right(void **state)
{
	(void)state;
	check_error(
		"imk/event=4/", "\"imk\" is no unit of Sandy Bridge-EP; it has cpu, msr, cbox,");
	check_error("imc/event=4", "the second / is missing");
	check_error("imc/evnt=4/", "imc has no \"evnt\"; it has event, umask, edge,");
	check_error("imc/event/", "event needs a value");
	check_error("imc/event=0x104/", "events of imc go up to 0xff");
	check_error("cpu/event=0x100/", "events of cpu go up to 0xff");
	check_error("imc/event=4,umask=0x100/", "0x100 is no number up to 0xff");
	check_error("imc/event=4,umask=x/", "x is no number up to 0xff");
	check_error("imc/event=4/:u", "imc does not know user and kernel apart");
	check_error("cpu/event=4/:x", "\"x\" is no modifier");
	check_error("cpu/umask=4/", "which event?");
	check_error("cpu/event=4,match0=1/", "cpu has no \"match0\"");
	check_error("pcu/event=1,umask=0x20/", "do not exist in pcu of Sandy Bridge-EP");
	check_error("ubox/event=1,thresh=0xff/", "do not exist in ubox");
}

static void names_are_those_of_libpfm4(void **state)
{
	struct want want;

	(void)state;
	if (!has_names())
		skip();
	want = parse(sandy_bridge(), "MEM_UOPS_RETIRED:ALL_LOADS");
	assert_int_equal(want.select, 0x381d0);
	assert_int_equal(want.counters, 0xf);
	want = parse(sandy_bridge(), "MEM_UOPS_RETIRED:ALL_LOADS:u:c=2:i:e");
	assert_int_equal(want.select, 0x028581d0);
	want = parse(sandy_bridge(), "OFFCORE_RESPONSE_0:DMND_DATA_RD:ANY_RESPONSE");
	assert_int_equal(want.select, 0x301b7);
	assert_true(want.filter == 0x10001);
	want = parse(sandy_bridge(), "UNC_M_CAS_COUNT:RD");
	assert_string_equal(want.box->name, "imc");
	assert_int_equal(want.select, 0x304);
	assert_false(want.has_index);
	want = parse(sandy_bridge(), "snbep_unc_imc2::UNC_M_CAS_COUNT:WR");
	assert_true(want.has_index);
	assert_int_equal(want.index, 2);
	want = parse(sandy_bridge(), "UNC_M_CLOCKTICKS");
	assert_true(want.counters == UINT64_C(1) << WANT_FIXED);
	want = parse(sandy_bridge(), "UNC_C_LLC_LOOKUP:DATA_READ:STATE_M");
	assert_true(want.filter == 0x200000);
	want = parse(sandy_bridge(), "UNC_P_FREQ_BAND0_CYCLES:ff=16");
	assert_true(want.filter == 16);
	want = parse(sandy_bridge(), "UNC_Q_RXL_FLITS_G1:DRS");
	assert_int_equal(want.select, 0x201802);
}

static void names_of_another_model_are_its_own(void **state)
{
	const struct arch *ivy_bridge = arch_find(6, 0x3e);
	struct want want;

	(void)state;
	if (!has_names())
		skip();
	want = parse(ivy_bridge, "UNC_C_TOR_INSERTS:OPC_DRD:OPCODE");
	assert_true(want.filter == UINT64_C(0x18200000) << 32);
	want = parse(ivy_bridge, "UNC_H_REQUESTS:READS");
	assert_string_equal(want.box->name, "ha");
}

static void wrong_name_says_what_is_near(void **state)
{
	(void)state;
	if (!has_names())
		skip();
	check_error("MEM_UOPS_RETIRD:ALL_LOADS",
		"MEM_UOPS_RETIRD:ALL_LOADS is no event of Sandy Bridge-EP; did you mean "
		"MEM_UOPS_RETIRED:ALL_LOADS?");
	check_error("FRIED_EGGS", "FRIED_EGGS is no event of Sandy Bridge-EP; see msrctl events");
	check_error("MEM_UOPS_RETIRED", "unit masks of MEM_UOPS_RETIRED: ");
	check_error("MEM_UOPS_RETIRED:ALL_LODS", "ALL_LOADS");
	check_error("ivbep_unc_imc0::UNC_M_CAS_COUNT:RD", "ivbep_unc_imc0 is no PMU of Sandy");
	check_error("UNC_M_CAS_COUNT:RD:u", "UNC_M_CAS_COUNT:RD:u: invalid event attribute");
}

static bool check_name(void *context, const struct name *name)
{
	unsigned *n = context;

	assert_non_null(name->unit);
	if (name->is_parsed && name->want.counters == 0)
		fail_msg("%s has no counter", name->full);
	(*n)++;
	return true;
}

/* limits and events are of different sources */
static void every_name_has_a_counter(void **state)
{
	unsigned n = 0;

	(void)state;
	if (!has_names())
		skip();
	assert_int_equal(names_walk(sandy_bridge(), check_name, &n), 0);
	assert_true(n > 500);
	assert_int_equal(names_walk(arch_find(6, 0x3e), check_name, &n), 0);
}

static void raw_text_reads_back(void **state)
{
	static const char *const texts[] = {
		"cbox/event=0x35,umask=0x03,filter=0xc1000000,thresh=2/",
		"qpi/event=0x102,edge,inv,thresh=1/",
		"qpi1/event=0x138,match0=0x20,mask0=0x38,mask1=0x1/",
		"imc2/fixed/",
		"cpu/event=0xd0,umask=0x81,cmask=1,any/:k",
		"cpu/event=0xb7,umask=0x01,filter=0x10001/:u",
		"cbox3/event=0x37,select=0x80000/",
		"pcu/event=0x80,umask=0x40/",
	};
	char text[WANT_NAME_SIZE];
	struct want want, again;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(texts); i++) {
		want = parse(sandy_bridge(), texts[i]);
		again = parse(sandy_bridge(), raw_text(&want, text));
		assert_int_equal(again.select, want.select);
		assert_true(again.filter == want.filter && again.counters == want.counters);
		assert_true(again.has_index == want.has_index && again.index == want.index);
		assert_memory_equal(again.packets, want.packets, sizeof want.packets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_event_of_the_core_sets_its_bits),
		cmocka_unit_test(raw_event_of_a_box_sets_its_bits),
		cmocka_unit_test(filter_matters_as_far_as_the_event_looks_at_it),
		cmocka_unit_test(plain_events_may_have_a_fixed_counter),
		cmocka_unit_test(limits_are_the_models),
		cmocka_unit_test(energy_is_a_running_register),
		cmocka_unit_test(wrong_raw_event_says_what_is_right),
		cmocka_unit_test(names_are_those_of_libpfm4),
		cmocka_unit_test(names_of_another_model_are_its_own),
		cmocka_unit_test(wrong_name_says_what_is_near),
		cmocka_unit_test(every_name_has_a_counter),
		cmocka_unit_test(raw_text_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
