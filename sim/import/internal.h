/* SPDX-License-Identifier: MIT */
/* What the parsers of this room share. */
#ifndef MSRD_SIM_IMPORT_INTERNAL_H
#define MSRD_SIM_IMPORT_INTERNAL_H

#include "arch/arch.h"
#include "sim/import/import.h"

/* One value of a register, and where it stood. */
struct import_msr {
	struct fixture_msr msr; /* its line is that of the file */
	const char *source;	/* owned by import->texts */
	const char *path;	/* the same; import_add_msr's to say */
	bool is_sample;		/* of several in its file, in order of time: the first counts */
	bool is_unknown;	/* a sample that says nothing, but that it is the first */
};

/* A register that pcm-raw was asked for; texts are owned by import->texts. */
struct import_request {
	const char *name; /* of its columns */
	uint32_t address;
	bool is_of_package, is_difference;
	const char *path;
	size_t line;
};

struct import {
	struct import_listener listener;
	struct fixture_load load; /* complaints; its fixture is being made */
	struct fixture *fixture;
	const struct arch *arch;
	bool has_cpuinfo, has_cpuid;
	bool is_umockdev;	 /* that its functions come from */
	uint32_t last_level_kib; /* "cache size" of cpuinfo; 0: not said */
	uint64_t memory_kib;	 /* all of it; 0: not said */
	const char *meminfo;	 /* where that stood */

	struct import_msr *msrs;
	size_t n_msrs;
	struct import_request *requests;
	size_t n_requests;
	struct fixture_note *notes; /* texts are of import->texts */
	size_t n_notes;
	char **texts; /* all that is kept */
	size_t n_texts;

	/* for the saver, made by import_finish */
	const char **sources;
	bool *left_out;
};

/* Keeps a text until the import is freed. "" when out of memory, which is complained of. */
__attribute__((format(printf, 2, 3))) const char *import_text(
	struct import *import, const char *format, ...);

/* A comment beside key (sim/fixture/save.h). */
__attribute__((format(printf, 3, 4))) void import_note(
	struct import *import, const char *key, const char *format, ...);

/* Something that the user should know and that is no fault. */
__attribute__((format(printf, 2, 3))) void import_remark(
	struct import *import, const char *format, ...);

/* The file's name without its folders: what goes into a fixture. */
const char *import_base(const struct fixture_file *file);

/* The value of a register of a CPU, of the node or not; complains with the line. */
void import_add_msr(
	struct import *import, struct fixture_file *file, const struct import_msr *value);

/* "0000:7f:08.0", "7f:08.0", either with ".bin" or any other ending behind it. */
bool import_function_address(const char *name, struct fixture_function *function);
#define FUNCTION_NAME 20 /* bytes of "000000:7f:08.0" and more */
const char *import_function_name(const struct fixture_function *function, char name[FUNCTION_NAME]);

/* A function by its address, config and size; takes config over, unless it returns false: after a
 * complaint, or when it is all ff, which is remarked. */
bool import_add_function(struct import *import, struct fixture_file *file, size_t line,
	const struct fixture_function *function);
/* The one at the same address, or NULL. */
const struct fixture_function *import_find_function(
	const struct import *import, const struct fixture_function *function);
/* All have been added. */
void import_sort_functions(struct import *import);
/* Remarks that what an ordinary user may read is not enough of an uncore unit. */
void import_say_short(struct import *import, const char *path);

/* A CPU more; the array is sorted by number later. False when out of memory. */
bool import_add_cpu(struct import *import, const struct fixture_cpu *cpu);

/* CPUs of a list; all for NULL. Complains of what is none; free() the numbers. */
struct fixture_list import_cpus(struct import *import, struct fixture_file *file, const char *text);

/* "0x" or not, up to digits hex digits; moves *text behind them. False: there are none, or more. */
bool import_hex(const char **text, unsigned digits, uint64_t *value);

/* Is the prefix there? Moves *text behind it and blanks. */
bool import_skip(const char **text, const char *prefix);

/* All values are there: those that are said once more go, two that differ are complained of, and
 * the rest is the fixture's. */
void import_join_registers(struct import *import);

/* Marks values that the simulated register can't have: bits that the model does not know. */
void import_leave_out_registers(struct import *import);

/* Complains, once. */
void import_no_memory(struct import *import);

/* What no file says. */
void import_assume(struct import *import);

#endif
