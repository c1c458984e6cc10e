/* SPDX-License-Identifier: MIT */
/*
 * The messages of a batch on a socket pair whose other end is this test: replies come in pieces,
 * late, several at once, or make no sense.
 */
#include "client/flight.h"

#include "test.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/native.h"

#define MAX_OPS (3 * NATIVE_MAX_OPS)

static const struct op_limits limits = {16, NULL, 0};

struct scene {
	struct connection connection;
	int daemon; /* the other end */
	struct likwid likwid;
	struct native native;
	struct op ops[MAX_OPS];
	struct msrd_op results[MAX_OPS];
	struct landing landing;
	struct flight flight;
};

static int set_up(void **state)
{
	static struct scene scene;
	uint8_t hello[WIRE_REPLY_SIZE];
	struct wire_request request;
	int pair[2];

	memset(&scene, 0, sizeof scene);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	scene.connection = (struct connection){.child.pidfd = -1, .fd = pair[0]};
	scene.daemon = pair[1];
	likwid_init(&scene.likwid, release_find("5.2"), &limits);
	native_init(&scene.native, &scene.likwid.wire, &limits);
	native_hello_put(hello);
	scene.native.wire.ops->take(&scene.native.wire, hello, NATIVE_HELLO_SIZE, &request);
	scene.native.wire.ops->reply(&scene.native.wire, hello);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	flight_deinit(&scene->flight);
	connection_close(&scene->connection);
	close(scene->daemon);
	return 0;
}

/* n reads of a register whose number is the op's. */
static void load(struct scene *scene, size_t n, enum batch_mode mode)
{
	for (uint32_t i = 0; i < n; i++)
		scene->ops[i] =
			(struct op){.verb = OP_READ, .place = place_at(place_of_cpu(i % 16), i)};
	assert_int_equal(flight_init(&scene->flight, scene->ops, n, mode), 0);
}

static int go_on(struct scene *scene)
{
	return flight_go_on(&scene->flight, &scene->connection, &scene->landing, scene->results);
}

/* Takes one message as the daemon does: each read gives the register's number and a half. Returns
 * the length of the reply; 0: no message is there. */
static size_t answer(struct scene *scene, uint8_t reply[WIRE_REPLY_SIZE])
{
	static uint8_t message[NATIVE_MESSAGE_SIZE];
	struct wire *wire = &scene->native.wire;
	struct wire_request request;
	ssize_t n = recv(scene->daemon, message, NATIVE_HEADER_SIZE, MSG_PEEK);

	if (n < NATIVE_HEADER_SIZE)
		return 0;
	n = recv(scene->daemon, message, get_le32(message), 0);
	assert_int_equal(wire->ops->take(wire, message, (size_t)n, &request), WIRE_ACCESSES);
	for (size_t i = 0; i < request.batch->n; i++)
		request.batch->ops[i].value =
			(uint64_t)request.batch->ops[i].place.reg << 32 | 0x80000000;
	return wire->ops->reply(wire, reply);
}

static void put(struct scene *scene, const uint8_t *bytes, size_t length)
{
	assert_int_equal(send(scene->daemon, bytes, length, 0), (ssize_t)length);
}

static void assert_results(const struct scene *scene, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(scene->results[i].status == MSRD_OK &&
			    scene->results[i].value == ((uint64_t)i << 32 | 0x80000000));
	assert_int_equal(scene->flight.first, scene->flight.n);
}

static void batch_of_nothing_has_arrived(void **state)
{
	struct scene *scene = *state;
	uint8_t byte;

	load(scene, 0, BATCH_EACH);
	assert_int_equal(go_on(scene), 1);
	assert_int_equal(recv(scene->daemon, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
}

static void reply_may_come_byte_by_byte(void **state)
{
	struct scene *scene = *state;
	uint8_t reply[WIRE_REPLY_SIZE];

	load(scene, 3, BATCH_EACH);
	assert_int_equal(go_on(scene), 0);
	assert_int_equal(flight_events(&scene->flight), POLLIN);
	size_t length = answer(scene, reply);

	for (size_t i = 0; i < length; i++) {
		assert_int_equal(go_on(scene), 0);
		put(scene, reply + i, 1);
	}
	assert_int_equal(go_on(scene), 1);
	assert_results(scene, 3);
}

static void next_message_is_sent_before_the_first_is_answered_and_no_more(void **state)
{
	struct scene *scene = *state;
	uint8_t replies[2][WIRE_REPLY_SIZE], none[WIRE_REPLY_SIZE];

	load(scene, MAX_OPS, BATCH_EACH);
	assert_int_equal(go_on(scene), 0);
	size_t first = answer(scene, replies[0]), second = answer(scene, replies[1]);

	assert_true(first > 0 && second > 0);
	assert_int_equal(answer(scene, none), 0);
	/* both at once, and then there is room for the third */
	put(scene, replies[0], first);
	put(scene, replies[1], second);
	assert_int_equal(go_on(scene), 0);
	assert_true((first = answer(scene, replies[0])) > 0);
	put(scene, replies[0], first);
	assert_int_equal(go_on(scene), 1);
	assert_results(scene, MAX_OPS);
}

static void until_failure_one_message_waits_for_the_other(void **state)
{
	struct scene *scene = *state;
	uint8_t reply[WIRE_REPLY_SIZE], none[WIRE_REPLY_SIZE];

	load(scene, MAX_OPS, BATCH_UNTIL_FAILURE);
	assert_int_equal(go_on(scene), 0);
	size_t length = answer(scene, reply);

	assert_int_equal(answer(scene, none), 0);
	put_le16(reply + NATIVE_BATCH_REPLY_SIZE + 7 * NATIVE_RESULT_SIZE, OP_FAILED);
	put(scene, reply, length);
	assert_int_equal(go_on(scene), 1);
	assert_int_equal(scene->flight.first, 7);
	assert_int_equal(answer(scene, none), 0);
	/* and again, from its beginning */
	flight_rewind(&scene->flight);
	assert_int_equal(go_on(scene), 0);
	assert_true(answer(scene, reply) > 0);
}

static void full_socket_is_waited_for_without_losing_a_byte(void **state)
{
	struct scene *scene = *state;
	uint8_t reply[WIRE_REPLY_SIZE];
	int small = 4608;
	size_t n_answered = 0, length;

	setsockopt(scene->connection.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	load(scene, NATIVE_MAX_OPS, BATCH_EACH);
	assert_int_equal(go_on(scene), 0);
	assert_int_equal(flight_events(&scene->flight), POLLIN | POLLOUT);
	for (uint8_t message[NATIVE_MESSAGE_SIZE]; n_answered < sizeof message;) {
		ssize_t n =
			recv(scene->daemon, message + n_answered, sizeof message - n_answered, 0);

		assert_true(n > 0);
		n_answered += (size_t)n;
		assert_int_equal(go_on(scene), 0);
		if (n_answered == sizeof message) {
			struct wire *wire = &scene->native.wire;
			struct wire_request request;

			assert_int_equal(wire->ops->take(wire, message, n_answered, &request),
				WIRE_ACCESSES);
			length = wire->ops->reply(wire, reply);
			put(scene, reply, length);
		}
	}
	assert_int_equal(go_on(scene), 1);
}

static void answer_that_makes_no_sense_is_told_so(void **state)
{
	/* a 32-bit number of the reply, and what it can't be */
	static const struct {
		size_t offset;
		uint32_t number;
	} faults[] = {
		{0, 0}, {0, NATIVE_BATCH_REPLY_SIZE + 3 * NATIVE_RESULT_SIZE - 1}, {0, UINT32_MAX},
		{8, 2}, {NATIVE_BATCH_REPLY_SIZE, OP_N_STATUSES},
		{NATIVE_BATCH_REPLY_SIZE + 4, 1}, /* a text that is not there */
	};

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct scene *scene;
		uint8_t reply[WIRE_REPLY_SIZE];

		set_up(state);
		scene = *state;
		load(scene, 3, BATCH_EACH);
		assert_int_equal(go_on(scene), 0);
		size_t length = answer(scene, reply);

		put_le32(reply + faults[i].offset, faults[i].number);
		put(scene, reply, length);
		if (go_on(scene) != -EPROTO)
			fail_msg("fault %zu makes sense", i);
		if (i + 1 < sizeof faults / sizeof *faults)
			tear_down(state);
	}
}

static void more_than_was_asked_for_makes_no_sense(void **state)
{
	struct scene *scene = *state;
	uint8_t reply[WIRE_REPLY_SIZE];

	load(scene, 2, BATCH_EACH);
	assert_int_equal(go_on(scene), 0);
	put(scene, reply, answer(scene, reply));
	put(scene, reply, 1);
	assert_int_equal(go_on(scene), -EPROTO);
}

static void daemon_that_is_gone_is_told_so(void **state)
{
	struct scene *scene = *state;

	load(scene, 2, BATCH_EACH);
	assert_int_equal(go_on(scene), 0);
	shutdown(scene->daemon, SHUT_RDWR);
	assert_int_equal(go_on(scene), -ECONNRESET);
}

static void another_value_goes_to_the_right_write(void **state)
{
	static const size_t places[] = {0, 1, NATIVE_MAX_OPS - 1, NATIVE_MAX_OPS, MAX_OPS - 1};
	struct scene *scene = *state;

	for (uint32_t i = 0; i < MAX_OPS; i++)
		scene->ops[i] =
			(struct op){.verb = OP_WRITE, .place = place_at(place_of_cpu(0), i)};
	assert_int_equal(flight_init(&scene->flight, scene->ops, MAX_OPS, BATCH_EACH), 0);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		uint8_t expected[NATIVE_OP_SIZE];
		struct op op = scene->ops[places[i]];

		flight_set(&scene->flight, places[i], 0x1234 + i);
		op.value = 0x1234 + i;
		native_op_put(&op, expected);
		assert_non_null(memmem(scene->flight.requests,
			MAX_OPS * NATIVE_OP_SIZE + 3 * NATIVE_BATCH_SIZE, expected,
			sizeof expected));
	}
}

int main(void)
{
#define FLIGHT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		FLIGHT_TEST(batch_of_nothing_has_arrived),
		FLIGHT_TEST(reply_may_come_byte_by_byte),
		FLIGHT_TEST(next_message_is_sent_before_the_first_is_answered_and_no_more),
		FLIGHT_TEST(until_failure_one_message_waits_for_the_other),
		FLIGHT_TEST(full_socket_is_waited_for_without_losing_a_byte),
		FLIGHT_TEST(answer_that_makes_no_sense_is_told_so),
		FLIGHT_TEST(more_than_was_asked_for_makes_no_sense),
		FLIGHT_TEST(daemon_that_is_gone_is_told_so),
		FLIGHT_TEST(another_value_goes_to_the_right_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
