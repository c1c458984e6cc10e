/* SPDX-License-Identifier: MIT */
/* The registers that a command is about, wholly or in part: what read and watch have in common. */
#ifndef MSRD_CLI_SELECTION_H
#define MSRD_CLI_SELECTION_H

#include "arch/fields.h"
#include "cli/accesses.h"
#include "cli/cli.h"
#include "cli/placed.h"

struct selection {
	struct cli *cli;
	struct cli_where where;
	char **registers; /* names or numbers */
	int n_registers;
	const char *field; /* NULL: whole registers */
	enum base base;
};

#define SELECTION_OPTIONS                                                                          \
	CLI_WHERE_OPTIONS,                                                                         \
		{"field", 'f', "BITS", 0,                                                          \
			"Only these bits, as HIGH:LOW (15:8), one (22), or the name of a field",   \
			1},                                                                        \
		{"decimal", 'd', NULL, 0, "Print values in decimal", 1},                           \
	{                                                                                          \
		"octal", 'o', NULL, 0, "Print values in octal", 1                                  \
	}

/* Takes one of these options, and the arguments; ARGP_ERR_UNKNOWN when it is another. */
error_t selection_parse(
	struct selection *selection, int key, char *argument, struct argp_state *state);

/* Reads of each register at each place, the places of a register together. Not CLI_DONE, after a
 * message, when names or bits make no sense. */
enum cli_status selection_add(const struct selection *selection, struct accesses *accesses);

/* The bits that are meant at a place. */
struct arch_bits selection_bits(const struct selection *selection, const struct place *place);

/* A table with the columns of a place, BITS and FIELD where one is asked for, and these. */
struct placed selection_table(const struct selection *selection, const struct accesses *accesses,
	size_t n, const char *key, const struct table_column *more, size_t n_more);
/* Begins a row of it, up to what is behind. */
void selection_row(
	const struct selection *selection, struct placed *placed, const struct place *place);

#endif
