/* SPDX-License-Identifier: MIT */
/* The results of an interval: one line a CPU, one line a socket. */
#ifndef MSRD_CLI_ROW_H
#define MSRD_CLI_ROW_H

#include "cli/meter.h"

struct row {
	enum sample_scope scope;
	uint32_t number;
	double figures[SAMPLE_N_FIGURES]; /* NAN: not measured, or not of this scope */
	char cause[MSRD_ERROR_SIZE];	  /* why there is a NAN, or "" */
	bool has_failure;		  /* something that the machine has could not be measured */
};

/* CPUs first, then sockets. */
size_t row_count(const struct meter *meter);
void row_get(const struct meter *meter, size_t i, struct row *row);

#endif
