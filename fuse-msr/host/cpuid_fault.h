/* SPDX-License-Identifier: MIT */
/*
 * CPUID instructions that fault (arch_prctl(2), ARCH_SET_CPUID), and the answer
 * to one in a handler of SIGSEGV. Runs in signal handlers: it must not call
 * what they may not. Does not know the answers.
 */
#ifndef MSRD_FUSE_MSR_HOST_CPUID_FAULT_H
#define MSRD_FUSE_MSR_HOST_CPUID_FAULT_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#define ARCH_SET_CPUID 0x1012 /* asm/prctl.h, which glibc lacks in places */
#define CPUID_FAULTS   0L
#define CPUID_EXECUTES 1L

/* What the instruction leaves in its registers; before that, eax and ecx say what is asked. */
struct cpuid_registers {
	uint32_t eax, ebx, ecx, edx;
};

/*
 * Has answer() stand in for the instruction that faulted. A fault of the program's own is
 * left to end it: it comes again.
 */
static inline void cpuid_fault(
	int signal_number, void *context, void (*answer)(struct cpuid_registers *cpuid))
{
	static const uint8_t instruction[] = {0x0F, 0xA2};
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const uint8_t *at = (const uint8_t *)registers[REG_RIP];

	if (at[0] != instruction[0] || at[1] != instruction[1]) {
		signal(signal_number, SIG_DFL);
		return;
	}
	struct cpuid_registers cpuid = {
		.eax = (uint32_t)registers[REG_RAX], .ecx = (uint32_t)registers[REG_RCX]};
	answer(&cpuid);
	registers[REG_RAX] = cpuid.eax;
	registers[REG_RBX] = cpuid.ebx;
	registers[REG_RCX] = cpuid.ecx;
	registers[REG_RDX] = cpuid.edx;
	registers[REG_RIP] += sizeof instruction;
}

#endif
