/* SPDX-License-Identifier: MIT */
/*
 * What counts on a CPU model: the PMU of a core, and the boxes of the uncore.
 * Layouts and widths; addresses are in the register table.
 */
#ifndef MSRD_ARCH_PMU_H
#define MSRD_ARCH_PMU_H

#include "op.h"

/*
 * The same on all of Intel's processors (SDM vol. 3, Architectural Performance
 * Monitoring): event selects, of the core and of the boxes alike ...
 */
#define PMU_SELECT_EVENT       0xFFu /* [7:0] */
#define PMU_SELECT_UMASK_SHIFT 8     /* [15:8] */
#define PMU_SELECT_UMASK       0xFFu
#define PMU_SELECT_EDGE	       (1u << 18)
#define PMU_SELECT_INVERT      (1u << 23)
#define PMU_SELECT_THRESHOLD   24 /* from here on: CMASK, [31:24] of the core's */
/* ... of the core alone ... */
#define PMU_SELECT_USER	     (1u << 16)
#define PMU_SELECT_KERNEL    (1u << 17)
#define PMU_SELECT_PIN	     (1u << 19) /* PC: toggles a pin of the package */
#define PMU_SELECT_INTERRUPT (1u << 20) /* INT */
#define PMU_SELECT_ANY	     (1u << 21) /* of any thread of the core */
#define PMU_SELECT_ENABLE    (1u << 22)
/* ... a fixed counter's field in FIXED_CTR_CTRL ... */
#define PMU_FIXED_KERNEL    1u
#define PMU_FIXED_USER	    2u
#define PMU_FIXED_ANY	    4u
#define PMU_FIXED_INTERRUPT 8u /* PMI */
/* ... and where the fixed counters begin in the global registers. */
#define PMU_GLOBAL_FIXED 32

/* What Linux and libpfm4 write for the fixed counter of reference cycles: no event that a general
 * counter could select. */
#define PMU_REFERENCE_EVENT 0x00
#define PMU_REFERENCE_UMASK 0x03

/* An event's number with a box's extension bit: arch_event, and a workload's. */
#define PMU_EVENT_EXTENDS (1u << 8)

/* More than any model has; what is sized by them need not grow. */
#define ARCH_MAX_GENERAL  8
#define ARCH_MAX_FIXED	  4
#define ARCH_MAX_COUNTERS 4 /* of a box */
#define ARCH_MAX_FILTERS  2 /* of a core */

/* What a fixed counter counts. */
enum arch_counts {
	ARCH_COUNTS_NOTHING,
	ARCH_COUNTS_INSTRUCTIONS,
	ARCH_COUNTS_CYCLES,
	ARCH_COUNTS_REFERENCE, /* at the rate of the TSC */
	ARCH_COUNTS_BUS,       /* at the rate of the bus clock */
	ARCH_COUNTS_UCLK,
	ARCH_COUNTS_DCLK,
	ARCH_COUNTS_QCLK,
};

struct arch_event {
	uint16_t event; /* with PMU_EVENT_EXTENDS */
	uint8_t umask;
};

/* An event that is counted as far as it fits a filter. */
struct arch_filter {
	uint16_t event; /* with PMU_EVENT_EXTENDS */
	uint8_t umask;	/* selected by a unit mask with all these bits */
	uint64_t mask;	/* bits of the filter that matter; 0: it can't be said as a number */
	uint32_t reg;	/* of the core: the MSR that is its filter */
};

/* An event that not every counter can count. The first that fits holds. */
struct arch_limit {
	uint8_t first, last; /* numbers of events, without an extension bit */
	bool has_umask;	     /* else any */
	uint8_t umask;
	uint8_t counters; /* bit i: counter i can */
};

/* The architectural PMU of one logical CPU. */
struct arch_core {
	uint8_t version;	 /* CPUID.0AH:EAX[7:0] */
	uint8_t n_general;	 /* that a thread has */
	uint8_t n_general_alone; /* ... and has where the core runs one thread only */
	uint8_t n_fixed;	 /* fixed counter i counts fixed_counts[i] */
	uint8_t width;		 /* bits of a counter */
	uint8_t n_events;	 /* CPUID.0AH:EAX[31:24] */
	enum arch_counts fixed_counts[ARCH_MAX_FIXED];
	uint64_t select_mask;	    /* bits of an event select that do not fault */
	uint8_t fixed_control_bits; /* of FIXED_CTR_CTRL, for each counter */
	uint64_t status_extra;	    /* bits of GLOBAL_STATUS besides the counters' */
	/* architectural events with a clock or instructions of their own */
	struct arch_event cycles, bus_cycles, instructions;
	const struct arch_filter *filters;
	uint8_t n_filters; /* at most ARCH_MAX_FILTERS */
	/* an overflow that is to interrupt stops all counters while this is set in that MSR */
	uint32_t debug_control;
	uint64_t freeze_on_pmi;
};

/* A kind of uncore box. */
struct arch_box {
	const char *name;    /* as fixtures and msrctl call it: "cbox", "imc" */
	enum op_space space; /* where its registers are */
	enum op_unit unit;   /* OP_PCI: the unit of op.h it is */
	uint8_t n_counters;
	uint8_t width;	     /* bits of a counter */
	uint8_t fixed_width; /* of the fixed one; 0: it has none */
	enum arch_counts fixed_counts;
	/* box control; mask 0: it has none */
	uint32_t control_mask;	 /* bits that can be written */
	uint32_t freeze;	 /* it stands still while all of these are set */
	uint32_t reset_selects;	 /* clears all selects, and itself */
	uint32_t reset_counters; /* clears all counters, and itself */
	/* event select */
	uint32_t select_mask; /* bits that read back */
	uint32_t select_enable;
	uint32_t select_extend; /* bit 8 of the event's number; 0: it has none */
	uint32_t select_reset;	/* clears the counter, and itself */
	uint32_t fixed_mask;	/* further bits that read back in the fixed counter's select */
	uint32_t fixed_reset;	/* clears the fixed counter, and itself */
	uint8_t threshold;	/* bits of the threshold, from PMU_SELECT_THRESHOLD on */
	uint32_t select_unsaid; /* bits that narrow an event by what no workload says */
	/* its clock: by which thresholds are compared; clock_mhz where the model has a fixed one */
	enum arch_counts clock;
	uint16_t clock_mhz;
	struct arch_event ticks; /* counts that clock, once a cycle */
	bool has_ticks;
	const struct arch_filter *filters; /* of all its filter registers together */
	size_t n_filters;
	const struct arch_limit *limits;
	size_t n_limits;
	/* as libpfm4 calls the boxes, without the number; and the event by which it means the
	 * fixed counter, 0: none */
	const char *pfm;
	uint8_t pfm_fixed;
};

/* Bits of the register that controls all boxes of a package; they read 0. */
struct arch_all_boxes {
	uint64_t freeze, unfreeze; /* 0: the model has none */
};

#endif
