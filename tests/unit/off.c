/* SPDX-License-Identifier: MIT */
/* Switching off, of every model. */
#include "arch/off.h"

#include "test.h"

static uint64_t off(unsigned model, struct place place, uint64_t value, uint64_t kept)
{
	uint64_t off = 0x1234;

	assert_true(arch_off(arch_find(6, model), &place, value, kept, &off));
	return off;
}

static struct place msr(uint32_t reg)
{
	return place_at(place_of_cpu(0), reg);
}

static struct place pci(enum op_unit unit, uint32_t offset)
{
	return place_at(place_of_unit(0, unit, 0), offset);
}

static void selects_and_filters_become_nothing(void **state)
{
	(void)state;
	assert_true(off(0x2d, msr(0x187), 0x4300c0, 0) == 0);
	assert_true(off(0x2d, msr(0x38d), 0x333, 0) == 0);
	/* as after a reset of the processor */
	assert_true(off(0x2d, msr(0x38f), 0x7000000ff, 0) == 0xff);
	assert_true(off(0x2d, msr(0x1a6), 0x123, 0) == 0);
	assert_true(off(0x2d, msr(0xd10), 0x400334, 0) == 0);
	assert_true(off(0x2d, msr(0xd14), 0x1f, 0) == 0);
	assert_true(off(0x2d, msr(0xc08), 0x400000, 0) == 0);
	assert_true(off(0x3e, msr(0xd1a), 0x1f, 0) == 0);
	assert_true(off(0x2d, pci(UNIT_IMC, 0xd8), 0x400304, 0) == 0);
	assert_true(off(0x2d, pci(UNIT_IMC, 0xf0), 0x400000, 0) == 0);
	assert_true(off(0x2d, pci(UNIT_HA, 0x40), 0x40, 0) == 0);
	assert_true(off(0x2d, pci(UNIT_QPI_MASK, 0x228), 0x8, 0) == 0);
}

static void what_interrupts_is_kept(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	struct place place = msr(0x188);
	uint64_t kept = arch_interrupting(arch, &place, 0x5300c0);

	(void)state;
	assert_true(kept == 4);
	assert_true(arch_interrupting(arch, &place, 0x4300c0) == 0);
	place = msr(0x38d);
	kept |= arch_interrupting(arch, &place, 0x3b3);
	assert_true(kept == (UINT64_C(1) << 33 | 4));
	place = msr(0x38f);
	assert_true(arch_interrupting(arch, &place, UINT64_MAX) == 0);
	assert_true(off(0x2d, msr(0x188), 0x5300c0, kept) == 0x5300c0);
	assert_true(off(0x2d, msr(0x187), 0x4300c0, kept) == 0);
	assert_true(off(0x2d, msr(0x38d), 0x3b3, kept) == 0xb0);
	assert_true(off(0x2d, msr(0x38f), 0x70000000f, kept) == 0x20000000f);
	/* counter 4 stands in a bank of its own */
	place = msr(0x18a);
	assert_true(arch_interrupting(arch, &place, 0x5300c0) == 0x10);
	assert_true(off(0x2d, place, 0x5300c0, 0x10) == 0x5300c0);
	assert_true(off(0x2d, place, 0x5300c0, 1) == 0);
}

static void frozen_boxes_are_thawed_and_others_stay(void **state)
{
	(void)state;
	assert_true(off(0x2d, msr(0xd04), 0x10100, 0) == 0);
	assert_true(off(0x2d, msr(0xd04), 0x10000, 0) == 0x10000);
	assert_true(off(0x2d, pci(UNIT_IMC, 0xf4), 0x10100, 0) == 0);
	assert_true(off(0x3e, pci(UNIT_IMC, 0xf4), 0x30100, 0) == 0x30000);
	assert_true(off(0x3e, msr(0xc00), 0x40000000, 0) == 0x60000000);
}

static void counters_switches_and_unknown_registers_are_left_alone(void **state)
{
	static const uint32_t regs[] = {0xc1, 0x4c1, 0x309, 0x38e, 0x390, 0xd16, 0xc09, 0x1a0,
		0x1a4, 0x610, 0x611, 0x19c, 0x1b0, 0x12345};
	uint64_t off;

	(void)state;
	for (size_t i = 0; i < sizeof regs / sizeof *regs; i++) {
		const struct place place = msr(regs[i]);

		assert_false(arch_off(arch_find(6, 0x2d), &place, 1, 0, &off));
		assert_false(arch_off(arch_find(6, 0x3e), &place, 1, 0, &off));
		assert_true(arch_interrupting(arch_find(6, 0x2d), &place, UINT64_MAX) == 0);
	}
	const struct place status = pci(UNIT_IMC, 0xf8), counter = pci(UNIT_IMC, 0xa4);

	assert_false(arch_off(arch_find(6, 0x3e), &status, 1, 0, &off));
	assert_false(arch_off(arch_find(6, 0x3e), &counter, 1, 0, &off));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selects_and_filters_become_nothing),
		cmocka_unit_test(what_interrupts_is_kept),
		cmocka_unit_test(frozen_boxes_are_thawed_and_others_stay),
		cmocka_unit_test(counters_switches_and_unknown_registers_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
