/* SPDX-License-Identifier: MIT */
/* What a reader of NDJSON does with an interval that is to be drawn. */
#ifndef MSRD_CLI_PLOT_TAKE_H
#define MSRD_CLI_PLOT_TAKE_H

#include "cli/input/ndjson.h"
#include "cli/plot/series.h"

/* Into the newest source of the set. */
struct ndjson_reader take_reader(struct series_set *set);

#endif
