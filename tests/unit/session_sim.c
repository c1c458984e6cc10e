/* SPDX-License-Identifier: MIT */
/*
 * A whole session in one process: wire, policy, session and the simulator's
 * back end, on the shipped two-core fixture with a clock that stands still.
 * So every count is known to the last event.
 */
#include "test.h"

#include <sys/socket.h>

#include "../wire_numbers.h"
#include "daemon/grant.h"
#include "daemon/session.h"
#include "sim/device_sim.h"
#include "wire/likwid.h"

static const uint32_t packages[] = {0, 1};

struct message {
	uint32_t type, device, cpu, reg;
	uint64_t data;
	uint32_t errorcode; /* of the reply, and */
	uint64_t reply;	    /* its data */
};

struct scene {
	struct fixture *fixture;
	struct machine *machine;
	struct device *device;
	struct policy policy;
};

static void complain(void *context, const char *message)
{
	(void)context;
	print_error("%s\n", message);
}

static int set_up(void **state)
{
	static struct scene scene;
	struct site site;

	scene = (struct scene){
		.fixture = fixture_load(FIXTURES "/xeon-e5-2680-2x1", complain, NULL)};
	assert_non_null(scene.fixture);
	scene.machine = machine_new(scene.fixture, MACHINE_CLOCK_MANUAL, complain, NULL);
	assert_non_null(scene.machine);
	scene.device = device_sim_new(scene.machine, scene.fixture);
	assert_non_null(scene.device);
	site_init(&site);
	assert_int_equal(grant_anybody(&scene.policy, arch_find(6, 0x2d), &site), 0);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	device_free(scene->device);
	machine_free(scene->machine);
	fixture_free(scene->fixture);
	return 0;
}

/* Plays the messages in a session of their own and compares the replies. */
static void play(struct scene *scene, const struct message *messages, size_t n)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	const struct op_limits limits = {2, packages, 2};
	struct likwid_record record;
	struct likwid likwid;
	struct kept kept;
	int pair[2];

	assert_int_equal(kept_init(&kept, 1000), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	for (size_t i = 0; i < n; i++) {
		likwid_record_put(&(struct likwid_record){.cpu = messages[i].cpu,
					  .reg = messages[i].reg,
					  .data = messages[i].data,
					  .device = messages[i].device,
					  .type = messages[i].type},
			bytes);
		assert_int_equal(write(pair[0], bytes, sizeof bytes), (ssize_t)sizeof bytes);
	}
	likwid_record_put(&(struct likwid_record){.type = EXIT}, bytes);
	assert_int_equal(write(pair[0], bytes, sizeof bytes), (ssize_t)sizeof bytes);

	likwid_init(&likwid, release_find("5.2"), &limits);
	struct session session = {
		.fd = pair[1],
		.wire = &likwid.wire,
		.access.policy = &scene->policy,
		.access.devices = (struct device *const[]){scene->device, scene->device},
		.access.arch = arch_find(6, 0x2d),
		.access.kept = &kept,
		.access.lock_path = "/nonexistent",
	};
	assert_int_equal(session_run(&session), SESSION_EXIT);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
			recv(pair[0], bytes, sizeof bytes, MSG_DONTWAIT), (ssize_t)sizeof bytes);
		likwid_record_get(bytes, &record);
		if (record.errorcode != messages[i].errorcode || record.data != messages[i].reply)
			print_error("message %zu: error %u, data 0x%llx\n", i, record.errorcode,
				(unsigned long long)record.data);
		assert_int_equal(record.errorcode, messages[i].errorcode);
		assert_true(record.data == messages[i].reply);
	}
	close(pair[0]);
	close(pair[1]);
	kept_deinit(&kept);
}

#define PLAY(scene, messages) play(scene, messages, sizeof messages / sizeof *(messages))

static void likwid_measures_a_second_to_the_last_instruction(void **state)
{
	/* as likwid-perfctr programs the fixed counters of CPU 1 */
	static const struct message start[] = {
		{READ, MSR, 1, 0xce, 0, 0, 0xc006c011b00},
		{WRITE, MSR, 1, 0x3f1, 0, 0, 0},
		{WRITE, MSR, 1, 0x38f, 0, 0, 0},
		{WRITE, MSR, 1, 0x390, 0, 0, 0},
		{WRITE, MSR, 1, 0x38d, 0x222, 0, 0},
		{WRITE, MSR, 1, 0x309, 0, 0, 0},
		{WRITE, MSR, 1, 0x30a, 0, 0, 0},
		{WRITE, MSR, 1, 0x30b, 0, 0, 0},
		{WRITE, MSR, 1, 0x38f, 0x700000000, 0, 0},
	};
	struct scene *scene = *state;
	const struct fixture_cpu_load *load = NULL;

	for (size_t i = 0; i < scene->fixture->phases[0].n_cpu_loads; i++)
		for (size_t j = 0; j < scene->fixture->phases[0].cpu_loads[i].n_cpus; j++)
			if (scene->fixture->phases[0].cpu_loads[i].cpus[j] == 1)
				load = &scene->fixture->phases[0].cpu_loads[i];
	assert_non_null(load);
	double cycles = load->frequency_mhz * 1e6 * load->active * load->user;
	double reference = scene->fixture->tsc_mhz * 1e6 * load->active * load->user;
	PLAY(scene, start);
	assert_int_equal(machine_clock_advance(scene->machine, 1000000000), 0);
	const struct message stop[] = {
		{READ, MSR, 1, 0x38f, 0, 0, 0x700000000},
		{WRITE, MSR, 1, 0x38f, 0, 0, 0},
		{READ, MSR, 1, 0x309, 0, 0,
			(uint64_t)(cycles * load->instructions_per_cycle + 1e-3)},
		{READ, MSR, 1, 0x30a, 0, 0, (uint64_t)(cycles + 1e-3)},
		{READ, MSR, 1, 0x30b, 0, 0, (uint64_t)(reference + 1e-3)},
	};
	PLAY(scene, stop);
}

static void memory_controller_is_programmed_and_frozen(void **state)
{
	static const struct message messages[] = {
		{CHECK, IMC0, 0, 0, 0, 0, 0}, {WRITE, IMC0, 1, 0xd8, 0x400304, 0, 0},
		{READ, IMC0, 1, 0xd8, 0, 0, 0x400304}, {READ, IMC0, 0, 0xd8, 0, 0, 0},
		{WRITE, IMC0, 1, 0xf4, 0x10103, 0, 0},
		{READ, IMC0, 1, 0xf4, 0, 0, 0x10100}, /* no reset bits read back */
		{WRITE, IMC0, 1, 0xa4, 0xffff, 0, 0}, {READ, IMC0, 1, 0xa4, 0, 0, 0xffff},
		{WRITE, IMC0, 1, 0xa4, 0x10000, 2, 0}, /* 48 bits, not 49 */
	};

	PLAY(*state, messages);
}

static void what_the_hardware_has_not_got_is_told_apart(void **state)
{
	static const struct message messages[] = {
		{READ, MSR, 0, 0x641, 0, 4, 0}, /* faults on this model */
		{READ, MSR, 0, 0x620, 0, 4, 0},
		{READ, MSR, 0, 0x600, 0, 2, 0},	      /* exists, but is refused */
		{READ, MSR, 2, 0x606, 0, 6, 0},	      /* no such CPU */
		{READ, HA, 2, 0xf4, 0, 6, 0},	      /* no such socket */
		{READ, 3, 0, 0xf4, 0, 6, 0},	      /* no such device */
		{WRITE, MSR, 0, 0x611, 5, 2, 0},      /* read-only */
		{9, MSR, 0, 0x606, 0x99, 1, 0x99},    /* unknown request */
		{READ, MSR, 0, 0x606, 0, 0, 0xa1003}, /* and on it goes */
	};

	PLAY(*state, messages);
}

static void feature_bit_changes_and_the_others_do_not(void **state)
{
	static const struct message messages[] = {
		{READ, MSR, 0, 0x1a0, 0, 0, 0x850089},
		{WRITE, MSR, 0, 0x1a0, 0x4000850089, 0, 0},
		{READ, MSR, 0, 0x1a0, 0, 0, 0x4000850089},
		{WRITE, MSR, 0, 0x1a0, 0x4000850088, 2, 0},
		{READ, MSR, 0, 0x1a0, 0, 0, 0x4000850089},
		{WRITE, MSR, 0, 0x1a4, 0x1, 0, 0},
		{WRITE, MSR, 0, 0x1a4, 0x11, 2, 0},
		{READ, MSR, 0, 0x1a4, 0, 0, 0x1},
	};

	PLAY(*state, messages);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(likwid_measures_a_second_to_the_last_instruction),
		WORLD_TEST(memory_controller_is_programmed_and_frozen),
		WORLD_TEST(what_the_hardware_has_not_got_is_told_apart),
		WORLD_TEST(feature_bit_changes_and_the_others_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
