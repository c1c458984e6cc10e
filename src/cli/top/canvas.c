/* SPDX-License-Identifier: MIT */
/* Cells. Knows no terminal, and not what is drawn. */
#include "cli/top/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int canvas_init(struct canvas *canvas, size_t rows, size_t columns)
{
	*canvas = (struct canvas){.rows = rows, .columns = columns};
	canvas->cells = calloc(rows * columns + 1, sizeof *canvas->cells);
	if (!canvas->cells)
		return -ENOMEM;
	for (size_t i = 0; i < rows * columns; i++)
		strcpy(canvas->cells[i].text, " ");
	return 0;
}

void canvas_deinit(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){0};
}

void canvas_glyph(struct canvas *canvas, size_t row, size_t column, enum canvas_style style,
	const char *glyph)
{
	struct canvas_cell *cell;

	if (row >= canvas->rows || column >= canvas->columns)
		return;
	cell = &canvas->cells[row * canvas->columns + column];
	snprintf(cell->text, sizeof cell->text, "%s", glyph);
	cell->style = style;
}

size_t canvas_print(struct canvas *canvas, size_t row, size_t column, enum canvas_style style,
	const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	for (const char *c = text; *c; c++) {
		char glyph[2] = "?";

		if (*c >= ' ' && *c <= '~')
			glyph[0] = *c;

		/* the other bytes of a character */
		if (((unsigned char)*c & 0xc0) == 0x80)
			continue;
		canvas_glyph(canvas, row, column++, style, glyph);
	}
	return column;
}

void canvas_fill(struct canvas *canvas, size_t row, size_t column, enum canvas_style style)
{
	for (; row < canvas->rows && column < canvas->columns; column++)
		canvas->cells[row * canvas->columns + column].style = style;
}

static size_t row_length(const struct canvas *canvas, size_t row)
{
	const struct canvas_cell *cells = &canvas->cells[row * canvas->columns];
	size_t n = canvas->columns;

	while (n > 0 && strcmp(cells[n - 1].text, " ") == 0)
		n--;
	return n;
}

int canvas_write(const struct canvas *canvas, FILE *out)
{
	size_t n_rows = canvas->rows;

	while (n_rows > 0 && row_length(canvas, n_rows - 1) == 0)
		n_rows--;
	for (size_t row = 0; row < n_rows; row++) {
		for (size_t i = 0; i < row_length(canvas, row); i++)
			fputs(canvas->cells[row * canvas->columns + i].text, out);
		fputc('\n', out);
	}
	errno = 0;
	return fflush(out) == 0 && !ferror(out) ? 0 : -(errno ? errno : EIO);
}
