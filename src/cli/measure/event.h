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
enum scope { SUBJECT_CPU, SUBJECT_SOCKET };
#define N_SCOPES 2

/* X(event, scope, what it counts in words) */
#define EVENTS(X)                                                                                  \
	X(EVENT_INSTRUCTIONS, SUBJECT_CPU, "instructions")                                           \
	X(EVENT_CYCLES, SUBJECT_CPU, "cycles")                                                       \
	X(EVENT_ACTIVE, SUBJECT_CPU, "time that it is not idle")                                     \
	X(EVENT_MEMORY_READ, SUBJECT_SOCKET, "reads of memory")                                      \
	X(EVENT_MEMORY_WRITE, SUBJECT_SOCKET, "writes to memory")                                    \
	X(EVENT_PACKAGE_ENERGY, SUBJECT_SOCKET, "energy of the package")                             \
	X(EVENT_DRAM_ENERGY, SUBJECT_SOCKET, "energy of the memory")

enum event_id {
#define X(event, scope, text) event,
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
};

enum scope event_scope(enum event_id id);
/* "instructions", "reads of memory": what is not there when it is missing. */
const char *event_text(enum event_id id);

/* How the model counts it. False: not at all. */
bool event_get(const struct arch *arch, enum event_id id, struct event *event);

/* The value of the box's event select that counts it. */
uint32_t event_select(const struct event *event);

#endif
