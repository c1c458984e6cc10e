/* SPDX-License-Identifier: MIT */
/*
 * What has a function of libc's is answered by ours of that name. The others are the kernel's, but
 * for the hardware counters of the host: the node's kernel has no driver of them, as its sysfs
 * says.
 */
#include "fuse-msr/preload/calls.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "fuse-msr/preload/next.h"

#define EXPORT __attribute__((visibility("default")))

#define N_ARGUMENTS 6

static bool is_started;

void calls_start(void)
{
	is_started = true;
}

static bool is_of_hardware(const struct perf_event_attr *event)
{
	switch (event->type) {
	case PERF_TYPE_SOFTWARE:
	case PERF_TYPE_TRACEPOINT:
	case PERF_TYPE_BREAKPOINT:
		return false;
	default: /* also the PMUs of the host's sysfs, by their numbers */
		return true;
	}
}

/* As the kernel, which says how many bytes there are. */
static long get_affinity(const long arguments[N_ARGUMENTS])
{
	size_t size = (size_t)arguments[1];

	if (sched_getaffinity((pid_t)arguments[0], size, (cpu_set_t *)arguments[2]) < 0)
		return -1;
	return (long)(size < sizeof(cpu_set_t) ? size : sizeof(cpu_set_t));
}

/* False: the kernel shall. */
static bool answer(long number, const long arguments[N_ARGUMENTS], long *result)
{
	switch (number) {
	case SYS_sched_setaffinity:
		*result = sched_setaffinity(
			(pid_t)arguments[0], (size_t)arguments[1], (const cpu_set_t *)arguments[2]);
		return true;
	case SYS_sched_getaffinity:
		*result = get_affinity(arguments);
		return true;
	case SYS_sysinfo:
		*result = sysinfo((struct sysinfo *)arguments[0]);
		return true;
	case SYS_perf_event_open:
		if (arguments[0] == 0 ||
			!is_of_hardware((const struct perf_event_attr *)arguments[0]))
			return false;
		errno = ENOENT;
		*result = -1;
		return true;
	default:
		return false;
	}
}

/* libc declares it with a name that is its own. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
EXPORT long syscall(long number, ...)
{
	static long (*real)(long, ...); /* looked up once: some wait in loops by syscall(2) */
	long arguments[N_ARGUMENTS], result;
	va_list list;

	/* more than a caller gives: they are registers, and a word of the stack */
	va_start(list, number);
	for (int i = 0; i < N_ARGUMENTS; i++)
		arguments[i] = va_arg(list, long);
	va_end(list);
	if (is_started && answer(number, arguments, &result))
		return result;
	if (!real && !next_find(&real, __func__))
		return errno = ENOSYS, -1;
	return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		arguments[5]);
}
