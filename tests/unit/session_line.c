/* SPDX-License-Identifier: MIT */
/* The line of a session, word by word. */
#include "daemon/session_line.h"

#include "test.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

static struct session some_session(void)
{
	return (struct session){
		.access.peer = {.uid = 1000, .pid = 77},
		.access.counts = {.read = 9, .written = 2},
	};
}

static void assert_line(const struct session *session, int end, const char *wanted)
{
	char text[SESSION_LINE_SIZE];

	assert_string_equal(session_line(session, end, text), wanted);
}

static void line_says_who_how_it_ended_and_how_much(void **state)
{
	struct session session = some_session();

	(void)state;
	assert_line(
		&session, SESSION_EXIT, "uid 1000 pid 77: the client said exit: 9 read, 2 written");
	assert_int_equal(session_line_priority(&session, SESSION_EXIT), LOG_INFO);
}

static void line_says_how_many_were_refused_and_failed_where_any_were(void **state)
{
	struct session session = some_session();

	(void)state;
	session.access.counts.refused = 3;
	session.access.counts.failed = 1;
	assert_line(&session, SESSION_EXIT,
		"uid 1000 pid 77: the client said exit: 9 read, 2 written, 3 refused, 1 failed");
}

static void line_says_how_many_were_restored(void **state)
{
	struct session session = some_session();

	(void)state;
	session.restored.n[RESTORE_DONE] = 2;
	assert_line(&session, SESSION_CLOSED,
		"uid 1000 pid 77: the client went away without an exit message: 9 read, 2 written, "
		"2 restored");
	session.restored.n[RESTORE_DONE] = 0;
	assert_line(&session, SESSION_TERMINATED,
		"uid 1000 pid 77: the daemon was told to terminate: 9 read, 2 written, 0 restored");
	assert_int_equal(session_line_priority(&session, SESSION_TERMINATED), LOG_INFO);
}

static void line_says_how_many_were_not_and_why_and_the_first_of_them(void **state)
{
	struct session session = some_session();

	(void)state;
	session.restored = (struct restored){
		.n = {[RESTORE_DONE] = 5, [RESTORE_FAILED] = 2, [RESTORE_PARTLY] = 1},
		.first = place_at(place_of_unit(1, UNIT_IMC, 0), 0xd8),
	};
	assert_line(&session, SESSION_CLOSED,
		"uid 1000 pid 77: the client went away without an exit message: 9 read, 2 written, "
		"5 restored, 1 restored but for clear-only bits, 2 not restored: failed; the "
		"first: offset 0xd8 in imc0 of socket 1");
	assert_int_equal(session_line_priority(&session, SESSION_CLOSED), LOG_WARNING);
}

static void line_says_why_the_daemon_could_not_go_on(void **state)
{
	struct session session = some_session();

	(void)state;
	assert_line(&session, -EIO,
		"uid 1000 pid 77: session failed: Input/output error: 9 read, 2 written, 0 "
		"restored");
	assert_int_equal(session_line_priority(&session, -EIO), LOG_ERR);
}

static void longest_line_fits(void **state)
{
	struct session session = {
		.access.peer = {.uid = UINT32_MAX, .pid = INT32_MAX},
		.access.counts = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
		.restored = {.n = {99999, 999999, 999999, 999999, 999999, 999999},
			.first = place_at(
				place_of_unit(UINT32_MAX, UNIT_QPI_MISC, UINT32_MAX), 0xffc)},
	};
	char text[SESSION_LINE_SIZE];
	const char *end = "offset 0xffc in qpi-misc4294967295 of socket 4294967295";

	(void)state;
	session_line(&session, SESSION_CLOSED, text);
	assert_non_null(strstr(text, end));
	assert_string_equal(strstr(text, end), end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_says_who_how_it_ended_and_how_much),
		cmocka_unit_test(line_says_how_many_were_refused_and_failed_where_any_were),
		cmocka_unit_test(line_says_how_many_were_restored),
		cmocka_unit_test(line_says_how_many_were_not_and_why_and_the_first_of_them),
		cmocka_unit_test(line_says_why_the_daemon_could_not_go_on),
		cmocka_unit_test(longest_line_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
