/* SPDX-License-Identifier: MIT */
/* What is left of the system calls. Each attempt is a process of its own. */
#include "../../src/daemon/sandbox.c"

#include "test.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char lock_path[] = "/var/run/likwid.lock";
static int client[2], log_pair[2], other[2];
static void *memory; /* from before the filter: in a session nothing is allocated */

/* How a process ends that does what in the sandbox: 0, or the signal. */
static int end_of(void (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		memory = malloc(1 << 20);
		if (sandbox_enter(client[0], log_pair[0], lock_path) < 0)
			_exit(99);
		what();
		syscall(SYS_exit_group, 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void hold_a_session(void)
{
	struct pollfd ready = {.fd = client[0], .events = POLLOUT};
	struct timespec now;
	struct stat st;
	char byte = 'x';

	poll(&ready, 1, 0);
	recv(client[0], &byte, 1, MSG_DONTWAIT);
	send(client[0], &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	send(log_pair[0], &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	lstat(lock_path, &st);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	syscall(SYS_pread64, other[0], &byte, 1, 0);
	syscall(SYS_pwrite64, other[0], &byte, 1, 0);
	getpid();
	free(memory);
	close(other[1]);
}

static void open_a_file(void)
{
	open("/etc/passwd", O_RDONLY);
}

static void make_a_socket(void)
{
	socket(AF_UNIX, SOCK_STREAM, 0);
}

static void send_elsewhere(void)
{
	send(other[0], "x", 1, MSG_DONTWAIT);
}

/* The log's is a socket of datagrams: without this they could go to any other. */
static void send_to_an_address(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/nonexistent"};

	sendto(log_pair[0], "x", 1, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address);
}

static void receive_elsewhere(void)
{
	char byte;

	recv(other[0], &byte, 1, MSG_DONTWAIT);
}

static void write_elsewhere(void)
{
	syscall(SYS_write, other[0], "x", 1);
}

static void follow_a_link(void)
{
	struct stat st;

	stat(lock_path, &st);
}

/* Whether it is there, and whose: of the lock file alone. */
static void look_at_another_file(void)
{
	struct stat st;

	lstat("/root/.ssh/id_rsa", &st);
}

static void start_a_process(void)
{
	if (fork() == 0)
		_exit(0);
}

static void run_a_program(void)
{
	char *const nothing[] = {NULL};

	execve("/bin/true", nothing, nothing);
}

static void become_somebody(void)
{
	syscall(SYS_setuid, getuid());
}

static void make_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void signal_somebody(void)
{
	kill(getppid(), 0);
}

static void call_as_32_bits(void)
{
	/* getpid of i386, which the list of this ABI says nothing about */
	int number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
}

static void session_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(end_of(hold_a_session), 0);
}

static void everything_else_kills(void **state)
{
	static void (*const attempts[])(void) = {open_a_file, make_a_socket, send_elsewhere,
		send_to_an_address, receive_elsewhere, write_elsewhere, follow_a_link,
		look_at_another_file, start_a_process, run_a_program, become_somebody, make_code,
		signal_somebody, call_as_32_bits};

	(void)state;
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		if (end_of(attempts[i]) != SIGSYS)
			fail_msg("attempt %zu ended with %d", i, end_of(attempts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_is_allowed),
		cmocka_unit_test(everything_else_kills),
	};

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, client) < 0 ||
		socketpair(AF_UNIX, SOCK_DGRAM, 0, log_pair) < 0 ||
		socketpair(AF_UNIX, SOCK_DGRAM, 0, other) < 0)
		return 2;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
