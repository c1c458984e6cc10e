/* SPDX-License-Identifier: MIT */
/* What a meter measured, as somebody has chosen to see it: on a canvas. */
#ifndef MSRD_CLI_TOP_SHOW_H
#define MSRD_CLI_TOP_SHOW_H

#include "cli/top/layout.h"
#include "cli/top/meter.h"

struct show_names {
	char host[64], source[160], message[256];
	bool is_ascii;
	struct layout_group *groups;
	size_t n_groups;
};

/* Who is asked, which groups there are. 0 or -ENOMEM. */
int show_names_init(struct show_names *names, const struct cli *cli, bool is_ascii);
void show_names_deinit(struct show_names *names);

/* A canvas of so many rows, 0: as many as it takes. 0 or -ENOMEM. */
int show_on_canvas(const struct show_names *names, const struct meter *meter, struct state *state,
	size_t rows, size_t columns, struct canvas *canvas);

#endif
