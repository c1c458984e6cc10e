/* SPDX-License-Identifier: MIT */
/* Recursive descent into postfix, each level of brackets counted. Knows no event. */
#include "cli/count/formula.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct formula *formula;
	const struct formula_names *names;
	const char *at;
	unsigned depth;	  /* of brackets and signs */
	unsigned waiting; /* values on the stack */
	char *error;
};

__attribute__((format(printf, 2, 3))) static bool fail(
	struct parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(parser->error, FORMULA_ERROR_SIZE, format, arguments);
	va_end(arguments);
	return false;
}

static char next(struct parser *parser)
{
	while (isspace((unsigned char)*parser->at))
		parser->at++;
	return *parser->at;
}

static bool add(struct parser *parser, struct formula_step step)
{
	switch (step.kind) {
	case FORMULA_NUMBER:
	case FORMULA_NAME:
		parser->waiting++;
		break;
	case FORMULA_NEGATE:
		break;
	default:
		parser->waiting--;
	}
	if (parser->formula->n_steps == FORMULA_MAX_STEPS || parser->waiting > FORMULA_MAX_DEPTH)
		return fail(parser, "it is too long: %d steps are the most", FORMULA_MAX_STEPS);
	parser->formula->steps[parser->formula->n_steps++] = step;
	return true;
}

static bool add_operator(struct parser *parser, enum formula_kind kind)
{
	return add(parser, (struct formula_step){.kind = kind});
}

static bool parse_sum(struct parser *parser);
static bool parse_value(struct parser *parser);

static bool expect(struct parser *parser, char wanted, const char *where)
{
	if (next(parser) != wanted)
		return fail(parser, "a %c is missing %s", wanted, where);
	parser->at++;
	return true;
}

static bool parse_function(struct parser *parser, enum formula_kind kind)
{
	return expect(parser, '(', "behind min or max") && parse_sum(parser) &&
	       expect(parser, ',', "between the two of min or max") && parse_sum(parser) &&
	       expect(parser, ')', "behind min or max") && add_operator(parser, kind);
}

static bool parse_name(struct parser *parser)
{
	const char *name = parser->at;
	size_t length = 0;
	int number;

	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	parser->at += length;
	if (length == 3 && strncmp(name, "min", 3) == 0)
		return parse_function(parser, FORMULA_MIN);
	if (length == 3 && strncmp(name, "max", 3) == 0)
		return parse_function(parser, FORMULA_MAX);
	number = parser->names->find(parser->names->context, name, length);
	if (number < 0)
		return fail(parser, "%.*s is no event above and no constant", (int)length, name);
	return add(parser, (struct formula_step){.kind = FORMULA_NAME, .name = (unsigned)number});
}

static bool parse_number(struct parser *parser)
{
	char *end;
	double number = strtod(parser->at, &end);

	if (!isfinite(number))
		return fail(
			parser, "%.*s is too large a number", (int)(end - parser->at), parser->at);
	parser->at = end;
	return add(parser, (struct formula_step){.kind = FORMULA_NUMBER, .number = number});
}

static bool parse_inner(struct parser *parser)
{
	char c = next(parser);

	if (c == '(') {
		parser->at++;
		return parse_sum(parser) && expect(parser, ')', "at the end of a bracket");
	}
	if (c == '-') {
		parser->at++;
		return parse_value(parser) && add_operator(parser, FORMULA_NEGATE);
	}
	if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)parser->at[1])))
		return parse_number(parser);
	if (isalpha((unsigned char)c) || c == '_')
		return parse_name(parser);
	if (c == '\0')
		return fail(parser, "it ends where a number or name is missing");
	return fail(parser, "\"%c\" where a number or name should be", c);
}

static bool parse_value(struct parser *parser)
{
	bool is_good;

	if (parser->depth == FORMULA_MAX_DEPTH)
		return fail(
			parser, "its brackets are too deep: %d are the most", FORMULA_MAX_DEPTH);
	parser->depth++;
	is_good = parse_inner(parser);
	parser->depth--;
	return is_good;
}

static bool parse_product(struct parser *parser)
{
	bool is_good = parse_value(parser);
	char c;

	while (is_good && ((c = next(parser)) == '*' || c == '/')) {
		parser->at++;
		is_good = parse_value(parser) &&
			  add_operator(parser, c == '*' ? FORMULA_MULTIPLY : FORMULA_DIVIDE);
	}
	return is_good;
}

static bool parse_sum(struct parser *parser)
{
	bool is_good = parse_product(parser);
	char c;

	while (is_good && ((c = next(parser)) == '+' || c == '-')) {
		parser->at++;
		is_good = parse_product(parser) &&
			  add_operator(parser, c == '+' ? FORMULA_ADD : FORMULA_SUBTRACT);
	}
	return is_good;
}

bool formula_parse(struct formula *formula, const char *text, const struct formula_names *names,
	char error[FORMULA_ERROR_SIZE])
{
	struct parser parser = {.formula = formula, .names = names, .at = text, .error = error};

	formula->n_steps = 0;
	if (!parse_sum(&parser))
		return false;
	if (next(&parser) != '\0')
		return fail(&parser, "\"%.20s\" where + - * / or the end should be", parser.at);
	return true;
}

static double compute(enum formula_kind kind, double a, double b)
{
	switch (kind) {
	case FORMULA_ADD:
		return a + b;
	case FORMULA_SUBTRACT:
		return a - b;
	case FORMULA_MULTIPLY:
		return a * b;
	case FORMULA_DIVIDE:
		return b == 0 ? NAN : a / b;
	/* not fmin: what is not known stays so */
	case FORMULA_MIN:
		return isnan(a) || isnan(b) ? NAN : fmin(a, b);
	case FORMULA_MAX:
		return isnan(a) || isnan(b) ? NAN : fmax(a, b);
	default:
		return NAN;
	}
}

double formula_value(const struct formula *formula, const double *values)
{
	double stack[FORMULA_MAX_DEPTH + 1] = {0};
	size_t n = 0;

	for (size_t i = 0; i < formula->n_steps; i++) {
		const struct formula_step *step = &formula->steps[i];

		if (step->kind == FORMULA_NUMBER) {
			stack[n++] = step->number;
		} else if (step->kind == FORMULA_NAME) {
			stack[n++] = values[step->name];
		} else if (n == 0) {
			return NAN; /* no formula that was read is so */
		} else if (step->kind == FORMULA_NEGATE) {
			stack[n - 1] = -stack[n - 1];
		} else if (n > 1) {
			n--;
			stack[n - 1] = compute(step->kind, stack[n - 1], stack[n]);
		}
	}
	return n == 1 ? stack[0] : NAN;
}

bool formula_uses(const struct formula *formula, unsigned name)
{
	for (size_t i = 0; i < formula->n_steps; i++)
		if (formula->steps[i].kind == FORMULA_NAME && formula->steps[i].name == name)
			return true;
	return false;
}
