/* SPDX-License-Identifier: MIT */
/* Every CPU and every package of the node is in each phase just once. */
#ifndef MSRD_SIM_FIXTURE_CENSUS_H
#define MSRD_SIM_FIXTURE_CENSUS_H

#include "sim/fixture_yaml.h"

/* Complains about who is missing from the phase at path, there twice, or not of the node. */
void fixture_census_check(
	struct fixture_yaml *yaml, const char *path, const struct fixture_phase *phase);

#endif
