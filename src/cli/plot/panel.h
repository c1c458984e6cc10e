/* SPDX-License-Identifier: MIT */
/* Which lines stand in one panel, and how they look. */
#ifndef MSRD_CLI_PLOT_PANEL_H
#define MSRD_CLI_PLOT_PANEL_H

#include "cli/plot/axis.h"
#include "cli/plot/series.h"

/* Lines of one unit, in the order of the set. */
struct panel {
	const char *unit;
	size_t *lines; /* of the set */
	size_t n;
	double min, max; /* of their values */
};

struct panels {
	struct panel *list;
	size_t n;
};

/* Lines without any value are in none. 0 or -ENOMEM; panels_deinit releases in every case. */
int panels_set(struct panels *panels, const struct series_set *set);
void panels_deinit(struct panels *panels);

/* Who is who: of several sources each has a color, of one each place. */
struct look {
	size_t color, dashes; /* numbers from 0 */
};
struct look panel_look(const struct panel *panel, const struct series_set *set, size_t i);

#define PANEL_LABEL_SIZE 512
/* What the legend says of line i. Returns text. */
const char *panel_label(const struct panel *panel, const struct series_set *set, size_t i,
	char text[PANEL_LABEL_SIZE]);

#endif
