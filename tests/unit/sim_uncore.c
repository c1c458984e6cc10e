/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "sim_node.h"

/* MSR boxes */
#define C0_BOX_CTL   0xD04
#define C0_SELECT0   0xD10
#define C0_FILTER    0xD14
#define C0_CTR0	     0xD16
#define C1_SELECT0   0xD30
#define C1_CTR0	     0xD36
#define C2_CTR0	     0xD56
#define U_FIXED_CTL  0xC08
#define U_FIXED_CTR  0xC09
#define U_SELECT0    0xC10
#define U_CTR0	     0xC16
#define U_BOX_STATUS 0xC15
#define PCU_BOX_CTL  0xC24
#define PCU_SELECT0  0xC30
#define PCU_CTR0     0xC36

/* PCI boxes */
#define CTR0_LOW       0xA0
#define CTR0_HIGH      0xA4
#define FIXED_CTR_LOW  0xD0
#define FIXED_CTR_HIGH 0xD4
#define SELECT0	       0xD8
#define FIXED_CTL      0xF0
#define BOX_CTL	       0xF4

#define EN	   0x400000u
#define RST	   0x20000u
#define FIXED_RST  0x80000u
#define FREEZE	   0x10100u
#define CBOX_EVENT (0x0137u | EN)
#define CAS_READ   (0x0304u | EN)
#define CAS_WRITE  (0x0C04u | EN)
#define CAS_ANY	   (0x0F04u | EN)

static uint32_t pci_get(struct sim_node *node, uint32_t function, uint32_t offset)
{
	return machine_pci_read(node->machine, function, offset, 4);
}

static void pci_put(struct sim_node *node, uint32_t function, uint32_t offset, uint32_t value)
{
	machine_pci_write(node->machine, function, offset, 4, value);
}

static void assert_fault(struct sim_node *node, uint32_t address, uint64_t value)
{
	assert_int_equal(machine_msr_write(node->machine, 0, address, value), -EIO);
}

static void cbox_counts_its_own_event(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_SELECT0, CBOX_EVENT);
	node_write(node, 2, C0_SELECT0, CBOX_EVENT);
	node_advance(node, 10 * SECOND);
	assert_int_equal(node_read(node, 0, C0_CTR0), 700);
	assert_int_equal(node_read(node, 1, C0_CTR0), 700); /* same package */
	assert_int_equal(node_read(node, 2, C0_CTR0), 0);   /* the other one does nothing */
	assert_int_equal(node_read(node, 0, C1_CTR0), 0);   /* not enabled */
}

static void box_is_frozen_only_with_freeze_enabled(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_SELECT0, CBOX_EVENT);
	node_write(node, 0, C0_BOX_CTL, 0x100);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, C0_CTR0), 70);
	node_write(node, 0, C0_BOX_CTL, FREEZE);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, C0_CTR0), 70);
	node_write(node, 0, C0_BOX_CTL, 0x10000);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, C0_CTR0), 140);
}

static void reset_bits_of_the_box_control_clear_themselves(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_BOX_CTL, 0x10003);
	assert_int_equal(node_read(node, 0, C0_BOX_CTL), 0x10000);
	node_write(node, 0, C0_BOX_CTL, FREEZE);
	assert_int_equal(node_read(node, 0, C0_BOX_CTL), FREEZE);
}

static void box_control_resets_counters_or_controls(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_SELECT0, CBOX_EVENT);
	node_advance(node, SECOND);
	node_write(node, 0, C0_BOX_CTL, 0x2);
	assert_int_equal(node_read(node, 0, C0_CTR0), 0);
	assert_int_equal(node_read(node, 0, C0_SELECT0), CBOX_EVENT);
	node_advance(node, SECOND);
	node_write(node, 0, C0_BOX_CTL, 0x1);
	assert_int_equal(node_read(node, 0, C0_SELECT0), 0);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, C0_CTR0), 70);
}

static void reset_bit_of_a_select_clears_its_counter_and_itself(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_CTR0, 5);
	node_write(node, 0, C0_CTR0 + 1, 6);
	node_write(node, 0, C0_SELECT0, RST);
	assert_int_equal(node_read(node, 0, C0_SELECT0), 0);
	assert_int_equal(node_read(node, 0, C0_CTR0), 0);
	assert_int_equal(node_read(node, 0, C0_CTR0 + 1), 6);
	node_write(node, 0, U_CTR0, 5);
	node_write(node, 0, U_SELECT0, RST | EN);
	assert_int_equal(node_read(node, 0, U_SELECT0), EN);
	assert_int_equal(node_read(node, 0, U_CTR0), 0);
}

static void cbox_wraps_at_44_bits(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_CTR0, (UINT64_C(1) << 44) - 70);
	node_write(node, 0, C0_SELECT0, CBOX_EVENT);
	node_advance(node, SECOND - 1);
	assert_int_equal(node_read(node, 0, C0_CTR0), (UINT64_C(1) << 44) - 1);
	node_advance(node, SECOND + 1);
	assert_int_equal(node_read(node, 0, C0_CTR0), 70);
	assert_fault(node, C0_CTR0, UINT64_C(1) << 44);
}

static void pcu_has_48_bits(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, PCU_CTR0, (UINT64_C(1) << 48) - 1);
	assert_int_equal(node_read(node, 0, PCU_CTR0), (UINT64_C(1) << 48) - 1);
	assert_fault(node, PCU_CTR0, UINT64_C(1) << 48);
}

static void reserved_bits_of_msr_boxes_fault(void **state)
{
	struct sim_node *node = *state;

	assert_fault(node, C0_BOX_CTL, 0x20000);
	assert_fault(node, PCU_BOX_CTL, 0x20000);
	assert_fault(node, C0_SELECT0, 0x100000);
	assert_fault(node, U_SELECT0, 0x80000000);
	assert_fault(node, PCU_SELECT0, 0x100);
	assert_fault(node, U_FIXED_CTL, 0x1);
	assert_fault(node, C0_FILTER, 0x20);
}

static void filter_keeps_what_is_written(void **state)
{
	struct sim_node *node = *state;

	node_write(node, 0, C0_FILTER, 0xFFFFFC1F);
	assert_int_equal(node_read(node, 1, C0_FILTER), 0xFFFFFC1F);
	assert_int_equal(node_read(node, 2, C0_FILTER), 0);
}

static void cboxes_beyond_the_cores_fault(void **state)
{
	struct sim_node *node = *state;
	uint64_t value;

	assert_int_equal(node_read(node, 0, C1_SELECT0), 0);
	assert_int_equal(machine_msr_read(node->machine, 0, C2_CTR0, &value), -EIO);
	assert_fault(node, C2_CTR0, 0);
}

static void cboxes_are_as_many_as_slices_of_the_l3(void **state)
{
	struct sim_node *node = *state;
	struct fixture_cache l3 = {.level = 3, .size_kib = 3 * 2560};
	uint64_t value;

	node_stop(node);
	node->fixture.caches = &l3;
	node->fixture.n_caches = 1;
	node_start(node, MACHINE_CLOCK_MANUAL);
	assert_int_equal(node_read(node, 0, C2_CTR0), 0);
	assert_int_equal(machine_msr_read(node->machine, 0, C2_CTR0 + 0x20, &value), -EIO);
	node->fixture.n_caches = 0;
}

static void ubox_counts_uclk_and_has_no_box_registers(void **state)
{
	struct sim_node *node = *state;
	uint64_t value;

	node_advance(node, SECOND);
	node_write(node, 0, U_FIXED_CTL, EN);
	node_advance(node, SECOND);
	assert_int_equal(node_read(node, 0, U_FIXED_CTR), 2000000000);
	assert_int_equal(machine_msr_read(node->machine, 0, U_BOX_STATUS, &value), -EIO);
}

static void imc_counts_the_traffic_of_its_channel(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, SELECT0, CAS_READ);
	pci_put(node, NODE_IMC0, SELECT0 + 4, CAS_WRITE);
	pci_put(node, NODE_IMC0, SELECT0 + 8, CAS_ANY);
	pci_put(node, NODE_IMC1, SELECT0, CAS_READ);
	pci_put(node, NODE_IMC0 + NODE_FUNCTIONS_A_SOCKET, SELECT0, CAS_READ);
	node_advance(node, SECOND);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 1000);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW + 8), 400);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW + 16), 1400);
	assert_int_equal(pci_get(node, NODE_IMC1, CTR0_LOW), 0);
	assert_int_equal(pci_get(node, NODE_IMC0 + NODE_FUNCTIONS_A_SOCKET, CTR0_LOW), 0);
}

static void imc_has_no_reset_bits(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, SELECT0, CAS_READ | RST);
	assert_int_equal(pci_get(node, NODE_IMC0, SELECT0), CAS_READ);
	node_advance(node, SECOND);
	pci_put(node, NODE_IMC0, BOX_CTL, 0x10003);
	assert_int_equal(pci_get(node, NODE_IMC0, BOX_CTL), 0x10000);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 1000);
	assert_int_equal(pci_get(node, NODE_IMC0, SELECT0), CAS_READ);
	pci_put(node, NODE_IMC0, CTR0_LOW, 0);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 0);
}

static void other_pci_boxes_reset(void **state)
{
	struct sim_node *node = *state;
	static const uint32_t boxes[] = {NODE_HA, NODE_QPI0, NODE_R2PCIE, NODE_R3QPI0};

	for (size_t i = 0; i < N(boxes); i++) {
		pci_put(node, boxes[i], SELECT0, 0x1234);
		pci_put(node, boxes[i], CTR0_HIGH, 0x12);
		pci_put(node, boxes[i], BOX_CTL, 0x10003);
		assert_int_equal(pci_get(node, boxes[i], BOX_CTL), 0x10000);
		assert_int_equal(pci_get(node, boxes[i], SELECT0), 0);
		assert_int_equal(pci_get(node, boxes[i], CTR0_HIGH), 0);
	}
}

static void imc_fixed_counter_counts_dclk_and_can_be_reset(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, FIXED_CTL, EN);
	node_advance(node, 10 * SECOND);
	assert_int_equal(pci_get(node, NODE_IMC0, FIXED_CTR_LOW), 8000000000 & UINT32_MAX);
	assert_int_equal(pci_get(node, NODE_IMC0, FIXED_CTR_HIGH), 1);
	pci_put(node, NODE_IMC0, FIXED_CTL, EN | FIXED_RST);
	assert_int_equal(pci_get(node, NODE_IMC0, FIXED_CTL), EN);
	assert_int_equal(pci_get(node, NODE_IMC0, FIXED_CTR_LOW), 0);
	assert_int_equal(pci_get(node, NODE_IMC0, FIXED_CTR_HIGH), 0);
}

static void counter_runs_on_between_the_reads_of_its_halves(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, CTR0_LOW, 0xFFFFFFFF);
	pci_put(node, NODE_IMC0, SELECT0, CAS_READ);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 0xFFFFFFFF);
	node_advance(node, MILLISECOND);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_HIGH), 1);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 0);
}

static void high_dword_holds_the_width_of_the_box(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, CTR0_HIGH, 0xFFFFFFFF);
	pci_put(node, NODE_R2PCIE, CTR0_HIGH, 0xFFFFFFFF);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_HIGH), 0xFFFF);
	assert_int_equal(pci_get(node, NODE_R2PCIE, CTR0_HIGH), 0xFFF);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 0);
}

static void pci_counter_wraps_at_its_width(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_IMC0, CTR0_LOW, 0xFFFFFFFF);
	pci_put(node, NODE_IMC0, CTR0_HIGH, 0xFFFF);
	pci_put(node, NODE_IMC0, SELECT0, CAS_READ);
	node_advance(node, 2 * MILLISECOND);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 1);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_HIGH), 0);
}

static void r3qpi_has_three_counters(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_R3QPI0, SELECT0 + 8, EN);
	pci_put(node, NODE_R3QPI0, SELECT0 + 12, EN);
	assert_int_equal(pci_get(node, NODE_R3QPI0, SELECT0 + 8), EN);
	assert_int_equal(pci_get(node, NODE_R3QPI0, SELECT0 + 12), 0);
}

static void reserved_bits_of_pci_boxes_are_ignored(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_HA, SELECT0, 0xFFFFFFFF);
	pci_put(node, NODE_QPI0, SELECT0, 0xFFFFFFFF);
	assert_int_equal(pci_get(node, NODE_HA, SELECT0), 0xFFC4FFFF);
	assert_int_equal(pci_get(node, NODE_QPI0, SELECT0), 0xFFE4FFFF);
}

static void filters_in_config_space_keep_what_they_have_bits_for(void **state)
{
	struct sim_node *node = *state;

	pci_put(node, NODE_HA, 0x40, 0xFFFFFFFF);
	pci_put(node, NODE_QPI_MASK0, 0x228, 0xFFFFFFFF);
	pci_put(node, NODE_QPI_MASK0, 0x23C, 0xFFFFFFFF);
	assert_int_equal(pci_get(node, NODE_HA, 0x40), 0xFFFFFFC0);
	assert_int_equal(pci_get(node, NODE_QPI_MASK0, 0x228), 0x8003FFF8);
	assert_int_equal(pci_get(node, NODE_QPI_MASK0, 0x23C), 0x000F000F);
}

static void rest_of_config_space_is_the_dump_and_read_only(void **state)
{
	struct sim_node *node = *state;

	for (uint32_t offset = 0; offset < 256; offset += 4)
		pci_put(node, NODE_QPI_MISC0, offset, 0x5A5A5A5A);
	assert_int_equal(pci_get(node, NODE_QPI_MISC0, 0), 0x3c808086);
	assert_int_equal(pci_get(node, NODE_QPI_MISC0, 0xD4), 0x4);
	assert_int_equal(pci_get(node, NODE_QPI_MISC0, SELECT0), 0);
	pci_put(node, NODE_IMC0, 0, 0);
	assert_int_equal(pci_get(node, NODE_IMC0, 0), 0x3cb08086);
}

static void bytes_and_words_are_parts_of_their_dword(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(machine_pci_read(node->machine, NODE_IMC0, 0, 2), 0x8086);
	assert_int_equal(machine_pci_read(node->machine, NODE_IMC0, 2, 2), 0x3cb0);
	assert_int_equal(machine_pci_read(node->machine, NODE_IMC0, 3, 1), 0x3c);
	pci_put(node, NODE_IMC0, CTR0_LOW, 0x11223344);
	machine_pci_write(node->machine, NODE_IMC0, CTR0_LOW + 1, 1, 0xAA);
	machine_pci_write(node->machine, NODE_IMC0, CTR0_LOW + 2, 2, 0xBBCC);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 0xBBCCAA44);
}

static void what_is_not_on_the_bus_reads_all_ones(void **state)
{
	struct sim_node *node = *state;

	assert_int_equal(pci_get(node, NODE_N_FUNCTIONS, 0), UINT32_MAX);
	assert_int_equal(machine_pci_read(node->machine, NODE_N_FUNCTIONS, 0, 1), 0xFF);
	assert_int_equal(pci_get(node, NODE_HA, 256), UINT32_MAX);
	pci_put(node, NODE_N_FUNCTIONS, BOX_CTL, 0);
	pci_put(node, NODE_HA, 256, 0);
}

static void box_starts_as_the_dump_shows_it(void **state)
{
	struct sim_node *node = *state;

	node_put_dword(node, NODE_IMC0, BOX_CTL, 0x10000);
	node_put_dword(node, NODE_IMC0, SELECT0, CAS_READ);
	node_put_dword(node, NODE_IMC0, CTR0_HIGH, 7);
	node_put_dword(node, NODE_HA, 0x44, 0x123);
	node_start(node, MACHINE_CLOCK_MANUAL);
	node_advance(node, SECOND);
	assert_int_equal(pci_get(node, NODE_IMC0, BOX_CTL), 0x10000);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_LOW), 1000);
	assert_int_equal(pci_get(node, NODE_IMC0, CTR0_HIGH), 7);
	assert_int_equal(pci_get(node, NODE_HA, 0x44), 0x123);
}

static void event_with_the_extension_bit_is_another_event(void **state)
{
	struct sim_node *node = *state;
	static uint32_t ports[] = {0};
	static struct fixture_rate rates[] = {
		NODE_RATE(0x02, 0x08, 500), NODE_RATE(0x102, 0x08, 30)};
	static char qpi[] = "qpi";

	node->box_loads[1] = (struct fixture_box_load){qpi, ports, 1, rates, 2};
	node_start(node, MACHINE_CLOCK_MANUAL);
	pci_put(node, NODE_QPI0, SELECT0, 0x0802 | EN);
	pci_put(node, NODE_QPI0, SELECT0 + 4, 0x200802 | EN);
	node_advance(node, SECOND);
	assert_int_equal(pci_get(node, NODE_QPI0, CTR0_LOW), 500);
	assert_int_equal(pci_get(node, NODE_QPI0, CTR0_LOW + 8), 30);
}

static void command_and_interrupt_line_of_every_function_are_kept(void **state)
{
	struct sim_node *node = *state;
	uint32_t command = pci_get(node, NODE_IMC0, 0x04), line = pci_get(node, NODE_IMC0, 0x3C);

	pci_put(node, NODE_IMC0, 0x04, command ^ 0x400);
	assert_int_equal(pci_get(node, NODE_IMC0, 0x04), command ^ 0x400);
	machine_pci_write(node->machine, NODE_IMC0, 0x3C, 1, (line ^ 5) & 0xFF);
	assert_int_equal(pci_get(node, NODE_IMC0, 0x3C), line ^ 5);
	/* neither the status behind the one nor the pin behind the other */
	pci_put(node, NODE_IMC0, 0x04, command ^ 0xFFFF0000);
	assert_int_equal(pci_get(node, NODE_IMC0, 0x04), command);
	machine_pci_write(node->machine, NODE_IMC0, 0x3D, 1, 0x7F);
	assert_int_equal(pci_get(node, NODE_IMC0, 0x3C), line ^ 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(cbox_counts_its_own_event),
		NODE_TEST(box_is_frozen_only_with_freeze_enabled),
		NODE_TEST(reset_bits_of_the_box_control_clear_themselves),
		NODE_TEST(box_control_resets_counters_or_controls),
		NODE_TEST(reset_bit_of_a_select_clears_its_counter_and_itself),
		NODE_TEST(cbox_wraps_at_44_bits),
		NODE_TEST(pcu_has_48_bits),
		NODE_TEST(reserved_bits_of_msr_boxes_fault),
		NODE_TEST(filter_keeps_what_is_written),
		NODE_TEST(cboxes_beyond_the_cores_fault),
		NODE_TEST(cboxes_are_as_many_as_slices_of_the_l3),
		NODE_TEST(ubox_counts_uclk_and_has_no_box_registers),
		NODE_TEST(imc_counts_the_traffic_of_its_channel),
		NODE_TEST(imc_has_no_reset_bits),
		NODE_TEST(other_pci_boxes_reset),
		NODE_TEST(imc_fixed_counter_counts_dclk_and_can_be_reset),
		NODE_TEST(counter_runs_on_between_the_reads_of_its_halves),
		NODE_TEST(high_dword_holds_the_width_of_the_box),
		NODE_TEST(pci_counter_wraps_at_its_width),
		NODE_TEST(r3qpi_has_three_counters),
		NODE_TEST(reserved_bits_of_pci_boxes_are_ignored),
		NODE_TEST(filters_in_config_space_keep_what_they_have_bits_for),
		NODE_TEST(rest_of_config_space_is_the_dump_and_read_only),
		NODE_TEST(bytes_and_words_are_parts_of_their_dword),
		NODE_TEST(what_is_not_on_the_bus_reads_all_ones),
		NODE_TEST_STOPPED(box_starts_as_the_dump_shows_it),
		NODE_TEST_STOPPED(event_with_the_extension_bit_is_another_event),
		NODE_TEST(command_and_interrupt_line_of_every_function_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
