/* SPDX-License-Identifier: MIT */
/* How the node and its devices are called in a trace. */
#ifndef MSRD_SIM_TAP_TRACE_NODE_H
#define MSRD_SIM_TAP_TRACE_NODE_H

#include "sim/fixture/fixture.h"
#include "sim/tap/tap.h"
#include "sim/tap/trace.h"

/* The header of a trace of this node; its origin is left empty. */
void trace_node_header(const struct fixture *fixture, struct trace_header *header);

/* What a trace says of an access at that time. */
struct trace_access trace_node_access(
	const struct fixture *fixture, const struct tap_access *access, uint64_t time_ns);

#endif
