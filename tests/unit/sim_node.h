/* SPDX-License-Identifier: MIT */
/*
 * A small node for the tests of the machine, made in C: two packages of two
 * cores, CPUs 0 and 1 in package 0, 2 and 3 in package 1; with two threads a
 * core CPUs 4-7 are their siblings. Round figures, so that a test can say what
 * it expects. A test may change the node before it makes a machine of it.
 */
#ifndef MSRD_TESTS_SIM_NODE_H
#define MSRD_TESTS_SIM_NODE_H

#include "test.h"

#include <string.h>

#include "sim/machine/machine.h"

#define SECOND	    UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)
#define N(array)    (sizeof array / sizeof *(array))

#define NODE_MAX_CPUS	 8
#define NODE_N_FUNCTIONS 20
#define NODE_MAX_MSRS	 16

#define NODE_RATE(event_, umask_, per_second_)                                                     \
	{                                                                                          \
		.event = (event_), .umask = (umask_), .per_second = (per_second_)                  \
	}

/* Numbers of the functions on the bus of socket 0; those of socket 1 follow by the same. */
enum node_function {
	NODE_UBOX,
	NODE_IMC0,
	NODE_IMC1,
	NODE_HA,
	NODE_QPI0,
	NODE_QPI_MASK0,
	NODE_QPI_MISC0,
	NODE_R2PCIE,
	NODE_R3QPI0,
	NODE_HOST_BRIDGE,
	NODE_FUNCTIONS_A_SOCKET,
};

struct sim_node {
	struct fixture fixture;
	struct fixture_cpu cpus[NODE_MAX_CPUS];
	uint32_t packages[2];
	struct fixture_msr msrs[NODE_MAX_MSRS];
	struct fixture_function functions[NODE_N_FUNCTIONS];
	uint8_t config[NODE_N_FUNCTIONS][4096];
	struct fixture_phase phases[2];
	struct fixture_cpu_load cpu_loads[2][2];
	struct fixture_package_load package_loads[2][2];
	struct fixture_box_load box_loads[2];
	struct machine *machine;
	char complaint[256];
};

static inline void node_put_dword(
	struct sim_node *node, uint32_t function, uint32_t offset, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		node->config[function][offset + i] = (uint8_t)(value >> 8 * i);
}

static inline void node_add_function(struct sim_node *node, uint32_t socket,
	enum node_function number, uint8_t device, uint8_t function, uint16_t device_id)
{
	uint32_t i = socket * NODE_FUNCTIONS_A_SOCKET + number;

	node->functions[i] = (struct fixture_function){
		.bus = socket == 0 ? 0x7f : 0xff,
		.devfn = (uint8_t)(device << 3 | function),
		.numa_node = -1,
		.size = device_id == 0x3c86 || (device_id & 0xfff0) == 0x3cb0 ? 4096 : 256,
		.config = node->config[i],
	};
	node_put_dword(node, i, 0, (uint32_t)device_id << 16 | 0x8086);
}

static inline void node_add_functions(struct sim_node *node, uint32_t socket)
{
	uint32_t ubox = socket * NODE_FUNCTIONS_A_SOCKET + NODE_UBOX;

	node_add_function(node, socket, NODE_UBOX, 0x0b, 0, 0x3ce0);
	node_add_function(node, socket, NODE_IMC0, 0x10, 0, 0x3cb0);
	node_add_function(node, socket, NODE_IMC1, 0x10, 1, 0x3cb1);
	node_add_function(node, socket, NODE_HA, 0x0e, 1, 0x3c46);
	node_add_function(node, socket, NODE_QPI0, 0x08, 2, 0x3c41);
	node_add_function(node, socket, NODE_QPI_MASK0, 0x08, 6, 0x3c86);
	node_add_function(node, socket, NODE_QPI_MISC0, 0x08, 0, 0x3c80);
	node_add_function(node, socket, NODE_R2PCIE, 0x13, 1, 0x3c43);
	node_add_function(node, socket, NODE_R3QPI0, 0x13, 5, 0x3c44);
	node_add_function(node, socket, NODE_HOST_BRIDGE, 0x00, 0, 0x3c00);
	node_put_dword(node, ubox, 0x40, socket);
	node_put_dword(node, ubox, 0x54, 0x8);
	node_put_dword(node, socket * NODE_FUNCTIONS_A_SOCKET + NODE_QPI_MISC0, 0xD4, 0x4);
}

/* What the CPUs do, those of even and of odd number, and the packages. */
static inline void node_add_phase(struct sim_node *node, unsigned phase, double frequency_mhz,
	double active, double temperature_c)
{
	static uint32_t cpus[2][4] = {{0, 2, 4, 6}, {1, 3, 5, 7}};
	static uint32_t packages[2][1] = {{0}, {1}};
	static struct fixture_rate cpu_rates[2][4] = {
		{NODE_RATE(0x51, 0x01, 1000), NODE_RATE(0x2E, 0x41, 30), NODE_RATE(0x2E, 0x4F, 100),
			NODE_RATE(0x10, 0x00, 7)},
		{NODE_RATE(0x51, 0x01, 5000), NODE_RATE(0x24, 0x01, 10), NODE_RATE(0x24, 0x02, 5),
			NODE_RATE(0x24, 0x04, 1)},
	};

	for (unsigned i = 0; i < 2; i++) {
		node->cpu_loads[phase][i] = (struct fixture_cpu_load){
			.cpus = cpus[i],
			.n_cpus = 4,
			.frequency_mhz = frequency_mhz,
			.active = active,
			.user = 0.75,
			.instructions_per_cycle = i == 0 ? 2 : 0.5,
			.temperature_c = temperature_c - i,
			.rates = cpu_rates[i],
			.n_rates = 4,
		};
		node->package_loads[phase][i] = (struct fixture_package_load){
			.packages = packages[i],
			.n_packages = 1,
			.package_watts = i == 0 ? 96 : 64,
			.pp0_watts = i == 0 ? 50 : 40,
			.dram_watts = i == 0 ? 16 : 8,
			.temperature_c = temperature_c,
			.boxes = i == 0 ? node->box_loads : NULL,
			.n_boxes = i == 0 ? 2 : 0,
		};
	}
	node->phases[phase].cpu_loads = node->cpu_loads[phase];
	node->phases[phase].n_cpu_loads = 2;
	node->phases[phase].package_loads = node->package_loads[phase];
	node->phases[phase].n_package_loads = 2;
}

static inline void node_add_boxes(struct sim_node *node)
{
	static char imc[] = "imc", cbox[] = "cbox";
	static uint32_t zero[] = {0}, both[] = {0, 1};
	static struct fixture_rate imc_rates[] = {
		NODE_RATE(0x04, 0x03, 1000), NODE_RATE(0x04, 0x0C, 400)};
	static struct fixture_rate cbox_rates[] = {NODE_RATE(0x37, 0x01, 70)};

	node->box_loads[0] = (struct fixture_box_load){imc, zero, 1, imc_rates, 2};
	node->box_loads[1] = (struct fixture_box_load){cbox, both, 2, cbox_rates, 1};
}

static inline void node_add_cpus(struct sim_node *node, uint32_t threads_per_core)
{
	for (uint32_t i = 0; i < 4 * threads_per_core; i++)
		node->cpus[i] = (struct fixture_cpu){
			.number = i,
			.package = i / 2 % 2,
			.core = i % 2,
			.thread = i / 4,
			.online = true,
		};
	node->fixture.cpus = node->cpus;
	node->fixture.n_cpus = 4 * threads_per_core;
}

/* One phase that lasts for ever: 2 GHz, always active, 40 degrees below 100. */
static inline void node_init(struct sim_node *node, uint32_t threads_per_core)
{
	memset(node, 0, sizeof *node);
	node->packages[1] = 1;
	node->fixture = (struct fixture){
		.family = 0x6,
		.model = 0x2d,
		.stepping = 7,
		.microcode = 0x710,
		.packages = node->packages,
		.n_packages = 2,
		.cores_per_package = 2,
		.threads_per_core = threads_per_core,
		.bus_mhz = 100,
		.tsc_mhz = 2700,
		.uclk_mhz = 2000,
		.dclk_mhz = 800,
		.functions = node->functions,
		.n_functions = NODE_N_FUNCTIONS,
		.msrs = node->msrs,
		.phases = node->phases,
		.n_phases = 1,
	};
	node_add_cpus(node, threads_per_core);
	node_add_functions(node, 0);
	node_add_functions(node, 1);
	node_add_boxes(node);
	node_add_phase(node, 0, 2000, 1, 60);
}

static inline void node_add_msr(
	struct sim_node *node, uint32_t cpu, uint32_t address, uint64_t value)
{
	node->msrs[node->fixture.n_msrs] =
		(struct fixture_msr){cpu, address, value, (uint32_t)node->fixture.n_msrs + 1};
	node->fixture.n_msrs++;
}

static inline void node_complain(void *context, const char *message)
{
	struct sim_node *node = context;

	snprintf(node->complaint, sizeof node->complaint, "%s", message);
}

static inline void node_start(struct sim_node *node, enum machine_clock clock)
{
	node->machine = machine_new(&node->fixture, clock, node_complain, node);
}

static inline void node_stop(struct sim_node *node)
{
	node->machine = machine_free(node->machine);
}

static inline uint64_t node_read(struct sim_node *node, uint32_t cpu, uint32_t address)
{
	uint64_t value = 0;

	assert_int_equal(machine_msr_read(node->machine, cpu, address, &value), 0);
	return value;
}

static inline void node_write(struct sim_node *node, uint32_t cpu, uint32_t address, uint64_t value)
{
	assert_int_equal(machine_msr_write(node->machine, cpu, address, value), 0);
}

static inline void node_advance(struct sim_node *node, uint64_t ns)
{
	assert_int_equal(machine_clock_advance(node->machine, ns), 0);
}

/* CMocka fixtures: a started machine on a manual clock. */
static inline int node_setup_threads(void **state, uint32_t threads_per_core)
{
	struct sim_node *node = test_malloc(sizeof *node);

	node_init(node, threads_per_core);
	node_start(node, MACHINE_CLOCK_MANUAL);
	*state = node;
	return node->machine ? 0 : -1;
}

static inline int node_setup(void **state)
{
	return node_setup_threads(state, 1);
}

/* Not started: for a test that changes the node first. */
static inline int node_setup_stopped(void **state)
{
	if (node_setup_threads(state, 1) != 0)
		return -1;
	node_stop(*state);
	return 0;
}

static inline int node_teardown(void **state)
{
	node_stop(*state);
	test_free(*state);
	return 0;
}

#define NODE_TEST(test) cmocka_unit_test_setup_teardown(test, node_setup, node_teardown)
#define NODE_TEST_STOPPED(test)                                                                    \
	cmocka_unit_test_setup_teardown(test, node_setup_stopped, node_teardown)

#endif
