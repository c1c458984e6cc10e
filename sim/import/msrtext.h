/* SPDX-License-Identifier: MIT */
/* A line of text in which another tool shows registers: one function a format. */
#ifndef MSRD_SIM_IMPORT_MSRTEXT_H
#define MSRD_SIM_IMPORT_MSRTEXT_H

#include "sim/import/internal.h"

enum verdict {
	NOT_MINE, /* some other format, or prose */
	VALUE,
	NO_VALUE, /* of the format, and says none: a heading, a register that could not be read */
	BROKEN,	  /* begins as the format does, and is not it */
};

/* What a line says. */
struct reading {
	uint32_t address;
	uint64_t value;
	bool has_cpu;
	uint32_t cpu;
	struct fixture_list cpus; /* of a line that lists them */
	const char *source;	  /* its own, or NULL */
	bool is_sample;		  /* of several moments: the first counts */
	bool is_unknown;	  /* a sample without a value, so that later ones do not count */
};

#define TURBOSTAT_COLUMNS 256 /* far more than anybody asks for: chosen, not tuned */
#define TURBOSTAT_NAME	  20  /* bytes; turbostat cuts them */

/* A column that `turbostat --add` was asked for, or one of the table's. */
struct turbostat_column {
	char name[TURBOSTAT_NAME];
	bool is_register;
	bool is_half; /* of 32 bits */
	uint32_t address;
};

struct turbostat_table {
	struct turbostat_column asked[TURBOSTAT_COLUMNS], columns[TURBOSTAT_COLUMNS];
	size_t n_asked, n_columns; /* no columns: not in a table */
	size_t cpu;		   /* which column it is */
	bool is_told;		   /* that there is a register without an address */
};

/* A file while its lines are read, and what earlier ones said of those that follow. */
struct dump {
	struct import *import;
	struct fixture_file *file;
	const struct msr_format *format; /* of the line */
	size_t line;
	const struct fixture_list *cpus; /* of lines that do not say it */
	bool is_assumed;		 /* that it is those */
	size_t n_values;

	bool is_of_all, is_of_one; /* inteltool's sections */
	uint32_t cpu;
	bool is_elsewhere; /* emon's sets: not in MSRs */
	size_t n_elsewhere;
	size_t n_masks;	  /* lines of an allowlist */
	size_t n_unknown; /* names that the model does not have */
	struct turbostat_table table;
};

struct msr_format {
	const char *name;
	/* Fills *reading for VALUE; what has several values a line adds them itself. */
	enum verdict (*read)(struct dump *dump, const char *text, struct reading *reading);
	const char *sample;
};

/* The formats whose lines stand for themselves (msrlines.c). */
extern const struct msr_format msr_lines[];
extern const size_t n_msr_lines;
/* turbostat's (turbostat.c): its lines with names, and its tables, which have to be asked first. */
extern const struct msr_format msr_turbostat, msr_turbostat_table;

/* The value of the line, of whatever CPUs it is. */
void msrtext_add(struct dump *dump, const struct reading *reading);

/* Up to 8 hex digits; moves *text behind them. */
bool msrtext_address(const char **text, uint32_t *address);

#endif
