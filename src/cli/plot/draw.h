/* SPDX-License-Identifier: MIT */
/* From lines to a file with a picture, or none at all. Says what goes wrong. */
#ifndef MSRD_CLI_PLOT_DRAW_H
#define MSRD_CLI_PLOT_DRAW_H

#include "cli/output/file.h"
#include "cli/plot/gnuplot.h"
#include "cli/plot/script.h"

struct draw {
	const char *path; /* NULL: standard output */
	const char *title;
	enum script_format format;
	/* its own */
	struct output_file file;
	char gnuplot[PATH_MAX];
};

#define DRAW_FORMATS "its name ends with .svg, .png or .pdf"

/* Before anything is measured or read: can it be drawn, and written? False after a message. */
bool draw_open(struct draw *draw);

/* Is there something to be drawn? Says what is missing, and why; false: then it is all. */
bool draw_check(const struct series_set *set);

/* Draws, and the file is there at once. False after a message: then it is as it was. */
bool draw_write(struct draw *draw, const struct series_set *set);
void draw_close(struct draw *draw);

#endif
