/* SPDX-License-Identifier: MIT */
/*
 * Programs counters as the kernel does (arch/x86/events/intel/core.c and
 * kernel/watchdog_hld.c of Linux 6.1). Addresses are the model's.
 */
#include "sim/machine/holder.h"

#include <errno.h>

#include "sim/machine/drive.h"
#include "sim/machine/msrspace.h"

#define WATCHDOG_S 10 /* /proc/sys/kernel/watchdog_thresh */

/* Where registers are, and when. */
struct target {
	struct machine *machine;
	uint32_t cpu;
	uint64_t ns;
};

static int set(const struct target *target, enum arch_core_part part, uint32_t index, uint64_t mask,
	uint64_t value)
{
	struct machine *machine = target->machine;
	uint32_t index_of_cpu = 0, address;
	uint64_t before = 0;

	if (!arch_core_register(machine->arch, part, index, &address))
		return -ENODEV;
	while (machine->fixture->cpus[index_of_cpu].number != target->cpu)
		index_of_cpu++;
	pthread_mutex_lock(&machine->lock);
	int r = msrspace_read(machine, index_of_cpu, address, target->ns, &before);
	pthread_mutex_unlock(&machine->lock);
	return r < 0 ? -ENODEV
		     : machine_msr_set(machine, target->cpu, address, target->ns,
			       (before & ~mask) | (value & mask));
}

/* Number of the fixed counter of cycles, or n_fixed. */
static uint32_t find_cycles(const struct arch_core *core)
{
	uint32_t i = 0;

	while (i < core->n_fixed && core->fixed_counts[i] != ARCH_COUNTS_CYCLES)
		i++;
	return i;
}

static uint64_t bits(unsigned n)
{
	return UINT64_MAX >> (64 - n);
}

int machine_hold_watchdog(struct machine *machine, uint32_t cpu, uint64_t ns, bool on)
{
	const struct target target = {machine, cpu, ns};
	const struct arch_core *core = machine->arch->core;
	uint32_t counter = find_cycles(core);
	uint64_t period = (uint64_t)(machine->fixture->tsc_mhz * 1e6) * WATCHDOG_S;
	uint64_t field = on ? PMU_FIXED_KERNEL | PMU_FIXED_USER | PMU_FIXED_INTERRUPT : 0;
	unsigned shift = core->fixed_control_bits * counter;
	uint64_t global = UINT64_C(1) << (PMU_GLOBAL_FIXED + counter);

	if (!fixture_find_cpu(machine->fixture, cpu))
		return -ENXIO;
	if (counter == core->n_fixed)
		return -ENODEV;
	int r = set(&target, ARCH_FIXED_CONTROL, 0, bits(core->fixed_control_bits) << shift,
		field << shift);
	if (r == 0 && on)
		r = set(&target, ARCH_FIXED, counter, bits(core->width), -period);
	if (r == 0 && on)
		r = set(&target, ARCH_GLOBAL_CONTROL, 0, global, global);
	return r;
}

int machine_hold_perf(struct machine *machine, uint32_t cpu, uint64_t ns, uint32_t counter)
{
	const struct target target = {machine, cpu, ns};
	const struct arch_core *core = machine->arch->core;
	uint64_t select = core->cycles.event |
			  (uint64_t)core->cycles.umask << PMU_SELECT_UMASK_SHIFT | PMU_SELECT_USER |
			  PMU_SELECT_KERNEL | PMU_SELECT_INTERRUPT | PMU_SELECT_ENABLE;
	uint64_t global = UINT64_C(1) << counter;

	if (!fixture_find_cpu(machine->fixture, cpu))
		return -ENXIO;
	int r = set(&target, ARCH_SELECT, counter, UINT64_MAX, select);
	/* what only counts begins half of its range below an overflow */
	if (r == 0)
		r = set(&target, ARCH_GENERAL_FULL, counter, bits(core->width),
			UINT64_C(1) << (core->width - 1));
	if (r == 0)
		r = set(&target, ARCH_GLOBAL_CONTROL, 0, global, global);
	return r;
}
