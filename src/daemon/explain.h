/* SPDX-License-Identifier: MIT */
/*
 * What a client is told of an access that was not done: the reason's number, and a
 * line with the cause and, where there is one, the cure. What is not known is
 * left out.
 */
#ifndef MSRD_DAEMON_EXPLAIN_H
#define MSRD_DAEMON_EXPLAIN_H

#include "daemon/access.h"
#include "wire/reason.h"

/* Of op, which access_run has just come back from. OP_OK: nothing is told. */
void explain_op(const struct access *access, const struct op *op, struct reason_told *told);

/* A cause in the wire's numbers. */
enum reason explain_cause(enum machine_cause cause);

#endif
