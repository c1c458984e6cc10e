/* SPDX-License-Identifier: MIT */
/*
 * What only the node's root can arrange or see: the lock file, and the
 * descriptors of a daemon that is not dumpable.
 *
 *     fuse-msr run --as-root FIXTURE -- node-root MSRD
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include <cmocka.h>

#include "../../src/wire/meeting.h"
#include "wire.h"

static const char *program;

#define LOCK "/run/likwid.lock"

/* The node's own /run, so that no lock of the host matters and none is made there. */
static int private_run(void **state)
{
	(void)state;
	return mount("tmpfs", "/run", "tmpfs", 0, "mode=755");
}

static int shared_run(void **state)
{
	(void)state;
	return umount2("/run", MNT_DETACH);
}

static uint32_t status_of_read(const struct accessd *accessd)
{
	return wire_ask(accessd->fd, READ, MSR, 0, 0x606, 0).errorcode;
}

static void make_lock(void)
{
	int fd = open(LOCK, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static void own_lock_lets_its_owner_in(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);

	(void)state;
	accessd_connect(&accessd);
	make_lock();
	assert_int_equal(status_of_read(&accessd), 0);
	accessd_exit(&accessd);
	assert_int_equal(unlink(LOCK), 0);
}

/* A namespace of one user has no other owner to give: a host file of the host's root is one. */
/* It is another user's. */
static void make_foreign_lock(void)
{
	struct stat st;

	make_lock();
	if (getuid() == 0 && chown(LOCK, 12345, 12345) < 0) /* only one user in this namespace */
		assert_int_equal(mount("/etc/hostname", LOCK, NULL, MS_BIND, NULL), 0);
	assert_int_equal(stat(LOCK, &st), 0);
	assert_int_not_equal(st.st_uid, getuid());
}

static void remove_lock(void)
{
	umount2(LOCK, MNT_DETACH);
	assert_int_equal(unlink(LOCK), 0);
}

/* What a daemon says of the register, which is written and left so when value is given. */
static uint64_t look_at(uint32_t reg, const uint64_t *value)
{
	struct accessd accessd = accessd_start(program, NULL);

	accessd_connect(&accessd);
	if (value)
		wire_write(accessd.fd, MSR, 0, reg, *value);
	uint64_t now = wire_read(accessd.fd, MSR, 0, reg);
	accessd_exit(&accessd);
	return now;
}

static void die(struct accessd *accessd)
{
	accessd_disconnect(accessd);
	assert_int_equal(accessd_wait(accessd, PATIENCE_MS), 0);
}

static void switches_come_back_when_their_owner_dies_unless_the_lock_has_gone(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);
	const uint64_t nothing = 0;

	(void)state;
	accessd_connect(&accessd);
	make_lock();
	wire_write(accessd.fd, MSR, 0, 0x1a4, 0xf);
	assert_int_equal(unlink(LOCK), 0);
	assert_int_equal(wire_ask(accessd.fd, WRITE, MSR, 0, 0x1a4, 0).errorcode, 2);
	die(&accessd);
	assert_int_equal(look_at(0x1a4, NULL), 0xf);

	make_lock();
	assert_int_equal(look_at(0x1a4, &nothing), 0);
	accessd = accessd_start(program, NULL);
	accessd_connect(&accessd);
	wire_write(accessd.fd, MSR, 0, 0x1a4, 0xf);
	die(&accessd);
	assert_int_equal(look_at(0x1a4, NULL), 0);
	assert_int_equal(unlink(LOCK), 0);
}

static void nothing_is_put_back_past_another_users_lock(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);
	const uint64_t nothing = 0;

	(void)state;
	accessd_connect(&accessd);
	wire_write(accessd.fd, MSR, 0, 0x186, 0x4300c0);
	make_foreign_lock();
	die(&accessd);
	remove_lock();
	assert_int_equal(look_at(0x186, NULL), 0x4300c0);
	assert_int_equal(look_at(0x186, &nothing), 0);
}

static void lock_takes_effect_during_a_session_and_so_does_its_end(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);

	(void)state;
	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	make_foreign_lock();
	assert_int_equal(status_of_read(&accessd), 7);
	assert_int_equal(wire_ask(accessd.fd, CHECK, HA, 0, 0, 0).errorcode, 7);
	remove_lock();
	assert_int_equal(status_of_read(&accessd), 0);
	accessd_exit(&accessd);
}

/* How many descriptors of the daemon lead to a path that ends in suffix; all of them for "". */
static int count_descriptors(pid_t pid, const char *suffix)
{
	char path[64], target[PATH_MAX];
	int n = 0;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		size_t tail = strlen(suffix);
		n += (size_t)length >= tail && strcmp(target + length - tail, suffix) == 0;
	}
	closedir(dir);
	return n;
}

static void assert_holds_little(void (*before_exec)(void))
{
	struct accessd accessd = accessd_start(program, before_exec);

	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	assert_int_equal(count_descriptors(accessd.pid, "/msr"), 2);
	assert_int_equal(count_descriptors(accessd.pid, "/config"), 28); /* 14 units a socket */
	/* besides: 0 to 2, the log (where there is one), signals, the client */
	assert_in_range(count_descriptors(accessd.pid, ""), 35, 36);
	accessd_exit(&accessd);
}

static void daemon_holds_its_devices_and_little_else(void **state)
{
	(void)state;
	assert_holds_little(NULL);
}

/* Ten of each of 20 kinds, and ten far away; none is closed on exec. */
static void inherit_200_descriptors(void)
{
	int pair[2];
	sigset_t none;

	sigemptyset(&none);
	for (int i = 0; i < 10; i++) {
		if (pipe(pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
			socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0 ||
			socket(AF_UNIX, SOCK_DGRAM, 0) < 0 || socket(AF_INET, SOCK_STREAM, 0) < 0 ||
			socket(AF_INET, SOCK_DGRAM, 0) < 0 || open("/dev/cpu/0/msr", O_RDWR) < 0 ||
			open("/proc/self/mem", O_RDWR) < 0 || open("/etc/passwd", O_RDONLY) < 0 ||
			open("/", O_RDONLY | O_DIRECTORY) < 0 || open("/tmp", O_PATH) < 0 ||
			open("/dev/null", O_WRONLY) < 0 || epoll_create1(0) < 0 ||
			eventfd(0, 0) < 0 || timerfd_create(CLOCK_MONOTONIC, 0) < 0 ||
			signalfd(-1, &none, 0) < 0 || memfd_create("theirs", 0) < 0 ||
			dup2(0, 1000 - i) < 0)
			_exit(99);
	}
}

static void inherited_descriptors_of_every_kind_are_closed(void **state)
{
	(void)state;
	assert_holds_little(inherit_200_descriptors);
}

static void session_leaves_no_descriptor_behind(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);

	(void)state;
	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	int before = count_descriptors(accessd.pid, "");
	for (int i = 0; i < 1000; i++)
		wire_ask(accessd.fd, (uint32_t)i % 12 + (i % 12 == EXIT), (uint32_t)i % 30,
			(uint32_t)i % 3, 0x606, 0);
	assert_int_equal(count_descriptors(accessd.pid, ""), before);
	accessd_exit(&accessd);
}

#define LOG "/dev/log"

/* A sender of much: how many lines are taken of it. What it may have under way is bounded, too. */
static unsigned fill(const struct sockaddr_un *address, int type)
{
	int filler = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unsigned n = 0;

	if (connect(filler, (const struct sockaddr *)address, sizeof *address) == 0)
		while (send(filler, "full", 4, MSG_NOSIGNAL) >= 0)
			n++;
	assert_int_equal(errno, EAGAIN);
	close(filler);
	return n;
}

/* Somebody listens there and never reads: what it takes is taken already. */
static int make_stuck_log(int type)
{
	const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = LOG};
	int log = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(log, (const struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(log, 0), 0);
	while (fill(&address, type) > 0)
		;
	return log;
}

static void log_that_is_stuck_keeps_nobody_waiting(void **state)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int log = make_stuck_log(types[i]);
		struct accessd accessd = accessd_start(program, NULL);

		accessd_connect(&accessd);
		wire_write(accessd.fd, MSR, 0, 0x186, 0x4300c0);
		for (int n = 0; n < 20; n++)
			assert_int_equal(
				wire_ask(accessd.fd, READ, MSR, 0, 0xdead, 0).errorcode, 2);
		int64_t told = clock_now_ms();
		assert_int_equal(kill(accessd.pid, SIGTERM), 0);
		assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 0);
		/* a moment for its last line, if there is a log at all */
		assert_true(types[i] == SOCK_STREAM || clock_now_ms() - told >= 100);
		accessd_disconnect(&accessd);
		close(log);
		assert_int_equal(unlink(LOG), 0);
		assert_int_equal(look_at(0x186, NULL), 0);
	}
}

/* Another user's socket at the path, open to everybody; then the daemon starts as nobody's. */
static void occupy_as_another_user(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "/tmp/likwid-%d", (int)getpid());
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
		chown(address.sun_path, 12345, 12345) < 0 || chmod(address.sun_path, 0666) < 0 ||
		setgid(65534) < 0 || setuid(65534) < 0)
		_exit(99);
}

static void socket_of_another_user_at_the_path_is_left_alone(void **state)
{
	struct accessd accessd = accessd_start(program, occupy_as_another_user);
	struct stat st;

	(void)state;
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), MEETING_TAKEN << 8);
	assert_int_equal(lstat(accessd.path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(unlink(accessd.path), 0);
}

static void start_as_nobody(void)
{
	if (setgid(65534) < 0 || setuid(65534) < 0)
		_exit(99);
}

/* 0 when a third user's connection is closed. */
static int be_stranger(const char *path, int64_t deadline)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	strcpy(address.sun_path, path);
	if (setgid(12345) < 0 || setuid(12345) < 0)
		return 1;
	/* the file is there a moment before its owner listens */
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		if (errno != ECONNREFUSED || clock_now_ms() >= deadline)
			return 1;
	return read(fd, &byte, 1) == 0 ? 0 : 2;
}

/* Root may connect to anybody's daemon; a third user may not. */
static void another_users_connection_is_closed_and_the_wait_goes_on(void **state)
{
	struct accessd accessd = accessd_start(program, start_as_nobody);
	struct stat st;
	int status;

	(void)state;
	int64_t deadline = clock_now_ms() + PATIENCE_MS;
	while (lstat(accessd.path, &st) < 0)
		assert_true(clock_now_ms() < deadline);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(chmod(accessd.path, 0666), 0); /* as its owner might */
	pid_t stranger = fork();
	if (stranger == 0)
		_exit(be_stranger(accessd.path, deadline));
	assert_int_equal(waitpid(stranger, &status, 0), stranger);
	assert_int_equal(status, 0);
	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	accessd_exit(&accessd);
}

/* Is there more than one user in this namespace? */
static bool has_other_users(void)
{
	unsigned inside, outside, n = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool many = map && fscanf(map, "%u %u %u", &inside, &outside, &n) == 3 && n > 65534;

	if (map)
		fclose(map);
	return many;
}

/* CAP_SYS_RESOURCE on the host itself: no namespace gives it. */
static bool may_raise_limits(void)
{
	pid_t child = fork();

	if (child == 0) {
		const struct rlimit lower = {1, 1}, higher = {2, 2};
		_exit(setrlimit(RLIMIT_RTTIME, &lower) == 0 &&
					setrlimit(RLIMIT_RTTIME, &higher) == 0
				? 0
				: 1);
	}
	int status = 1;
	waitpid(child, &status, 0);
	return status == 0;
}

static void inherit_the_worst(void)
{
	const struct itimerval soon = {.it_value.tv_usec = 1000}, later = {.it_value.tv_sec = 1};
	const struct rlimit little = {16384, 16384}, second = {1, 1}, nothing = {0, 0};
	sigset_t all;

	prctl(PR_SET_TIMERSLACK, 1000000000000000000);
	sched_setscheduler(0, SCHED_IDLE, &(const struct sched_param){0});
	signal(SIGTERM, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	raise(SIGALRM);
	raise(SIGUSR1);
	raise(SIGRTMIN + 3);
	setitimer(ITIMER_REAL, &soon, NULL);
	setitimer(ITIMER_PROF, &later, NULL);
	setrlimit(RLIMIT_CPU, &second);
	setrlimit(RLIMIT_FSIZE, &nothing);
	/* a hard limit stays where nobody may raise it */
	setrlimit(RLIMIT_STACK, may_raise_limits() ? &little : &(struct rlimit){65536, 65536});
	if (chdir("/proc") < 0)
		_exit(99);
	umask(0);
}

/* The rest of the line of /proc/PID/FILE that begins with name; "" when there is none. */
static const char *status_line(pid_t pid, const char *file, const char *name)
{
	static char line[256];
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	FILE *in = fopen(path, "re");
	assert_non_null(in);
	while (fgets(line, sizeof line, in) && strncmp(line, name, strlen(name)) != 0)
		line[0] = '\0';
	fclose(in);
	line[strcspn(line, "\n")] = '\0';
	return line[0] ? line + strlen(name) : line;
}

static unsigned long long status_hex(pid_t pid, const char *name)
{
	return strtoull(status_line(pid, "status", name), NULL, 16);
}

static void what_was_inherited_counts_for_nothing(void **state)
{
	struct accessd accessd = accessd_start(program, inherit_the_worst);
	char cwd[PATH_MAX] = "", path[64];

	(void)state;
	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	assert_string_equal(status_line(accessd.pid, "timerslack_ns", ""), "50000");
	/* SIGTERM alone is taken; nothing waits, and nothing is pending */
	assert_int_equal(status_hex(accessd.pid, "SigBlk:"), 0);
	assert_int_equal(status_hex(accessd.pid, "SigCgt:"), 1ull << (SIGTERM - 1));
	assert_int_equal(status_hex(accessd.pid, "ShdPnd:"), 0);
	assert_int_equal(status_hex(accessd.pid, "SigPnd:"), 0);
	if (has_other_users()) /* CAP_SYS_NICE on the host itself */
		assert_int_equal(sched_getscheduler(accessd.pid), SCHED_OTHER);
	assert_non_null(strstr(status_line(accessd.pid, "limits", "Max core file size"), " 0 "));
	/* where hard limits can be raised */
	if (may_raise_limits()) {
		assert_non_null(
			strstr(status_line(accessd.pid, "limits", "Max cpu time"), " unlimited "));
		assert_non_null(
			strstr(status_line(accessd.pid, "limits", "Max file size"), " unlimited "));
		assert_non_null(
			strstr(status_line(accessd.pid, "limits", "Max stack size"), " 8388608 "));
	}
	snprintf(path, sizeof path, "/proc/%d/cwd", (int)accessd.pid);
	assert_int_equal(readlink(path, cwd, sizeof cwd - 1), 1);
	assert_string_equal(cwd, "/");
	/* the timers would have come by now */
	usleep(50000);
	assert_int_equal(status_of_read(&accessd), 0);
	kill(accessd.pid, SIGTERM);
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 0);
	accessd_disconnect(&accessd);
}

#if HAS_SANDBOX /* no sanitizer, no count of lines: sandbox_off.c */
/* A node in a container has the container's filter, too: the daemon's is one more. */
static void session_has_a_system_call_filter(void **state)
{
	struct accessd accessd = accessd_start(program, NULL);

	(void)state;
	accessd_connect(&accessd);
	assert_int_equal(status_of_read(&accessd), 0);
	assert_int_equal(status_hex(accessd.pid, "Seccomp:"), 2); /* SECCOMP_MODE_FILTER */
	assert_int_equal(status_hex(accessd.pid, "Seccomp_filters:"),
		status_hex(getpid(), "Seccomp_filters:") + 1);
	accessd_exit(&accessd);
}
#endif

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_lock_lets_its_owner_in),
		cmocka_unit_test(lock_takes_effect_during_a_session_and_so_does_its_end),
		cmocka_unit_test(switches_come_back_when_their_owner_dies_unless_the_lock_has_gone),
		cmocka_unit_test(nothing_is_put_back_past_another_users_lock),
		cmocka_unit_test(daemon_holds_its_devices_and_little_else),
		cmocka_unit_test(inherited_descriptors_of_every_kind_are_closed),
		cmocka_unit_test(session_leaves_no_descriptor_behind),
		cmocka_unit_test(what_was_inherited_counts_for_nothing),
#if HAS_SANDBOX
		cmocka_unit_test(session_has_a_system_call_filter),
#endif
		cmocka_unit_test(log_that_is_stuck_keeps_nobody_waiting),
		/* these need several users */
		cmocka_unit_test(socket_of_another_user_at_the_path_is_left_alone),
		cmocka_unit_test(another_users_connection_is_closed_and_the_wait_goes_on),
	};
	size_t n = sizeof tests / sizeof *tests;

	if (argc != 2) {
		fprintf(stderr, "usage: node-root MSRD\n");
		return 2;
	}
	program = argv[1];
	if (!has_other_users()) {
		fprintf(stderr, "2 tests are for the host's root alone: they need several users\n");
		n -= 2;
	}
	return _cmocka_run_group_tests("root", tests, n, private_run, shared_run);
}
