/* SPDX-License-Identifier: MIT */
/*
 * What LIKWID's own tools need to run on the node, unmodified and without
 * further set-up: the daemon under the name that they look for, and an
 * environment. Each returns 0 or -errno, after a message.
 */
#ifndef MSRD_FUSE_MSR_HOST_LIKWID_H
#define MSRD_FUSE_MSR_HOST_LIKWID_H

#include "sim/fixture/fixture.h"

/* Outside of the node, for everything started from here. */
int likwid_environment(const struct fixture *fixture);

/* In the node's namespace, which nobody else sees: the daemon's other name. */
int likwid_install(const char *daemon);

#endif
