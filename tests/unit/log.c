/* SPDX-License-Identifier: MIT */
/* The log as a program that must never wait for it needs it. */
#include "util/log.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who reads the log. */
struct reader {
	char dir[32], path[64];
	int fd;
};

static int make_reader(struct reader *reader, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strcpy(reader->dir, "/tmp/msrd-test-XXXXXX");
	assert_non_null(mkdtemp(reader->dir));
	snprintf(reader->path, sizeof reader->path, "%s/log", reader->dir);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", reader->path);
	reader->fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(reader->fd, (struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(reader->fd, 0), 0);
	return log_open(reader->path, "msrd");
}

static void end_reader(struct reader *reader)
{
	log_close();
	close(reader->fd);
	unlink(reader->path);
	rmdir(reader->dir);
}

/* The next line that was taken, or "". */
static const char *next_line(const struct reader *reader)
{
	static char line[1024];
	ssize_t n = recv(reader->fd, line, sizeof line - 1, MSG_DONTWAIT);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

static void line_has_priority_name_and_process(void **state)
{
	struct reader reader;
	char wanted[64];

	(void)state;
	assert_true(make_reader(&reader, SOCK_DGRAM) >= 0);
	snprintf(wanted, sizeof wanted, "<12>msrd[%d]: uid 7", (int)getpid());
	log_line(LOG_WARNING, "uid %d", 7);
	assert_string_equal(next_line(&reader), wanted);
	end_reader(&reader);
}

static void line_can_not_be_forged(void **state)
{
	struct reader reader;

	(void)state;
	make_reader(&reader, SOCK_DGRAM);
	log_line(LOG_ERR, "%s", "a\n<0>msrd[1]: all is well\033[2J\x80");
	assert_non_null(strstr(next_line(&reader), ": a?<0>msrd[1]: all is well?[2J?"));
	assert_string_equal(next_line(&reader), "");
	end_reader(&reader);
}

static void line_that_is_too_long_is_cut(void **state)
{
	struct reader reader;
	char text[2000];

	(void)state;
	make_reader(&reader, SOCK_DGRAM);
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	log_line(LOG_ERR, "%s", text);
	assert_in_range(strlen(next_line(&reader)), 500, 600);
	end_reader(&reader);
}

/* The queue is full after some lines; none of the rest waits. */
static void log_that_is_stuck_loses_lines_and_says_how_many(void **state)
{
	struct reader reader;
	unsigned n_taken = 0, n_lost;
	const char *said;

	(void)state;
	make_reader(&reader, SOCK_DGRAM);
	for (unsigned i = 0; i < 5000; i++)
		log_line(LOG_INFO, "line %u", i);
	while (next_line(&reader)[0])
		n_taken++;
	assert_in_range(n_taken, 1, 4999);
	errno = 0;
	log_line(LOG_INFO, "behind");
	assert_int_equal(errno, 0);
	said = strstr(next_line(&reader), ": ");
	assert_int_equal(sscanf(said, ": %u lines were lost", &n_lost), 1);
	assert_int_equal(n_taken + n_lost, 5000);
	assert_non_null(strstr(next_line(&reader), ": behind"));
	end_reader(&reader);
}

/* What somebody else does while one waits for a descriptor, and between a look at it and what is
 * done with it then. */
static void (*during_poll)(int timeout_ms), (*behind_poll)(int timeout_ms);

int __real_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	if (during_poll)
		during_poll(timeout_ms);
	int r = __real_poll(fds, n, timeout_ms);

	if (behind_poll)
		behind_poll(timeout_ms);
	return r;
}

/* A place that standard error can lead to; other is how another writer has it: it never waits. */
struct place {
	const char *name;
	int reader, writer, other;
};

static void make_place(struct place *place, const char *name)
{
	int fd[2];
	char path[32];

	if (strcmp(name, "socket") == 0)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	else if (strcmp(name, "pipe") == 0)
		assert_int_equal(pipe(fd), 0);
	else
		assert_int_equal(openpty(&fd[0], &fd[1], NULL, NULL, NULL), 0);
	*place = (struct place){name, fd[0], fd[1], -1};
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd[1]);
	if (strcmp(name, "socket") != 0)
		place->other = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void close_place(const struct place *place)
{
	close(place->reader);
	close(place->writer);
	if (place->other >= 0)
		close(place->other);
}

static const struct place *competed_for;

static void fill(int timeout_ms)
{
	const struct place *place = competed_for;

	(void)timeout_ms;
	while ((place->other < 0 ? send(place->writer, "x", 1, MSG_DONTWAIT)
				 : write(place->other, "x", 1)) == 1)
		;
}

/* A process whose standard error the place is says something; it is ended when that takes long.
 * Another writer fills the place before, or between a look at it and what follows. */
static void say_on(const struct place *place, bool is_full)
{
	setsid();
	ioctl(place->writer, TIOCSCTTY, 0); /* of a terminal: as it is a shell's */
	alarm(5);
	dup2(place->writer, 2);
	competed_for = place;
	behind_poll = fill;
	if (is_full)
		fill(0);
	int flags = fcntl(2, F_GETFL);
	int n = test_count_descriptors();
	log_cause(LOG_ERR, "it is %s", "broken");
	if (fcntl(2, F_GETFL) != flags || test_count_descriptors() != n)
		_exit(1);
	/* a terminal forgets what it was told when its session ends */
	raise(SIGSTOP);
	_exit(2);
}

static void cause_comes(const struct place *place)
{
	char text[4096] = "";

	for (size_t n = 0; !strchr(text, '\n');) {
		struct pollfd ready = {.fd = place->reader, .events = POLLIN};

		assert_int_equal(poll(&ready, 1, 5000), 1);
		ssize_t r = read(place->reader, text + n, sizeof text - 1 - n);
		assert_true(r > 0);
		n += (size_t)r;
	}
	assert_int_equal(strncmp(text, "msrd: it is broken", strlen("msrd: it is broken")), 0);
}

/* Neither what is full is waited for, nor what another writer fills at the worst moment. */
static void cause_on_standard_error_waits_for_no_reader(void **state)
{
	static const char *const names[] = {
		"pipe", "pipe", "socket", "socket", "terminal", "terminal"};

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct place place;
		int status;

		make_place(&place, names[i]);
		pid_t pid = fork();
		if (pid == 0)
			say_on(&place, i % 2);
		assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
		if (!WIFSTOPPED(status))
			fail_msg("%s: it ended with %#x", names[i], status);
		if (i % 2 == 0)
			cause_comes(&place);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		close_place(&place);
	}
}

/* A file is as it was but for the line: not truncated, nothing overwritten. */
static void cause_is_added_to_a_file(void **state)
{
	char path[] = "/tmp/msrd-test-XXXXXX", text[64] = "";
	int fd = mkstemp(path), saved = dup(2);

	(void)state;
	assert_int_equal(write(fd, "before\n", 7), 7);
	dup2(fd, 2);
	log_cause(LOG_ERR, "it is %s", "broken");
	dup2(saved, 2);
	close(saved);
	assert_true(pread(fd, text, sizeof text - 1, 0) > 0);
	assert_string_equal(text, "before\nmsrd: it is broken\n");
	close(fd);
	unlink(path);
}

static struct reader slow_reader;
static int waited_ms;

static void note_wait(int timeout_ms)
{
	assert_in_range(timeout_ms, 1, 100);
	waited_ms += timeout_ms;
}

static void read_all(int timeout_ms)
{
	note_wait(timeout_ms);
	while (next_line(&slow_reader)[0])
		;
}

/* Until lines are lost. */
static void make_stuck_log(void)
{
	assert_true(make_reader(&slow_reader, SOCK_DGRAM) >= 0);
	for (int i = 0; i < 5000; i++)
		log_line(LOG_INFO, "line %d", i);
	waited_ms = 0;
}

static void end_stuck_log(void)
{
	during_poll = NULL;
	end_reader(&slow_reader);
}

/* Else a count of lost lines would go with the process. */
static void last_line_waits_for_the_log(void **state)
{
	unsigned n_lost;

	(void)state;
	make_stuck_log();
	during_poll = read_all;
	errno = 0;
	log_last_line(LOG_INFO, "the end of %d", 7);
	assert_int_equal(errno, 0);
	const char *said = strstr(next_line(&slow_reader), ": ");
	assert_non_null(said);
	assert_int_equal(sscanf(said, ": %u lines were lost", &n_lost), 1);
	assert_in_range(n_lost, 1, 4999);
	assert_non_null(strstr(next_line(&slow_reader), ": the end of 7"));
	assert_string_equal(next_line(&slow_reader), "");
	end_stuck_log();
}

static void log_that_takes_nothing_is_waited_for_a_tenth_of_a_second(void **state)
{
	(void)state;
	make_stuck_log();
	during_poll = note_wait;
	log_last_line(LOG_INFO, "the end");
	assert_in_range(waited_ms, 1, 100);
	end_stuck_log();
}

/* Room there is, and always will be: for nobody. */
static void log_that_has_gone_is_not_waited_for(void **state)
{
	(void)state;
	make_stuck_log();
	close(slow_reader.fd);
	slow_reader.fd = -1;
	during_poll = note_wait;
	log_last_line(LOG_INFO, "the end");
	assert_int_equal(waited_ms, 0);
	end_stuck_log();
}

static void log_of_another_kind_is_none(void **state)
{
	struct reader reader;

	(void)state;
	assert_int_equal(make_reader(&reader, SOCK_STREAM), -1);
	log_line(LOG_ERR, "to nobody");
	end_reader(&reader);
}

static void log_that_is_not_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(log_open("/nonexistent/log", "msrd"), -1);
	log_line(LOG_ERR, "to nobody");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_has_priority_name_and_process),
		cmocka_unit_test(line_can_not_be_forged),
		cmocka_unit_test(line_that_is_too_long_is_cut),
		cmocka_unit_test(log_that_is_stuck_loses_lines_and_says_how_many),
		cmocka_unit_test(cause_on_standard_error_waits_for_no_reader),
		cmocka_unit_test(cause_is_added_to_a_file),
		cmocka_unit_test(last_line_waits_for_the_log),
		cmocka_unit_test(log_that_takes_nothing_is_waited_for_a_tenth_of_a_second),
		cmocka_unit_test(log_that_has_gone_is_not_waited_for),
		cmocka_unit_test(log_of_another_kind_is_none),
		cmocka_unit_test(log_that_is_not_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
