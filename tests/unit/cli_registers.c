/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/reach.h"
#include "cli/registers.h"
#include "fake_msrd.h"

static const struct place cpu = {.space = OP_MSR};
static const struct place imc = {.space = OP_PCI, .unit = UNIT_IMC};

static const struct arch *snb(void)
{
	const struct arch *arch = arch_find(6, 0x2d);

	assert_non_null(arch);
	return arch;
}

static void registers_have_numbers_and_names(void **state)
{
	char name[ARCH_NAME_SIZE];
	uint32_t reg = 0;

	(void)state;
	assert_true(registers_find(snb(), &cpu, "0x198", &reg));
	assert_int_equal(reg, 0x198);
	assert_true(registers_find(snb(), &cpu, "ia32_perf_GLOBAL_ctrl", &reg));
	assert_int_equal(reg, 0x38f);
	assert_string_equal(
		registers_name(snb(), &(struct place){.space = OP_MSR, .reg = 0x38f}, name),
		"IA32_PERF_GLOBAL_CTRL");
	assert_false(registers_find(snb(), &imc, "IA32_PERF_GLOBAL_CTRL", &reg));
	assert_false(registers_find(snb(), &cpu, "", &reg));
	assert_false(registers_find(NULL, &cpu, "IA32_PERF_GLOBAL_CTRL", &reg));
	assert_true(registers_find(NULL, &cpu, "16", &reg));
	assert_int_equal(reg, 16);
	assert_null(
		registers_name(snb(), &(struct place){.space = OP_MSR, .reg = 0xffffffff}, name));
	assert_null(registers_name(NULL, &cpu, name));
}

static void other_names_in_use_are_known(void **state)
{
	uint32_t reg = 0;

	(void)state;
	assert_true(registers_find(snb(), &cpu, "IA32_PERF_STATUS", &reg));
	assert_int_equal(reg, 0x198);
	assert_true(registers_find(snb(), &cpu, "msr_perf_status", &reg));
	assert_int_equal(reg, 0x198);
}

static void the_nearest_name_is_meant(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{"IA32_PERF_STATU", "IA32_PERF_STATUS"},
		{"IA32_PREF_STATUS", "IA32_PERF_STATUS"},
		{"ia32_fixed_crt_ctrl", "IA32_FIXED_CTR_CTRL"},
		/* a part of a name */
		{"PERF_STATUS", "MSR_PERF_STATUS"},
		/* nothing is near */
		{"HELLO", NULL},
		{"", NULL},
		{"x", NULL},
		{"MSR", NULL},
	};
	char name[ARCH_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *nearest = registers_nearest(snb(), &cpu, cases[i].text, name);

		if (cases[i].name)
			assert_string_equal(nearest, cases[i].name);
		else
			assert_null(nearest);
	}
	assert_null(registers_nearest(NULL, &cpu, "IA32_PERF_STATU", name));
	assert_null(registers_nearest(snb(), &imc, "IA32_PERF_STATU", name));
}

static void a_name_that_is_too_long_is_near_to_none(void **state)
{
	char text[1000], name[ARCH_NAME_SIZE];

	(void)state;
	memset(text, 'A', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_null(registers_nearest(snb(), &cpu, text, name));
}

static void each_space_is_reached(void **state)
{
	struct msrd msrd = {0};
	struct place at = place_at(place_of_cpu(3), 0x10);
	struct place in = place_at(place_of_unit(1, UNIT_IMC, 2), 0xa0);
	uint64_t value;

	(void)state;
	fake_add(&msrd, at, 0x10, 0x1122334455667788);
	fake_add(&msrd, in, 0xa0, 0x99);
	assert_int_equal(reach_read(&msrd, &at, &value), 0);
	assert_true(value == 0x1122334455667788);
	assert_int_equal(reach_write(&msrd, &in, 0x77), 0);
	assert_int_equal(reach_read(&msrd, &in, &value), 0);
	assert_true(value == 0x77);
	in.reg = 0x10;
	assert_int_equal(reach_read(&msrd, &in, &value), MSRD_FAILED);
	assert_int_equal(reach_check(&msrd, &in), 0);
	in.package = 2;
	assert_int_equal(reach_check(&msrd, &in), MSRD_ABSENT);
	assert_int_equal(reach_check(&msrd, &at), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_have_numbers_and_names),
		cmocka_unit_test(other_names_in_use_are_known),
		cmocka_unit_test(the_nearest_name_is_meant),
		cmocka_unit_test(a_name_that_is_too_long_is_near_to_none),
		cmocka_unit_test(each_space_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
