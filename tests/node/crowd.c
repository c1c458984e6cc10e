/* SPDX-License-Identifier: MIT */
/*
 * Many clients of libmsrd: all at once, one after the other, or one beside many that hang. Runs on
 * the node. WAY is "service", or the path of a daemon to be started: one that is called msrd is
 * handed its client, any other met at /tmp/likwid-PID.
 *
 *     node-crowd together WAY N            N sessions at a time, none ends before all are served
 *     node-crowd row WAY N                 N sessions, and nothing of them is left in this process
 *     node-crowd hang USER WAY N COMMAND…  COMMAND, while N clients of USER hang
 *     node-crowd refused WAY N             the user can have N sessions at a time, and no more
 *
 * USER is "-" or what root is to hang as. Prints figures; exit status 1: it was not so.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/msrd.h"
#include "util/clock.h"
#include "wire/meeting.h"
#include "wire/native.h"

/* A busy machine is slow; nothing that works takes as long. */
#define PATIENCE_MS 200000

/* A register that never changes, and what it holds. */
#define UNITS	    0x606
#define UNITS_VALUE 0xa1003

static struct msrd_options options = {
	.start_timeout_ms = PATIENCE_MS,
	.reply_timeout_ms = PATIENCE_MS,
	.end_timeout_ms = PATIENCE_MS,
};

static void take_way(const char *way)
{
	if (strcmp(way, "service") == 0) {
		options.service = MSRD_SERVICE;
		options.start_timeout_ms = 0; /* as everybody has it who says nothing */
	} else {
		options.daemon = way;
	}
}

/* NULL: text says why not. */
static struct msrd *ask_for_session(char text[MSRD_ERROR_SIZE])
{
	struct msrd *msrd;
	uint64_t value = 0;

	if (msrd_open(&msrd, &options, text, MSRD_ERROR_SIZE) != 0)
		return NULL;
	if (msrd_read(msrd, 0, UNITS, &value) == 0 && value == UNITS_VALUE)
		return msrd;
	msrd_error(msrd, text, MSRD_ERROR_SIZE);
	return msrd_close(msrd);
}

/* NULL after a message. */
static struct msrd *be_served(void)
{
	char text[MSRD_ERROR_SIZE] = "";
	struct msrd *msrd = ask_for_session(text);

	if (!msrd)
		warnx("%s", text);
	return msrd;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void say(const char *what, int64_t *us, size_t n)
{
	const size_t middle = n / 2;

	qsort(us, n, sizeof *us, by_size);
	printf("%s: first reply after %.1f ms (median; %.1f to %.1f)\n", what,
		(double)us[middle] / 1000, (double)us[0] / 1000, (double)us[n - 1] / 1000);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* What the clients of a crowd share. */
struct crowd {
	int go[2], served[2], leave[2]; /* pipes; the end of go and leave is their sign */
	int64_t *begin_us, *taken_us;
};

static void await_end_of(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

/* One client, a process. */
static int be_one(const struct crowd *crowd, size_t i)
{
	close(crowd->go[1]);
	close(crowd->leave[1]);
	await_end_of(crowd->go[0]);
	struct msrd *msrd = be_served();
	if (!msrd)
		return 1;
	crowd->taken_us[i] = now_us() - *crowd->begin_us;
	if (write(crowd->served[1], "", 1) != 1)
		return 1;
	await_end_of(crowd->leave[0]);
	return msrd_close(msrd) ? 1 : 0;
}

/* Until all are served, or all that are left have given up. */
static size_t count_served(const struct crowd *crowd, size_t n)
{
	size_t n_served = 0;
	char byte;

	while (n_served < n) {
		struct pollfd ready = {.fd = crowd->served[0], .events = POLLIN};

		if (poll(&ready, 1, PATIENCE_MS) != 1 || read(crowd->served[0], &byte, 1) != 1)
			break;
		n_served++;
	}
	return n_served;
}

static int together(size_t n)
{
	const size_t size = (n + 1) * sizeof(int64_t);
	int64_t *shared =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct crowd crowd = {.begin_us = shared, .taken_us = shared + 1};
	size_t n_ended = 0, n_served;
	int status;

	if (shared == MAP_FAILED || pipe(crowd.go) < 0 || pipe(crowd.served) < 0 ||
		pipe(crowd.leave) < 0)
		err(1, "a crowd");
	for (size_t i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "client %zu", i);
		if (pid == 0)
			_exit(be_one(&crowd, i));
	}
	close(crowd.served[1]);
	*crowd.begin_us = now_us();
	close(crowd.go[1]);
	n_served = count_served(&crowd, n);
	close(crowd.leave[1]);
	while (wait(&status) > 0)
		n_ended += status == 0;
	printf("%zu of %zu at once served, %zu of them to the end\n", n_served, n, n_ended);
	say("... each", crowd.taken_us, n);
	return n_served == n && n_ended == n ? 0 : 1;
}

/* In KiB. */
static long resident(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	long kib = -1;

	while (status && fgets(line, sizeof line, status))
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	if (status)
		fclose(status);
	return kib;
}

static int count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Some pages are touched late, once; of 10,000 sessions, one that leaves 16 bytes is found. */
#define GROWTH_KIB(n) (64 + (long)((n) / 128))

static int row(size_t n)
{
	int64_t *taken_us = calloc(n, sizeof *taken_us), begin_us;
	int n_descriptors = 0;
	long kib = 0;

	if (!taken_us)
		err(1, "figures");
	memset(taken_us, 1, n * sizeof *taken_us); /* there is memory for them from the start */
	for (size_t i = 0; i < n; i++) {
		if (i == n / 10) {
			kib = resident();
			n_descriptors = count_descriptors();
		}
		begin_us = now_us();
		struct msrd *msrd = be_served();
		if (!msrd)
			errx(1, "session %zu of %zu", i + 1, n);
		taken_us[i] = now_us() - begin_us;
		msrd_close(msrd);
	}
	n_descriptors -= count_descriptors();
	kib = resident() - kib;
	bool has_child = waitpid(-1, NULL, WNOHANG) >= 0;
	printf("%zu sessions after each other: %ld KiB of memory more, %d descriptors more, %s\n",
		n, kib, -n_descriptors, has_child ? "a child is left" : "no child");
	say("... each", taken_us, n);
	free(taken_us);
	return kib <= GROWTH_KIB(n) && n_descriptors == 0 && !has_child ? 0 : 1;
}

/* A connection as nobody's library makes it; *pid is the daemon's that was started, 0: none. */
static int start_daemon(bool is_handed, pid_t *pid)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		err(1, "a socket");
	*pid = fork();
	if (*pid == 0) {
		if (is_handed)
			dup2(pair[1], STDIN_FILENO);
		execl(options.daemon, options.daemon, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	return pair[0];
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int64_t deadline = clock_now_ms() + PATIENCE_MS;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (clock_now_ms() > deadline)
			err(1, "%s", path);
		poll(NULL, 0, 1);
	}
	return fd;
}

/* A descriptor to hang with. is_met: by path, connect at all. */
static int meet(bool is_met, pid_t *pid)
{
	const char *slash = options.daemon ? strrchr(options.daemon, '/') : NULL;
	bool is_handed = slash && strcmp(slash + 1, MEETING_OUR_NAME) == 0;
	char path[64];

	*pid = 0;
	if (!options.daemon)
		return connect_to(MEETING_SERVICE);
	int fd = start_daemon(is_handed, pid);

	if (is_handed || !is_met)
		return fd;
	close(fd);
	snprintf(path, sizeof path, MEETING_ADDRESS, (int)*pid);
	return connect_to(path);
}

/* Messages until nobody takes them any more. */
static void send_and_read_nothing(int fd)
{
	uint8_t hello[NATIVE_HELLO_SIZE], bytes[NATIVE_ACCESS_SIZE];
	const struct op op = {.verb = OP_READ, .place = {.space = OP_MSR, .reg = UNITS}};
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	native_hello_put(hello);
	if (send(fd, hello, sizeof hello, MSG_NOSIGNAL) != (ssize_t)sizeof hello)
		err(1, "hello");
	native_access_put(&op, bytes);
	/* the daemon is slower than this: full for a tenth of a second is full */
	while (poll(&ready, 1, 100) == 1)
		if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
			errno != EAGAIN)
			err(1, "messages");
}

/* A client of the library's that is stopped in its session. */
static pid_t stop_one(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (!be_served())
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		errx(1, "a client was not served before it is stopped");
	return pid;
}

enum kind { SILENT, UNMET, HALF, UNREAD, STOPPED, N_KINDS };

/* The process to end: the stopped one, or a daemon that was started; 0: none. */
static pid_t hang_one(enum kind kind)
{
	pid_t pid = 0;
	int fd;

	if (kind == STOPPED)
		return stop_one();
	fd = meet(kind != UNMET, &pid);
	if (kind == HALF && send(fd, "half a message", 14, MSG_NOSIGNAL) != 14)
		err(1, "half a message");
	if (kind == UNREAD)
		send_and_read_nothing(fd);
	return pid;
}

/* In a process of its own, whose end is theirs: then the connections are closed. */
static void hang_all(const char *user, size_t n, int ready, int leave)
{
	pid_t *pids = calloc(n, sizeof *pids);

	if (!pids)
		err(1, "clients");
	if (strcmp(user, "-") != 0) {
		uid_t uid = (uid_t)strtoul(user, NULL, 10);

		if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
			setresuid(uid, uid, uid) < 0)
			err(1, "user %s", user);
	}
	for (size_t i = 0; i < n; i++)
		pids[i] = hang_one((enum kind)(i % N_KINDS));
	printf("%zu clients hang: silent, not met, with half a message, not reading, stopped\n", n);
	fflush(stdout);
	if (write(ready, "", 1) != 1)
		err(1, "ready");
	await_end_of(leave);
	for (size_t i = 0; i < n; i++)
		if (pids[i] > 0)
			kill(pids[i], i % N_KINDS == STOPPED ? SIGKILL : SIGTERM);
	free(pids);
	_exit(0);
}

static int run(char *const command[])
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int hang(const char *user, size_t n, char *const command[])
{
	int ready[2], leave[2], status = 1, r = 1;
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(leave, O_CLOEXEC) < 0)
		err(1, "pipes");
	pid_t pid = fork();
	if (pid == 0) {
		close(ready[0]);
		close(leave[1]);
		hang_all(user, n, ready[1], leave[0]);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1)
		r = run(command);
	close(leave[1]);
	waitpid(pid, &status, 0);
	return r == 0 && status == 0 ? 0 : 1;
}

/* One that ends makes room for another, as soon as its daemon is gone. */
static struct msrd *replace(struct msrd *msrd)
{
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	char text[MSRD_ERROR_SIZE] = "";

	msrd_close(msrd);
	while (!(msrd = ask_for_session(text)) && clock_now_ms() < deadline)
		poll(NULL, 0, 10);
	if (!msrd)
		errx(1, "none came free: %s", text);
	return msrd;
}

static int refused(size_t n)
{
	struct msrd **sessions = calloc(n, sizeof(struct msrd *));
	char text[MSRD_ERROR_SIZE] = "";

	if (!sessions)
		err(1, "sessions");
	for (size_t i = 0; i < n; i++)
		if (!(sessions[i] = be_served()))
			errx(1, "session %zu of %zu", i + 1, n);
	if (ask_for_session(text))
		errx(1, "session %zu came about", n + 1);
	printf("%s\n", text);
	sessions[0] = replace(sessions[0]);
	for (size_t i = 0; i < n; i++)
		msrd_close(sessions[i]);
	free(sessions);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int at = strcmp(mode, "hang") == 0 ? 3 : 2; /* of WAY */
	size_t n = argc > at + 1 ? strtoul(argv[at + 1], NULL, 10) : 0;

	if (n == 0 || n > 1000000)
		errx(2, "usage: node-crowd together|row|refused WAY N\n"
			"       node-crowd hang USER WAY N COMMAND...");
	take_way(argv[at]);
	if (strcmp(mode, "together") == 0)
		return together(n);
	if (strcmp(mode, "row") == 0)
		return row(n);
	if (strcmp(mode, "refused") == 0)
		return refused(n);
	return hang(argv[2], n, argv + at + 2);
}
