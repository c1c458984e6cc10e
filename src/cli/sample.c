/* SPDX-License-Identifier: MIT */
/* The arithmetic of measuring. Knows no daemon, no clock and no table. */
#include "cli/sample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Nothing here counts faster (16 instructions a cycle at 6 GHz): a higher rate
 * means that the counter was set back and only seems to have wrapped. */
#define MAX_RATE 1e11

static const struct {
	enum sample_scope scope;
	const char *name;
	const char *heading;
} figures[] = {
#define X(figure, scope, name, heading) [figure] = {scope, name, heading},
	SAMPLE_FIGURES(X)
#undef X
};

const char *sample_scope_name(enum sample_scope scope)
{
	return scope == SAMPLE_CPU ? "cpu" : "socket";
}

enum sample_scope sample_figure_scope(enum sample_figure figure)
{
	return figures[figure].scope;
}

const char *sample_figure_name(enum sample_figure figure)
{
	return figures[figure].name;
}

const char *sample_figure_heading(enum sample_figure figure)
{
	return figures[figure].heading;
}

bool sample_figure_find(enum sample_scope scope, const char *name, enum sample_figure *figure)
{
	for (unsigned i = 0; i < SAMPLE_N_FIGURES; i++) {
		if (figures[i].scope == scope && strcmp(figures[i].name, name) == 0) {
			*figure = (enum sample_figure)i;
			return true;
		}
	}
	return false;
}

void sample_counter_start(struct sample_counter *counter, uint64_t raw, uint64_t ns)
{
	counter->raw = raw;
	counter->start_ns = counter->now_ns = ns;
	counter->total = 0;
	counter->is_started = true;
}

void sample_counter_advance(struct sample_counter *counter, uint64_t raw, uint64_t ns)
{
	uint64_t mask = counter->bits < 64 ? (UINT64_C(1) << counter->bits) - 1 : UINT64_MAX;

	counter->total += (raw - counter->raw) & mask;
	counter->raw = raw;
	counter->now_ns = ns;
}

void sample_counter_restart(struct sample_counter *counter)
{
	counter->total = 0;
	counter->start_ns = counter->now_ns;
}

double sample_counter_rate(const struct sample_counter *counter)
{
	double rate;

	if (!counter->is_started || counter->now_ns <= counter->start_ns)
		return NAN;
	rate = (double)counter->total * 1e9 / (double)(counter->now_ns - counter->start_ns);
	return rate <= MAX_RATE ? rate : NAN;
}

double sample_cpi(double cycles_rate, double instructions_rate)
{
	return instructions_rate > 0 ? cycles_rate / instructions_rate : NAN;
}

double sample_clock_mhz(double cycles_rate, double reference_rate, double base_mhz)
{
	return reference_rate > 0 ? cycles_rate / reference_rate * base_mhz : NAN;
}

/* One CAS moves one cache line. */
double sample_bytes(double cas_rate)
{
	return cas_rate * 64;
}

double sample_watts(double energy_rate, uint64_t unit)
{
	return ldexp(energy_rate, -(int)(unit >> 8 & 0x1f));
}

double sample_base_mhz(uint64_t platform_info)
{
	return (double)(platform_info >> 8 & 0xff) * 100;
}

double sample_deviation(double measured, double expected)
{
	if (measured == expected)
		return 0;
	return (measured - expected) / fabs(expected) * 100;
}

/* So many that there are four digits. */
static int decimals(double value)
{
	double size = fabs(value);

	return size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0;
}

const char *sample_format(double value, char *text, size_t size)
{
	static const char *const prefixes[] = {"", " k", " M", " G", " T"};
	unsigned i = 0;

	if (isnan(value)) {
		snprintf(text, size, "n/a");
		return text;
	}
	/* 9999.5 would be printed with five digits */
	while (fabs(value) >= 9999.5 && i < sizeof prefixes / sizeof prefixes[0] - 1) {
		value /= 1000;
		i++;
	}
	snprintf(text, size, "%.*f%s", decimals(value), value, prefixes[i]);
	return text;
}
