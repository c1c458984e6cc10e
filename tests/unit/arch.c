/* SPDX-License-Identifier: MIT */
/* Data is tested like code: what the shipped lists of every model let a client do. */
#include "arch/arch.h"

#include "test.h"

#include <assert.h>
#include <string.h>

#include "policy/policy.h"
#include "util/array.h"

static const struct arch *arch;
static struct policy policy;

/* The test's initial state is its model. */
static int load(void **state)
{
	arch = *state;
	policy = (struct policy){0};
	for (size_t i = 0; i < arch->n_profiles; i++)
		if (strcmp(arch->profiles[i].name, "power") != 0)
			policy_add(&policy, arch->profiles[i].list);
	return 0;
}

static bool may_read_msr(uint32_t reg)
{
	struct policy_rule rule;
	struct op op = {.verb = OP_READ, .place.space = OP_MSR, .place.reg = reg};

	return policy_check(&policy, &op, &rule) == POLICY_ALLOWED;
}

/* May a register that holds old be written with value? */
static bool may_write(
	enum op_space space, enum op_unit unit, uint32_t reg, uint64_t old, uint64_t value)
{
	struct policy_rule rule;
	struct op op = {.verb = OP_WRITE,
		.place.space = space,
		.place.unit = unit,
		.place.reg = reg,
		.value = value};

	switch (policy_check(&policy, &op, &rule)) {
	case POLICY_ALLOWED:
		return true;
	case POLICY_ASK_OLD_VALUE:
		return policy_change_is_allowed(&rule, old, value);
	case POLICY_REFUSED:
		break;
	}
	return false;
}

static bool may_write_msr(uint32_t reg, uint64_t old, uint64_t value)
{
	return may_write(OP_MSR, 0, reg, old, value);
}

static void only_supported_models_are_found(void **state)
{
	(void)state;
	assert_null(arch_find(6, 0x2a));
	assert_null(arch_find(0xf, 0x2d));
	assert_string_equal(arch_find(6, 0x2d)->text, "Sandy Bridge-EP");
}

static void dangerous_registers_are_not_even_readable(void **state)
{
	static const uint32_t dangerous[] = {0x1b, 0x3a, 0x79, 0x174, 0x175, 0x176, 0x1d9, 0x1f2,
		0x1f3, 0x200, 0x277, 0x2ff, 0x400, 0x600, 0x680, 0x6c0, 0x6e0, 0x1c8, 0x1c9, 0x802,
		0xc0000080, 0xc0000082, 0xc0000100, 0xc0000103};

	(void)state;
	for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++)
		assert_false(may_read_msr(dangerous[i]));
}

/* The registers of recorded conversations with LIKWID 5.2.2's tools. */
static void what_likwid_tools_read_is_readable(void **state)
{
	static const uint32_t wanted[] = {0x38d, 0x38e, 0x38f, 0x309, 0x30a, 0x30b, 0x611, 0x619,
		0x639, 0x390, 0x19c, 0xc08, 0xc09, 0x1a4, 0x1a2, 0x641, 0x1a0, 0xce, 0x63b, 0x63a,
		0x638, 0x620, 0x61c, 0x61b, 0x618, 0x614, 0x613, 0x610, 0x606, 0x1b0, 0x1ad, 0x198,
		0x3fc, 0x3fd, 0x10};

	(void)state;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		assert_true(may_read_msr(wanted[i]));
	for (uint32_t cbox = 0; cbox < 8; cbox++)
		for (uint32_t reg = 0xd10; reg <= 0xd13; reg++)
			assert_true(may_read_msr(reg + 0x20 * cbox));
}

static void what_likwid_tools_write_is_writable(void **state)
{
	(void)state;
	assert_true(may_write_msr(0x38f, 0xff, 0x700000000));
	assert_true(may_write_msr(0x38d, 0x330, 0x222));
	assert_true(may_write_msr(0x390, 0, 1ull << 63 | 1ull << 62 | 0x70000000f));
	assert_true(may_write_msr(0x186, 0, 0x4100c0));
	assert_true(may_write_msr(0x309, 0x123456789abc, 0));
	assert_true(may_write_msr(0xc1, 0xffffffffffff, 0));
	assert_true(may_write_msr(0xc08, 0, 0x400000));
	assert_true(may_write_msr(0xd04, 0x10000, 0x10102));
	assert_true(may_write_msr(0xd10, 0, 0x400334));
	assert_true(may_write_msr(0x1a4, 0, 1));
	assert_true(may_write_msr(0x1a0, 0x850089, 0x4000850089));
	assert_true(may_write(OP_PCI, UNIT_IMC, 0xd8, 0, 0x400304));
	assert_true(may_write(OP_PCI, UNIT_IMC, 0xf4, 0x10000, 0x10100));
	assert_true(may_write(OP_PCI, UNIT_IMC, 0xa4, 0xffff, 0));
	assert_true(may_write(OP_PCI, UNIT_QPI, 0xd8, 0, 0x600002));
}

static void pebs_may_be_switched_off_but_not_on(void **state)
{
	(void)state;
	assert_true(may_write_msr(0x3f1, 0, 0));
	assert_true(may_write_msr(0x3f1, 0xf, 0));
	assert_false(may_write_msr(0x3f1, 0, 1));
}

static void interrupts_of_counters_can_not_be_switched_on(void **state)
{
	(void)state;
	assert_false(may_write_msr(0x186, 0, 0x4100c0 | 1 << 20));
	assert_true(may_write_msr(0x186, 0x53003c, 0x43003c));
	assert_false(may_write_msr(0x38d, 0, 0x8));
	assert_true(may_write_msr(0x38d, 0xb0, 0x222));
}

static void of_misc_enable_only_turbo_may_change(void **state)
{
	const uint64_t old = 0x850089;

	(void)state;
	for (int bit = 0; bit < 64; bit++)
		assert_int_equal(may_write_msr(0x1a0, old, old ^ 1ull << bit), bit == 38);
}

static void energy_and_time_are_read_only(void **state)
{
	static const uint32_t read_only[] = {0x10, 0xe7, 0xe8, 0xce, 0x199, 0x1ad, 0x1b0, 0x606,
		0x610, 0x611, 0x618, 0x619, 0x638, 0x639, 0x63a, 0x38e, 0x19c};

	(void)state;
	for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
		assert_false(may_write_msr(read_only[i], 0, 0));
		assert_false(may_write_msr(read_only[i], 0, 1));
	}
}

/* What one of the profiles says of a register; NULL: nothing. */
static const struct allow_entry *find_entry(const char *profile, unsigned section, uint32_t reg)
{
	for (size_t i = 0; i < arch->n_profiles; i++) {
		const struct allowlist *list = arch->profiles[i].list;

		if (strcmp(arch->profiles[i].name, profile) != 0)
			continue;
		for (size_t j = 0; j < list->section[section].n_entries; j++)
			if (list->section[section].entries[j].reg == reg)
				return &list->section[section].entries[j];
	}
	return NULL;
}

static void counters_match_and_switch_nothing(void **state)
{
	static const uint32_t match[] = {0x40, 0x44, 0x48};
	static const uint32_t packet[] = {0x228, 0x22c, 0x238, 0x23c};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(match); i++) {
		assert_null(find_entry("counters", ALLOW_PCI(UNIT_HA), match[i]));
		assert_non_null(find_entry("match", ALLOW_PCI(UNIT_HA), match[i]));
	}
	for (size_t i = 0; i < N_ELEMENTS(packet); i++) {
		assert_null(find_entry("counters", ALLOW_PCI(UNIT_QPI_MASK), packet[i]));
		assert_non_null(find_entry("match", ALLOW_PCI(UNIT_QPI_MASK), packet[i]));
	}
	assert_true(find_entry("counters", ALLOW_MSR, 0x1a0)->write_mask == 0);
	assert_true(find_entry("counters", ALLOW_MSR, 0x1a4)->write_mask == 0);
	assert_true(find_entry("features", ALLOW_MSR, 0x1a4)->write_mask == 0xf);
}

static void power_limits_without_their_locks_are_in_power_alone(void **state)
{
	static const uint32_t power[] = {0x1b0, 0x610, 0x618, 0x638};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(power); i++) {
		const struct allow_entry *entry = find_entry("power", ALLOW_MSR, power[i]);

		assert_non_null(entry);
		assert_true(entry->write_mask != 0);
		assert_true((entry->write_mask & (UINT64_C(1) << 63 | UINT64_C(1) << 31)) == 0);
	}
}

static void config_headers_are_out_of_reach(void **state)
{
	(void)state;
	for (unsigned unit = 0; unit < OP_N_UNITS; unit++)
		for (uint32_t reg = 0; reg < 0x40; reg += 4)
			assert_false(may_write(OP_PCI, (enum op_unit)unit, reg, 0, 0));
}

static void every_entry_names_its_register_and_source(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < arch->n_profiles; i++) {
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++) {
			const struct allow_entry *entries =
				arch->profiles[i].list->section[section].entries;
			size_t n_entries = arch->profiles[i].list->section[section].n_entries;
			for (size_t j = 0; j < n_entries; j++, n++) {
				assert_true(strlen(entries[j].name) > 2);
				assert_true(strlen(entries[j].source) > 2);
				assert_true(j == 0 || entries[j - 1].reg < entries[j].reg);
			}
		}
	}
	assert_true(n > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_supported_models_are_found),
		cmocka_unit_test(dangerous_registers_are_not_even_readable),
		cmocka_unit_test(what_likwid_tools_read_is_readable),
		cmocka_unit_test(what_likwid_tools_write_is_writable),
		cmocka_unit_test(pebs_may_be_switched_off_but_not_on),
		cmocka_unit_test(interrupts_of_counters_can_not_be_switched_on),
		cmocka_unit_test(of_misc_enable_only_turbo_may_change),
		cmocka_unit_test(energy_and_time_are_read_only),
		cmocka_unit_test(counters_match_and_switch_nothing),
		cmocka_unit_test(power_limits_without_their_locks_are_in_power_alone),
		cmocka_unit_test(config_headers_are_out_of_reach),
		cmocka_unit_test(every_entry_names_its_register_and_source),
	};
	struct CMUnitTest all[N_ELEMENTS(tests) * 32];
	size_t n = 0;

	for (size_t i = 0; arch_get(i); i++)
		for (size_t j = 0; j < N_ELEMENTS(tests); j++) {
			assert(n < N_ELEMENTS(all));
			all[n] = tests[j];
			all[n].setup_func = load;
			all[n++].initial_state = (void *)arch_get(i);
		}
	return _cmocka_run_group_tests("tests", all, n, NULL, NULL);
}
