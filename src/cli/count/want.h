/* SPDX-License-Identifier: MIT */
/*
 * An event as somebody wants it counted: what is written for it into which
 * select and filter of which kind of device. Touches no register.
 */
#ifndef MSRD_CLI_COUNT_WANT_H
#define MSRD_CLI_COUNT_WANT_H

#include "arch/arch.h"

enum want_kind {
	WANT_CORE,    /* a counter of each CPU */
	WANT_BOX,     /* a counter of each box of a kind */
	WANT_RUNNING, /* an energy counter of each package, which counts without being told to */
	WANT_MSR,     /* any MSR: what it goes on by, or a field of it as it is */
};

/* In want.counters: fixed counter i is bit WANT_FIXED + i. */
#define WANT_FIXED PMU_GLOBAL_FIXED

#define WANT_NAME_SIZE	160
#define WANT_ERROR_SIZE 512
#define WANT_N_PACKETS	4

struct want {
	char name[WANT_NAME_SIZE]; /* as it was asked for */
	enum want_kind kind;
	const struct arch_box *box; /* BOX */
	bool has_index;		    /* BOX: only this one of a package */
	uint32_t index;
	uint32_t select;    /* without the enable bit */
	uint64_t counters;  /* those that can count it, as far as the model limits it */
	uint8_t fixed_mode; /* CORE: PMU_FIXED_* where a fixed one counts it */
	/* CORE: of the MSR filter_reg; BOX: bits of all its filter registers together */
	uint64_t filter, filter_mask;
	uint32_t filter_reg;
	/* of a QPI port: match 0 and 1, mask 0 and 1 of packets, in another function */
	bool has_packets;
	uint32_t packets[WANT_N_PACKETS];
	enum arch_quantity quantity; /* RUNNING */
	/* MSR: its address and a field of it */
	struct arch_field field;
	bool is_gauge;	       /* what the field is, and not what it goes on by */
	enum arch_scope scope; /* who shares it */
};

/* Is it one of CPUs, or cores, and not of a package? */
bool want_is_cpus(const struct want *want);

/*
 * Reads an event: raw ("imc/event=0x04,umask=0x03/"), a name of libpfm4's with its
 * attributes and modifiers, RAPL_ENERGY_PKG and the like. False: error says what is
 * wrong, and what is near.
 */
bool want_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE]);

/* Its counters, once kind, select, filter and box are known: which can count it, by fixed
 * ones too. */
void want_find_counters(struct want *want, const struct arch *arch);

/* "cpu", "imc", "rapl" */
const char *want_unit_name(const struct want *want);
/* "0-3, fixed 0" */
#define WANT_COUNTERS_SIZE 64
const char *want_counters_text(
	const struct want *want, const struct arch *arch, char text[WANT_COUNTERS_SIZE]);

__attribute__((format(printf, 2, 3))) bool want_fail(
	char error[WANT_ERROR_SIZE], const char *format, ...);

#endif
