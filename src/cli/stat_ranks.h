/* SPDX-License-Identifier: MIT */
/* msrctl stat as a rank of a parallel job. */
#ifndef MSRD_CLI_STAT_RANKS_H
#define MSRD_CLI_STAT_RANKS_H

#include "cli/stat_request.h"

/* As stat_measure; but of several ranks of a job on a node one measures, and the others run their
 * commands meanwhile. argv: what msrctl stat was started with. */
int stat_ranks(struct stat_request *request, char **argv, const struct places *cpus);

#endif
