/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into every program by amd-host.sh: a host like most of those that can't make CPUID
 * fault, an AMD virtual machine without a PMU. CPUID is that machine's, and arch_prctl(2) does not
 * know ARCH_SET_CPUID there. (What plays it needs a host that does.) It must not know LIKWID.
 */
#include <cpuid.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse-msr/preload/instruction.h"

/* AMD APM vol. 3, appendix E: leaf 1 of family 19h model 1 */
#define SIGNATURE 0x00a00f11
#define LAST_LEAF 0x10

#define EXPORT __attribute__((visibility("default")))

typedef long syscall_function(long, ...);
typedef int sigaction_function(int, const struct sigaction *, struct sigaction *);

/* libc's, to *function: what ISO C has no cast for, POSIX promises. */
static void find(void *function, const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(function, &symbol, sizeof symbol);
}

static long set_cpuid(long how)
{
	syscall_function *real = NULL;

	find(&real, "syscall");
	return real(SYS_arch_prctl, ARCH_SET_CPUID, how);
}

EXPORT long syscall(long number, ...)
{
	syscall_function *real = NULL;
	va_list list;
	long a[6];

	find(&real, "syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_arch_prctl && a[0] == ARCH_SET_CPUID) {
		errno = ENODEV;
		return -1;
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static struct sigaction theirs; /* the program's for SIGSEGV, which is ours first */

EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	sigaction_function *real = NULL;

	find(&real, "sigaction");
	if (number != SIGSEGV)
		return real(number, action, before);
	if (before)
		*before = theirs;
	if (action)
		theirs = *action;
	return 0;
}

static void answer(struct cpuid_registers *cpuid)
{
	uint32_t leaf = cpuid->eax;

	set_cpuid(CPUID_EXECUTES);
	__cpuid_count(leaf, cpuid->ecx, cpuid->eax, cpuid->ebx, cpuid->ecx, cpuid->edx);
	set_cpuid(CPUID_FAULTS);
	switch (leaf) {
	case 0:
		cpuid->eax = LAST_LEAF;
		memcpy(&cpuid->ebx, "Auth", 4);
		memcpy(&cpuid->edx, "enti", 4);
		memcpy(&cpuid->ecx, "cAMD", 4);
		break;
	case 1:
		cpuid->eax = SIGNATURE;
		break;
	case 0x4: /* Intel's alone */
	case 0x6:
	case 0xA:
		*cpuid = (struct cpuid_registers){0};
		break;
	default:
		break;
	}
}

static void handle_fault(int number, siginfo_t *info, void *context)
{
	sigaction_function *real = NULL;

	if (instruction_is_cpuid(context)) {
		instruction_cpuid(context, answer);
	} else if (theirs.sa_flags & SA_SIGINFO) {
		theirs.sa_sigaction(number, info, context);
	} else if (theirs.sa_handler != SIG_DFL && theirs.sa_handler != SIG_IGN) {
		theirs.sa_handler(number);
	} else { /* it comes again, and ends it */
		find(&real, "sigaction");
		real(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
	}
}

__attribute__((constructor)) static void start(void)
{
	sigaction_function *real = NULL;
	struct sigaction action = {
		.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

	find(&real, "sigaction");
	if (real(SIGSEGV, &action, NULL) == 0)
		set_cpuid(CPUID_FAULTS);
}
