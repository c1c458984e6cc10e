/* SPDX-License-Identifier: MIT */
/* A place, reached through libmsrd. Knows which of its functions reaches which space. */
#ifndef MSRD_CLI_REACH_H
#define MSRD_CLI_REACH_H

#include "client/msrd.h"
#include "op.h"

/* The register at place, or whether its device is there; results as in msrd.h. */
int reach_read(struct msrd *msrd, const struct place *place, uint64_t *value);
int reach_write(struct msrd *msrd, const struct place *place, uint64_t value);
int reach_check(struct msrd *msrd, const struct place *place);

/* The same as an operation of a batch. */
struct msrd_op reach_op(enum op_verb verb, const struct place *place, uint64_t value);

#endif
