/* SPDX-License-Identifier: MIT */
/*
 * What has to be programmed before it counts: traffic of the memory controllers, and instructions.
 * By a daemon of its own, among other measurements of this user as msrctl stat does it, and put
 * back in the end. Where the counters are another's it lets go of them, and tries again later.
 */
#ifndef MSRD_CLI_EXPORT_PROGRAMMED_H
#define MSRD_CLI_EXPORT_PROGRAMMED_H

#include "cli/export/sample.h"
#include "cli/hold.h"
#include "cli/measure/reading.h"

struct programmed {
	const struct cli *cli;
	struct places cpus; /* whose instructions are counted: all, or none */
	bool is_wanted;
	bool is_on;
	bool is_short;	  /* on: something was lost on the way */
	struct hold hold; /* not on: of what is still to be put back, if it has a daemon */
	struct readings readings;
	uint64_t retry_ns;    /* not on, or short: before that nobody is asked */
	uint64_t patience_ns; /* short: until it is tried again */
	size_t n_unknown;     /* samples, at best; SIZE_MAX: nobody has looked yet */
	struct samples samples;
	double *totals; /* of each sample, whether it is known now or not */
	struct whys whys;
	uint64_t n_starts;
	bool is_left; /* something could not be put back, as there was no daemon */
};

/* with_instructions: of every CPU that is online. 0 or -ENOMEM. */
int programmed_init(struct programmed *programmed, const struct cli *cli, bool with_instructions);

/* Programs where it has to, and reads. 0 or -ENOMEM. */
int programmed_read(struct programmed *programmed);

/* As source_keep_up_ns. */
uint64_t programmed_keep_up_ns(const struct programmed *programmed);

/* Puts everything back. False after a message: something is left. */
bool programmed_deinit(struct programmed *programmed);

#endif
