/* SPDX-License-Identifier: MIT */
/* The log as a program that must never wait for it needs it. */
#include "util/log.h"

#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
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
		cmocka_unit_test(log_of_another_kind_is_none),
		cmocka_unit_test(log_that_is_not_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
