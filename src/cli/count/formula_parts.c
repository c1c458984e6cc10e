/* SPDX-License-Identifier: MIT */
/*
 * The formula once more, with each value as one number by another, and with what each of them is:
 * a constant, or an amount, of which there is twice as much in two places that are the same.
 * Amounts by each other's square, say, are neither.
 */
#include "cli/count/formula_parts.h"

#include <math.h>

enum degree { CONSTANT, AMOUNT, WILD };

struct part {
	double n, d;
	enum degree of_n, of_d; /* of_d AMOUNT: of_n is, too */
};

static const struct part wild = {NAN, NAN, WILD, WILD};

static struct part constant(double n)
{
	return (struct part){n, 1, CONSTANT, CONSTANT};
}

static bool is_wild(const struct part *a)
{
	return a->of_n == WILD || a->of_d == WILD;
}

static bool is_constant(const struct part *a)
{
	return a->of_n == CONSTANT && a->of_d == CONSTANT;
}

static bool is_amount(const struct part *a)
{
	return a->of_n == AMOUNT && a->of_d == CONSTANT;
}

static struct part add(struct part a, struct part b)
{
	if (is_wild(&a) || is_wild(&b))
		return wild;
	/* what both are by constants, also two constants */
	if (a.of_d == CONSTANT && b.of_d == CONSTANT)
		return a.of_n == b.of_n ? (struct part){a.n / a.d + b.n / b.d, 1, a.of_n, CONSTANT}
					: wild;
	/* 1 - a/b is (b - a)/b */
	if (is_constant(&a))
		return (struct part){a.n / a.d * b.d + b.n, b.d, AMOUNT, AMOUNT};
	if (is_constant(&b))
		return (struct part){b.n / b.d * a.d + a.n, a.d, AMOUNT, AMOUNT};
	return wild;
}

static struct part multiply(struct part a, struct part b)
{
	if (is_wild(&a) || is_wild(&b) || (!is_constant(&a) && !is_constant(&b)))
		return wild;
	if (is_constant(&b))
		return (struct part){a.n * (b.n / b.d), a.d, a.of_n, a.of_d};
	return (struct part){b.n * (a.n / a.d), b.d, b.of_n, b.of_d};
}

static struct part divide(struct part a, struct part b)
{
	if (is_wild(&a) || is_wild(&b))
		return wild;
	if (is_constant(&b))
		return (struct part){a.n / (b.n / b.d), a.d, a.of_n, a.of_d};
	if (is_amount(&a) && is_amount(&b))
		return (struct part){a.n / a.d, b.n / b.d, AMOUNT, AMOUNT};
	/* by a ratio: upside down */
	if (is_constant(&a) && b.of_d == AMOUNT)
		return (struct part){a.n / a.d * b.d, b.n, AMOUNT, AMOUNT};
	return wild;
}

static struct part negate(struct part a)
{
	a.n = -a.n;
	return a;
}

static struct part compute(enum formula_kind kind, struct part a, struct part b)
{
	switch (kind) {
	case FORMULA_ADD:
		return add(a, b);
	case FORMULA_SUBTRACT:
		return add(a, negate(b));
	case FORMULA_MULTIPLY:
		return multiply(a, b);
	case FORMULA_DIVIDE:
		return divide(a, b);
	default:
		return wild; /* the least of each is not that of all */
	}
}

static struct part name(double value, enum formula_name_kind kind, double parts)
{
	if (kind == FORMULA_SAME)
		return constant(value);
	if (kind == FORMULA_AMOUNT)
		return (struct part){value, 1, AMOUNT, CONSTANT};
	return (struct part){value * parts, parts, AMOUNT, AMOUNT};
}

struct formula_parts formula_parts_of(const struct formula *formula, const double *values,
	const enum formula_name_kind *kinds, double parts)
{
	struct part stack[FORMULA_MAX_DEPTH + 1];
	size_t n = 0;

	for (size_t i = 0; i < formula->n_steps; i++) {
		const struct formula_step *step = &formula->steps[i];

		if (step->kind == FORMULA_NUMBER) {
			stack[n++] = constant(step->number);
		} else if (step->kind == FORMULA_NAME) {
			stack[n++] = name(values[step->name], kinds[step->name], parts);
		} else if (step->kind == FORMULA_NEGATE && n > 0) {
			stack[n - 1] = negate(stack[n - 1]);
		} else if (n > 1) {
			n--;
			stack[n - 1] = compute(step->kind, stack[n - 1], stack[n]);
		}
	}
	if (n == 1 && is_amount(&stack[0]))
		return (struct formula_parts){FORMULA_SUM, NAN, NAN};
	if (n == 1 && stack[0].of_d == AMOUNT)
		return (struct formula_parts){FORMULA_RATIO, stack[0].n, stack[0].d};
	return (struct formula_parts){FORMULA_APART, NAN, NAN};
}
