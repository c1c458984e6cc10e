/* SPDX-License-Identifier: MIT */
/* One cell of a bar or of a sparkline, in block elements or in ASCII. */
#ifndef MSRD_CLI_TOP_GLYPH_H
#define MSRD_CLI_TOP_GLYPH_H

#include <stdbool.h>
#include <stddef.h>

/* Share of the height, 0 to 1; what is not known (NAN) is a space. */
const char *glyph_spark(double share, bool is_ascii);

/* Cell i of a bar of so many cells that is filled to share, 0 to 1: to an eighth of a cell, in
 * ASCII to a half. */
const char *glyph_bar(double share, size_t i, size_t width, bool is_ascii);

#endif
