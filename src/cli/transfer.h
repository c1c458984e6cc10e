/* SPDX-License-Identifier: MIT */
/* What read and write have in common: which registers, and where. */
#ifndef MSRD_CLI_TRANSFER_H
#define MSRD_CLI_TRANSFER_H

#include "cli/cli.h"

struct transfer {
	struct cli *cli;
	const char *key; /* of the table, in JSON */
	struct cli_where where;
	char **registers; /* names or numbers */
	int n_registers;
	bool writes;
	uint64_t value; /* to write */
};

/*
 * Reads or writes each register at each place, all in one space, and prints them, one a row,
 * with the value or, on standard error too, what went wrong. Returns the exit status.
 */
enum cli_status transfer_run(const struct transfer *transfer);

#endif
