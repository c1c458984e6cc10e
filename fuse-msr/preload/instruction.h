/* SPDX-License-Identifier: MIT */
/*
 * Instructions that fault, and the answer to one in a signal handler: CPUID where the kernel makes
 * it fault (arch_prctl(2), ARCH_SET_CPUID: SIGSEGV), and what is patched to UD2 (SIGILL). Runs in
 * signal handlers: it must not call what they may not. Does not know the answers.
 */
#ifndef MSRD_FUSE_MSR_PRELOAD_INSTRUCTION_H
#define MSRD_FUSE_MSR_PRELOAD_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#define ARCH_SET_CPUID 0x1012 /* asm/prctl.h, which glibc lacks in places */
#define CPUID_FAULTS   0L
#define CPUID_EXECUTES 1L

/* What the instruction leaves in its registers; before that, eax and ecx say what is asked. */
struct cpuid_registers {
	uint32_t eax, ebx, ecx, edx;
};

#define CPUID_BYTES 2

static inline bool instruction_is_cpuid(void *context)
{
	const uint8_t *at = (const uint8_t *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	return at[0] == 0x0F && at[1] == 0xA2;
}

/* Has answer() stand in for a CPUID at which the program stands. */
static inline void instruction_cpuid(void *context, void (*answer)(struct cpuid_registers *cpuid))
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct cpuid_registers cpuid = {
		.eax = (uint32_t)registers[REG_RAX], .ecx = (uint32_t)registers[REG_RCX]};

	answer(&cpuid);
	registers[REG_RAX] = cpuid.eax;
	registers[REG_RBX] = cpuid.ebx;
	registers[REG_RCX] = cpuid.ecx;
	registers[REG_RDX] = cpuid.edx;
	registers[REG_RIP] += CPUID_BYTES;
}

#endif
