/* SPDX-License-Identifier: MIT */
/*
 * What a client may ask besides accesses: what machine its daemon serves, and what the
 * policy lets it do there. The answer is a table of facts, as many as are asked for.
 */
#ifndef MSRD_WIRE_QUESTION_H
#define MSRD_WIRE_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "wire/reason.h"

/* X(about, union fact's member, bytes of a fact on the native wire). In this order they are
 * numbers of the native wire; all but the last are tables of the machine. */
#define QUESTIONS(X)                                                                               \
	X(QUESTION_MACHINE, machine, 40) /* one fact */                                            \
	X(QUESTION_CPUS, cpu, 8)	 /* by number */                                           \
	X(QUESTION_PACKAGES, package, 8)                                                           \
	X(QUESTION_BUSES, bus, 12) /* that carry uncore units */                                   \
	X(QUESTION_UNITS, unit, 20)                                                                \
	X(QUESTION_RULES, rule, 32) /* registers of a kind of device that may be used */

enum question_about {
#define X(about, member, size) about,
	QUESTIONS(X)
#undef X
};
#define QUESTION_N_TABLES QUESTION_RULES

struct question {
	enum question_about about;
	struct place device; /* of rules; what kind it is, alone */
	uint32_t first;	     /* the first fact; of rules: the first register */
	uint32_t most;	     /* facts, at least 1 */
};

#define FACT_NO_PACKAGE UINT32_MAX /* it is not known which */

struct fact_machine {
	uint32_t n_cpus, n_packages, n_buses, n_units;
	uint32_t family, model, stepping; /* of the CPUs; stepping UINT32_MAX: not said */
	bool is_supported;
	/* why devices can't be opened, or not be written; REASON_NONE */
	struct {
		uint16_t reads, writes;
	} spaces[OP_N_SPACES];
};

struct fact_cpu {
	uint32_t package;
	bool is_present, is_online;
	uint16_t status; /* of its MSRs, as of a check */
};

struct fact_package {
	uint32_t package; /* physical id */
	uint32_t n_cpus;  /* that are online */
};

struct fact_bus {
	uint32_t package;
	uint16_t domain;
	uint8_t bus;
	uint8_t source, doubt; /* arch/buses.h */
};

struct fact_unit {
	uint32_t package;
	uint16_t unit; /* enum op_unit, or one of a later release */
	uint32_t index;
	uint16_t domain;
	uint8_t bus, devfn;
	uint16_t device_id;
	uint16_t status; /* as of a check */
};

struct fact_rule {
	uint32_t reg;
	bool may_be_held; /* by the kernel, and then it is not written */
	uint64_t write_mask, clear_mask, w1c_mask;
};

union fact {
	struct fact_machine machine;
	struct fact_cpu cpu;
	struct fact_package package;
	struct fact_bus bus;
	struct fact_unit unit;
	struct fact_rule rule;
};

/* Where the facts of one answer come from. */
struct answer {
	/* What every access gets now, whatever it is, and why; OP_OK: that depends. */
	enum op_status status;
	struct reason_told told;
	bool is_owner; /* the lock file is the client's */
	/* The fact at or behind *at, which becomes its number or register. False: there is none. */
	bool (*next)(const void *closure, const struct question *question, uint32_t *at,
		union fact *fact);
	const void *closure;
};

#endif
