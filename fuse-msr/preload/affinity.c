/* SPDX-License-Identifier: MIT */
/*
 * A host mostly has fewer CPUs than a node, so a thread that binds itself to one of the node's is
 * only said to be there; where the host has a CPU of that number, it is there indeed. What a thread
 * has asked for is its own, and what the first thread has asked for is the programs' too that it
 * starts. Other processes and threads may be bound, and that is forgotten.
 */
#include "fuse-msr/preload/affinity.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse-msr/preload/answers.h"
#include "fuse-msr/preload/next.h"

#define VARIABLE "FUSE_MSR_AFFINITY" /* for the programs that this one starts: "0,3," */

#define EXPORT __attribute__((visibility("default")))

static bool is_started;
static cpu_set_t node_cpus;

/* The signal handler reads it: its place must not be made when it is first looked at. */
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
	cpu_set_t cpus;
	bool is_set;
} mine;

static const cpu_set_t *get_cpus(void)
{
	return mine.is_set ? &mine.cpus : &node_cpus;
}

unsigned affinity_index(void)
{
	const cpu_set_t *cpus = get_cpus();

	for (unsigned i = 0; i < answers_count_cpus(); i++)
		if (CPU_ISSET(answers_cpu(i), cpus))
			return i;
	return 0;
}

static void inherit(void)
{
	const char *at = getenv(VARIABLE);
	char *end;

	for (; at && *at != '\0'; at = *end == ',' ? end + 1 : end) {
		unsigned long cpu = strtoul(at, &end, 10);
		if (end == at)
			break;
		if (cpu < CPU_SETSIZE && CPU_ISSET(cpu, &node_cpus))
			CPU_SET(cpu, &mine.cpus);
	}
	mine.is_set = CPU_COUNT(&mine.cpus) > 0;
}

void affinity_start(void)
{
	CPU_ZERO(&node_cpus);
	for (unsigned i = 0; i < answers_count_cpus(); i++)
		CPU_SET(answers_cpu(i), &node_cpus);
	inherit();
	is_started = true;
}

static void bequeath(void)
{
	char text[8 * CPU_SETSIZE], *at = text;

	if (getpid() != (pid_t)syscall(SYS_gettid))
		return;
	*at = '\0';
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &mine.cpus))
			at += sprintf(at, "%d,", cpu);
	setenv(VARIABLE, text, 1);
}

/* A larger mask than a cpu_set_t has nothing of the node's behind it. */
static cpu_set_t take(size_t size, const cpu_set_t *cpus)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	memcpy(&all, cpus, size < sizeof all ? size : sizeof all);
	CPU_AND(&all, &all, &node_cpus);
	return all;
}

static void bind_really(cpu_set_t cpus)
{
	static int (*real)(pid_t, size_t, const cpu_set_t *);

	if (real || next_find(&real, "sched_setaffinity"))
		(void)real(0, sizeof cpus, &cpus); /* EINVAL: the host has none of them */
}

/* 0 or an errno. */
static int set_cpus(bool is_self, size_t size, const cpu_set_t *cpus)
{
	cpu_set_t all = take(size, cpus);

	if (CPU_COUNT(&all) == 0)
		return EINVAL;
	if (!is_self)
		return 0;
	mine.cpus = all;
	mine.is_set = true;
	bequeath();
	bind_really(all);
	return 0;
}

/* The bytes that the kernel would write: 0, or -errno. */
static ssize_t give_cpus(bool is_self, size_t size, cpu_set_t *cpus)
{
	const cpu_set_t *all = is_self ? get_cpus() : &node_cpus;
	size_t length = size < sizeof *all ? size : sizeof *all;

	if (size == 0 || size % sizeof(long) != 0)
		return -EINVAL;
	for (size_t cpu = 8 * length; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &node_cpus))
			return -EINVAL;
	memset(cpus, 0, size);
	memcpy(cpus, all, length);
	return 0;
}

static bool is_self(pid_t pid)
{
	return pid == 0 || pid == (pid_t)syscall(SYS_gettid);
}

/* libc declares these with names that are its own. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

EXPORT int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *cpus)
{
	int (*real)(pid_t, size_t, const cpu_set_t *);

	if (!is_started)
		return next_find(&real, __func__) ? real(pid, size, cpus) : (errno = ENOSYS, -1);
	int error = set_cpus(is_self(pid), size, cpus);
	if (error != 0)
		errno = error;
	return error == 0 ? 0 : -1;
}

EXPORT int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *cpus)
{
	int (*real)(pid_t, size_t, cpu_set_t *);

	if (!is_started)
		return next_find(&real, __func__) ? real(pid, size, cpus) : (errno = ENOSYS, -1);
	ssize_t r = give_cpus(is_self(pid), size, cpus);
	if (r < 0)
		errno = (int)-r;
	return r < 0 ? -1 : 0;
}

EXPORT int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *cpus)
{
	int (*real)(pthread_t, size_t, const cpu_set_t *);

	if (!is_started)
		return next_find(&real, __func__) ? real(thread, size, cpus) : ENOSYS;
	return set_cpus(pthread_equal(thread, pthread_self()) != 0, size, cpus);
}

EXPORT int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *cpus)
{
	int (*real)(pthread_t, size_t, cpu_set_t *);

	if (!is_started)
		return next_find(&real, __func__) ? real(thread, size, cpus) : ENOSYS;
	return (int)-give_cpus(pthread_equal(thread, pthread_self()) != 0, size, cpus);
}

EXPORT int sched_getcpu(void)
{
	int (*real)(void);

	if (!is_started)
		return next_find(&real, __func__) ? real() : (errno = ENOSYS, -1);
	return (int)answers_cpu(affinity_index());
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
