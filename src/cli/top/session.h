/* SPDX-License-Identifier: MIT */
/* One run of msrctl top, from programming the counters to putting them and the terminal back. */
#ifndef MSRD_CLI_TOP_SESSION_H
#define MSRD_CLI_TOP_SESSION_H

#include "cli/cli.h"
#include "cli/stint.h"

struct session_wish {
	struct stint stint;
	const char *group; /* to begin with, or NULL */
	bool is_ascii;
	bool is_batch; /* print screens as text; no keys, and no terminal */
};

/* Returns the exit status. */
int session_run(const struct session_wish *wish, const struct cli *cli, const struct places *cpus);

#endif
