/* SPDX-License-Identifier: MIT */
/*
 * What LIKWID's own tools need to run on the node, unmodified and without
 * further set-up: the daemon under the name that they look for, in a folder
 * that says which release's numbers it speaks, and an environment. Each
 * complains where it fails.
 */
#ifndef MSRD_FUSE_MSR_HOST_TOOLS_H
#define MSRD_FUSE_MSR_HOST_TOOLS_H

#include "sim/fixture/fixture.h"
#include "wire/release.h"

/*
 * The release that the tools are of: wanted ("5.4", "5.4.1") unless NULL; or
 * that of the folder by which PATH leads to the daemon already; or that of the
 * LIKWID that is found beside command or in PATH, which may take timeout_ms to
 * tell. NULL after a message.
 */
const struct release *tools_release(
	const char *wanted, const char *command, const char *daemon, int timeout_ms);

/* Outside of the node, for everything started from here. 0 or -errno. */
int tools_environment(
	const struct release *release, const struct fixture *fixture, const char *daemon);

/* In the node's namespace, which nobody else sees: the daemon's other name. 0 or -errno. */
int tools_install(const struct release *release, const char *daemon);

#endif
