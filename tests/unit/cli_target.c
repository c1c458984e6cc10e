/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "cli/target.h"

#include <errno.h>

#include "fake_msrd.h"

static const struct arch *snb(void)
{
	const struct arch *arch = arch_find(6, 0x2d);

	assert_non_null(arch);
	return arch;
}

static void cpus_are_a_list(void **state)
{
	struct target_list list = {0};

	(void)state;
	assert_int_equal(target_list_parse_cpus(&list, "0-2,8"), 0);
	assert_int_equal(list.n_targets, 4);
	assert_int_equal(list.targets[2].cpu, 2);
	assert_int_equal(list.targets[3].cpu, 8);
	target_list_deinit(&list);
}

static void no_list_of_cpus_is_refused(void **state)
{
	static const char *const wrong[] = {"", "x", "0-", "3-1", "0,", "-1", "0 1", "99999999"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct target_list list = {0};

		assert_int_equal(target_list_parse_cpus(&list, wrong[i]), -EINVAL);
		target_list_deinit(&list);
	}
}

static void units_are_names_with_numbers(void **state)
{
	static const struct {
		enum op_unit unit;
		uint32_t index;
	} wanted[] = {
		{UNIT_IMC, 0},
		{UNIT_IMC, 1},
		{UNIT_IMC, 3},
		{UNIT_QPI_MASK, 1},
		{UNIT_R3QPI, 0},
	};
	struct target_list list = {0};

	(void)state;
	assert_int_equal(target_list_parse_units(&list, snb(), 1, "imc0-1,3,qpi-mask1,r3qpi0"), 0);
	assert_int_equal(list.n_targets, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(list.targets[i].space, OP_PCI);
		assert_int_equal(list.targets[i].socket, 1);
		assert_int_equal(list.targets[i].unit, wanted[i].unit);
		assert_int_equal(list.targets[i].index, wanted[i].index);
	}
	target_list_deinit(&list);
}

static void a_name_without_number_is_all_of_its_kind(void **state)
{
	struct target_list list = {0};

	(void)state;
	assert_int_equal(target_list_parse_units(&list, snb(), 0, "imc,ha"), 0);
	assert_int_equal(list.n_targets, 5);
	assert_int_equal(list.targets[3].index, 3);
	assert_int_equal(list.targets[4].unit, UNIT_HA);
	target_list_deinit(&list);
}

static void no_units_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", "0", "imx", "imc0-", "imc,", "imc-1", "imc0x", "qpi-", "imc 0", "imc99"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct target_list list = {0};

		assert_int_equal(target_list_parse_units(&list, snb(), 0, wrong[i]), -EINVAL);
		target_list_deinit(&list);
	}
}

static void registers_have_numbers_and_names(void **state)
{
	struct target cpu = target_cpu(0), imc = target_unit(0, UNIT_IMC, 0);
	const char *name = target_register_name(&cpu, snb(), 0x38f);
	uint32_t reg = 0;

	(void)state;
	assert_true(target_find_register(&cpu, snb(), "0x198", &reg));
	assert_int_equal(reg, 0x198);
	assert_non_null(name);
	assert_true(target_find_register(&cpu, snb(), name, &reg));
	assert_int_equal(reg, 0x38f);
	assert_false(target_find_register(&imc, snb(), name, &reg));
	assert_false(target_find_register(&cpu, snb(), "", &reg));
	assert_false(target_find_register(&cpu, NULL, name, &reg));
	assert_true(target_find_register(&cpu, NULL, "16", &reg));
	assert_int_equal(reg, 16);
	assert_null(target_register_name(&cpu, snb(), 0xffffffff));
}

static void each_space_has_its_functions(void **state)
{
	struct msrd msrd = {0};
	struct target cpu = target_cpu(3), imc = target_unit(1, UNIT_IMC, 2);
	uint64_t value;
	char text[40];

	(void)state;
	fake_add(&msrd, cpu, 0x10, 0x1122334455667788);
	fake_add(&msrd, imc, 0xa0, 0x99);
	assert_int_equal(target_read(&msrd, &cpu, 0x10, &value), 0);
	assert_true(value == 0x1122334455667788);
	assert_int_equal(target_write(&msrd, &imc, 0xa0, 0x77), 0);
	assert_int_equal(target_read(&msrd, &imc, 0xa0, &value), 0);
	assert_true(value == 0x77);
	assert_int_equal(target_read(&msrd, &imc, 0x10, &value), MSRD_FAILED);
	assert_string_equal(target_describe(&cpu, text, sizeof text), "CPU 3");
	assert_string_equal(target_describe(&imc, text, sizeof text), "imc2 of socket 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_are_a_list),
		cmocka_unit_test(no_list_of_cpus_is_refused),
		cmocka_unit_test(units_are_names_with_numbers),
		cmocka_unit_test(a_name_without_number_is_all_of_its_kind),
		cmocka_unit_test(no_units_are_refused),
		cmocka_unit_test(registers_have_numbers_and_names),
		cmocka_unit_test(each_space_has_its_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
