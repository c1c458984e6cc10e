/* SPDX-License-Identifier: MIT */
#include "device_ops.h"
#include "sim/device_sim.h"
#include "sim_node.h"

struct sim_device {
	struct sim_node *node;
	struct device *device;
};

static int setup(void **state)
{
	struct sim_device *test = test_malloc(sizeof *test);
	void *node;

	if (node_setup(&node) != 0)
		return -1;
	test->node = node;
	test->device = device_sim_new(test->node->machine, &test->node->fixture);
	*state = test;
	return test->device ? 0 : -1;
}

static int teardown(void **state)
{
	struct sim_device *test = *state;
	void *node = test->node;

	device_free(test->device);
	node_teardown(&node);
	test_free(test);
	return 0;
}

static enum op_status msr(
	struct sim_device *test, enum op_verb verb, uint32_t cpu, uint32_t reg, uint64_t *value)
{
	return msr_op(test->device, verb, cpu, reg, value);
}

static enum op_status imc(struct sim_device *test, enum op_verb verb, uint32_t socket,
	uint32_t index, uint32_t reg, uint64_t *value)
{
	return pci_op(test->device, verb, socket, UNIT_IMC, index, reg, value);
}

static void msr_is_read_and_written(void **state)
{
	uint64_t value = 0xF;

	assert_int_equal(msr(*state, OP_WRITE, 1, 0x1A4, &value), OP_OK);
	value = 0;
	assert_int_equal(msr(*state, OP_READ, 1, 0x1A4, &value), OP_OK);
	assert_int_equal(value, 0xF);
	assert_int_equal(msr(*state, OP_READ, 0, 0x1A4, &value), OP_OK);
	assert_int_equal(value, 0);
}

static void fault_is_a_failed_access(void **state)
{
	uint64_t value = 0;

	assert_int_equal(msr(*state, OP_READ, 0, 0x641, &value), OP_FAILED);
	assert_int_equal(msr(*state, OP_WRITE, 0, 0x611, &value), OP_FAILED);
}

static void cpu_that_is_not_there_is_absent(void **state)
{
	uint64_t value = 0;

	assert_int_equal(msr(*state, OP_READ, 4, 0x10, &value), OP_ABSENT);
	assert_int_equal(msr(*state, OP_WRITE, UINT32_MAX, 0x10, &value), OP_ABSENT);
	assert_int_equal(msr(*state, OP_CHECK, 4, 0, &value), OP_ABSENT);
}

static void check_asks_for_existence_only(void **state)
{
	uint64_t value = 0;

	assert_int_equal(msr(*state, OP_CHECK, 3, 0x641, &value), OP_OK);
	assert_int_equal(imc(*state, OP_CHECK, 1, 1, 0x1001, &value), OP_OK);
	assert_int_equal(imc(*state, OP_CHECK, 1, 2, 0, &value), OP_ABSENT);
}

static void pci_unit_is_found_by_socket_and_index(void **state)
{
	struct sim_device *test = *state;
	uint64_t value = 0x400304;

	assert_int_equal(imc(test, OP_WRITE, 1, 1, 0xD8, &value), OP_OK);
	assert_int_equal(
		machine_pci_read(test->node->machine, NODE_FUNCTIONS_A_SOCKET + NODE_IMC1, 0xD8, 4),
		0x400304);
	assert_int_equal(imc(test, OP_READ, 0, 1, 0xD8, &value), OP_OK);
	assert_int_equal(value, 0);
}

static void socket_follows_from_the_node_id_of_the_ubox(void **state)
{
	struct sim_device *test = *state;
	uint64_t value = 0x400304;

	device_free(test->device);
	node_stop(test->node);
	/* the lower bus is socket 1 here */
	node_put_dword(test->node, NODE_UBOX, 0x40, 1);
	node_put_dword(test->node, NODE_FUNCTIONS_A_SOCKET + NODE_UBOX, 0x40, 0);
	node_start(test->node, MACHINE_CLOCK_MANUAL);
	test->device = device_sim_new(test->node->machine, &test->node->fixture);
	assert_non_null(test->device);
	assert_int_equal(imc(test, OP_WRITE, 1, 0, 0xD8, &value), OP_OK);
	assert_int_equal(machine_pci_read(test->node->machine, NODE_IMC0, 0xD8, 4), 0x400304);
}

static void unit_socket_and_index_that_are_not_there_are_absent(void **state)
{
	uint64_t value = 0;

	assert_int_equal(imc(*state, OP_READ, 2, 0, 0xD8, &value), OP_ABSENT);
	assert_int_equal(imc(*state, OP_READ, 0, 3, 0xD8, &value), OP_ABSENT);
	assert_int_equal(imc(*state, OP_READ, UINT32_MAX, UINT32_MAX, 0xD8, &value), OP_ABSENT);
}

static void offset_must_be_aligned_and_inside(void **state)
{
	uint64_t value = 0;

	assert_int_equal(imc(*state, OP_READ, 0, 0, 0xD9, &value), OP_FAILED);
	assert_int_equal(imc(*state, OP_READ, 0, 0, 4096, &value), OP_FAILED);
	assert_int_equal(imc(*state, OP_WRITE, 0, 0, UINT32_MAX - 3, &value), OP_FAILED);
	assert_int_equal(imc(*state, OP_READ, 0, 0, 4092, &value), OP_OK);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(msr_is_read_and_written),
		TEST(fault_is_a_failed_access),
		TEST(cpu_that_is_not_there_is_absent),
		TEST(check_asks_for_existence_only),
		TEST(pci_unit_is_found_by_socket_and_index),
		TEST(socket_follows_from_the_node_id_of_the_ubox),
		TEST(unit_socket_and_index_that_are_not_there_are_absent),
		TEST(offset_must_be_aligned_and_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
