/* SPDX-License-Identifier: MIT */
/* Groups that are counted, from their names to rows of figures. */
#ifndef MSRD_CLI_TOP_TALLY_H
#define MSRD_CLI_TOP_TALLY_H

#include "cli/counting.h"
#include "cli/top/board.h"

struct tally {
	struct counting counting;
	struct count count;
	struct show_groups groups;
	const struct topology *topology;
	bool is_on;
	/* of the last interval, as each view has them: metrics of CPUs, and the others */
	struct grid cpus[BOARD_N_VIEWS], others;
};

/* Adds a group; false after a message. */
bool tally_add(struct tally *tally, const struct arch *arch, const char *name);

/* What it counts is begun: by counting_program or counting_add_to with its parts. The first
 * interval begins. 0 or negative. */
int tally_begin(struct tally *tally, struct hold *hold, const struct topology *topology,
	const struct place *cpu);
void tally_deinit(struct tally *tally);

/* Keeps the figures of the interval that is over: a row for each place of the first group. 0 or
 * -ENOMEM. */
int tally_keep(struct tally *tally);

/* Sets what the board has besides: headings once, and the figures of every interval. */
void tally_name_extras(const struct tally *tally, struct board *board);
void tally_set_extras(const struct tally *tally, struct board *board);

/* Why figures are not known: calls each for every device. */
void tally_explain(const struct tally *tally,
	void (*each)(void *context, const char *where, const char *why), void *context);

#endif
