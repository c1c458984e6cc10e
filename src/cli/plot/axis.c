/* SPDX-License-Identifier: MIT */
/* Pure. An axis begins at 0, so that twice as much looks twice as much. */
#include "cli/plot/axis.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "util/array.h"

#define N_STEPS 5

/* A line that touches the frame is hard to see. */
#define HEADROOM 1.04

static const struct axis_unit units[] = {
	{"B/s", "bandwidth", "B/s", 1, true},
	{"W", "power", "W", 1, true},
	{"1/s", "rate", " per second", 1, true},
	{"MHz", "clock", "Hz", 1e6, true},
	{"J", "energy", "J", 1, true},
	{"B", "volume", "B", 1, true},
	{"s", "time", "s", 1, true},
	{"C", "temperature", "°C", 1, false},
	{"%", "share", "%", 1, false},
	{"s/s", "seconds a second", "", 1, false},
	{"", "ratio", "", 1, false},
};

struct axis_unit axis_unit(const char *unit)
{
	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (strcmp(units[i].unit, unit) == 0)
			return units[i];
	return (struct axis_unit){unit, "", unit, 1, false};
}

/* 1, 2 or 5 times a power of ten, at least this. */
static double nice_step(double least)
{
	double power = pow(10, floor(log10(least)));
	double digit = least / power;

	/* a rounding error is no reason for the next one */
	if (digit <= 1 + 1e-9)
		return power;
	return digit <= 2 + 1e-9 ? 2 * power : digit <= 5 + 1e-9 ? 5 * power : 10 * power;
}

static void set_prefix(struct axis *axis, const struct axis_unit *unit, double size)
{
	static const struct {
		const char *prefix;
		double divisor;
	} prefixes[] = {
		{"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}, {"m", 1e-3}, {"µ", 1e-6}};

	axis->prefix = "";
	axis->divisor = 1;
	if (!unit->has_prefix || size == 0)
		return;
	for (size_t i = 0; i < N_ELEMENTS(prefixes); i++) {
		axis->prefix = prefixes[i].prefix;
		axis->divisor = prefixes[i].divisor;
		if (size >= axis->divisor)
			return;
	}
}

struct axis axis_fit(const struct axis_unit *unit, double min, double max)
{
	struct axis axis = {0};
	double low = fmin(min, 0) * unit->factor, high = fmax(max, 0) * unit->factor;

	set_prefix(&axis, unit, fmax(-low, high));
	low /= axis.divisor;
	high /= axis.divisor;
	axis.divisor /= unit->factor;
	if (low == high)
		high = 1;
	axis.step = nice_step((high - low) / N_STEPS);
	axis.bottom = floor(low * HEADROOM / axis.step) * axis.step;
	axis.top = ceil(high * HEADROOM / axis.step) * axis.step;
	return axis;
}
