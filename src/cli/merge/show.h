/* SPDX-License-Identifier: MIT */
/* What was merged, in every format. */
#ifndef MSRD_CLI_MERGE_SHOW_H
#define MSRD_CLI_MERGE_SHOW_H

#include "cli/merge/measured.h"
#include "cli/output/output.h"

/* output has been opened. 0 or -errno. */
int show_merged(struct output *output, const struct measured *nodes, size_t n,
	const struct interval *all, const struct records *all_records);

#endif
