/* SPDX-License-Identifier: MIT */
/* What the daemon's policy would say of writes, before any is done. */
#ifndef MSRD_CLI_JUDGE_H
#define MSRD_CLI_JUDGE_H

#include "cli/cli.h"

struct verdict {
	bool is_allowed;
	bool has_now;
	uint64_t now;		    /* what the register holds, where that is known */
	unsigned reason;	    /* why not: enum msrd_reason */
	char text[MSRD_ERROR_SIZE]; /* the same in words */
};

/*
 * Judges n writes as this daemon would now, for this user, one verdict each; nothing is written. 0;
 * -EOPNOTSUPP: it speaks LIKWID's protocol alone and can't say; or as msrd_read. Direct access
 * allows all that is there: the kernel judges, and only when it is done.
 */
int judge_writes(const struct cli *cli, struct msrd *msrd, const struct op *writes, size_t n,
	struct verdict *verdicts);

#endif
