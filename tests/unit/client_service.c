/* SPDX-License-Identifier: MIT */
/*
 * libmsrd and a service that a child of the test plays: it accepts one client, and answers so
 * many records as it is told to.
 */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../wire_numbers.h"
#include "client/msrd.h"
#include "wire/likwid.h"
#include "wire/meeting.h"
#include "wire/native.h"

struct service {
	pid_t pid;
	char folder[32];
	struct sockaddr_un address;
};

/* Answers n records with 0x42, and says whether an exit came behind them. */
static int play(int listener, unsigned n)
{
	int fd = accept(listener, NULL, NULL);
	uint8_t bytes[LIKWID_RECORD_SIZE];
	struct likwid_record record;

	for (;; n--) {
		if (recv(fd, bytes, sizeof bytes, MSG_WAITALL) != (ssize_t)sizeof bytes)
			return 1;
		likwid_record_get(bytes, &record);
		if (record.type == EXIT)
			return 0;
		if (n == 0)
			return 2;
		if (record.type == READ)
			record.data = 0x42;
		record.errorcode = record.type > EXIT;
		likwid_record_put(&record, bytes);
		send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
	}
}

/* Speaks natively, and has a reason not to do any access. */
static int play_natively(int listener, unsigned n)
{
	const struct op_limits limits = {64, NULL, 0};
	int fd = accept(listener, NULL, NULL);
	uint8_t bytes[WIRE_REPLY_SIZE];
	struct wire_request request;
	struct likwid likwid;
	struct native native;
	size_t length = 0;

	(void)n;
	likwid_init(&likwid, release_find("5.2"), &limits);
	native_init(&native, &likwid.wire, &limits);
	for (;;) {
		if (recv(fd, bytes + length, 1, 0) != 1)
			return 1;
		switch (native.wire.ops->take(&native.wire, bytes, ++length, &request)) {
		case WIRE_INCOMPLETE:
			continue;
		case WIRE_EXIT:
			return 0;
		case WIRE_MALFORMED:
		case WIRE_QUESTION:
			return 3;
		case WIRE_ACCESSES:
			break;
		}
		if (request.batch->n > 0) {
			request.batch->ops->status = OP_NO_FILE;
			native.wire.ops->tell(&native.wire, 0,
				&(struct reason_told){REASON_MODULE, "load it: modprobe msr"});
		}
		length = native.wire.ops->reply(&native.wire, bytes);
		send(fd, bytes, length, MSG_NOSIGNAL);
		length = 0;
	}
}

static void start_with(struct service *service, int (*role)(int listener, unsigned n), unsigned n)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*service = (struct service){.address.sun_family = AF_UNIX};
	strcpy(service->folder, "/tmp/msrd-test-XXXXXX");
	assert_non_null(mkdtemp(service->folder));
	snprintf(service->address.sun_path, sizeof service->address.sun_path, "%s/socket",
		service->folder);
	assert_int_equal(
		bind(listener, (struct sockaddr *)&service->address, sizeof service->address), 0);
	assert_int_equal(listen(listener, 8), 0);
	service->pid = fork();
	if (service->pid == 0)
		_exit(role(listener, n));
	assert_true(service->pid > 0);
	close(listener);
}

static void start(struct service *service, unsigned n)
{
	start_with(service, play, n);
}

/* How it ended: play's result. */
static int end(const struct service *service)
{
	int status;

	alarm(10);
	assert_int_equal(waitpid(service->pid, &status, 0), service->pid);
	alarm(0);
	unlink(service->address.sun_path);
	rmdir(service->folder);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static int open_service(
	const struct service *service, struct msrd **msrd, char text[MSRD_ERROR_SIZE])
{
	const struct msrd_options options = {.service = service->address.sun_path};

	return msrd_open(msrd, &options, text, MSRD_ERROR_SIZE);
}

static void a_service_is_used_and_no_daemon_is_started(void **state)
{
	int n = test_count_descriptors();
	char text[MSRD_ERROR_SIZE];
	struct service service;
	struct msrd *msrd;
	uint64_t value;

	(void)state;
	start(&service, 100);
	assert_int_equal(open_service(&service, &msrd, text), 0);
	assert_int_equal(msrd_read(msrd, 1, 0x606, &value), 0);
	assert_int_equal(value, 0x42);
	assert_int_equal(msrd_pid(msrd), 0);
	assert_null(msrd_close(msrd));
	assert_int_equal(end(&service), 0);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(test_count_descriptors(), n);
}

static void a_service_that_is_msrds_tells_the_reason_as_number_name_and_text(void **state)
{
	char text[MSRD_ERROR_SIZE];
	struct service service;
	struct msrd *msrd;
	uint64_t value;

	(void)state;
	start_with(&service, play_natively, 0);
	assert_int_equal(open_service(&service, &msrd, text), 0);
	assert_int_equal(msrd_reason(msrd), MSRD_REASON_NONE);
	assert_int_equal(msrd_read(msrd, 1, 0x606, &value), MSRD_NO_FILE);
	assert_int_equal(msrd_reason(msrd), MSRD_REASON_MODULE);
	assert_string_equal(msrd_reason_name(msrd_reason(msrd)), "module");
	assert_null(msrd_reason_name(9999));
	assert_string_equal(msrd_error(msrd, text, sizeof text),
		"read of MSR 0x606 on CPU 1: device file "
		"could not be opened: load it: modprobe msr");
	assert_null(msrd_close(msrd));
	assert_int_equal(end(&service), 0);
}

static void a_service_that_ends_in_a_session_breaks_the_handle(void **state)
{
	char text[MSRD_ERROR_SIZE];
	struct service service;
	struct msrd *msrd;
	uint64_t value;

	(void)state;
	start(&service, 1); /* the first word */
	assert_int_equal(open_service(&service, &msrd, text), 0);
	assert_int_equal(msrd_read(msrd, 1, 0x606, &value), -ECONNRESET);
	assert_non_null(strstr(msrd_error(msrd, text, sizeof text), service.address.sun_path));
	assert_non_null(strstr(text, "is gone: it closed the connection"));
	assert_int_equal(msrd_read(msrd, 1, 0x606, &value), -ECONNRESET);
	assert_null(msrd_close(msrd));
	assert_int_equal(end(&service), 2);
}

static void a_service_that_closes_before_its_first_word_has_no_daemon(void **state)
{
	int n = test_count_descriptors();
	char text[MSRD_ERROR_SIZE];
	struct service service;
	struct msrd *msrd;

	(void)state;
	start(&service, 0);
	assert_int_equal(open_service(&service, &msrd, text), -ECHILD);
	assert_null(msrd);
	assert_non_null(strstr(text, "took the connection and closed it"));
	assert_int_equal(end(&service), 2);
	assert_int_equal(test_count_descriptors(), n);
}

/* It has ended before the client says hello, or after that. */
static int refuse(int listener, unsigned waits)
{
	int fd = accept(listener, NULL, NULL);
	uint8_t bytes[NATIVE_HELLO_SIZE];

	if (waits > 0)
		recv(fd, bytes, sizeof bytes, MSG_PEEK);
	native_refusal_put(bytes);
	send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
	return 0;
}

static void a_service_that_has_no_further_session_for_the_user_says_so(void **state)
{
	int n = test_count_descriptors();
	char text[MSRD_ERROR_SIZE];
	struct service service;
	struct msrd *msrd;

	(void)state;
	for (unsigned waits = 0; waits < 2; waits++) {
		start_with(&service, refuse, waits);
		assert_int_equal(open_service(&service, &msrd, text), -EUSERS);
		assert_null(msrd);
		assert_non_null(strstr(text, service.address.sun_path));
		assert_non_null(strstr(text, "as many sessions as /etc/msrd/msrd.conf lets"));
		assert_int_equal(end(&service), 0);
	}
	assert_int_equal(test_count_descriptors(), n);
}

static void a_service_that_says_nothing_meets_the_deadline(void **state)
{
	struct service service;
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;

	(void)state;
	start(&service, 100);
	kill(service.pid, SIGSTOP);
	const struct msrd_options options = {
		.service = service.address.sun_path, .start_timeout_ms = 50};
	assert_int_equal(msrd_open(&msrd, &options, text, sizeof text), -ETIMEDOUT);
	assert_non_null(strstr(text, "said nothing within 50 ms"));
	kill(service.pid, SIGCONT);
	assert_int_equal(end(&service), 1);
}

static void assert_no_service(const char *path, int error, const char *said)
{
	const struct msrd_options options = {.service = path};
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;

	assert_int_equal(msrd_open(&msrd, &options, text, sizeof text), error);
	assert_null(msrd);
	assert_non_null(strstr(text, said));
}

static void a_service_that_is_not_there_is_named_with_the_cure(void **state)
{
	int n = test_count_descriptors();
	struct service service;
	char long_path[200];

	(void)state;
	assert_no_service("/nowhere/socket", -ENOENT, "enable --now msrd.socket");
	assert_no_service("/dev/null/socket", -ENOTDIR, "enable --now msrd.socket");
	memset(long_path, 'x', sizeof long_path);
	long_path[sizeof long_path - 1] = '\0';
	assert_no_service(long_path, -ENAMETOOLONG, "no service at xxx");
	/* what it has left when it was stopped */
	start(&service, 0);
	kill(service.pid, SIGKILL);
	assert_int_equal(waitpid(service.pid, NULL, 0), service.pid);
	assert_no_service(service.address.sun_path, -ECONNREFUSED, "enable --now msrd.socket");
	unlink(service.address.sun_path);
	rmdir(service.folder);
	assert_int_equal(test_count_descriptors(), n);
}

static void a_daemon_and_a_service_are_too_much(void **state)
{
	const struct msrd_options options = {.daemon = "msrd", .service = MSRD_SERVICE};
	char text[MSRD_ERROR_SIZE];
	struct msrd *msrd;

	(void)state;
	assert_int_equal(msrd_open(&msrd, &options, text, sizeof text), -EINVAL);
	assert_non_null(strstr(text, "only one of them"));
}

static void what_the_manual_calls_the_service_is_where_it_is(void **state)
{
	(void)state;
	assert_string_equal(MSRD_SERVICE, MEETING_SERVICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_is_used_and_no_daemon_is_started),
		cmocka_unit_test(a_service_that_is_msrds_tells_the_reason_as_number_name_and_text),
		cmocka_unit_test(a_service_that_ends_in_a_session_breaks_the_handle),
		cmocka_unit_test(a_service_that_closes_before_its_first_word_has_no_daemon),
		cmocka_unit_test(a_service_that_has_no_further_session_for_the_user_says_so),
		cmocka_unit_test(a_service_that_says_nothing_meets_the_deadline),
		cmocka_unit_test(a_service_that_is_not_there_is_named_with_the_cure),
		cmocka_unit_test(a_daemon_and_a_service_are_too_much),
		cmocka_unit_test(what_the_manual_calls_the_service_is_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
