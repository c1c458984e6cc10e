/* SPDX-License-Identifier: MIT */
/* Asking a program for its version. It must not know what the program is. */
#include "fuse-msr/host/version.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "util/cleanup.h"
#include "util/clock.h"

static _Noreturn void exec_program(char *const argv[], int output)
{
	int nothing = open("/dev/null", O_RDONLY);

	/* a group of its own: what it starts ends with it */
	setpgid(0, 0);
	dup2(nothing, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execv(argv[0], argv);
	_exit(EXIT_FAILURE);
}

/* Until the end, until text is full, or until the time is up. */
static void read_text(int from, int timeout_ms, char *text, size_t size)
{
	int64_t deadline_ms = clock_now_ms() + timeout_ms;
	size_t used = 0;

	while (used < size - 1) {
		struct pollfd fd = {.fd = from, .events = POLLIN};
		int64_t left_ms = deadline_ms - clock_now_ms();
		if (left_ms < 0 || poll(&fd, 1, (int)left_ms) <= 0)
			break;
		ssize_t length = read(from, text + used, size - 1 - used);
		if (length <= 0)
			break;
		used += (size_t)length;
	}
	text[used] = '\0';
}

int version_ask(char *const argv[], int timeout_ms, char *text, size_t size)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid_t program = fork();
	if (program == 0)
		exec_program(argv, ends[1]);
	close(ends[1]);
	if (program > 0) {
		read_text(ends[0], timeout_ms, text, size);
		/* it may not have got to a group of its own yet */
		kill(-program, SIGKILL);
		kill(program, SIGKILL);
		waitpid(program, NULL, 0);
	}

	int r = program < 0 ? -errno : 0;
	close(ends[0]);
	return r;
}

bool version_find(const char *text, char *version, size_t size)
{
	const char *word = strcasestr(text, "version");

	for (const char *at = word ? word : text; *at != '\0'; at++) {
		size_t length = strspn(at, "0123456789.");
		bool is_number = isdigit((unsigned char)at[0]);
		if (length == 0)
			continue;
		while (length > 1 && at[length - 1] == '.')
			length--;
		if (is_number && memchr(at, '.', length) && length < size) {
			memcpy(version, at, length);
			version[length] = '\0';
			return true;
		}
		at += length - 1;
	}
	return false;
}
