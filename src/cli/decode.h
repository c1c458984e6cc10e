/* SPDX-License-Identifier: MIT */
/* The fields of registers, one a row of a table. */
#ifndef MSRD_CLI_DECODE_H
#define MSRD_CLI_DECODE_H

#include "cli/cli.h"
#include "cli/placed.h"

/* Adds to accesses what else has to be read to know how large units are. 0 or -ENOMEM. */
int decode_add_units(struct accesses *accesses, const struct arch *arch);

/* A table of the fields of the first n registers of accesses that could be read; of only that
 * field each, unless text is NULL. */
struct table *decode_table(const struct cli *cli, const struct accesses *accesses, size_t n,
	const char *text, enum base base);

#endif
