/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into COMMAND by --likwid: the CPUID leaf that says how many
 * counters a CPU has. LIKWID takes everything else from files, but executes
 * this one; in a virtual machine without a PMU it would use no general counter
 * at all. The kernel can make the instruction fault (arch_prctl(2),
 * ARCH_SET_CPUID) and this answers the fault; on a host that cannot, the
 * program sees the host's answer. It must not know LIKWID.
 */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse-msr/host/cpuid_fault.h"
#include "fuse-msr/host/leaf.h"

#define LEAF_PMU 0x0A

static long set_cpuid(long how)
{
	return syscall(SYS_arch_prctl, ARCH_SET_CPUID, how);
}

/* False when nobody has said what the answer is. Without sscanf: this runs in a signal handler. */
static bool read_leaf(uint32_t *eax, uint32_t *edx)
{
	const char *text = getenv(LEAF_VARIABLE);
	char *colon, *end;

	if (!text)
		return false;
	*eax = (uint32_t)strtoul(text, &colon, 16);
	if (colon == text || *colon != ':')
		return false;
	*edx = (uint32_t)strtoul(colon + 1, &end, 16);
	return end > colon + 1 && *end == '\0';
}

static bool answer_pmu(struct cpuid_registers *cpuid)
{
	uint32_t eax, edx;

	if (!read_leaf(&eax, &edx))
		return false;
	*cpuid = (struct cpuid_registers){.eax = eax, .edx = edx};
	return true;
}

static void answer_host(struct cpuid_registers *cpuid)
{
	set_cpuid(CPUID_EXECUTES);
	__cpuid_count(cpuid->eax, cpuid->ecx, cpuid->eax, cpuid->ebx, cpuid->ecx, cpuid->edx);
	set_cpuid(CPUID_FAULTS);
}

static void answer(struct cpuid_registers *cpuid)
{
	if (cpuid->eax != LEAF_PMU || !answer_pmu(cpuid))
		answer_host(cpuid);
}

static void handle_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)info;
	cpuid_fault(signal_number, context, answer);
}

/* exec(2) makes the instruction work again: so each program starts here. */
__attribute__((constructor)) static void start(void)
{
	struct sigaction action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO};
	uint32_t eax, edx;

	if (read_leaf(&eax, &edx) && sigaction(SIGSEGV, &action, NULL) == 0)
		set_cpuid(CPUID_FAULTS);
}
