/* SPDX-License-Identifier: MIT */
/* Exact sums. Knows no event and no time but nanoseconds. */
#include "sim/machine/amount.h"

#include <math.h>

#include "util/clock.h"

#define DIGITS 15 /* that a double keeps of any decimal number */
#define MOST   1e13

/* value = digits / 10^places */
struct decimal {
	uint64_t digits, power; /* 10^places */
};

static struct decimal decimal_of(double value)
{
	struct decimal decimal = {.power = 1};
	unsigned places = DIGITS;

	value = value > 0 ? fmin(value, MOST) : 0;
	for (uint64_t whole = (uint64_t)value; whole > 0; whole /= 10)
		places--;
	for (unsigned i = 0; i < places; i++)
		decimal.power *= 10;
	decimal.digits = (uint64_t)llround(value * (double)decimal.power);
	return decimal;
}

struct rate rate_of(double per_second)
{
	struct decimal decimal = decimal_of(per_second);

	return (struct rate){
		.whole = decimal.digits / decimal.power,
		.atto = decimal.digits % decimal.power * ((uint64_t)AMOUNT_ATTO / decimal.power),
	};
}

static struct rate scale(struct rate rate, uint64_t numerator, uint64_t denominator, bool up)
{
	amount_wide whole = (amount_wide)rate.whole * numerator;
	amount_wide atto = whole % denominator * AMOUNT_ATTO + (amount_wide)rate.atto * numerator;

	if (up)
		atto += denominator - 1;
	atto /= denominator;
	return (struct rate){
		.whole = (uint64_t)(whole / denominator + atto / AMOUNT_ATTO),
		.atto = (uint64_t)(atto % AMOUNT_ATTO),
	};
}

struct rate rate_scale(struct rate rate, uint64_t numerator, uint64_t denominator)
{
	return scale(rate, numerator, denominator, true);
}

struct rate rate_scale_down(struct rate rate, uint64_t numerator, uint64_t denominator)
{
	return scale(rate, numerator, denominator, false);
}

struct rate rate_times(struct rate rate, double factor)
{
	struct decimal decimal = decimal_of(factor);

	return scale(rate, decimal.digits, decimal.power, true);
}

bool rate_is_less(struct rate rate, struct rate other)
{
	return rate.whole != other.whole ? rate.whole < other.whole : rate.atto < other.atto;
}

struct rate rate_less(struct rate rate, struct rate other)
{
	if (!rate_is_less(other, rate))
		return (struct rate){0};
	bool borrow = rate.atto < other.atto;
	return (struct rate){
		.whole = rate.whole - other.whole - borrow,
		.atto = rate.atto + (borrow ? (uint64_t)AMOUNT_ATTO : 0) - other.atto,
	};
}

/* Any rate and time, by divisions of 128 bits. */
static struct amount wide_amount_of(struct rate rate, uint64_t ns)
{
	amount_wide atto = (amount_wide)rate.atto * ns;
	/* billionths, and what is left of them */
	amount_wide nano = (amount_wide)rate.whole * ns + atto / AMOUNT_ATTO;

	return (struct amount){
		.whole = (uint64_t)(nano / CLOCK_SECOND_NS),
		.part = nano % CLOCK_SECOND_NS * AMOUNT_ATTO + atto % AMOUNT_ATTO,
	};
}

/* As on paper, in digits of 10^9: two factors below this, and nothing is above 64 bits. */
#define HANDY (UINT64_C(1) << 33)

struct amount amount_of(struct rate rate, uint64_t ns)
{
	const uint64_t digit = CLOCK_SECOND_NS;
	uint64_t seconds = ns / digit, nano = ns % digit;
	uint64_t rate_nano = rate.atto / digit, rate_atto = rate.atto % digit;

	if (rate.whole >= HANDY || seconds >= HANDY)
		return wide_amount_of(rate, ns);
	uint64_t third = rate_atto * nano;
	uint64_t second = rate_nano * nano + rate_atto * seconds + third / digit;
	uint64_t first = rate.whole * nano + rate_nano * seconds + second / digit;
	return (struct amount){
		.whole = rate.whole * seconds + first / digit,
		.part = (amount_wide)(first % digit * digit + second % digit) * digit +
			third % digit,
	};
}

struct amount amount_plus(struct amount amount, struct amount other)
{
	amount_wide part = amount.part + other.part;
	bool carry = part >= AMOUNT_ONE;

	return (struct amount){
		.whole = amount.whole + other.whole + carry,
		.part = carry ? part - AMOUNT_ONE : part,
	};
}

struct amount amount_less(struct amount amount, struct amount other)
{
	bool borrow = amount.part < other.part;

	return (struct amount){
		.whole = amount.whole - other.whole - borrow,
		.part = amount.part + (borrow ? AMOUNT_ONE : 0) - other.part,
	};
}

/* Chosen: three days, and more events a second than anything counts; both together, and what was
 * there before, stay below 2^128. */
#define SLOPE_NS   (3 * UINT64_C(86400) * CLOCK_SECOND_NS)
#define SLOPE_RATE ((uint64_t)(2 * MOST))

/* In parts of 2^64 of AMOUNT_ONE, rounded down; part is less than that. */
static uint64_t binary_part(amount_wide part)
{
	uint64_t high = (uint64_t)((part << 32) / AMOUNT_ONE);
	amount_wide rest = (part << 32) % AMOUNT_ONE;

	return high << 32 | (uint64_t)((rest << 32) / AMOUNT_ONE);
}

struct slope slope_of(struct amount begin, struct rate rate)
{
	if (rate.whole >= SLOPE_RATE)
		return (struct slope){0};
	amount_wide each = (amount_wide)rate.whole * AMOUNT_ATTO + rate.atto;
	return (struct slope){
		.begin = (amount_wide)begin.whole << 64 | binary_part(begin.part),
		.per_ns = each / AMOUNT_ONE << 64 | binary_part(each % AMOUNT_ONE),
		.end_ns = SLOPE_NS,
	};
}
