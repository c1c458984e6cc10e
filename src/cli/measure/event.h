/* SPDX-License-Identifier: MIT */
/*
 * What can be counted, and by which counter of a CPU model: a fixed counter of
 * the core, a counter of an uncore box, a register that runs for ever. All of
 * it is the model's data.
 */
#ifndef MSRD_CLI_MEASURE_EVENT_H
#define MSRD_CLI_MEASURE_EVENT_H

#include "arch/arch.h"

/* What is measured: a CPU, or a socket. */
enum subject_kind { SUBJECT_CPU, SUBJECT_SOCKET };
#define N_SUBJECT_KINDS 2

/* X(event, kind, what it counts in words, name of its quantity in files and JSON, heading of the
 *   table's column, unit, name of its count, name for -e where it has one) */
#define EVENTS(X)                                                                                  \
	X(EVENT_INSTRUCTIONS, SUBJECT_CPU, "instructions", "instructions", "INSTRUCTIONS", "",     \
		"instructions", "instructions")                                                    \
	X(EVENT_CYCLES, SUBJECT_CPU, "cycles", "cycles", "CYCLES", "", "cycles", "cycles")         \
	X(EVENT_ACTIVE, SUBJECT_CPU, "time that it is not idle", "active_seconds", "ACTIVE S",     \
		"s", "reference_cycles", "ref-cycles")                                             \
	X(EVENT_MEMORY_READ, SUBJECT_SOCKET, "reads of memory", "memory_read_bytes", "MEM READ B", \
		"B", "memory_reads", NULL)                                                         \
	X(EVENT_MEMORY_WRITE, SUBJECT_SOCKET, "writes to memory", "memory_write_bytes",            \
		"MEM WRITE B", "B", "memory_writes", NULL)                                         \
	X(EVENT_PACKAGE_ENERGY, SUBJECT_SOCKET, "energy of the package", "package_joules",         \
		"PACKAGE J", "J", "package_energy_units", "RAPL_ENERGY_PKG")                       \
	X(EVENT_DRAM_ENERGY, SUBJECT_SOCKET, "energy of the memory", "dram_joules", "DRAM J", "J", \
		"dram_energy_units", "RAPL_ENERGY_DRAM")

enum event_id {
#define X(event, kind, text, name, heading, unit, raw, encoding) event,
	EVENTS(X)
#undef X
};
#define N_EVENTS (EVENT_DRAM_ENERGY + 1)

enum event_kind {
	EVENT_ON_FIXED, /* a fixed counter of each CPU */
	EVENT_ON_BOX,	/* a counter of each box of a kind in the package, to be found */
	EVENT_RUNNING,	/* a register of each package that counts without being told to */
};

struct event {
	enum event_kind kind;
	uint32_t number;	    /* ON_FIXED: of the counter */
	const struct arch_box *box; /* ON_BOX */
	struct arch_event code;	    /* ON_BOX */
	uint32_t reg;		    /* RUNNING */
	unsigned width;		    /* bits of the counter */
	uint32_t period_ns;	    /* RUNNING: it moves that often; 0: always */
};

enum subject_kind event_subject(enum event_id id);
/* "instructions", "reads of memory": what is not there when it is missing. */
const char *event_text(enum event_id id);

/* Its quantity: what it is called, and in what it is. */
const char *event_name(enum event_id id);
const char *event_heading(enum event_id id);
const char *event_unit(enum event_id id);
/* ... and of what counters count of it. */
const char *event_raw_name(enum event_id id);

#define EVENT_ENCODING_SIZE 64
/* As it is written for -e; "" where the model has not got it. Returns text. */
const char *event_encoding(
	const struct arch *arch, enum event_id id, char text[EVENT_ENCODING_SIZE]);

/* How the model counts it. False: not at all. */
bool event_get(const struct arch *arch, enum event_id id, struct event *event);

/* The value of the box's event select that counts it. */
uint32_t event_select(const struct event *event);

#endif
