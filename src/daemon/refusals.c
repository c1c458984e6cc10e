/* SPDX-License-Identifier: MIT */
/* Counts by the second. Knows neither what was refused nor where it is logged. */
#include "daemon/refusals.h"

bool refusals_may_log(struct refusals *refusals, int64_t now_ms)
{
	int64_t second = now_ms / 1000;

	if (refusals->second != second) {
		refusals->second = second;
		refusals->logged = 0;
	}
	if (refusals->logged < REFUSALS_PER_SECOND) {
		refusals->logged++;
		return true;
	}
	refusals->suppressed++;
	return false;
}

unsigned refusals_take_suppressed(struct refusals *refusals)
{
	unsigned suppressed = refusals->suppressed;

	refusals->suppressed = 0;
	return suppressed;
}
