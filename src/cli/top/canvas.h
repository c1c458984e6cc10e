/* SPDX-License-Identifier: MIT */
/* A screen of cells, each with a character and a style. What does not fit is cut off. */
#ifndef MSRD_CLI_TOP_CANVAS_H
#define MSRD_CLI_TOP_CANVAS_H

#include <stdio.h>

enum canvas_style {
	CANVAS_PLAIN,
	CANVAS_TITLE,	/* the first and the last line */
	CANVAS_HEADING, /* of columns */
	CANVAS_SORTED,	/* that of the one which rows are sorted by */
	CANVAS_BAR,
	CANVAS_SPARK,
	CANVAS_DIM, /* what is not known */
	CANVAS_ALARM,
	CANVAS_CHOSEN, /* the line of a list that a key would take */
};
#define CANVAS_N_STYLES (CANVAS_CHOSEN + 1)

struct canvas_cell {
	char text[5]; /* one character in UTF-8 */
	enum canvas_style style;
};

struct canvas {
	size_t rows, columns;
	struct canvas_cell *cells; /* row by row */
};

/* Empty. 0 or -ENOMEM. */
int canvas_init(struct canvas *canvas, size_t rows, size_t columns);
void canvas_deinit(struct canvas *canvas);

/* Text from a column on; a character that is no printing one of ASCII is shown as ?: its width is
 * nobody's to know. Returns the column behind the text, also where it was cut off. */
__attribute__((format(printf, 5, 6))) size_t canvas_print(struct canvas *canvas, size_t row,
	size_t column, enum canvas_style style, const char *format, ...);

/* One character of ours, which is one cell wide. */
void canvas_glyph(struct canvas *canvas, size_t row, size_t column, enum canvas_style style,
	const char *glyph);

/* Gives the rest of a row the style. */
void canvas_fill(struct canvas *canvas, size_t row, size_t column, enum canvas_style style);

/* Prints it as lines, without blanks at their ends and without empty lines at the end. 0 or
 * -errno. */
int canvas_write(const struct canvas *canvas, FILE *out);

#endif
