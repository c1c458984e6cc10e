/* SPDX-License-Identifier: MIT */
/*
 * Which MSRs there are and what kind of register each is. Data; the behaviour
 * of each class is elsewhere. The values are the machine's.
 */
#ifndef MSRD_SIM_MACHINE_REGISTERS_H
#define MSRD_SIM_MACHINE_REGISTERS_H

#include "sim/fixture/fixture.h"
#include "sim/machine/flow.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum register_class {
	REGISTER_ABSENT,   /* known to fault, or assumed to */
	REGISTER_CONSTANT, /* read only */
	REGISTER_STORAGE,
	REGISTER_CLEARABLE, /* storage that software may only set to 0 */
	REGISTER_RUNNING,   /* counts a flow for ever, with an offset */
	REGISTER_THERMAL,
	REGISTER_PMU,
	REGISTER_UNCORE,
};

/* On which machines it exists. */
enum register_condition {
	REGISTER_ALWAYS,
	REGISTER_EIGHT_COUNTERS, /* no Hyper-Threading */
	REGISTER_SPEC_CTRL,	 /* microcode that brings speculation control */
	REGISTER_CBOX,		 /* as many as cores in the package (assumed: the rest faults) */
};

struct register_entry {
	uint32_t address;   /* of the first */
	const char *name;   /* the manual's; # stands for the number in the bank */
	const char *source; /* SDM vol. 4 table ("T2-20"), or what else is known */
	uint32_t count;	    /* in the bank; 0 is a single register */
	uint32_t stride;    /* between them */
	uint32_t first;	    /* number of the first */
	enum fixture_scope scope;
	enum register_class class;
	enum register_condition condition;
	uint64_t reset;
	uint64_t write_mask; /* STORAGE, RUNNING; 0 is read only */
	uint64_t lock;	     /* STORAGE: no more writes once this bit is set */
	enum flow_kind flow; /* RUNNING */
	uint32_t period_ns;  /* RUNNING: updated that often; 0 is always */
	uint8_t width;	     /* RUNNING */
	unsigned part;	     /* PMU, UNCORE: enum pmu_part, enum uncore_part */
	unsigned kind, box;  /* UNCORE: enum uncore_kind, which of its kind */
};

struct register_table {
	uint32_t family, model;
	const struct register_entry *entries; /* ascending by address; banks may interleave */
	size_t n_entries;
};

/* The table of a CPU model; NULL when there is none. */
const struct register_table *registers_find_table(uint32_t family, uint32_t model);

/* One register: its line in the table and its place in the bank. */
struct register_place {
	const struct register_entry *entry;
	uint32_t index;
	uint32_t slot; /* of registers_count(): counts through the whole table */
};

bool registers_find(
	const struct register_table *table, uint32_t address, struct register_place *place);

/* How many registers the entry describes. */
uint32_t registers_entry_count(const struct register_entry *entry);

/* How many registers the table describes, banks unrolled. */
uint32_t registers_count(const struct register_table *table);

/* The manual's name of one register. */
void registers_name(const struct register_place *place, char *name, size_t size);

extern const struct register_table sim_registers_06_2d;

#endif
