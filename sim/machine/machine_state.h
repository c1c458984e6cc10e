/* SPDX-License-Identifier: MIT */
/* The state of a machine, shared by the files of this folder and nobody else. */
#ifndef MSRD_SIM_MACHINE_MACHINE_STATE_H
#define MSRD_SIM_MACHINE_MACHINE_STATE_H

#include <pthread.h>

#include "sim/machine/class.h"
#include "sim/machine/machine.h"

#define MACHINE_N_SCOPES (ARCH_PACKAGE + 1)

#define MACHINE_N_HEADER 2 /* dwords */

/* Chosen: what is above is sparse, and is looked for. */
#define MACHINE_N_LOW 4096

struct machine_package {
	uint32_t id;				      /* physical */
	double units_per_joule, dram_units_per_joule; /* of the energy counters */
	struct thermal thermal;
	struct uncore_box *boxes; /* those behind MSRs, kind after kind */
};

struct machine_cpu {
	/* the first CPU of its thread, core and package: that one has the values */
	uint32_t home[MACHINE_N_SCOPES];
	struct machine_package *package;
	_Atomic bool online;
	struct pmu pmu;
	struct thermal thermal;			 /* of the core, in its home */
	struct meter running[ARCH_N_QUANTITIES]; /* for ever, each in its home */
};

/* A PCI function. */
struct machine_function {
	const struct fixture_function *dump;
	const struct arch_function *uncore; /* NULL: dump only */
	uint32_t package;		    /* physical id, or BUS_NO_PACKAGE */
	struct uncore_box box;		    /* of the uncore unit, if its kind has one */
	uint64_t *values;		    /* by slot; of an uncore unit only */
	struct arch_hit *registers;	    /* of that, by offset */
	size_t n_registers;
	uint32_t header[MACHINE_N_HEADER]; /* what of the standard header can be written */
};

struct machine {
	const struct fixture *fixture;
	const struct arch *arch;
	enum machine_clock clock;
	uint64_t clock_ns;    /* manual: now; real: CLOCK_MONOTONIC when it was made */
	pthread_mutex_t lock; /* of a manual clock and all that follows */
	struct sim_log log;
	/* all of the model, each once: MSRs first, by address */
	struct arch_hit *registers;
	size_t n_registers, n_msrs;
	const struct arch_hit *low[MACHINE_N_LOW]; /* the MSRs that most accesses are for */
	uint32_t n_slices;			   /* of last-level cache, in a package */
	uint32_t n_slots;			   /* values for all of them */
	uint32_t *first_box; /* in a package, of each kind of box of the model, and the end */
	uint32_t n_boxes;    /* in a package */
	struct machine_cpu *cpus;
	struct machine_package *packages; /* in the fixture's order */
	struct uncore_box *boxes;
	struct machine_function *functions;
	struct bus *buses;
	size_t n_buses;
	uint64_t *values; /* n_slots for each CPU */
};

/* All boxes of a package stand still, or do again what their own control says. */
void machine_hold_boxes(
	struct machine *machine, const struct machine_package *package, bool held, uint64_t ns);

/* registers, n_registers, n_msrs, low, first_box and n_boxes; -ENOMEM. */
int machine_list_registers(struct machine *machine);

/* The fixture's values; false after a complaint. */
bool machine_preset(struct machine *machine, void (*complain)(void *context, const char *message),
	void *context);

/* NULL: the model has no such MSR. */
const struct arch_hit *machine_find_msr(const struct machine *machine, uint32_t address);

/* That of this address, of n that stand by address; NULL: there is none. */
const struct arch_hit *machine_find_register(
	const struct arch_hit *registers, size_t n, uint32_t address);

/* Where the registers of an uncore unit are. */
static inline struct place machine_unit_place(const struct machine_function *function)
{
	return place_of_unit(function->package, function->uncore->unit, function->uncore->index);
}

#endif
