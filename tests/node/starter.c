/* SPDX-License-Identifier: MIT */
/*
 * What the one who starts a daemon can give it and lay in its way: arguments, an environment for
 * the loader, limits, a terminal's keys, files at its path. Runs inside the node as an ordinary
 * user, for whom the daemon is privileged; must not know how the daemon defends itself.
 *
 *     node-starter terminal fuse-msr run FIXTURE -- node-starter MSRD
 */
#include <err.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../../src/wire/meeting.h"
#include "wire.h"

static const char *program;

/* The daemon's standard error, when it is asked for. */
static int said[2];

static void listen_to_it(void)
{
	assert_int_equal(pipe2(said, O_CLOEXEC | O_NONBLOCK), 0);
}

/* All that it has said until it ended. */
static const char *what_it_said(void)
{
	static char text[512];
	ssize_t n = read(said[0], text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	close(said[0]);
	close(said[1]);
	return text;
}

/* The session that nothing may have changed. */
static void assert_serves(struct accessd *accessd)
{
	accessd_connect(accessd);
	assert_int_equal(wire_read(accessd->fd, MSR, 0, 0x606), 0xa1003);
	accessd_exit(accessd);
}

/* 1.9 MB, nearly all that the kernel lets a program be given. */
#define N_STRINGS    19
#define STRING_BYTES 100000

static char *much[N_STRINGS + 1];

static void give_much(void)
{
	static char string[STRING_BYTES];

	memset(string, 'x', sizeof string - 1);
	memcpy(string, "LIKWID_FORCE=", 13);
	for (size_t i = 0; i < N_STRINGS; i++)
		much[i] = string;
	/* a quarter of the stack is the limit */
	setrlimit(RLIMIT_STACK, &(const struct rlimit){8 << 20, 8 << 20});
	dup2(said[1], STDERR_FILENO);
}

static void give_much_environment(void)
{
	char *const nothing[] = {NULL};

	give_much();
	execve(program, nothing, much);
}

static void megabytes_of_environment_are_nothing_to_it(void **state)
{
	(void)state;
	listen_to_it();
	struct accessd accessd = accessd_start(program, give_much_environment);
	assert_serves(&accessd);
	assert_string_equal(what_it_said(), "");
}

static void give_many_arguments(void)
{
	char *const nothing[] = {NULL};

	give_much();
	execve(program, much, nothing);
}

static void megabytes_of_arguments_are_a_fault_in_usage(void **state)
{
	struct stat st;

	(void)state;
	listen_to_it();
	struct accessd accessd = accessd_start(program, give_many_arguments);
	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), 2 << 8);
	assert_int_equal(lstat(accessd.path, &st), -1);
	const char *text = what_it_said();
	assert_non_null(strstr(text, "msrd: it takes no options"));
	assert_null(strstr(text, "xxx")); /* it repeats nothing of them */
}

/* A folder of libraries that are none: who loads one says so, or ends. */
static char theirs[] = "/tmp/msrd-test-XXXXXX";
static const char *const libraries[] = {"libc.so.6", "libseccomp.so.2", "libcap-ng.so.0"};
#define N_LIBRARIES (sizeof libraries / sizeof *libraries)

static void make_libraries(void)
{
	char path[64];

	assert_non_null(mkdtemp(theirs));
	for (size_t i = 0; i < N_LIBRARIES; i++) {
		snprintf(path, sizeof path, "%s/%s", theirs, libraries[i]);
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
		assert_int_equal(write(fd, "none", 4), 4);
		close(fd);
	}
}

/* Fails when there is more in the folder than was: what the loader writes. */
static void remove_libraries(void)
{
	char path[64];

	for (size_t i = 0; i < N_LIBRARIES; i++) {
		snprintf(path, sizeof path, "%s/%s", theirs, libraries[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(theirs), 0);
	memcpy(theirs + strlen(theirs) - 6, "XXXXXX", 6);
}

static char *loader_variable;

static void give_loader_variable(void)
{
	static char output[] = "LD_DEBUG_OUTPUT=./debug";
	char *const nothing[] = {NULL}, *const environment[] = {loader_variable, output, NULL};

	dup2(said[1], STDERR_FILENO);
	if (chdir(theirs) == 0)
		execve(program, nothing, environment);
}

static void loader_takes_nothing_from_its_starter(void **state)
{
	static char variables[][64] = {
		"LD_PRELOAD=./libc.so.6",
		"LD_AUDIT=./libc.so.6",
		"LD_LIBRARY_PATH=.",
		"LD_DEBUG=all", /* to a file in the folder */
		/* which overflowed the loader once, CVE-2023-4911 */
		"GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A",
		"GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.perturb=85",
	};

	(void)state;
	make_libraries();
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		loader_variable = variables[i];
		listen_to_it();
		struct accessd accessd = accessd_start(program, give_loader_variable);
		assert_serves(&accessd);
		assert_string_equal(what_it_said(), "");
	}
	remove_libraries();
}

static void allow_no_processes(void)
{
	setrlimit(RLIMIT_NPROC, &(const struct rlimit){0, 0});
}

static void limit_of_no_processes_does_not_matter(void **state)
{
	struct accessd accessd = accessd_start(program, allow_no_processes);

	(void)state;
	assert_serves(&accessd);
}

/* A terminal that nobody leads yet, whose keys we press ourselves; it is made outside the node, as
 * one inside has none to give. */
enum { KEYBOARD = 20, SCREEN };

/* Does not come back. */
static void run_with_terminal(char *const command[])
{
	int keyboard = posix_openpt(O_RDWR | O_NOCTTY);

	if (keyboard < 0 || grantpt(keyboard) < 0 || unlockpt(keyboard) < 0)
		err(1, "a terminal");
	int screen = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	if (screen < 0 || dup2(keyboard, KEYBOARD) < 0 || dup2(screen, SCREEN) < 0)
		err(1, "a terminal's screen");
	close(keyboard);
	close(screen);
	execvp(command[0], command);
	err(127, "%s", command[0]);
}

static void lead_the_terminal(void)
{
	assert_int_equal(fcntl(KEYBOARD, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(fcntl(SCREEN, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(ioctl(SCREEN, TIOCSCTTY, 0), 0);
}

/* As a shell does it, else ^Z would stop nobody. */
static void be_in_the_foreground(void)
{
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	if (tcsetpgrp(SCREEN, getpid()) < 0)
		_exit(99);
	signal(SIGTTOU, SIG_DFL);
}

/* Its echo comes behind its signal. */
static void press(char key)
{
	const char echo[] = {'^', (char)(key + '@')};
	char got[2];

	assert_int_equal(write(KEYBOARD, &key, 1), 1);
	for (size_t n = 0; n < sizeof got; n++) {
		struct pollfd ready = {.fd = KEYBOARD, .events = POLLIN};

		assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
		assert_int_equal(read(KEYBOARD, got + n, 1), 1);
	}
	assert_memory_equal(got, echo, sizeof got);
}

static void keys_and_hang_up_of_its_terminal_do_not_end_or_stop_it(void **state)
{
	static const char keys[] = {'C' - '@', '\\' - '@', 'Z' - '@'};

	(void)state;
	lead_the_terminal();
	struct accessd accessd = accessd_start(program, be_in_the_foreground);
	accessd_connect(&accessd);
	wire_read(accessd.fd, MSR, 0, 0x606);
	for (size_t i = 0; i < sizeof keys; i++) {
		press(keys[i]);
		assert_int_equal(wire_read(accessd.fd, MSR, 0, 0x606), 0xa1003);
	}
	/* as when the leader ends: whoever is in the foreground is hung up */
	assert_int_equal(ioctl(SCREEN, TIOCNOTTY), 0);
	assert_int_equal(wire_read(accessd.fd, MSR, 0, 0x606), 0xa1003);
	close(KEYBOARD);
	close(SCREEN);
	accessd_exit(&accessd);
}

/* What lies at the daemon's path, and beside it. */
static const char *own_path(const char *suffix)
{
	static char paths[2][64];
	char *path = paths[*suffix != '\0'];

	snprintf(path, sizeof paths[0], "/tmp/likwid-%d%s", (int)getpid(), suffix);
	return path;
}

static void occupy_with_fifo(void)
{
	if (mkfifo(own_path(""), 0600) < 0)
		_exit(99);
}

static void occupy_with_folder(void)
{
	if (mkdir(own_path(""), 0700) < 0)
		_exit(99);
}

static void occupy_with_hard_link(void)
{
	int fd = open(own_path(".file"), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, "mine", 4) != 4 || link(own_path(".file"), own_path("")) < 0)
		_exit(99);
}

static struct stat what_a_daemon_leaves_of(void (*occupy)(void))
{
	struct accessd accessd = accessd_start(program, occupy);
	char beside[80];
	struct stat st;

	assert_int_equal(accessd_wait(&accessd, PATIENCE_MS), MEETING_TAKEN << 8);
	assert_int_equal(lstat(accessd.path, &st), 0);
	assert_int_equal(remove(accessd.path), 0);
	snprintf(beside, sizeof beside, "%s.file", accessd.path);
	unlink(beside);
	return st;
}

static void fifo_folder_and_hard_link_at_the_path_are_left_alone(void **state)
{
	(void)state;
	struct stat st = what_a_daemon_leaves_of(occupy_with_fifo);
	assert_int_equal(st.st_mode, S_IFIFO | 0600);
	st = what_a_daemon_leaves_of(occupy_with_folder);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	st = what_a_daemon_leaves_of(occupy_with_hard_link);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(st.st_size, 4);
}

/* Goes on as a child that leads a session without a terminal. */
static void lead_a_session(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0 && setsid() >= 0)
		return;
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	exit(1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(megabytes_of_environment_are_nothing_to_it),
		cmocka_unit_test(megabytes_of_arguments_are_a_fault_in_usage),
		cmocka_unit_test(loader_takes_nothing_from_its_starter),
		cmocka_unit_test(limit_of_no_processes_does_not_matter),
		cmocka_unit_test(keys_and_hang_up_of_its_terminal_do_not_end_or_stop_it),
		cmocka_unit_test(fifo_folder_and_hard_link_at_the_path_are_left_alone),
	};

	if (argc > 2 && strcmp(argv[1], "terminal") == 0)
		run_with_terminal(argv + 2);
	if (argc != 2) {
		fprintf(stderr, "usage: node-starter MSRD\n"
				"       node-starter terminal COMMAND [ARGUMENT...]\n");
		return 2;
	}
	program = argv[1];
#ifdef __SANITIZE_ADDRESS__ /* it looks for leaks in a process of its own */
	cmocka_set_skip_filter("limit_of_no_processes_does_not_matter");
#endif
	lead_a_session();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
