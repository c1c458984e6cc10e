/* SPDX-License-Identifier: MIT */
/*
 * Conversations as arrays of messages, on a socket pair: what the client sends
 * is all there before the session runs, so no thread and no time is involved.
 */
#include "daemon/session.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../wire_numbers.h"
#include "daemon/grant.h"
#include "daemon/terminate.h"
#include "mock_device.h"
#include "wire/likwid.h"

static const uint32_t packages[] = {0, 1};

/* A session on one end of a socket pair, with the shipped lists of 06_2D. */
struct scene {
	struct mock msr, pci;
	struct device *devices[OP_N_SPACES];
	struct policy policy;
	struct likwid likwid;
	struct kept kept;
	struct session session;
	int client;
};

static int set_up(void **state)
{
	static struct scene scene;
	struct site site;
	const struct op_limits limits = {16, packages, 2};
	int pair[2];

	scene = (struct scene){.msr.device.ops = &mock_ops, .pci.device.ops = &mock_ops};
	scene.devices[OP_MSR] = &scene.msr.device;
	scene.devices[OP_PCI] = &scene.pci.device;
	site_init(&site);
	assert_int_equal(grant_anybody(&scene.policy, arch_find(6, 0x2d), &site), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	likwid_init(&scene.likwid, release_find("5.2"), &limits);
	scene.client = pair[0];
	scene.session = (struct session){
		.fd = pair[1],
		.wire = &scene.likwid.wire,
		.access.peer.uid = 1000,
		.access.policy = &scene.policy,
		.access.devices = scene.devices,
		.access.arch = arch_find(6, 0x2d),
		.access.kept = &scene.kept,
		.access.lock_path = "/nonexistent",
	};
	assert_int_equal(terminate_watch(pair[1]), 0);
	*state = &scene;
	return kept_init(&scene.kept, 100);
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	close(scene->session.fd);
	close(scene->client);
	kept_deinit(&scene->kept);
	return 0;
}

static void put(struct scene *scene, struct likwid_record record)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(&record, bytes);
	assert_int_equal(write(scene->client, bytes, sizeof bytes), (ssize_t)sizeof bytes);
}

static struct likwid_record get(struct scene *scene)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record;

	assert_int_equal(
		recv(scene->client, bytes, sizeof bytes, MSG_DONTWAIT), (ssize_t)sizeof bytes);
	likwid_record_get(bytes, &record);
	return record;
}

static void assert_no_reply(struct scene *scene)
{
	char byte;

	assert_int_equal(recv(scene->client, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

/* Sends one request, runs the session to the client's end, gives back the reply. */
static struct likwid_record ask(struct scene *scene, struct likwid_record request)
{
	put(scene, request);
	put(scene, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&scene->session), SESSION_EXIT);
	return get(scene);
}

static void allowed_read_reaches_the_device(void **state)
{
	struct scene *scene = *state;

	scene->msr.value = 0xc00e0001b00;
	struct likwid_record reply = ask(scene,
		(struct likwid_record){.cpu = 3, .reg = 0xce, .errorcode = 3, .padding = 0xaa55});
	assert_int_equal(reply.errorcode, 0);
	assert_true(reply.data == 0xc00e0001b00);
	assert_int_equal(reply.padding, 0xaa55);
	assert_int_equal(scene->msr.last.place.cpu, 3);
	assert_int_equal(scene->msr.last.place.reg, 0xce);
}

static void refused_register_is_answered_and_never_touched(void **state)
{
	struct scene *scene = *state;

	struct likwid_record reply =
		ask(scene, (struct likwid_record){.reg = 0x600, .data = 5, .type = READ});
	assert_int_equal(reply.errorcode, 2);
	assert_int_equal(reply.data, 0);
	assert_int_equal(scene->msr.n_reads, 0);
}

static void check_touches_no_register(void **state)
{
	struct scene *scene = *state;

	struct likwid_record reply = ask(
		scene, (struct likwid_record){.cpu = 1, .data = 9, .type = CHECK, .device = 13});
	assert_int_equal(reply.errorcode, 0);
	assert_int_equal(reply.data, 9);
	assert_int_equal(scene->pci.n_checks, 1);
	assert_int_equal(scene->pci.n_reads + scene->pci.n_writes, 0);
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
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof conversation / sizeof *conversation; i++)
		put(scene, conversation[i].request);
	put(scene, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&scene->session), SESSION_EXIT);
	for (size_t i = 0; i < sizeof conversation / sizeof *conversation; i++)
		assert_int_equal(get(scene).errorcode, conversation[i].errorcode);
	assert_no_reply(scene);
}

static void exit_has_no_reply(void **state)
{
	struct scene *scene = *state;

	put(scene, (struct likwid_record){.type = EXIT});
	put(scene, (struct likwid_record){.reg = 0xce}); /* nobody listens any more */
	assert_int_equal(session_run(&scene->session), SESSION_EXIT);
	assert_no_reply(scene);
}

static void client_that_closes_between_records_has_gone_away(void **state)
{
	struct scene *scene = *state;

	put(scene, (struct likwid_record){.reg = 0xce});
	shutdown(scene->client, SHUT_WR);
	assert_int_equal(session_run(&scene->session), SESSION_CLOSED);
	assert_int_equal(get(scene).errorcode, 0);
}

static void client_that_closes_inside_a_record_is_told_apart(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(write(scene->client, "0123456789", 10), 10);
	shutdown(scene->client, SHUT_WR);
	assert_int_equal(session_run(&scene->session), SESSION_CUT);
	assert_int_equal(scene->msr.n_reads, 0);
}

static void client_gone_between_read_and_reply_ends_daemon(void **state)
{
	struct scene *scene = *state;

	signal(SIGPIPE, SIG_DFL); /* would kill this program */
	put(scene, (struct likwid_record){.reg = 0xce});
	close(scene->client);
	assert_int_equal(session_run(&scene->session), SESSION_UNREAD);
	assert_int_equal(scene->msr.n_reads, 1);
}

static void *run_session(void *argument)
{
	struct session *session = argument;

	return (void *)(intptr_t)session_run(session);
}

static void termination_ends_the_session(void **state)
{
	struct scene *scene = *state;

	raise(SIGTERM);
	assert_int_equal(session_run(&scene->session), SESSION_TERMINATED);
}

/* One that asks and asks is no reason to go on. */
static void termination_ends_the_session_of_a_client_whose_requests_lie_there(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 3; i++)
		put(scene, (struct likwid_record){.reg = 0xce});
	raise(SIGTERM);
	assert_int_equal(session_run(&scene->session), SESSION_TERMINATED);
	assert_int_equal(scene->msr.n_reads, 0);
}

/* Before it waits, and while it does. */
static void termination_while_it_waits_ends_the_session(void **state)
{
	struct scene *scene = *state;
	pthread_t thread;
	void *end;

	assert_int_equal(pthread_create(&thread, NULL, run_session, &scene->session), 0);
	usleep(2000);
	raise(SIGTERM);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_int_equal((intptr_t)end, SESSION_TERMINATED);
}

static void socket_that_is_not_waited_in_serves_as_well(void **state)
{
	struct scene *scene = *state;
	pthread_t thread;
	void *end;

	fcntl(scene->session.fd, F_SETFL, O_NONBLOCK);
	assert_int_equal(pthread_create(&thread, NULL, run_session, &scene->session), 0);
	for (int i = 0; i < 3; i++) {
		struct pollfd answered = {.fd = scene->client, .events = POLLIN};

		put(scene, (struct likwid_record){.reg = 0xce});
		assert_int_equal(poll(&answered, 1, 10000), 1);
		assert_int_equal(get(scene).errorcode, 0);
	}
	raise(SIGTERM);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_int_equal((intptr_t)end, SESSION_TERMINATED);
}

static void client_that_reads_no_reply_can_not_hold_the_daemon(void **state)
{
	struct scene *scene = *state;
	uint8_t bytes[LIKWID_RECORD_SIZE];
	pthread_t thread;
	void *end;

	put(scene, (struct likwid_record){.reg = 0x186, .data = 0x4300c0, .type = WRITE});
	likwid_record_put(&(struct likwid_record){.reg = 0xce}, bytes);
	assert_int_equal(pthread_create(&thread, NULL, run_session, &scene->session), 0);
	/* until the replies that nobody reads have filled the way back */
	struct timeval patience = {.tv_usec = 200000};
	setsockopt(scene->client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	while (send(scene->client, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	raise(SIGTERM);
	assert_int_equal(pthread_join(thread, &end), 0);
	assert_int_equal((intptr_t)end, SESSION_TERMINATED);
	assert_true(scene->msr.value == 0);
}

/* Where a client can die that has programmed an event select; each begins with that write. */
static void close_at_once(struct scene *scene)
{
	close(scene->client);
	scene->client = -1;
}

static void die_before_a_request(struct scene *scene)
{
	shutdown(scene->client, SHUT_WR);
}

static void die_within_a_record(struct scene *scene)
{
	assert_int_equal(write(scene->client, "0123456789", 10), 10);
	shutdown(scene->client, SHUT_WR);
}

static void die_with_unread_replies(struct scene *scene)
{
	for (int i = 0; i < 40; i++)
		put(scene, (struct likwid_record){.reg = 0xce});
	close_at_once(scene);
}

static void client_that_dies_leaves_nothing_programmed_wherever_it_dies(void **state)
{
	static void (*const deaths[])(struct scene *) = {
		close_at_once, die_before_a_request, die_within_a_record, die_with_unread_replies};
	static const int ends[] = {SESSION_UNREAD, SESSION_CLOSED, SESSION_CUT, SESSION_UNREAD};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct scene *scene = *state;

		scene->msr.value = 0x4100c5;
		put(scene, (struct likwid_record){.reg = 0x186, .data = 0x4300c0, .type = WRITE});
		deaths[i](scene);
		assert_int_equal(session_run(&scene->session), ends[i]);
		assert_true(scene->msr.value == 0x4100c5);
		assert_int_equal(scene->session.restored.n[RESTORE_DONE], 1);
		tear_down(state);
		set_up(state);
	}
}

static void exit_leaves_everything_as_the_client_left_it(void **state)
{
	struct scene *scene = *state;

	put(scene, (struct likwid_record){.reg = 0x186, .data = 0x4300c0, .type = WRITE});
	put(scene, (struct likwid_record){.type = EXIT});
	assert_int_equal(session_run(&scene->session), SESSION_EXIT);
	assert_true(scene->msr.value == 0x4300c0);
	assert_int_equal(scene->msr.n_writes, 1);
}

/* A wire whose messages are one byte: its take gives what the byte says. */
static enum wire_message byte_take(
	struct wire *wire, const uint8_t *bytes, size_t length, struct wire_request *request)
{
	static struct batch nothing;

	(void)wire;
	*request = (struct wire_request){.length = 1, .batch = &nothing};
	return length == 0 ? WIRE_INCOMPLETE : (enum wire_message)bytes[0];
}

static size_t byte_reply(struct wire *wire, uint8_t bytes[WIRE_REPLY_SIZE])
{
	(void)wire;
	bytes[0] = 'r';
	return 1;
}

static const struct wire_ops byte_ops = {.take = byte_take, .reply = byte_reply};

static void malformed_message_ends_the_session_after_the_replies_before_it(void **state)
{
	static const uint8_t bytes[] = {
		WIRE_ACCESSES, WIRE_ACCESSES, WIRE_MALFORMED, WIRE_ACCESSES};
	struct scene *scene = *state;
	struct wire wire = {&byte_ops};
	char replies[8];

	scene->session.wire = &wire;
	assert_int_equal(write(scene->client, bytes, sizeof bytes), (ssize_t)sizeof bytes);
	assert_int_equal(session_run(&scene->session), SESSION_MALFORMED);
	assert_int_equal(recv(scene->client, replies, sizeof replies, MSG_DONTWAIT), 2);
}

static void message_longer_than_any_ends_the_session(void **state)
{
	static const uint8_t bytes[STREAM_SIZE] = {WIRE_INCOMPLETE};
	struct scene *scene = *state;
	struct wire wire = {&byte_ops};

	scene->session.wire = &wire;
	assert_int_equal(write(scene->client, bytes, sizeof bytes), (ssize_t)sizeof bytes);
	assert_int_equal(session_run(&scene->session), SESSION_MALFORMED);
}

static void client_that_is_no_socket_is_an_error(void **state)
{
	struct scene *scene = *state;
	int pair[2], before = scene->session.fd;

	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	scene->session.fd = pair[0];
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_int_equal(session_run(&scene->session), -ENOTSOCK);
	scene->session.fd = before;
	close(pair[0]);
	close(pair[1]);
}

static void wait_that_fails_ends_the_session(void **state)
{
	struct scene *scene = *state;
	struct rlimit before, none;

	/* poll refuses more descriptors than there may be; valgrind keeps the limit to itself */
	struct pollfd one = {.fd = -1};

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	fcntl(scene->session.fd, F_SETFL, O_NONBLOCK);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	bool is_limited = poll(&one, 1, 0) < 0;
	int r = is_limited ? session_run(&scene->session) : -EINVAL;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(r, -EINVAL);
}

static void wire_that_says_nonsense_ends_the_session(void **state)
{
	static const uint8_t bytes[] = {99};
	struct scene *scene = *state;
	struct wire wire = {&byte_ops};

	scene->session.wire = &wire;
	assert_int_equal(write(scene->client, bytes, sizeof bytes), (ssize_t)sizeof bytes);
	assert_int_equal(session_run(&scene->session), -EINVAL);
}

#define SESSION_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(allowed_read_reaches_the_device),
		SESSION_TEST(refused_register_is_answered_and_never_touched),
		SESSION_TEST(check_touches_no_register),
		SESSION_TEST(nonsense_gets_a_reply_each_and_the_session_goes_on),
		SESSION_TEST(exit_has_no_reply),
		SESSION_TEST(client_that_dies_leaves_nothing_programmed_wherever_it_dies),
		SESSION_TEST(exit_leaves_everything_as_the_client_left_it),
		SESSION_TEST(client_that_closes_between_records_has_gone_away),
		SESSION_TEST(client_that_closes_inside_a_record_is_told_apart),
		SESSION_TEST(client_gone_between_read_and_reply_ends_daemon),
		SESSION_TEST(malformed_message_ends_the_session_after_the_replies_before_it),
		SESSION_TEST(message_longer_than_any_ends_the_session),
		SESSION_TEST(client_that_is_no_socket_is_an_error),
		SESSION_TEST(wait_that_fails_ends_the_session),
		SESSION_TEST(wire_that_says_nonsense_ends_the_session),
		SESSION_TEST(termination_ends_the_session),
		SESSION_TEST(termination_ends_the_session_of_a_client_whose_requests_lie_there),
		SESSION_TEST(termination_while_it_waits_ends_the_session),
		SESSION_TEST(socket_that_is_not_waited_in_serves_as_well),
		SESSION_TEST(client_that_reads_no_reply_can_not_hold_the_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
