/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into what runs on a node with --cpuid: the CPUID instruction answers as the node, RDTSC
 * and RDTSCP are its clock, a thread may bind itself to its CPUs, and libc knows its memory. Where
 * the kernel can make CPUID fault (arch_prctl(2), ARCH_SET_CPUID) it does, also in libc; elsewhere,
 * and for the time stamp counter everywhere, the instructions are patched. A program that no node
 * is seen from runs as without it. It must not know any program.
 */
#include <cpuid.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse-msr/preload/affinity.h"
#include "fuse-msr/preload/answers.h"
#include "fuse-msr/preload/calls.h"
#include "fuse-msr/preload/load.h"
#include "fuse-msr/preload/memory.h"
#include "fuse-msr/preload/patch.h"
#include "fuse-msr/preload/signals.h"

static bool can_fault;

static void answer(struct cpuid_registers *cpuid)
{
	answers_cpuid(affinity_index(), cpuid);
}

static void put_tsc(greg_t *registers, size_t n_bytes)
{
	uint64_t tsc = answers_tsc();

	registers[REG_RAX] = (uint32_t)tsc;
	registers[REG_RDX] = (uint32_t)(tsc >> 32);
	registers[REG_RIP] += (greg_t)n_bytes;
}

static bool answer_patched(void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	switch (patch_find((uintptr_t)registers[REG_RIP])) {
	case PATCH_CPUID:
		instruction_cpuid(context, answer);
		return true;
	case PATCH_RDTSC:
		put_tsc(registers, PATCH_RDTSC_BYTES);
		return true;
	case PATCH_RDTSCP:
		put_tsc(registers, PATCH_RDTSCP_BYTES);
		/* TSC_AUX, as Linux sets it; the NUMA node above it is left out */
		registers[REG_RCX] = answers_cpu(affinity_index());
		return true;
	case PATCH_NONE:
		break;
	}
	return false;
}

static bool handle(int number, void *context)
{
	if (number == SIGILL)
		return answer_patched(context);
	if (!can_fault || !instruction_is_cpuid(context))
		return false;
	instruction_cpuid(context, answer);
	return true;
}

static void patch_new(void)
{
	patch_loaded(!can_fault);
}

/* exec(2) makes the instruction work again: so each program starts here. */
__attribute__((constructor)) static void start(void)
{
	if (!answers_load() || !signals_start(handle))
		return;
	affinity_start();
	memory_start();
	calls_start();
	can_fault = syscall(SYS_arch_prctl, ARCH_SET_CPUID, CPUID_FAULTS) == 0;
	patch_new();
	load_start(patch_new);
}
