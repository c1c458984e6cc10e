/* SPDX-License-Identifier: MIT */
/* The tables of a contest, to be freed; NULL without memory. */
#ifndef MSRD_BENCH_REPORT_H
#define MSRD_BENCH_REPORT_H

#include "cli/table.h"
#include "contest.h"

/* How long each way to a register takes. */
struct table *rows_of_accesses(struct contest *contest, bool json);
/* How soon each daemon is there, and what it takes of the machine. */
struct table *rows_of_daemons(struct contest *contest, bool json);
/* What msrd sets out to do, as ratios that hold on other machines too. Nobody fails by them: a
 * machine may be busy. */
struct table *rows_of_targets(struct contest *contest, bool json);

/* A cell: "-" for NAN. */
void rows_figure(struct table *table, int decimals, double figure);

#endif
