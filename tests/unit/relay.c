/* SPDX-License-Identifier: MIT */
/*
 * The relay is a child between two sockets; the test is both of its neighbours. What the
 * translation does is tests/unit/translation.c's.
 */
#include "shim/relay.h"

#include "test.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../wire_numbers.h"
#include "wire/native.h"

/* Everything here happens within that or never. */
#define PATIENCE_MS 10000

struct neighbours {
	pid_t relay;
	int client, service; /* our ends */
};

static int end_of_relay(int client, int service, const char *release)
{
	sigset_t terminate;

	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	struct relay relay = {
		.client = client,
		.service = service,
		.signal_fd = signalfd(-1, &terminate, 0),
		.translation.client = release_find(release),
		.translation.daemon = release_find("5.2"),
		.unserved = OP_NO_FILE,
	};
	int r = relay_run(&relay);
	return r < 0 ? 99 : r;
}

static void start(struct neighbours *neighbours, const char *release, bool has_service)
{
	int client[2], service[2];
	sigset_t terminate;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, client), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, service), 0);
	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	sigprocmask(SIG_BLOCK, &terminate, NULL);
	neighbours->relay = fork();
	if (neighbours->relay == 0) {
		close(client[0]);
		close(service[0]);
		_exit(end_of_relay(client[1], has_service ? service[1] : -1, release));
	}
	assert_true(neighbours->relay > 0);
	close(client[1]);
	close(service[1]);
	neighbours->client = client[0];
	neighbours->service = service[0];
}

/* How it ended. */
static int wait_for_end(const struct neighbours *neighbours)
{
	int status;

	alarm(PATIENCE_MS / 1000);
	assert_int_equal(waitpid(neighbours->relay, &status, 0), neighbours->relay);
	alarm(0);
	assert_true(WIFEXITED(status));
	close(neighbours->client);
	close(neighbours->service);
	return WEXITSTATUS(status);
}

static struct likwid_record record_of(uint32_t type, uint32_t device, uint64_t data)
{
	return (struct likwid_record){
		.reg = 0x606, .data = data, .device = device, .type = type, .padding = 7};
}

static void put(int fd, const struct likwid_record *record)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	likwid_record_put(record, bytes);
	assert_int_equal(send(fd, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
}

/* How many bytes of a record come; fewer at the end. */
static size_t get_bytes(int fd, uint8_t bytes[LIKWID_RECORD_SIZE])
{
	size_t length = 0;

	while (length < LIKWID_RECORD_SIZE) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
		ssize_t n = read(fd, bytes + length, LIKWID_RECORD_SIZE - length);
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	return length;
}

static struct likwid_record get(int fd)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record;

	assert_int_equal(get_bytes(fd, bytes), sizeof bytes);
	likwid_record_get(bytes, &record);
	return record;
}

static bool is_at_end(int fd)
{
	uint8_t bytes[LIKWID_RECORD_SIZE];

	return get_bytes(fd, bytes) == 0;
}

/* One access of a client of 5.4, through to the service and back. */
static void be_served(const struct neighbours *neighbours)
{
	struct likwid_record request = record_of(READ, 57, 0), record; /* 5.4's home agent */

	put(neighbours->client, &request);
	record = get(neighbours->service);
	assert_int_equal(record.device, HA);
	record.data = 0x42;
	put(neighbours->service, &record);
	record = get(neighbours->client);
	request.data = 0x42;
	assert_memory_equal(&record, &request, sizeof record);
}

static void record_goes_to_the_service_and_its_reply_back(void **state)
{
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	be_served(&neighbours);
	be_served(&neighbours);
	shutdown(neighbours.client, SHUT_WR);
	assert_true(is_at_end(neighbours.service));
	shutdown(neighbours.service, SHUT_RDWR);
	assert_int_equal(wait_for_end(&neighbours), RELAY_CLIENT_LEFT);
}

static void exit_is_passed_on_and_ends_it_with_the_service(void **state)
{
	struct likwid_record request = record_of(2, 14, 0); /* 3.1's */
	struct neighbours neighbours;
	struct likwid_record record;

	(void)state;
	start(&neighbours, "3.1", true);
	put(neighbours.client, &request);
	record = get(neighbours.service);
	assert_int_equal(record.type, EXIT);
	assert_true(is_at_end(neighbours.service));
	/* not before the session is over */
	assert_int_equal(waitpid(neighbours.relay, NULL, WNOHANG), 0);
	shutdown(neighbours.service, SHUT_RDWR);
	assert_int_equal(wait_for_end(&neighbours), RELAY_EXIT);
}

static void records_may_come_in_pieces_and_several_at_once(void **state)
{
	const struct likwid_record request = record_of(READ, 0, 0);
	uint8_t bytes[3 * LIKWID_RECORD_SIZE];
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	for (size_t i = 0; i < 3; i++)
		likwid_record_put(&request, bytes + i * LIKWID_RECORD_SIZE);
	for (size_t i = 0; i < LIKWID_RECORD_SIZE; i++)
		assert_int_equal(send(neighbours.client, bytes + i, 1, MSG_NOSIGNAL), 1);
	assert_int_equal(send(neighbours.client, bytes, sizeof bytes, MSG_NOSIGNAL), sizeof bytes);
	for (size_t i = 0; i < 4; i++) {
		struct likwid_record record = get(neighbours.service);

		record.data = i;
		put(neighbours.service, &record);
	}
	/* replies are read late, and are all there */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(get(neighbours.client).data, i);
	shutdown(neighbours.service, SHUT_RDWR);
	shutdown(neighbours.client, SHUT_RDWR);
	wait_for_end(&neighbours);
}

static void client_that_goes_in_the_middle_of_a_record_leaves_a_cut_one(void **state)
{
	uint8_t bytes[LIKWID_RECORD_SIZE] = {1, 2, 3, 4, 5}, got[LIKWID_RECORD_SIZE];
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	be_served(&neighbours);
	assert_int_equal(send(neighbours.client, bytes, 5, MSG_NOSIGNAL), 5);
	shutdown(neighbours.client, SHUT_RDWR);
	assert_int_equal(get_bytes(neighbours.service, got), 5);
	assert_memory_equal(got, bytes, 5);
	shutdown(neighbours.service, SHUT_RDWR);
	assert_int_equal(wait_for_end(&neighbours), RELAY_CLIENT_LEFT);
}

static void client_that_dies_while_the_service_is_silent_ends_it(void **state)
{
	const struct likwid_record request = record_of(READ, 0, 0);
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	put(neighbours.client, &request);
	get(neighbours.service);
	close(neighbours.client);
	assert_true(is_at_end(neighbours.service));
	shutdown(neighbours.service, SHUT_RDWR);
	neighbours.client = dup(neighbours.service);
	assert_int_equal(wait_for_end(&neighbours), RELAY_CLIENT_LEFT);
}

static void service_that_ends_in_a_session_ends_it_for_the_client(void **state)
{
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	be_served(&neighbours);
	shutdown(neighbours.service, SHUT_RDWR); /* the client says nothing meanwhile */
	assert_int_equal(wait_for_end(&neighbours), RELAY_SERVICE_LEFT);
}

static void assert_answered(const struct neighbours *neighbours, uint32_t type, uint32_t errorcode)
{
	const struct likwid_record request = record_of(type, 0, 0);

	put(neighbours->client, &request);
	assert_int_equal(get(neighbours->client).errorcode, errorcode);
}

static void without_a_service_every_access_is_answered_so(void **state)
{
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", false);
	assert_answered(&neighbours, READ, 3);
	assert_answered(&neighbours, WRITE, 3);
	assert_answered(&neighbours, CHECK, 3);
	assert_answered(&neighbours, 77, 1);
	put(neighbours.client, &(struct likwid_record){.type = EXIT});
	assert_int_equal(wait_for_end(&neighbours), RELAY_UNSERVED);
}

static void service_that_has_no_further_session_for_the_user_is_busy(void **state)
{
	uint8_t refusal[NATIVE_HELLO_SIZE];
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	native_refusal_put(refusal);
	assert_int_equal(
		send(neighbours.service, refusal, sizeof refusal, MSG_NOSIGNAL), sizeof refusal);
	shutdown(neighbours.service, SHUT_WR);
	assert_answered(&neighbours, READ, 5);
	assert_answered(&neighbours, CHECK, 5);
	shutdown(neighbours.client, SHUT_RDWR);
	assert_int_equal(wait_for_end(&neighbours), RELAY_UNSERVED);
}

static void service_that_closes_before_a_word_is_busy(void **state)
{
	struct neighbours neighbours;

	(void)state;
	/* before a request */
	start(&neighbours, "5.4", true);
	shutdown(neighbours.service, SHUT_RDWR);
	assert_answered(&neighbours, READ, 5);
	assert_answered(&neighbours, CHECK, 5);
	shutdown(neighbours.client, SHUT_RDWR);
	assert_int_equal(wait_for_end(&neighbours), RELAY_UNSERVED);

	/* in the middle of one, and after one */
	uint8_t bytes[LIKWID_RECORD_SIZE];
	const struct likwid_record request = record_of(READ, 0, 0);

	start(&neighbours, "5.4", true);
	likwid_record_put(&request, bytes);
	assert_int_equal(send(neighbours.client, bytes, 20, MSG_NOSIGNAL), 20);
	shutdown(neighbours.service, SHUT_RDWR);
	assert_int_equal(send(neighbours.client, bytes + 20, 12, MSG_NOSIGNAL), 12);
	assert_int_equal(get(neighbours.client).errorcode, 5);
	shutdown(neighbours.client, SHUT_RDWR);
	wait_for_end(&neighbours);

	start(&neighbours, "5.4", true);
	put(neighbours.client, &request);
	get(neighbours.service);
	shutdown(neighbours.service, SHUT_RDWR);
	assert_int_equal(get(neighbours.client).errorcode, 5);
	shutdown(neighbours.client, SHUT_RDWR);
	wait_for_end(&neighbours);
}

static void sigterm_ends_it_at_once(void **state)
{
	const struct likwid_record request = record_of(READ, 0, 0);
	struct neighbours neighbours;

	(void)state;
	start(&neighbours, "5.4", true);
	kill(neighbours.relay, SIGTERM);
	assert_int_equal(wait_for_end(&neighbours), RELAY_TERMINATED);
	start(&neighbours, "5.4", true);
	put(neighbours.client, &request);
	get(neighbours.service); /* and waits for the answer */
	kill(neighbours.relay, SIGTERM);
	assert_int_equal(wait_for_end(&neighbours), RELAY_TERMINATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_goes_to_the_service_and_its_reply_back),
		cmocka_unit_test(exit_is_passed_on_and_ends_it_with_the_service),
		cmocka_unit_test(records_may_come_in_pieces_and_several_at_once),
		cmocka_unit_test(client_that_goes_in_the_middle_of_a_record_leaves_a_cut_one),
		cmocka_unit_test(client_that_dies_while_the_service_is_silent_ends_it),
		cmocka_unit_test(service_that_ends_in_a_session_ends_it_for_the_client),
		cmocka_unit_test(without_a_service_every_access_is_answered_so),
		cmocka_unit_test(service_that_has_no_further_session_for_the_user_is_busy),
		cmocka_unit_test(service_that_closes_before_a_word_is_busy),
		cmocka_unit_test(sigterm_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
