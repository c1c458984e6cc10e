/* SPDX-License-Identifier: MIT */
/* Events by name: libpfm4's, of a model that need not be this machine's. */
#ifndef MSRD_CLI_COUNT_NAMES_H
#define MSRD_CLI_COUNT_NAMES_H

#include "cli/count/want.h"

/* want is empty but for its name. False after error is set; also without libpfm4. */
bool names_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE]);

/* An event, or one of its unit masks, as it can be asked for. */
struct name {
	const char *full;	 /* "snb_ep::MEM_UOPS_RETIRED:ALL_LOADS" without the PMU */
	const char *unit;	 /* "cpu", "imc" */
	const char *about;	 /* what it counts */
	const char *event_about; /* ... its event, where full has a unit mask */
	bool is_parsed;		 /* it can be asked for as it is */
	struct want want;
};

/* Each name of the model, by PMU. Stops when each returns false. 0, -errno, -ENOTSUP:
 * there is no libpfm4. */
int names_walk(const struct arch *arch, bool (*each)(void *context, const struct name *name),
	void *context);

#endif
