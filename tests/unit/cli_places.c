/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>

#include "cli/places.h"

static const struct arch *snb(void)
{
	const struct arch *arch = arch_find(6, 0x2d);

	assert_non_null(arch);
	return arch;
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
	struct places places = {0};

	(void)state;
	assert_int_equal(places_parse_units(&places, snb(), 1, "imc0-1,3,qpi-mask1,r3qpi0"), 0);
	assert_int_equal(places.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(places.list[i].space, OP_PCI);
		assert_int_equal(places.list[i].package, 1);
		assert_int_equal(places.list[i].unit, wanted[i].unit);
		assert_int_equal(places.list[i].index, wanted[i].index);
	}
	places_deinit(&places);
}

static void a_name_without_number_is_all_of_its_kind(void **state)
{
	struct places places = {0};

	(void)state;
	assert_int_equal(places_parse_units(&places, snb(), 0, "imc,ha"), 0);
	assert_int_equal(places.n, 5);
	assert_int_equal(places.list[3].index, 3);
	assert_int_equal(places.list[4].unit, UNIT_HA);
	places_deinit(&places);
}

static void no_units_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", "0", "imx", "imc0-", "imc,", "imc-1", "imc0x", "qpi-", "imc 0", "imc99"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct places places = {0};

		assert_int_equal(places_parse_units(&places, snb(), 0, wrong[i]), -EINVAL);
		places_deinit(&places);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_names_with_numbers),
		cmocka_unit_test(a_name_without_number_is_all_of_its_kind),
		cmocka_unit_test(no_units_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
