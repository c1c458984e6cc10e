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
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "fuse-msr/host/leaf.h"

#define ARCH_SET_CPUID 0x1012 /* asm/prctl.h, which glibc lacks in places */
#define CPUID_FAULTS   0L
#define CPUID_EXECUTES 1L

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

static bool answer_pmu(greg_t *registers)
{
	uint32_t eax, edx;

	if (!read_leaf(&eax, &edx))
		return false;
	registers[REG_RAX] = eax;
	registers[REG_RBX] = 0;
	registers[REG_RCX] = 0;
	registers[REG_RDX] = edx;
	return true;
}

static void answer_host(greg_t *registers)
{
	uint32_t a, b, c, d;

	set_cpuid(CPUID_EXECUTES);
	__cpuid_count((uint32_t)registers[REG_RAX], (uint32_t)registers[REG_RCX], a, b, c, d);
	set_cpuid(CPUID_FAULTS);
	registers[REG_RAX] = a;
	registers[REG_RBX] = b;
	registers[REG_RCX] = c;
	registers[REG_RDX] = d;
}

static void handle_fault(int signal_number, siginfo_t *info, void *context)
{
	static const uint8_t cpuid[] = {0x0F, 0xA2};
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const uint8_t *instruction = (const uint8_t *)registers[REG_RIP];

	(void)info;
	if (instruction[0] != cpuid[0] || instruction[1] != cpuid[1]) {
		/* a fault of the program's own: it comes again, and ends it as ever */
		signal(signal_number, SIG_DFL);
		return;
	}
	if ((uint32_t)registers[REG_RAX] != LEAF_PMU || !answer_pmu(registers))
		answer_host(registers);
	registers[REG_RIP] += sizeof cpuid;
}

/* exec(2) makes the instruction work again: so each program starts here. */
__attribute__((constructor)) static void start(void)
{
	struct sigaction action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO};
	uint32_t eax, edx;

	if (read_leaf(&eax, &edx) && sigaction(SIGSEGV, &action, NULL) == 0)
		set_cpuid(CPUID_FAULTS);
}
