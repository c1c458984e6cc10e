/* SPDX-License-Identifier: MIT */
/*
 * Rates and what has come of them, exact: whoever adds up, multiplies and
 * takes apart in another order gets the same whole number.
 */
#ifndef MSRD_SIM_MACHINE_AMOUNT_H
#define MSRD_SIM_MACHINE_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* 128 bits; __extension__ as it is not ISO C */
__extension__ typedef unsigned __int128 amount_wide;

#define AMOUNT_ATTO INT64_C(1000000000000000000)

/* A second. */
struct rate {
	uint64_t whole;
	uint64_t atto; /* below AMOUNT_ATTO: billionths of a billionth */
};

/* A rate times some nanoseconds. */
struct amount {
	uint64_t whole;	  /* wraps after 2^64 */
	amount_wide part; /* below AMOUNT_ONE */
};
#define AMOUNT_ONE ((amount_wide)AMOUNT_ATTO * 1000000000)

/*
 * The decimal number that a file meant, of fifteen digits: 0.1 is a tenth and
 * not the double beside it. What is no number, below 0 or above 10^13 (more
 * events than anything counts) is brought to the next that fits.
 */
struct rate rate_of(double per_second);

/*
 * rate * numerator / denominator, which are at most 10^18, numerator at most
 * 10^15. What does not come out even is rounded up, so that an amount that
 * reaches a whole number is not seen to miss it; or down.
 */
struct rate rate_scale(struct rate rate, uint64_t numerator, uint64_t denominator);
struct rate rate_scale_down(struct rate rate, uint64_t numerator, uint64_t denominator);

/* rate times a decimal number as of rate_of. */
struct rate rate_times(struct rate rate, double factor);

/* At least 0. */
struct rate rate_less(struct rate rate, struct rate other);
bool rate_is_less(struct rate rate, struct rate other);
static inline bool rate_is_zero(struct rate rate)
{
	return rate.whole == 0 && rate.atto == 0;
}

struct amount amount_of(struct rate rate, uint64_t ns);
struct amount amount_plus(struct amount amount, struct amount other);
struct amount amount_less(struct amount amount, struct amount other);

/*
 * An amount that grows at a rate, in binary: told by one multiplication, and a
 * little too small. Who wants the whole of it gets that where the little
 * cannot matter, and has to do the sum elsewhere.
 */
struct slope {
	amount_wide begin, per_ns; /* in parts of 2^64, rounded down */
	uint64_t end_ns;	   /* none from here on; 0: the rate is too high for any */
};

struct slope slope_of(struct amount begin, struct rate rate);

/* False: it would have to be looked at closer. */
static inline bool slope_whole(const struct slope *slope, uint64_t ns, uint64_t *whole)
{
	if (ns >= slope->end_ns)
		return false;
	amount_wide all = slope->begin + slope->per_ns * ns;
	*whole = (uint64_t)(all >> 64);
	/* a part for each nanosecond and one for the beginning have been left out at most */
	return (uint64_t)all < UINT64_MAX - ns;
}

#endif
