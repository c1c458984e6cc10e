/* SPDX-License-Identifier: MIT */
/*
 * Others who use counters of the cores: the kernel's NMI watchdog and perf. They
 * program what Linux 6.1 does, once; they do not watch what becomes of it.
 */
#ifndef MSRD_SIM_MACHINE_HOLDER_H
#define MSRD_SIM_MACHINE_HOLDER_H

#include "sim/machine/machine.h"

/*
 * The watchdog takes the fixed counter of cycles of one CPU, with an interrupt when it overflows;
 * or gives it back. 0, -ENXIO: no such CPU; -ENODEV: no such counter.
 */
int machine_hold_watchdog(struct machine *machine, uint32_t cpu, uint64_t ns, bool on);

/* perf counts cycles with a general counter of one CPU. 0, -ENXIO, or -ENODEV: no such counter. */
int machine_hold_perf(struct machine *machine, uint32_t cpu, uint64_t ns, uint32_t counter);

#endif
