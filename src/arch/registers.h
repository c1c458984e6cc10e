/* SPDX-License-Identifier: MIT */
/*
 * The registers of a CPU model: one table serves the names that people write,
 * the names in the allowlists, the plan of a measurement and the simulator.
 * Data; what a class of register does is the simulator's.
 */
#ifndef MSRD_ARCH_REGISTERS_H
#define MSRD_ARCH_REGISTERS_H

#include "op.h"

struct arch;
struct arch_box;

/* Who shares one register. */
enum arch_scope { ARCH_THREAD, ARCH_CORE, ARCH_PACKAGE };

enum arch_class {
	ARCH_ABSENT,   /* known to fault, or assumed to */
	ARCH_CONSTANT, /* read only */
	ARCH_STORAGE,
	ARCH_CLEARABLE, /* storage that software may only set to 0 */
	ARCH_LATCHED,	/* software may write 0, and what it then reads is there again */
	ARCH_RUNNING,	/* counts a quantity for ever, with an offset */
	ARCH_THERMAL,	/* digital thermometer: status, sticky logs, readout */
	ARCH_CORE_PMU,	/* part says which register of the core's PMU */
	ARCH_BOX,	/* part says which register of an uncore box */
	ARCH_ALL_BOXES, /* control of all boxes of the package: arch->all_boxes, and storage */
	ARCH_STATUS,	/* writing 1 clears; nothing sets it here, as overflow is not modelled */
	ARCH_APIC_ID,	/* read only: part says which of the local APIC's names */
};

/* What a value has to be besides keeping to the mask; else a write faults. */
enum arch_check {
	ARCH_ANY_VALUE,
	ARCH_CANONICAL,	   /* a linear address: the bits above its sign are the sign */
	ARCH_MEMORY_TYPE,  /* the lowest byte is a memory type of the MTRRs */
	ARCH_MEMORY_TYPES, /* each byte is one */
	ARCH_PAT_TYPES,	   /* each byte is a memory type of the PAT */
	ARCH_APIC_MODES,   /* arch->apic_mode may follow what was */
};

/* On which machines of the model it exists. */
enum arch_condition {
	ARCH_ALWAYS,
	ARCH_ALL_COUNTERS, /* no Hyper-Threading: a thread has the counters of its core */
	ARCH_MICROCODE,	   /* from the revision in the entry on */
	ARCH_SLICE,	   /* the package has a slice of last-level cache for the box */
	ARCH_X2APIC,	   /* while arch->apic_mode is ARCH_MODE_X2APIC */
};

/* What a running register counts. */
enum arch_quantity {
	ARCH_TSC,
	ARCH_REFERENCE_CYCLES, /* at the rate of the TSC, while the CPU is active */
	ARCH_CORE_CYCLES,
	ARCH_CORE_IDLE, /* TSC ticks while no thread of the core is active */
	ARCH_PACKAGE_ENERGY,
	ARCH_PP0_ENERGY,
	ARCH_DRAM_ENERGY,
};
#define ARCH_N_QUANTITIES (ARCH_DRAM_ENERGY + 1)

enum arch_core_part {
	ARCH_SELECT,	    /* IA32_PERFEVTSELx */
	ARCH_GENERAL,	    /* IA32_PMCx: writes are 32 bits, sign-extended */
	ARCH_GENERAL_FULL,  /* IA32_A_PMCx: the same counter, writes are full width */
	ARCH_FIXED,	    /* IA32_FIXED_CTRx */
	ARCH_FIXED_CONTROL, /* IA32_FIXED_CTR_CTRL */
	ARCH_GLOBAL_CONTROL,
	ARCH_GLOBAL_STATUS,
	ARCH_OVERFLOW_CONTROL,
};

enum arch_apic_part {
	ARCH_APIC_WHOLE,
	ARCH_APIC_LOGICAL, /* as x2APIC makes it of the whole: cluster, and a bit in it */
};

enum arch_box_part {
	ARCH_BOX_CONTROL,
	ARCH_BOX_SELECT,
	ARCH_BOX_COUNTER,
	ARCH_BOX_FIXED_SELECT,
	ARCH_BOX_FIXED_COUNTER,
};

/* A register, or a bank of equal ones. All that is not said is 0. */
struct arch_register {
	enum op_space space;
	enum op_unit unit;   /* OP_PCI: of every unit of this kind */
	uint32_t address;    /* of the first */
	uint32_t count;	     /* in the bank; 0 is a single register */
	uint32_t stride;     /* between them; 0 is the space's step */
	uint32_t first;	     /* number of the first */
	const char *name;    /* the manual's; # stands for the number */
	const char *aliases; /* other names in use, blanks between; NULL is none */
	const char *source;  /* table of the manual, or what else is known */
	enum arch_scope scope;
	enum arch_class class;
	enum arch_condition condition;
	uint32_t microcode; /* ARCH_MICROCODE */
	uint64_t reset;
	uint64_t write_mask;	     /* STORAGE, RUNNING; 0 is read only */
	enum arch_check check;	     /* STORAGE */
	uint64_t lock;		     /* STORAGE: no more writes once this bit is set */
	enum arch_quantity quantity; /* RUNNING */
	uint32_t period_ns;	     /* RUNNING: updated that often; 0 is always */
	uint8_t width;		     /* RUNNING: bits */
	unsigned part;		     /* CORE_PMU: enum arch_core_part; BOX: enum arch_box_part;
				      * APIC_ID: enum arch_apic_part */
	uint8_t shift; /* BOX: its bits begin here in what the part holds (32: a high half); a
			* filter: in the box's filter */
	const struct arch_box *box; /* BOX; also of a STORAGE register of a box: its filter */
	uint32_t index;		    /* which box of its kind in the package (OP_MSR) */
};

/* Ascending by space, unit and address of the first; banks may interleave. */
struct arch_registers {
	const struct arch_register *entries;
	size_t n_entries;
	const struct arch_registers *base; /* what is not said here is as there; NULL: absent */
};

/* One register of a table: its entry and its place in the bank. */
struct arch_hit {
	const struct arch_register *entry;
	uint32_t address;
	uint32_t index; /* from 0 */
	uint32_t slot;	/* below arch_register_slots(): another for each register */
};

/* How many slots the model's registers need. */
uint32_t arch_register_slots(const struct arch *arch);

uint32_t arch_register_count(const struct arch_register *entry);
uint32_t arch_register_address(const struct arch_register *entry, uint32_t index);

/* Do all devices of this kind have the register? Only device's space and unit matter. */
bool arch_register_is_of(const struct arch_register *entry, const struct place *device);

/* All registers of a model one after the other, each once: one that a model's own table says
 * otherwise is passed over. arch may be NULL: none. False behind the last. */
struct arch_walk {
	const struct arch *arch;
	const struct arch_registers *table;
	size_t next; /* entry of table */
	const struct arch_register *entry;
	uint32_t index; /* the next one in entry */
};
struct arch_walk arch_walk(const struct arch *arch);
bool arch_register_next(struct arch_walk *walk, struct arch_hit *hit);

/* The register at a place; only its space, unit and reg matter. arch may be NULL: none. */
bool arch_register_at(const struct arch *arch, const struct place *place, struct arch_hit *hit);

/* The register of that name or alias, case ignored, in the space (and unit) of device. */
bool arch_register_find(const struct arch *arch, const struct place *device, const char *name,
	struct arch_hit *hit);

/* The manual's name of one register. */
#define ARCH_NAME_SIZE 64
const char *arch_register_name(const struct arch_hit *hit, char name[ARCH_NAME_SIZE]);

/* Number i of its names, from 0: the manual's, then the aliases. False behind the last. */
bool arch_register_called(const struct arch_hit *hit, size_t i, char name[ARCH_NAME_SIZE]);

/*
 * Address of register number index of a part: of the core's PMU, or of a box
 * (OP_MSR: number box_index of its kind). False when the model has none.
 */
bool arch_core_register(
	const struct arch *arch, enum arch_core_part part, uint32_t index, uint32_t *address);
bool arch_box_register(const struct arch *arch, const struct arch_box *box, uint32_t box_index,
	enum arch_box_part part, uint32_t index, uint32_t *address);

/* The register that counts a quantity for ever; NULL: none. */
const struct arch_register *arch_running_register(
	const struct arch *arch, enum arch_quantity quantity);

#endif
