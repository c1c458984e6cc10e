/* SPDX-License-Identifier: MIT */
/*
 * Conversations as arrays of messages, on a socket pair: what the client sends
 * is all there before the session runs, so no thread and no time is involved.
 */
#include "test.h"

#include "arch/arch.h"
#include "daemon/lock.h"
#include "daemon/session.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint32_t packages[] = {0, 1};

/* Request types of releases from 4.1 on. */
enum { READ = 0, WRITE = 1, CHECK = 2, EXIT = 3 };

/* A device of 16 CPUs that remembers the last write and how often it was asked. */
struct mock {
	struct device device;
	uint64_t value;
	enum op_status status;
	unsigned n_reads, n_writes, n_checks;
	struct op last;
};

static void mock_access(struct device *device, struct op *op)
{
	struct mock *mock = (struct mock *)device;

	mock->last = *op;
	op->status = mock->status;
	if (op->verb == OP_CHECK) {
		mock->n_checks++;
	} else if (op->verb == OP_READ) {
		mock->n_reads++;
		op->value = mock->value;
	} else {
		mock->n_writes++;
		mock->value = op->value;
	}
}

static const struct device_ops mock_ops = {.access = mock_access};

/* A session on one end of a socket pair, with the shipped lists of 06_2D. */
struct world {
	struct mock msr, pci;
	struct policy policy;
	struct session session;
	int client;
	int signals[2];
};

static int set_up(void **state)
{
	static struct world world;
	const struct arch *arch = arch_find(6, 0x2d);
	int pair[2];

	world = (struct world){.msr.device.ops = &mock_ops, .pci.device.ops = &mock_ops};
	for (size_t i = 0; i < arch->n_profiles; i++)
		world.policy.lists[world.policy.n_lists++] = arch->profiles[i].list;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(pipe2(world.signals, O_CLOEXEC), 0);
	world.client = pair[0];
	world.session = (struct session){
		.fd = pair[1],
		.signal_fd = world.signals[0],
		.uid = 1000,
		.release = release_find(RELEASE_DEFAULT),
		.limits = {16, packages, 2},
		.policy = &world.policy,
		.devices = {&world.msr.device, &world.pci.device},
		.lock_path = "/nonexistent",
	};
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	close(world->session.fd);
	close(world->client);
	close(world->signals[0]);
	close(world->signals[1]);
	return 0;
}

static void put(struct world *world, struct likwid_record record)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(&record, bytes);
	assert_int_equal(write(world->client, bytes, sizeof bytes), (ssize_t)sizeof bytes);
}

static struct likwid_record get(struct world *world)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record;

	assert_int_equal(
		recv(world->client, bytes, sizeof bytes, MSG_DONTWAIT), (ssize_t)sizeof bytes);
	likwid_record_get(bytes, &record);
	return record;
}

static void assert_no_reply(struct world *world)
{
	char byte;

	assert_int_equal(recv(world->client, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

/* Sends one request, runs the session to the client's end, gives back the reply. */
static struct likwid_record ask(struct world *world, struct likwid_record request)
{
	put(world, request);
	put(world, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&world->session), SESSION_EXIT);
	return get(world);
}

static void allowed_read_reaches_the_device(void **state)
{
	struct world *world = *state;

	world->msr.value = 0xc00e0001b00;
	struct likwid_record reply = ask(world,
		(struct likwid_record){.cpu = 3, .reg = 0xce, .errorcode = 3, .padding = 0xaa55});
	assert_int_equal(reply.errorcode, 0);
	assert_true(reply.data == 0xc00e0001b00);
	assert_int_equal(reply.padding, 0xaa55);
	assert_int_equal(world->msr.last.place.cpu, 3);
	assert_int_equal(world->msr.last.place.reg, 0xce);
}

static void refused_register_is_answered_and_never_touched(void **state)
{
	struct world *world = *state;

	struct likwid_record reply =
		ask(world, (struct likwid_record){.reg = 0x600, .data = 5, .type = READ});
	assert_int_equal(reply.errorcode, 2);
	assert_int_equal(reply.data, 0);
	assert_int_equal(world->msr.n_reads, 0);
}

static void full_mask_is_written_without_a_look(void **state)
{
	struct world *world = *state;

	struct likwid_record reply = ask(world,
		(struct likwid_record){.cpu = 1, .reg = 0xa0, .data = 7, .type = 1, .device = 5});
	assert_int_equal(reply.errorcode, 0);
	assert_int_equal(reply.data, 0);
	assert_int_equal(world->pci.n_reads, 0);
	assert_int_equal(world->pci.n_writes, 1);
	assert_int_equal(world->pci.last.place.package, 1);
	assert_int_equal(world->pci.last.place.unit, UNIT_IMC);
}

static void partial_mask_lets_read_modify_write_through(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x850089;
	struct likwid_record reply = ask(
		world, (struct likwid_record){.reg = 0x1a0, .data = 0x4000850089, .type = WRITE});
	assert_int_equal(reply.errorcode, 0);
	assert_int_equal(world->msr.n_reads, 1);
	assert_int_equal(world->msr.n_writes, 1);
	assert_true(world->msr.value == 0x4000850089);
}

static void write_that_changes_another_bit_is_refused_not_masked(void **state)
{
	struct world *world = *state;

	world->msr.value = 0x850089;
	struct likwid_record reply = ask(
		world, (struct likwid_record){.reg = 0x1a0, .data = 0x4000850088, .type = WRITE});
	assert_int_equal(reply.errorcode, 2);
	assert_int_equal(world->msr.n_writes, 0);
	assert_true(world->msr.value == 0x850089);
}

static void write_whose_old_value_can_not_be_read_is_not_done(void **state)
{
	struct world *world = *state;

	world->msr.status = OP_FAILED;
	struct likwid_record reply =
		ask(world, (struct likwid_record){.reg = 0x186, .data = 1, .type = WRITE});
	assert_int_equal(reply.errorcode, 4);
	assert_int_equal(world->msr.n_writes, 0);
}

static void check_touches_no_register(void **state)
{
	struct world *world = *state;

	struct likwid_record reply = ask(
		world, (struct likwid_record){.cpu = 1, .data = 9, .type = CHECK, .device = 13});
	assert_int_equal(reply.errorcode, 0);
	assert_int_equal(reply.data, 9);
	assert_int_equal(world->pci.n_checks, 1);
	assert_int_equal(world->pci.n_reads + world->pci.n_writes, 0);
}

static void nonsense_gets_a_reply_each_and_the_session_goes_on(void **state)
{
	static const struct {
		struct likwid_record request;
		uint32_t errorcode;
	} conversation[] = {
		{{.cpu = 0x7fffffff, .reg = 0xce}, 6},
		{{.cpu = 0xffffffff, .reg = 0xce}, 6},
		{{.cpu = 4095, .reg = 0xd8, .device = 5}, 6},
		{{.cpu = 0, .reg = 0xd8, .device = 77}, 6},
		{{.cpu = 0, .reg = 0xffffffff}, 2},
		{{.cpu = 0, .reg = 0xffffffff, .device = 5}, 2},
		{{.cpu = 0, .reg = 0xffffffff, .type = WRITE}, 2},
		{{.cpu = 0, .reg = 0xce, .type = 9}, 1},
		{{.cpu = 0, .reg = 0xce, .type = 0xffffffff}, 1},
		{{.cpu = 15, .reg = 0xce}, 0},
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof conversation / sizeof *conversation; i++)
		put(world, conversation[i].request);
	put(world, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&world->session), SESSION_EXIT);
	for (size_t i = 0; i < sizeof conversation / sizeof *conversation; i++)
		assert_int_equal(get(world).errorcode, conversation[i].errorcode);
	assert_no_reply(world);
}

static void exit_has_no_reply(void **state)
{
	struct world *world = *state;

	put(world, (struct likwid_record){.type = EXIT});
	put(world, (struct likwid_record){.reg = 0xce}); /* nobody listens any more */
	assert_int_equal(session_run(&world->session), SESSION_EXIT);
	assert_no_reply(world);
}

static void client_that_closes_between_records_has_gone_away(void **state)
{
	struct world *world = *state;

	put(world, (struct likwid_record){.reg = 0xce});
	shutdown(world->client, SHUT_WR);
	assert_int_equal(session_run(&world->session), SESSION_CLOSED);
	assert_int_equal(get(world).errorcode, 0);
}

static void client_that_closes_inside_a_record_is_told_apart(void **state)
{
	struct world *world = *state;

	assert_int_equal(write(world->client, "0123456789", 10), 10);
	shutdown(world->client, SHUT_WR);
	assert_int_equal(session_run(&world->session), SESSION_CUT);
	assert_int_equal(world->msr.n_reads, 0);
}

static void client_gone_between_read_and_reply_ends_daemon(void **state)
{
	struct world *world = *state;

	signal(SIGPIPE, SIG_DFL); /* would kill this program */
	put(world, (struct likwid_record){.reg = 0xce});
	close(world->client);
	assert_int_equal(session_run(&world->session), SESSION_UNREAD);
	assert_int_equal(world->msr.n_reads, 1);
}

static void termination_ends_the_session(void **state)
{
	struct world *world = *state;

	assert_int_equal(write(world->signals[1], "x", 1), 1);
	assert_int_equal(session_run(&world->session), SESSION_TERMINATED);
}

static void *run_session(void *argument)
{
	struct session *session = argument;

	return (void *)(intptr_t)session_run(session);
}

static void client_that_reads_no_reply_can_not_hold_the_daemon(void **state)
{
	struct world *world = *state;
	uint8_t bytes[LIKWID_RECORD_SIZE];
	pthread_t thread;
	void *end;

	likwid_record_put(&(struct likwid_record){.reg = 0xce}, bytes);
	assert_int_equal(pthread_create(&thread, NULL, run_session, &world->session), 0);
	/* until the replies that nobody reads have filled the way back */
	struct timeval patience = {.tv_usec = 200000};
	setsockopt(world->client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	while (send(world->client, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(write(world->signals[1], "x", 1), 1);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_int_equal((intptr_t)end, SESSION_TERMINATED);
}

static void foreign_lock_file_locks_every_access(void **state)
{
	struct world *world = *state;
	char path[] = "/tmp/msrd-test-lock-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	world->session.lock_path = path;
	world->session.uid = geteuid() + 1;
	put(world, (struct likwid_record){.reg = 0xce});
	put(world, (struct likwid_record){.type = CHECK});
	put(world, (struct likwid_record){.cpu = 99, .reg = 0xce});
	put(world, (struct likwid_record){.type = 9});
	put(world, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&world->session), SESSION_EXIT);
	assert_int_equal(get(world).errorcode, 7);
	assert_int_equal(get(world).errorcode, 7);
	assert_int_equal(get(world).errorcode, 7);
	assert_int_equal(get(world).errorcode, 1);
	assert_int_equal(world->msr.n_reads, 0);

	world->session.uid = geteuid();
	assert_int_equal(ask(world, (struct likwid_record){.reg = 0xce}).errorcode, 0);
	unlink(path);
	world->session.uid = geteuid() + 1;
	assert_int_equal(ask(world, (struct likwid_record){.reg = 0xce}).errorcode, 0);
}

static void lock_that_can_not_be_looked_at_is_a_lock(void **state)
{
	(void)state;
	assert_int_equal(lock_check("/proc/self/status/lock", geteuid()), OP_LOCKED);
	assert_int_equal(lock_check("/nonexistent/lock", geteuid()), OP_OK);
}

static void lock_that_is_a_dangling_link_is_a_lock(void **state)
{
	char folder[] = "/tmp/msrd-test-link-XXXXXX";
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/lock", folder);
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_int_equal(lock_check(path, geteuid() + 1), OP_LOCKED);
	unlink(path);
	rmdir(folder);
}

static void unready_daemon_answers_every_access_with_the_reason(void **state)
{
	struct world *world = *state;

	world->session.unready = OP_UNSUPPORTED;
	world->session.devices[OP_MSR] = world->session.devices[OP_PCI] = NULL;
	world->session.limits = (struct op_limits){0};
	put(world, (struct likwid_record){.reg = 0xce});
	put(world, (struct likwid_record){.type = CHECK, .device = 5});
	put(world, (struct likwid_record){.reg = 0x186, .type = WRITE});
	assert_int_equal(ask(world, (struct likwid_record){.reg = 0xce}).errorcode, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(get(world).errorcode, 1);
}

static void ten_refusals_a_second_are_logged_and_the_rest_counted(void **state)
{
	struct refusals refusals = {0};

	(void)state;
	for (int second = 0; second < 3; second++) {
		int logged = 0;
		for (int i = 0; i < 25; i++)
			logged += refusals_may_log(&refusals, 5000 + 1000 * second + i);
		assert_int_equal(logged, 10);
		assert_int_equal(refusals_take_suppressed(&refusals), 15);
		assert_int_equal(refusals_take_suppressed(&refusals), 0);
	}
}

#define SESSION_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(allowed_read_reaches_the_device),
		SESSION_TEST(refused_register_is_answered_and_never_touched),
		SESSION_TEST(full_mask_is_written_without_a_look),
		SESSION_TEST(partial_mask_lets_read_modify_write_through),
		SESSION_TEST(write_that_changes_another_bit_is_refused_not_masked),
		SESSION_TEST(write_whose_old_value_can_not_be_read_is_not_done),
		SESSION_TEST(check_touches_no_register),
		SESSION_TEST(nonsense_gets_a_reply_each_and_the_session_goes_on),
		SESSION_TEST(exit_has_no_reply),
		SESSION_TEST(client_that_closes_between_records_has_gone_away),
		SESSION_TEST(client_that_closes_inside_a_record_is_told_apart),
		SESSION_TEST(client_gone_between_read_and_reply_ends_daemon),
		SESSION_TEST(termination_ends_the_session),
		SESSION_TEST(client_that_reads_no_reply_can_not_hold_the_daemon),
		SESSION_TEST(foreign_lock_file_locks_every_access),
		SESSION_TEST(lock_that_can_not_be_looked_at_is_a_lock),
		SESSION_TEST(lock_that_is_a_dangling_link_is_a_lock),
		SESSION_TEST(unready_daemon_answers_every_access_with_the_reason),
		SESSION_TEST(ten_refusals_a_second_are_logged_and_the_rest_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
