/* SPDX-License-Identifier: MIT */
/* What a rank does that does not measure: it runs its command while another one does. */
#ifndef MSRD_CLI_RANKS_FOLLOW_H
#define MSRD_CLI_RANKS_FOLLOW_H

#include "cli/ranks/muster.h"

struct follow {
	struct muster *muster; /* that was joined, and follows */
	char **command;	       /* NULL: none */
	uint64_t n_repeats;    /* of the command; 0: once, too */
	bool no_status;	       /* the command's exit status is not ours */
	/* its own */
	bool is_again; /* whoever led is gone before it began: join once more */
	int status;    /* to exit with */
};

/* Says what goes wrong. */
void follow_run(struct follow *follow);

#endif
