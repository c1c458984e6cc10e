/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/count/formula_parts.h"

/* Names are letters: time, clock, parts, events x and y, and a gauge. */
static const char letters[] = "tcpxyg";
static const enum formula_name_kind kinds[] = {FORMULA_SAME, FORMULA_SAME, FORMULA_AMOUNT,
	FORMULA_AMOUNT, FORMULA_AMOUNT, FORMULA_AVERAGE};
#define N_LETTERS (sizeof kinds / sizeof *kinds)

static int find(const void *context, const char *name, size_t length)
{
	const char *at = length == 1 ? strchr(letters, *name) : NULL;

	(void)context;
	return at ? (int)(at - letters) : -1;
}

static void parse(struct formula *formula, const char *text)
{
	const struct formula_names names = {find, NULL};
	char error[FORMULA_ERROR_SIZE];

	if (!formula_parse(formula, text, &names, error))
		fail_msg("%s: %s", text, error);
}

static const double one[N_LETTERS] = {2, 3, 1, 10, 4, 50}, other[N_LETTERS] = {2, 3, 3, 7, 20, 30};
/* of both places together */
static const double both[N_LETTERS] = {2, 3, 4, 17, 24, (50 + 3 * 30) / 4.0};

static void what_a_formula_is_together_is_what_it_is_of_the_sums(void **state)
{
	static const struct {
		const char *text;
		enum formula_together together;
	} formulas[] = {
		{"x", FORMULA_SUM},
		{"x / t", FORMULA_SUM},
		{"-(x + 2 * y) * 64 / t", FORMULA_SUM},
		{"(x - y) / (t * c)", FORMULA_SUM},
		{"x / y", FORMULA_RATIO},
		{"100 * x / (c * t * p)", FORMULA_RATIO},
		{"x / y * c / 1e6", FORMULA_RATIO},
		{"100 * (x + y) / (x + 2 * y)", FORMULA_RATIO},
		{"1 - x / y", FORMULA_RATIO},
		{"x / y - 1", FORMULA_RATIO},
		{"3 / (x / y)", FORMULA_RATIO},
		{"c - g", FORMULA_RATIO},
		{"-g * 2", FORMULA_RATIO},
		{"c", FORMULA_APART},
		{"x * y", FORMULA_APART},
		{"x + 1", FORMULA_APART},
		{"t / x", FORMULA_APART},
		{"x / y / p", FORMULA_APART},
		{"x / y + y / x", FORMULA_APART},
		{"min(x, y)", FORMULA_APART},
		{"1 + max(x, y)", FORMULA_APART},
		{"2 * min(x, y) / x", FORMULA_APART},
		{"x * y * 2", FORMULA_APART},
	};

	(void)state;
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
		struct formula_parts a, b;
		struct formula formula;
		double wanted, got = NAN;

		parse(&formula, formulas[i].text);
		a = formula_parts_of(&formula, one, kinds, one[2]);
		b = formula_parts_of(&formula, other, kinds, other[2]);
		if (a.together != formulas[i].together || b.together != a.together)
			fail_msg("%s: %d", formulas[i].text, a.together);
		wanted = formula_value(&formula, both);
		if (a.together == FORMULA_SUM)
			got = formula_value(&formula, one) + formula_value(&formula, other);
		else if (a.together == FORMULA_RATIO)
			got = (a.dividend + b.dividend) / (a.divisor + b.divisor);
		else
			continue;
		if (fabs(got - wanted) > 1e-12 * fabs(wanted))
			fail_msg("%s: %g, not %g", formulas[i].text, got, wanted);
	}
}

static void what_is_not_known_stays_so(void **state)
{
	const double values[N_LETTERS] = {2, 3, 1, NAN, 4, 50};
	struct formula formula;

	(void)state;
	parse(&formula, "x / y");
	assert_int_equal(formula_parts_of(&formula, values, kinds, 1).together, FORMULA_RATIO);
	assert_true(isnan(formula_parts_of(&formula, values, kinds, 1).dividend));
	assert_true(formula_parts_of(&formula, values, kinds, 1).divisor == 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_formula_is_together_is_what_it_is_of_the_sums),
		cmocka_unit_test(what_is_not_known_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
