/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <math.h>
#include <string.h>

#include "cli/count/formula.h"

/* Names are a, b, c. */
static int find(const void *context, const char *name, size_t length)
{
	(void)context;
	return length == 1 && *name >= 'a' && *name <= 'c' ? *name - 'a' : -1;
}

static const struct formula_names names = {find, NULL};

static double value(const char *text, double a, double b)
{
	const double values[] = {a, b, NAN};
	char error[FORMULA_ERROR_SIZE];
	struct formula formula;

	if (!formula_parse(&formula, text, &names, error))
		fail_msg("%s: %s", text, error);
	return formula_value(&formula, values);
}

static void check(const char *text, double wanted)
{
	double is = value(text, 6, 2);

	if (is != wanted)
		fail_msg("%s is %g and not %g", text, is, wanted);
}

static void check_error(const char *text, const char *wanted)
{
	char error[FORMULA_ERROR_SIZE] = "";
	struct formula formula;

	if (formula_parse(&formula, text, &names, error))
		fail_msg("%s is read", text);
	if (!strstr(error, wanted))
		fail_msg("\"%s\" does not say \"%s\"", error, wanted);
}

static void products_come_before_sums_and_left_before_right(void **state)
{
	(void)state;
	check("a", 6);
	check("1 + a * b", 13);
	check("(1 + a) * b", 14);
	check("a - b - 1", 3);
	check("a / b / 3", 1);
	check("-a + b", -4);
	check("a * -b", -12);
	check("--a", 6);
	check("1e-6*a", 6e-6);
	check(".5*a", 3);
	check("min(a, b) + max(a, b * 4)", 10);
}

static void what_is_not_known_stays_so(void **state)
{
	(void)state;
	assert_true(isnan(value("a / 0", 1, 1)));
	assert_true(isnan(value("a / (b - b)", 1, 1)));
	assert_true(isnan(value("c + a", 1, 1)));
	assert_true(isnan(value("min(c, a)", 1, 1)));
	assert_true(isnan(value("max(a, c)", 1, 1)));
	assert_true(isnan(value("0 * c", 1, 1)));
}

static void error_says_what_is_wrong(void **state)
{
	char deep[200] = "", wide[1000] = "a";

	(void)state;
	check_error("", "it ends where a number or name is missing");
	check_error("a +", "it ends where a number or name is missing");
	check_error("a b", "\"b\" where + - * / or the end should be");
	check_error("(a", "a ) is missing at the end of a bracket");
	check_error("a)", "\")\" where + - * /");
	check_error("d + 1", "d is no event above and no constant");
	check_error("a ^ 2", "\"^ 2\" where");
	check_error("* a", "\"*\" where a number or name should be");
	check_error("min(a)", "a , is missing");
	check_error("max a", "a ( is missing");
	check_error("1e999", "too large");
	memset(deep, '(', sizeof deep - 1);
	check_error(deep, "too deep");
	memset(deep, '-', sizeof deep - 1);
	check_error(deep, "too deep");
	for (unsigned i = 0; i < 60; i++)
		strcat(wide, "+a");
	check_error(wide, "too long");
}

static void it_knows_what_it_uses(void **state)
{
	char error[FORMULA_ERROR_SIZE];
	struct formula formula;

	(void)state;
	assert_true(formula_parse(&formula, "a + 1", &names, error));
	assert_true(formula_uses(&formula, 0));
	assert_false(formula_uses(&formula, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_come_before_sums_and_left_before_right),
		cmocka_unit_test(what_is_not_known_stays_so),
		cmocka_unit_test(error_says_what_is_wrong),
		cmocka_unit_test(it_knows_what_it_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
