/* SPDX-License-Identifier: MIT */
/* From numbers to what stands for them. Draws nothing. */
#include "cli/top/glyph.h"

#include <math.h>

#include "util/array.h"

static const char *const sparks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const ascii_sparks[] = {"_", ".", ",", "-", "=", "+", "*", "#"};
static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

static double clamp(double share)
{
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* Halves are rounded up, whatever the processor's mode. */
static size_t round_to(double share, size_t n)
{
	return (size_t)(clamp(share) * (double)n + 0.5);
}

const char *glyph_spark(double share, bool is_ascii)
{
	size_t level;

	if (isnan(share))
		return " ";
	level = round_to(share, N_ELEMENTS(sparks) - 1);
	return is_ascii ? ascii_sparks[level] : sparks[level];
}

const char *glyph_bar(double share, size_t i, size_t width, bool is_ascii)
{
	size_t n = isnan(share) ? 0 : round_to(share, width * 8);
	size_t filled = n <= i * 8 ? 0 : n - i * 8 < 8 ? n - i * 8 : 8;

	if (is_ascii)
		return filled >= 4 ? "|" : " ";
	return eighths[filled];
}
