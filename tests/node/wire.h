/* SPDX-License-Identifier: MIT */
/*
 * A client that knows only the published record: 32 bytes, written and read
 * byte by byte. It shares no code with the library or the daemon.
 */
#ifndef MSRD_TESTS_NODE_WIRE_H
#define MSRD_TESTS_NODE_WIRE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../wire_numbers.h"

/* Everything in these tests happens within that or never. */
#define PATIENCE_MS 10000

struct reply {
	unsigned char bytes[32];
	uint64_t data;
	uint32_t errorcode;
};

static inline void wire_put(unsigned char *bytes, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		bytes[i] = (unsigned char)(value >> 8 * i);
}

static inline uint64_t wire_get(const unsigned char *bytes, int n)
{
	uint64_t value = 0;

	for (int i = n; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

static inline void wire_request(unsigned char bytes[32], uint32_t type, uint32_t device,
	uint32_t cpu, uint32_t reg, uint64_t data)
{
	wire_put(bytes, cpu, 4);
	wire_put(bytes + 4, reg, 4);
	wire_put(bytes + 8, data, 8);
	wire_put(bytes + 16, device, 4);
	wire_put(bytes + 20, type, 4);
	wire_put(bytes + 24, 3, 4); /* as LIKWID 5.2.2 has it */
	wire_put(bytes + 28, 0x5a5aa5a5, 4);
}

static inline bool wire_receive(int fd, struct reply *reply)
{
	for (size_t got = 0; got < sizeof reply->bytes;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		if (poll(&ready, 1, PATIENCE_MS) != 1)
			return false;
		ssize_t n = read(fd, reply->bytes + got, sizeof reply->bytes - got);
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	reply->data = wire_get(reply->bytes + 8, 8);
	reply->errorcode = (uint32_t)wire_get(reply->bytes + 24, 4);
	return true;
}

/* One request, one reply. The reply echoes all but data and error code. */
static inline struct reply wire_ask(
	int fd, uint32_t type, uint32_t device, uint32_t cpu, uint32_t reg, uint64_t data)
{
	unsigned char bytes[32];
	struct reply reply;

	wire_request(bytes, type, device, cpu, reg, data);
	assert_int_equal(send(fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	assert_true(wire_receive(fd, &reply));
	assert_memory_equal(reply.bytes, bytes, 8);
	assert_memory_equal(reply.bytes + 16, bytes + 16, 8);
	assert_memory_equal(reply.bytes + 28, bytes + 28, 4);
	return reply;
}

static inline uint64_t wire_read(int fd, uint32_t device, uint32_t cpu, uint32_t reg)
{
	struct reply reply = wire_ask(fd, READ, device, cpu, reg, 0);

	assert_int_equal(reply.errorcode, 0);
	return reply.data;
}

static inline void wire_write(int fd, uint32_t device, uint32_t cpu, uint32_t reg, uint64_t data)
{
	struct reply reply = wire_ask(fd, WRITE, device, cpu, reg, data);

	assert_int_equal(reply.errorcode, 0);
	assert_int_equal(reply.data, 0);
}

/* A daemon as LIKWID's clients start it: empty argv, empty environment. */
struct accessd {
	pid_t pid;
	char path[64]; /* of its socket */
	int fd;	       /* connection, -1 is none */
};

/* Waits for go, or for its writer's end: then this child is not wanted. */
static inline void accessd_exec(const char *program, void (*before_exec)(void), int go[2])
{
	char *const nothing[] = {NULL};
	char byte;

	close(go[1]);
	if (read(go[0], &byte, 1) != 1)
		_exit(0);
	close(go[0]);
	if (before_exec)
		before_exec();
	execve(program, nothing, nothing);
	_exit(127);
}

/* Forks until nothing lies at the child's path: /tmp is everybody's. */
static inline struct accessd accessd_start(const char *program, void (*before_exec)(void))
{
	struct accessd daemon = {.fd = -1};
	struct stat status;
	bool is_taken;

	do {
		int go[2];

		assert_int_equal(pipe2(go, O_CLOEXEC), 0);
		daemon.pid = fork();
		if (daemon.pid == 0)
			accessd_exec(program, before_exec, go);
		assert_true(daemon.pid > 0);
		snprintf(daemon.path, sizeof daemon.path, "/tmp/likwid-%d", (int)daemon.pid);
		is_taken = lstat(daemon.path, &status) == 0;
		if (!is_taken)
			assert_int_equal(write(go[1], "", 1), 1);
		close(go[0]);
		close(go[1]);
		if (is_taken)
			assert_int_equal(waitpid(daemon.pid, NULL, 0), daemon.pid);
	} while (is_taken);
	return daemon;
}

static inline int64_t clock_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Connects as soon as the daemon is there. */
static inline void accessd_connect(struct accessd *daemon)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int64_t deadline = clock_now_ms() + PATIENCE_MS;

	strcpy(address.sun_path, daemon->path);
	daemon->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(daemon->fd >= 0);
	while (connect(daemon->fd, (struct sockaddr *)&address, sizeof address) < 0) {
		assert_true(errno == ENOENT || errno == ECONNREFUSED);
		assert_int_equal(waitpid(daemon->pid, NULL, WNOHANG), 0); /* still alive */
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 1);
	}
}

/* Its wait status, once it has ended. */
static inline int accessd_wait(struct accessd *daemon, int patience_ms)
{
	int64_t deadline = clock_now_ms() + patience_ms;
	int status;
	pid_t pid;

	while ((pid = waitpid(daemon->pid, &status, WNOHANG)) == 0) {
		assert_true(clock_now_ms() < deadline);
		poll(NULL, 0, 1);
	}
	assert_int_equal(pid, daemon->pid);
	return status;
}

static inline void accessd_disconnect(struct accessd *daemon)
{
	close(daemon->fd);
	daemon->fd = -1;
}

/* Says exit; there is no reply, and the daemon ends with 0. */
static inline void accessd_exit(struct accessd *daemon)
{
	unsigned char bytes[32];
	struct reply reply;

	wire_request(bytes, EXIT, MSR, 0, 0, 0);
	assert_int_equal(send(daemon->fd, bytes, sizeof bytes, MSG_NOSIGNAL), 32);
	assert_false(wire_receive(daemon->fd, &reply));
	accessd_disconnect(daemon);
	assert_int_equal(accessd_wait(daemon, PATIENCE_MS), 0);
}

#endif
