/* SPDX-License-Identifier: MIT */
/* A flow of one CPU or box over all phases of the workload, and its exact integral. */
#ifndef MSRD_SIM_MACHINE_COURSE_H
#define MSRD_SIM_MACHINE_COURSE_H

#include "sim/fixture/fixture.h"
#include "sim/machine/stretch.h"

#define COURSE_WHOLE STRETCH_WHOLE

/* What flows during a phase: so much a second, and whose it is. */
struct share {
	struct rate rate;
	uint64_t user; /* of it, in parts of COURSE_WHOLE */
};

struct course {
	const struct fixture *fixture;
	struct share shares[FIXTURE_MAX_PHASES];
	const char *doubt; /* why it is 0 in a phase; the first one, or NULL */
};

/* Whole events in the first ns nanoseconds: all of them, those of the user, or all others (of
 * levels, FLOW_USER and FLOW_KERNEL). */
uint64_t course_total(const struct course *course, unsigned levels, uint64_t ns);

/* The same as a straight line, in the phase of this moment; a crooked one where the phases divide
 * events among the levels each in its own way. */
struct stretch course_stretch(const struct course *course, unsigned levels, uint64_t ns);

#endif
