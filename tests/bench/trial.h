/* SPDX-License-Identifier: MIT */
/*
 * One timed access whose effect is looked at. Before it, a witness with
 * descriptors of its own gives the register a new value, behind the candidate's
 * back; after it, the value read must be that one, or the value written must be in
 * the device. So an answer that comes from anywhere else is found out. It must not
 * know how a candidate gets to its registers.
 */
#ifndef MSRD_BENCH_TRIAL_H
#define MSRD_BENCH_TRIAL_H

#include <stdbool.h>

#include "candidate.h"

/* What is tried again and again. */
struct kind {
	const char *name;
	enum access_verb verb;
	enum access_space space;
	uint32_t reg;  /* a counter that is switched off: holds what it is given */
	uint64_t mask; /* within this, and nothing comes of it */
};

struct trial {
	const struct kind *kind;
	struct timed_access access; /* to be carried out, and timed, between begin and end */
	uint64_t planted;
};

struct verdict {
	const char *word; /* NULL: right, as far as tried */
	bool is_wrong;	  /* not just an error for an answer */
	char why[100];
};

/*
 * Both return 0, or -errno and said on stderr: nothing can be told here. A verdict is only
 * written when something is found: this machine has no such register, or the candidate has not done
 * what it was asked.
 */
int trial_begin(struct trial *trial, const struct kind *kind, struct candidate *witness,
	struct verdict *verdict);
int trial_end(const struct trial *trial, struct candidate *witness, struct candidate *candidate,
	struct verdict *verdict);

#endif
