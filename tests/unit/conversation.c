/* SPDX-License-Identifier: MIT */
/*
 * What goes over the connection, on a socket pair: the answer lies there before
 * the request is sent, so no thread and no daemon is involved.
 */
#include "client/conversation.h"

#include "test.h"

#include <errno.h>
#include <sys/socket.h>

#include "sysroot.h"
#include "util/bytes.h"
#include "wire/likwid.h"
#include "wire/native.h"

struct scene {
	struct sysroot sysroot; /* the client's machine: packages 1 and 4 */
	struct connection connection;
	int daemon; /* the other end */
	struct conversation *conversation;
};

/* What the last access was told. */
static struct reason_told told;

static unsigned package_of(uint32_t cpu)
{
	return cpu < 2 ? 4 : 1;
}

static int set_up(void **state)
{
	static struct scene scene;
	int pair[2];

	sysroot_init(&scene.sysroot);
	sysroot_add_cpus(&scene.sysroot, "0-3", 3, package_of);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	scene.connection =
		(struct connection){.child.pidfd = -1, .fd = pair[0], .reply_timeout_ms = 50};
	scene.daemon = pair[1];
	scene.conversation = conversation_likwid_new(release_find("5.2"), scene.sysroot.path);
	assert_non_null(scene.conversation);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	scene->conversation->ops->free(scene->conversation);
	connection_close(&scene->connection);
	close(scene->daemon);
	sysroot_deinit(&scene->sysroot);
	return 0;
}

/* Carries out op; the daemon's answer is reply. */
static int converse(struct scene *scene, struct op *op, struct likwid_record reply)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(&reply, bytes);
	assert_int_equal(write(scene->daemon, bytes, sizeof bytes), (ssize_t)sizeof bytes);
	return scene->conversation->ops->access(scene->conversation, &scene->connection, op, &told);
}

/* Says hello; the daemon's answer is bytes. */
static int greet(struct scene *scene, const uint8_t bytes[NATIVE_HELLO_SIZE])
{
	uint8_t hello[NATIVE_HELLO_SIZE], sent[NATIVE_HELLO_SIZE];

	assert_int_equal(write(scene->daemon, bytes, NATIVE_HELLO_SIZE), NATIVE_HELLO_SIZE);
	int r = conversation_greet(&scene->conversation, &scene->connection);

	native_hello_put(hello);
	assert_int_equal(read(scene->daemon, sent, sizeof sent), sizeof sent);
	assert_memory_equal(sent, hello, sizeof sent);
	return r;
}

/* The answer of an msrd. */
static void put_greeting(uint8_t bytes[NATIVE_HELLO_SIZE])
{
	native_hello_put(bytes);
	put_le32(bytes + 4, NATIVE_MESSAGE_SIZE);
}

/* What the daemon has been sent. */
static struct likwid_record sent(const struct scene *scene)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record;

	assert_int_equal(read(scene->daemon, bytes, sizeof bytes), (ssize_t)sizeof bytes);
	likwid_record_get(bytes, &record);
	return record;
}

static void assert_nothing_sent(const struct scene *scene)
{
	char byte;

	assert_int_equal(read(scene->daemon, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
}

static struct op read_imc(uint32_t package)
{
	return (struct op){
		.verb = OP_READ, .place = place_at(place_of_unit(package, UNIT_IMC, 2), 0xa4)};
}

static void socket_is_sent_as_the_rank_of_its_package(void **state)
{
	static const uint32_t packages[] = {1, 4};
	struct scene *scene = *state;

	for (uint32_t rank = 0; rank < 2; rank++) {
		struct op op = read_imc(packages[rank]);

		assert_int_equal(converse(scene, &op, (struct likwid_record){.data = 7}), 0);
		assert_int_equal(op.status, OP_OK);
		assert_int_equal(op.value, 7);
		struct likwid_record record = sent(scene);
		assert_int_equal(record.cpu, rank);
		assert_int_equal(record.device, 7);
		assert_int_equal(record.reg, 0xa4);
	}
}

static void socket_that_no_cpu_is_in_is_absent_and_nothing_is_sent(void **state)
{
	static const uint32_t packages[] = {0, 2, 5, UINT32_MAX};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		struct op op = read_imc(packages[i]);

		assert_int_equal(scene->conversation->ops->access(
					 scene->conversation, &scene->connection, &op, &told),
			0);
		assert_int_equal(op.status, OP_ABSENT);
		assert_nothing_sent(scene);
	}
}

static void machine_that_does_not_tell_its_packages_has_none(void **state)
{
	struct scene *scene = *state;
	struct conversation *blind = conversation_likwid_new(release_find("5.2"), "/nonexistent");
	struct op op = read_imc(0);

	assert_non_null(blind);
	assert_int_equal(blind->ops->access(blind, &scene->connection, &op, &told), 0);
	assert_int_equal(op.status, OP_ABSENT);
	assert_nothing_sent(scene);
	blind->ops->free(blind);
}

static void msrs_need_no_package(void **state)
{
	struct scene *scene = *state;
	struct op op = {.verb = OP_WRITE, .place = place_at(place_of_cpu(99), 0x38f), .value = 5};

	assert_int_equal(converse(scene, &op, (struct likwid_record){.errorcode = 6}), 0);
	assert_int_equal(op.status, OP_ABSENT); /* the daemon's word */
	struct likwid_record record = sent(scene);
	assert_int_equal(record.cpu, 99);
	assert_int_equal(record.device, 0);
	assert_int_equal(record.data, 5);
}

static void unit_without_a_number_is_not_sent(void **state)
{
	struct scene *scene = *state;
	struct op op = {.verb = OP_READ, .place = place_of_unit(1, UNIT_HA, 77)};

	assert_int_equal(scene->conversation->ops->access(
				 scene->conversation, &scene->connection, &op, &told),
		-EINVAL);
	assert_nothing_sent(scene);
}

static void senseless_silent_and_lost_daemons_are_told_apart(void **state)
{
	struct scene *scene = *state;
	struct op op = {.verb = OP_READ, .place = place_of_cpu(0)};
	struct op again = op;

	assert_int_equal(converse(scene, &op, (struct likwid_record){.errorcode = 99}), -EPROTO);
	assert_int_equal(scene->conversation->ops->access(
				 scene->conversation, &scene->connection, &again, &told),
		-ETIMEDOUT);
	shutdown(scene->daemon, SHUT_RDWR);
	assert_int_equal(scene->conversation->ops->access(
				 scene->conversation, &scene->connection, &again, &told),
		-ECONNRESET);
}

static void end_is_the_exit_record(void **state)
{
	struct scene *scene = *state;

	scene->conversation->ops->end(scene->conversation, &scene->connection);
	assert_int_equal(sent(scene).type, 3);
	assert_string_equal(scene->conversation->name, "LIKWID 5.2");
}

static void daemon_that_does_not_know_hello_is_spoken_to_in_plain_records(void **state)
{
	struct scene *scene = *state;
	uint8_t bytes[NATIVE_HELLO_SIZE];
	struct op op = {.verb = OP_READ, .place = place_of_cpu(2)};

	native_hello_put(bytes);
	bytes[24] = 1;
	assert_int_equal(greet(scene, bytes), 0);
	assert_string_equal(scene->conversation->name, "LIKWID 5.2");
	assert_int_equal(converse(scene, &op, (struct likwid_record){.data = 3}), 0);
	assert_int_equal(op.value, 3);
	assert_int_equal(sent(scene).cpu, 2);
}

static void answer_to_hello_that_makes_no_sense_is_told_so(void **state)
{
	struct scene *scene = *state;
	uint8_t bytes[NATIVE_HELLO_SIZE] = {0};

	assert_int_equal(greet(scene, bytes), -EPROTO);
	assert_string_equal(scene->conversation->name, "LIKWID 5.2");
}

/* After hello: carries out op, answered by these bytes. */
static int converse_natively(
	struct scene *scene, struct op *op, const uint8_t *bytes, size_t length)
{
	uint8_t hello[NATIVE_HELLO_SIZE], request[NATIVE_ACCESS_SIZE], sent[NATIVE_ACCESS_SIZE];

	put_greeting(hello);
	assert_int_equal(greet(scene, hello), 0);
	assert_string_equal(scene->conversation->name, "msrd");
	native_access_put(op, request);
	assert_int_equal(write(scene->daemon, bytes, length), (ssize_t)length);
	int r = scene->conversation->ops->access(
		scene->conversation, &scene->connection, op, &told);

	assert_int_equal(read(scene->daemon, sent, sizeof sent), sizeof sent);
	assert_memory_equal(sent, request, sizeof sent);
	return r;
}

static void after_hello_an_access_is_a_message_and_a_place_needs_no_number(void **state)
{
	static const uint8_t done[NATIVE_REPLY_SIZE] = {16, 0, 0, 0, 0, 0, 0, 0, 0x42, 1};
	/* a unit that no release has a number for, on a package that this client does not see */
	struct op op = {.verb = OP_READ, .place = place_at(place_of_unit(9, UNIT_HA, 77), 0xa4)};

	assert_int_equal(converse_natively(*state, &op, done, sizeof done), 0);
	assert_int_equal(op.status, OP_OK);
	assert_int_equal(op.value, 0x142);
}

static void after_hello_the_client_is_told_the_reason(void **state)
{
	static const uint8_t refused[] = {20, 0, 0, 0, OP_NO_FILE, 0, REASON_NOSUID, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 'w', 'h', 'y', '!'};
	struct op op = {.verb = OP_READ, .place = place_of_cpu(0)};

	assert_int_equal(converse_natively(*state, &op, refused, sizeof refused), 0);
	assert_int_equal(op.status, OP_NO_FILE);
	assert_int_equal(told.reason, REASON_NOSUID);
	assert_string_equal(told.text, "why!");
}

static void after_hello_nonsense_silence_and_loss_are_told_apart(void **state)
{
	static const uint8_t nonsense[NATIVE_REPLY_SIZE] = {15};
	struct scene *scene = *state;
	struct op op = {.verb = OP_READ, .place = place_of_cpu(0)};

	assert_int_equal(converse_natively(scene, &op, nonsense, sizeof nonsense), -EPROTO);
	assert_int_equal(scene->conversation->ops->access(
				 scene->conversation, &scene->connection, &op, &told),
		-ETIMEDOUT);
	shutdown(scene->daemon, SHUT_RDWR);
	assert_int_equal(scene->conversation->ops->access(
				 scene->conversation, &scene->connection, &op, &told),
		-ECONNRESET);
}

static void after_hello_the_end_is_the_exit_message(void **state)
{
	struct scene *scene = *state;
	uint8_t hello[NATIVE_HELLO_SIZE], expected[NATIVE_HEADER_SIZE], bytes[32];

	put_greeting(hello);
	assert_int_equal(greet(scene, hello), 0);
	scene->conversation->ops->end(scene->conversation, &scene->connection);
	native_exit_put(expected);
	assert_int_equal(read(scene->daemon, bytes, sizeof bytes), sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(socket_is_sent_as_the_rank_of_its_package),
		WORLD_TEST(socket_that_no_cpu_is_in_is_absent_and_nothing_is_sent),
		WORLD_TEST(machine_that_does_not_tell_its_packages_has_none),
		WORLD_TEST(msrs_need_no_package),
		WORLD_TEST(unit_without_a_number_is_not_sent),
		WORLD_TEST(senseless_silent_and_lost_daemons_are_told_apart),
		WORLD_TEST(end_is_the_exit_record),
		WORLD_TEST(daemon_that_does_not_know_hello_is_spoken_to_in_plain_records),
		WORLD_TEST(answer_to_hello_that_makes_no_sense_is_told_so),
		WORLD_TEST(after_hello_an_access_is_a_message_and_a_place_needs_no_number),
		WORLD_TEST(after_hello_the_client_is_told_the_reason),
		WORLD_TEST(after_hello_nonsense_silence_and_loss_are_told_apart),
		WORLD_TEST(after_hello_the_end_is_the_exit_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
