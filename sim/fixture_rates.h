/* SPDX-License-Identifier: MIT */
/* Lists of event rates in workload.yaml, of CPUs and of uncore boxes. */
#ifndef MSRD_SIM_FIXTURE_RATES_H
#define MSRD_SIM_FIXTURE_RATES_H

#include "sim/fixture_yaml.h"

#define FIXTURE_MAX_RATES 256 /* in one list */

/* One line of a list. */
struct fixture_rate_yaml {
	uint32_t event, umask;
	double *per_second, *per_instruction; /* one of them */
	char *name;
};

extern const cyaml_schema_value_t fixture_rate_value;

/* The rates of one load, gathered from its mixes and its own list. */
struct fixture_rates {
	struct fixture_rate *rates;
	size_t n;
};

/* Complains about the list at path.rates; instructions: per_instruction makes sense there. */
void fixture_rates_check(struct fixture_yaml *yaml, const char *path,
	const struct fixture_rate_yaml *list, unsigned n, bool instructions);

/*
 * Appends a list to what a load at path has already. *budget is how many rates
 * the fixture may still get: a mix of few lines is copied to each load that
 * names it.
 */
void fixture_rates_add(struct fixture_rates *rates, struct fixture_yaml *yaml, const char *path,
	const struct fixture_rate_yaml *list, unsigned n, double instructions_per_second,
	size_t *budget);

#endif
