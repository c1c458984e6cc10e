/* SPDX-License-Identifier: MIT */
/* What a register takes and what faults: reserved bits, types of memory, addresses that are none.
 */
#include <errno.h>

#include "sim_node.h"

#define SIGN_ID	       0x8B
#define PMC0	       0xC1
#define A_PMC0	       0x4C1
#define SYSENTER_CS    0x174
#define SYSENTER_ESP   0x175
#define SYSENTER_EIP   0x176
#define SELECT0	       0x186
#define DEBUGCTL       0x1D9
#define MTRR_PHYSBASE0 0x200
#define MTRR_PHYSMASK0 0x201
#define MTRR_PHYSBASE9 0x212
#define MTRR_PHYSMASK9 0x213
#define MTRR_FIX64K    0x250
#define MTRR_FIX4K_F8  0x26F
#define PAT	       0x277
#define MTRR_DEF_TYPE  0x2FF
#define FIXED1	       0x30A
#define FIXED_CTRL     0x38D
#define GLOBAL_STATUS  0x38E
#define GLOBAL_CTRL    0x38F
#define DS_AREA	       0x600
#define APIC_BASE      0x1B
#define X2APIC_APICID  0x802
#define X2APIC_VERSION 0x803
#define X2APIC_LDR     0x80D
#define EFER	       0xC0000080
#define LSTAR	       0xC0000082
#define FS_BASE	       0xC0000100
#define GS_BASE	       0xC0000101
#define KERNEL_GS_BASE 0xC0000102
#define TSC_AUX	       0xC0000103

#define BIT(n) (UINT64_C(1) << (n))

static void assert_takes(struct sim_node *node, uint32_t address, uint64_t value)
{
	if (machine_msr_write(node->machine, 0, address, value) != 0)
		fail_msg("0x%x refuses 0x%llx", address, (unsigned long long)value);
	assert_int_equal(node_read(node, 0, address), value);
}

static void assert_faults(struct sim_node *node, uint32_t address, uint64_t value)
{
	uint64_t before = node_read(node, 0, address);

	if (machine_msr_write(node->machine, 0, address, value) != -EIO)
		fail_msg("0x%x takes 0x%llx", address, (unsigned long long)value);
	assert_int_equal(node_read(node, 0, address), before);
}

static void variable_mtrr_has_a_type_and_a_page_of_46_bits(void **state)
{
	static const uint32_t bases[] = {MTRR_PHYSBASE0, MTRR_PHYSBASE9};
	struct sim_node *node = *state;

	for (size_t i = 0; i < N(bases); i++) {
		assert_takes(node, bases[i], 0x3FFFFFFFF006);
		assert_takes(node, bases[i], 0);
		assert_faults(node, bases[i], BIT(46));
		assert_faults(node, bases[i], 0x100);
		assert_faults(node, bases[i], 0x800);
		for (uint64_t type = 0; type < 256; type++) {
			if (type == 0 || type == 1 || (type >= 4 && type <= 6))
				assert_takes(node, bases[i], 0xC0000000 | type);
			else
				assert_faults(node, bases[i], 0xC0000000 | type);
		}
	}
}

static void mask_of_an_mtrr_has_a_valid_bit_and_a_page(void **state)
{
	static const uint32_t masks[] = {MTRR_PHYSMASK0, MTRR_PHYSMASK9};
	struct sim_node *node = *state;

	for (size_t i = 0; i < N(masks); i++) {
		assert_takes(node, masks[i], 0x3FFFFFFFF800);
		assert_faults(node, masks[i], BIT(46));
		assert_faults(node, masks[i], 0x400);
		assert_faults(node, masks[i], 0x6);
	}
}

static void fixed_mtrr_has_a_type_in_each_byte(void **state)
{
	struct sim_node *node = *state;

	for (uint32_t address = MTRR_FIX64K; address <= MTRR_FIX4K_F8; address++) {
		bool exists = address == 0x250 || address == 0x258 || address == 0x259 ||
			      address >= 0x268;
		if (!exists)
			continue;
		assert_takes(node, address, UINT64_C(0x0606050504040100));
		for (unsigned byte = 0; byte < 8; byte++) {
			assert_faults(node, address, UINT64_C(2) << 8 * byte);
			assert_faults(node, address, UINT64_C(7) << 8 * byte);
		}
	}
}

static void default_type_has_its_enables(void **state)
{
	struct sim_node *node = *state;

	assert_takes(node, MTRR_DEF_TYPE, 0xC06);
	assert_faults(node, MTRR_DEF_TYPE, 0x1C06);
	assert_faults(node, MTRR_DEF_TYPE, 0xE06);
	assert_faults(node, MTRR_DEF_TYPE, 0xC02);
	assert_faults(node, MTRR_DEF_TYPE, BIT(63));
}

static void pat_has_types_of_its_own(void **state)
{
	struct sim_node *node = *state;

	assert_takes(node, PAT, UINT64_C(0x0007010600070106));
	assert_takes(node, PAT, UINT64_C(0x0407050600070106));
	assert_faults(node, PAT, UINT64_C(0x0207010600070106));
	assert_faults(node, PAT, UINT64_C(0x0007010600070306));
	assert_faults(node, PAT, UINT64_C(0x0807010600070106));
}

static void efer_keeps_to_its_bits(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, EFER, 0xD01);
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_takes(node, EFER, 0x501);
	assert_takes(node, EFER, 0xD01);
	assert_faults(node, EFER, 0xC01); /* LME */
	assert_faults(node, EFER, 0xD03);
	assert_faults(node, EFER, BIT(12) | 0xD01);
	assert_faults(node, EFER, BIT(63) | 0xD01);
}

static void linear_addresses_have_to_be_canonical(void **state)
{
	static const uint32_t addresses[] = {
		SYSENTER_ESP, SYSENTER_EIP, DS_AREA, LSTAR, FS_BASE, GS_BASE, KERNEL_GS_BASE};
	struct sim_node *node = *state;

	for (size_t i = 0; i < N(addresses); i++) {
		assert_takes(node, addresses[i], 0);
		assert_takes(node, addresses[i], BIT(47) - 1);
		assert_takes(node, addresses[i], UINT64_MAX << 47);
		assert_takes(node, addresses[i], UINT64_MAX);
		assert_faults(node, addresses[i], BIT(47));
		assert_faults(node, addresses[i], BIT(63));
		assert_faults(node, addresses[i], UINT64_MAX << 48);
		assert_faults(node, addresses[i], UINT64_MAX ^ BIT(63));
	}
	/* that is no address */
	assert_takes(node, SYSENTER_CS, 0x10);
}

static void tsc_aux_has_32_bits(void **state)
{
	struct sim_node *node = *state;

	assert_takes(node, TSC_AUX, 0xFFFFFFFF);
	assert_faults(node, TSC_AUX, BIT(32));
}

static void microcode_revision_takes_0_and_is_there_again(void **state)
{
	struct sim_node *node = *state;

	node_add_msr(node, 0, SIGN_ID, UINT64_C(0x71000000000));
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(machine_msr_write(node->machine, 0, SIGN_ID, 0), 0);
	assert_int_equal(node_read(node, 0, SIGN_ID), UINT64_C(0x71000000000));
	assert_faults(node, SIGN_ID, 1);
	assert_faults(node, SIGN_ID, UINT64_C(0x71000000000));
}

#define APIC_OFF     UINT64_C(0xFEE00000)
#define APIC_INVALID UINT64_C(0xFEE00400)
#define APIC_XAPIC   UINT64_C(0xFEE00800)
#define APIC_X2APIC  UINT64_C(0xFEE00C00)

static void assert_absent(struct sim_node *node, uint32_t cpu, uint32_t address)
{
	uint64_t value;

	assert_int_equal(machine_msr_read(node->machine, cpu, address, &value), -EIO);
	assert_int_equal(machine_msr_write(node->machine, cpu, address, 0), -EIO);
}

static void modes_of_the_apic_follow_each_other_as_they_may(void **state)
{
	struct sim_node *node = *state;

	assert_takes(node, APIC_BASE, APIC_XAPIC);
	assert_faults(node, APIC_BASE, APIC_INVALID);
	assert_takes(node, APIC_BASE, APIC_OFF);
	assert_faults(node, APIC_BASE, APIC_INVALID);
	assert_faults(node, APIC_BASE, APIC_X2APIC);
	assert_takes(node, APIC_BASE, APIC_XAPIC);
	assert_takes(node, APIC_BASE, APIC_X2APIC);
	assert_takes(node, APIC_BASE, APIC_X2APIC);
	assert_faults(node, APIC_BASE, APIC_XAPIC);
	assert_faults(node, APIC_BASE, APIC_INVALID);
	assert_takes(node, APIC_BASE, APIC_OFF);
	assert_takes(node, APIC_BASE, APIC_XAPIC);
}

static void x2apic_ids_are_there_in_its_mode_alone(void **state)
{
	struct sim_node *node = *state;

	node->cpus[3].apic_id = 0x2e;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_absent(node, 3, X2APIC_APICID);
	node_write(node, 3, APIC_BASE, APIC_X2APIC);
	assert_int_equal(node_read(node, 3, X2APIC_APICID), 0x2e);
	assert_int_equal(node_read(node, 3, X2APIC_LDR), 0x24000);
	assert_int_equal(machine_msr_write(node->machine, 3, X2APIC_APICID, 0x2e), -EIO);
	assert_absent(node, 3, X2APIC_VERSION); /* not known */
	/* a CPU is in a mode by itself */
	assert_absent(node, 0, X2APIC_APICID);
	node_write(node, 3, APIC_BASE, APIC_OFF);
	assert_absent(node, 3, X2APIC_APICID);
	assert_absent(node, 3, X2APIC_LDR);
}

static void x2apic_id_that_was_recorded_is_the_cpus(void **state)
{
	struct sim_node *node = *state;

	node->cpus[0].apic_id = 0x11;
	node_add_msr(node, 0, APIC_BASE, APIC_X2APIC);
	node_add_msr(node, 0, X2APIC_APICID, 0x11);
	node_add_msr(node, 0, X2APIC_VERSION, 0x1060015); /* chosen */
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, X2APIC_APICID), 0x11);
	assert_int_equal(node_read(node, 0, X2APIC_LDR), 0x10002);
	assert_int_equal(node_read(node, 0, X2APIC_VERSION), 0x1060015);
}

static void overflow_freezes_all_counters_where_debugctl_says_so(void **state)
{
	struct sim_node *node = *state;

	/* cycles at 2 GHz, with INT; instructions beside, and a fixed counter */
	node_write(node, 0, DEBUGCTL, BIT(12));
	node_write(node, 0, A_PMC0, BIT(48) - 2000);
	node_write(node, 0, SELECT0, 0x3C | 0x530000);
	node_write(node, 0, SELECT0 + 1, 0xC0 | 0x430000);
	node_write(node, 0, FIXED_CTRL, 0x30);
	node_write(node, 0, GLOBAL_CTRL, 0x3 | BIT(33));
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), 1);
	/* after a microsecond, to the event */
	assert_int_equal(node_read(node, 0, PMC0), 0);
	assert_int_equal(node_read(node, 0, PMC0 + 1), 4000);
	assert_int_equal(node_read(node, 0, FIXED1), 2000);
	/* and on again */
	node_write(node, 0, GLOBAL_CTRL, 0x3);
	node_advance(node, 1000);
	assert_int_equal(node_read(node, 0, PMC0), 2000);
}

static void overflow_freezes_nothing_without_interrupt_or_debugctl(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, A_PMC0, BIT(48) - 2000);
	node_write(node, 0, SELECT0, 0x3C | 0x530000);
	node_advance(node, 2000);
	assert_int_equal(node_read(node, 0, PMC0), 2000);
	node_write(node, 0, DEBUGCTL, BIT(12));
	node_write(node, 0, SELECT0, 0x3C | 0x430000);
	node_write(node, 0, A_PMC0, BIT(48) - 2000);
	node_advance(node, 2000);
	assert_int_equal(node_read(node, 0, PMC0), 2000);
	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0xFF);
}

static void fixed_counter_freezes_too(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, DEBUGCTL, BIT(12));
	node_write(node, 0, FIXED1, BIT(48) - 2000);
	node_write(node, 0, FIXED_CTRL, 0xB0);
	node_write(node, 0, GLOBAL_CTRL, BIT(33));
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, FIXED1), 0);
	assert_int_equal(node_read(node, 0, GLOBAL_CTRL), 0);
	assert_int_equal(node_read(node, 0, GLOBAL_STATUS), BIT(33));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(variable_mtrr_has_a_type_and_a_page_of_46_bits),
		NODE_TEST(mask_of_an_mtrr_has_a_valid_bit_and_a_page),
		NODE_TEST(fixed_mtrr_has_a_type_in_each_byte),
		NODE_TEST(default_type_has_its_enables),
		NODE_TEST(pat_has_types_of_its_own),
		NODE_TEST_STOPPED(efer_keeps_to_its_bits),
		NODE_TEST(linear_addresses_have_to_be_canonical),
		NODE_TEST(tsc_aux_has_32_bits),
		NODE_TEST_STOPPED(microcode_revision_takes_0_and_is_there_again),
		NODE_TEST(modes_of_the_apic_follow_each_other_as_they_may),
		NODE_TEST_STOPPED(x2apic_ids_are_there_in_its_mode_alone),
		NODE_TEST_STOPPED(x2apic_id_that_was_recorded_is_the_cpus),
		NODE_TEST(overflow_freezes_all_counters_where_debugctl_says_so),
		NODE_TEST(overflow_freezes_nothing_without_interrupt_or_debugctl),
		NODE_TEST(fixed_counter_freezes_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
