/* SPDX-License-Identifier: MIT */
/*
 * The program of gnuplot that draws the lines, to its standard output: with its data in it, a panel
 * for each unit. Nothing of a name or a text in it can be more than text to gnuplot.
 */
#ifndef MSRD_CLI_PLOT_SCRIPT_H
#define MSRD_CLI_PLOT_SCRIPT_H

#include <stdio.h>

#include "cli/plot/series.h"

/* X(format, extension, gnuplot's terminal) */
#define SCRIPT_FORMATS(X)                                                                          \
	X(SCRIPT_SVG, "svg", "svg")                                                                \
	X(SCRIPT_PNG, "png", "pngcairo")                                                           \
	X(SCRIPT_PDF, "pdf", "pdfcairo")

enum script_format {
#define X(format, extension, terminal) format,
	SCRIPT_FORMATS(X)
#undef X
};

struct script {
	enum script_format format;
	const char *title; /* or NULL */
};

/* By the extension of a file's name. */
bool script_find_format(const char *path, enum script_format *format);

/* How many panels there are, and how many lines of them have a value. */
size_t script_panels(const struct series_set *set, size_t *n_lines);

/* As many as there may be. */
#define SCRIPT_MAX_PANELS 12

/* At least a line has a value, and there are no more panels than may be. 0 or -ENOMEM. */
int script_write(const struct script *script, const struct series_set *set, FILE *out);

#endif
