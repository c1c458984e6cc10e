/* SPDX-License-Identifier: MIT */
/* A ring of numbers. Does not know what they are of. */
#include "cli/top/history.h"

#include <math.h>

void history_add(struct history *history, double value)
{
	history->values[history->n++ % HISTORY_SIZE] = value;
}

double history_get(const struct history *history, size_t ago)
{
	if (ago >= history->n || ago >= HISTORY_SIZE)
		return NAN;
	return history->values[(history->n - 1 - ago) % HISTORY_SIZE];
}

double history_peak(const struct history *history, size_t n)
{
	double peak = 0;

	for (size_t i = 0; i < n; i++)
		peak = fmax(peak, history_get(history, i));
	return peak;
}

void history_average(struct history *average, const struct history *const *histories, size_t n)
{
	*average = (struct history){0};
	for (size_t ago = HISTORY_SIZE; n > 0 && ago-- > 0;) {
		double sum = 0;

		if (ago >= histories[0]->n)
			continue;
		for (size_t i = 0; i < n; i++)
			sum += history_get(histories[i], ago);
		history_add(average, sum / (double)n);
	}
}
