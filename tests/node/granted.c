/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into turbostat by foreign-tools.sh: it does not start without a hard limit of open
 * files and a priority that only the machine's administrator gets, and needs neither for what it
 * shows. Here it is told that it has them. It must not know any node.
 */
#undef _FILE_OFFSET_BITS /* else the function would be setrlimit64, which nobody calls */

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	int r = prlimit(0, resource, limit, NULL);

	return r < 0 && errno == EPERM && resource == RLIMIT_NOFILE ? 0 : r;
}

static int told; /* 0: none that it has not */

EXPORT int setpriority(__priority_which_t which, id_t who, int priority)
{
	int r = (int)syscall(SYS_setpriority, which, who, priority);

	if (r == 0 || (errno != EPERM && errno != EACCES))
		return r;
	told = priority;
	return 0;
}

EXPORT int getpriority(__priority_which_t which, id_t who)
{
	int r = (int)syscall(SYS_getpriority, which, who);

	return r < 0 ? r : told != 0 ? told : 20 - r; /* the system call does not say 0 and less */
}
