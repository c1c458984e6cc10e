/* SPDX-License-Identifier: MIT */
/*
 * Formulas of groups: numbers, names, + - * /, brackets, min(a, b) and max(a, b). They have no loop
 * and a fixed room, so that any text is read and computed in bounded time.
 */
#ifndef MSRD_CLI_COUNT_FORMULA_H
#define MSRD_CLI_COUNT_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#define FORMULA_MAX_STEPS  96
#define FORMULA_MAX_DEPTH  32 /* brackets in brackets, and values that wait */
#define FORMULA_ERROR_SIZE 256

enum formula_kind {
	FORMULA_NUMBER,
	FORMULA_NAME,
	FORMULA_NEGATE,
	FORMULA_ADD,
	FORMULA_SUBTRACT,
	FORMULA_MULTIPLY,
	FORMULA_DIVIDE,
	FORMULA_MIN,
	FORMULA_MAX
};

/* Of a stack machine. */
struct formula_step {
	enum formula_kind kind;
	double number;
	unsigned name; /* what find_name returned */
};

struct formula {
	struct formula_step steps[FORMULA_MAX_STEPS];
	size_t n_steps;
};

/* A name of length letters: its number, or -1: there is none. */
struct formula_names {
	int (*find)(const void *context, const char *name, size_t length);
	const void *context;
};

/* False: error says what is wrong. */
bool formula_parse(struct formula *formula, const char *text, const struct formula_names *names,
	char error[FORMULA_ERROR_SIZE]);

/* values: of each name by its number. NAN where one of them is, or where it divides by 0. */
double formula_value(const struct formula *formula, const double *values);

bool formula_uses(const struct formula *formula, unsigned name);

#endif
