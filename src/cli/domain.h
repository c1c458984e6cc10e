/* SPDX-License-Identifier: MIT */
/*
 * CPUs as people write them with the machine in mind: "0-3,8", "all", "S0:0-3" for the first four
 * of socket 0, "N1" for all of NUMA node 1.
 */
#ifndef MSRD_CLI_DOMAIN_H
#define MSRD_CLI_DOMAIN_H

#include "cli/count/topology.h"
#include "cli/places.h"

#define DOMAIN_ERROR_SIZE 256

/*
 * Adds the CPUs of a list. Where it names a socket or NUMA node, by its own number, these are the
 * ones that are online there, counted from 0 as their numbers ascend, and none comes twice. A list
 * of numbers is taken as it is: whether they are there is the daemon's to say. 0, -ENOMEM; -EINVAL:
 * error says why.
 */
int domain_parse(struct places *places, const struct topology *topology, const char *text,
	char error[DOMAIN_ERROR_SIZE]);

#endif
