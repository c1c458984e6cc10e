/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "cli/fields.h"

static const struct arch *snb(void)
{
	const struct arch *arch = arch_find(6, 0x2d);

	assert_non_null(arch);
	return arch;
}

static struct place msr(uint32_t reg)
{
	return place_at(place_of_cpu(3), reg);
}

static void bits_are_written_as_a_range_a_bit_or_a_name(void **state)
{
	static const struct {
		const char *text;
		unsigned high, low;
		const char *name;
	} cases[] = {
		{"15:8", 15, 8, "UMASK"},
		{"22", 22, 22, "EN"},
		{"umask", 15, 8, "UMASK"},
		/* E is a field, and no number */
		{"E", 18, 18, "E"},
		{"16:8", 16, 8, NULL},
		{"63:0", 63, 0, NULL},
		{"0x10", 16, 16, "USR"},
	};
	struct place place = msr(0x187);
	char error[FIELDS_ERROR_SIZE], text[FIELDS_BITS_SIZE];
	struct arch_bits bits;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(fields_find(snb(), &place, cases[i].text, &bits, error));
		assert_int_equal(bits.high, cases[i].high);
		assert_int_equal(bits.low, cases[i].low);
		if (cases[i].name)
			assert_string_equal(bits.name, cases[i].name);
		else
			assert_null(bits.name);
	}
	assert_string_equal(fields_bits(&bits, text), "16");
	/* of a register, and of a model, that nothing is known of */
	place = msr(0x12345);
	assert_true(fields_find(snb(), &place, "7:4", &bits, error));
	assert_string_equal(fields_bits(&bits, text), "7:4");
	assert_true(fields_find(NULL, &place, "7:4", &bits, error));
}

static void what_are_no_bits_is_told_with_the_right_ones(void **state)
{
	const struct place select = msr(0x186), unknown = msr(0x12345);
	const struct place unit = place_at(place_of_unit(0, UNIT_IMC, 0), 0xd8);
	static const char *const hints[] = {"", "8:15", "64", "1:64", "UMAK", ":", "1:", "1:2:3",
		"-1", "99999999999999999999:0"};
	char error[FIELDS_ERROR_SIZE];
	struct arch_bits bits;

	(void)state;
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		assert_false(fields_find(snb(), &select, hints[i], &bits, error));
	assert_false(fields_find(snb(), &select, "8:15", &bits, error));
	assert_string_equal(error, "8:15: the higher bit comes first: 15:8");
	assert_false(fields_find(snb(), &select, "UMAK", &bits, error));
	assert_non_null(strstr(error, "a field of IA32_PERFEVTSEL0; did you mean UMASK?"));
	assert_false(fields_find(snb(), &select, "HELLO", &bits, error));
	assert_non_null(strstr(error, "`msrctl read -x` shows them"));
	assert_false(fields_find(snb(), &unit, "32", &bits, error));
	assert_string_equal(error, "32: the register has bits 31:0");
	assert_false(fields_find(snb(), &unknown, "EN", &bits, error));
	assert_string_equal(error,
		"EN: no fields of 0x12345 are known; bits are written HIGH:LOW, such as 15:8");
}

static void fields_have_values_words_and_amounts(void **state)
{
	struct place place = msr(0x38d);
	const uint64_t units = 0xa1003;
	char error[FIELDS_ERROR_SIZE];
	struct arch_bits bits;
	struct field field;
	uint32_t reg = 0;

	(void)state;
	assert_true(fields_find(snb(), &place, "EN1", &bits, error));
	assert_false(fields_unit_register(snb(), &bits, &reg));
	field = fields_get(snb(), &bits, 0x330, NULL);
	assert_true(field.value == 3);
	assert_int_equal(field.said_length, strlen("kernel and user"));
	assert_memory_equal(field.said, "kernel and user", strlen("kernel and user"));
	assert_false(field.has_amount);

	place = msr(0x610);
	assert_true(fields_find(snb(), &place, "14:0", &bits, error));
	assert_true(fields_unit_register(snb(), &bits, &reg));
	assert_int_equal(reg, 0x606);
	field = fields_get(snb(), &bits, 0x5a8398, &units);
	assert_true(field.has_amount && field.amount == 115);
	assert_string_equal(field.unit, "W");
	/* whose unit is not known has no amount */
	field = fields_get(snb(), &bits, 0x5a8398, NULL);
	assert_false(field.has_amount);
	assert_true(field.value == 0x398);
	assert_null(field.said);

	place = msr(0xce);
	assert_true(fields_find(snb(), &place, "MAXIMUM_NON_TURBO_RATIO", &bits, error));
	field = fields_get(snb(), &bits, 0x1b00, NULL);
	assert_true(field.has_amount && field.amount == 2700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_are_written_as_a_range_a_bit_or_a_name),
		cmocka_unit_test(what_are_no_bits_is_told_with_the_right_ones),
		cmocka_unit_test(fields_have_values_words_and_amounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
