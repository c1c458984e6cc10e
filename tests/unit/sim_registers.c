/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "sim/machine/registers.h"

#include <string.h>

static void every_register_is_found_at_its_own_place_only(void **state)
{
	bool seen[1024] = {false};
	uint32_t count = registers_count(&sim_registers_06_2d);

	(void)state;
	assert_true(count < sizeof seen);
	for (size_t i = 0; i < sim_registers_06_2d.n_entries; i++) {
		const struct register_entry *entry = &sim_registers_06_2d.entries[i];
		for (uint32_t n = 0; n < registers_entry_count(entry); n++) {
			struct register_place place;
			assert_true(registers_find(
				&sim_registers_06_2d, entry->address + n * entry->stride, &place));
			assert_ptr_equal(place.entry, entry);
			assert_int_equal(place.index, n);
			assert_false(seen[place.slot]);
			seen[place.slot] = true;
		}
	}
	for (uint32_t i = 0; i < count; i++)
		assert_true(seen[i]);
}

static void table_has_all_known_registers_of_the_model(void **state)
{
	(void)state;
	assert_int_equal(registers_count(&sim_registers_06_2d), 461);
}

static void table_is_in_ascending_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < sim_registers_06_2d.n_entries; i++)
		assert_true(sim_registers_06_2d.entries[i - 1].address <
			    sim_registers_06_2d.entries[i].address);
}

static void every_register_has_a_name_and_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < sim_registers_06_2d.n_entries; i++) {
		const struct register_entry *entry = &sim_registers_06_2d.entries[i];
		assert_true(strlen(entry->name) > 0);
		assert_true(strlen(entry->source) > 0);
		if (registers_entry_count(entry) > 1)
			assert_non_null(strchr(entry->name, '#'));
	}
}

static void assert_name(uint32_t address, const char *expected)
{
	struct register_place place;
	char name[40];

	assert_true(registers_find(&sim_registers_06_2d, address, &place));
	registers_name(&place, name, sizeof name);
	assert_string_equal(name, expected);
}

static void registers_of_a_bank_have_their_own_names(void **state)
{
	(void)state;
	assert_name(0x606, "MSR_RAPL_POWER_UNIT");
	assert_name(0xC6, "IA32_PMC5");
	assert_name(0x40D, "IA32_MC3_STATUS");
	assert_name(0x44F, "IA32_MC19_MISC");
	assert_name(0xD52, "MSR_C2_PMON_EVNTSEL2");
	assert_name(0x6CF, "MSR_LASTBRANCH_15_TO_IP");
}

static void gap_in_a_bank_is_no_register(void **state)
{
	struct register_place place;

	(void)state;
	assert_false(registers_find(&sim_registers_06_2d, 0x412, &place));
	assert_false(registers_find(&sim_registers_06_2d, 0x214, &place));
	assert_false(registers_find(&sim_registers_06_2d, 0xD15, &place));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_register_is_found_at_its_own_place_only),
		cmocka_unit_test(table_has_all_known_registers_of_the_model),
		cmocka_unit_test(table_is_in_ascending_order),
		cmocka_unit_test(every_register_has_a_name_and_a_source),
		cmocka_unit_test(registers_of_a_bank_have_their_own_names),
		cmocka_unit_test(gap_in_a_bank_is_no_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
