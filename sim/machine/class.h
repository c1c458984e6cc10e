/* SPDX-License-Identifier: MIT */
/*
 * What the registers of a class do, in whatever space they are. Which register
 * it is and whose has been found out before; what an access may not do (a
 * fault, ignored bits) is the space's.
 */
#ifndef MSRD_SIM_MACHINE_CLASS_H
#define MSRD_SIM_MACHINE_CLASS_H

#include "arch/arch.h"
#include "sim/machine/pmu.h"
#include "sim/machine/thermal.h"
#include "sim/machine/uncore.h"

struct machine;
struct machine_package;

/* A register of the model's table as its owner has it, at one moment. */
struct instance {
	const struct arch_register *entry;
	uint32_t number; /* of its bank's numbers */
	uint64_t ns;
	uint64_t *stored;	 /* what it keeps; of a running one, its offset */
	struct meter *running;	 /* RUNNING: what it counts */
	struct thermal *thermal; /* THERMAL */
	struct pmu *pmu;	 /* CORE_PMU */
	uint32_t apic_id;	 /* APIC_ID: the CPU's */
	struct uncore_box *box;	 /* BOX */
	struct machine *machine; /* ALL_BOXES, and of which package */
	const struct machine_package *package;
};

struct class_ops {
	uint64_t (*read)(const struct instance *instance);
	/* bits that software can change; 0 is read only */
	uint64_t (*write_mask)(const struct instance *instance);
	/* a value that keeps to the mask; -EIO when it is refused all the same */
	int (*write)(const struct instance *instance, uint64_t value);
	/* a value from outside, as the fixture recorded it (at time 0) or somebody drives it;
	 * false when the register cannot hold it */
	bool (*preset)(const struct instance *instance, uint64_t value);
};

const struct class_ops *class_ops(enum arch_class class);

/* A value from outside. 0, -EINVAL: it has bits that the register has not, which then is as it
 * was; -ENOENT: what the register shows follows from the workload alone. */
int class_set(const struct instance *instance, uint64_t value);

#endif
