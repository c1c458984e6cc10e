/* SPDX-License-Identifier: MIT */
/* Adds up what may be added: a clock or a ratio of two CPUs is none of their socket's. */
#include "cli/plot/level.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"

static const char *const names[] = {
#define X(name) name,
	PLOT_LEVELS(X)
#undef X
};

const char *level_find(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (strcmp(names[i], name) == 0)
			return names[i];
	return NULL;
}

static bool is_amount(const struct series *series)
{
	static const char *const units[] = {"B/s", "W", "1/s", "J", "B"};

	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (strcmp(units[i], series->unit) == 0)
			return true;
	return series->is_count;
}

static bool is_metric(const struct series *a, const struct series *b)
{
	return a->source == b->source && strcmp(a->metric, b->metric) == 0 &&
	       strcmp(a->group, b->group) == 0;
}

/* Among the first n, is there one of the same metric at this level, or with is_other at another? */
static bool has_level(
	const struct series_set *set, size_t n, size_t i, const char *level, bool is_other)
{
	for (size_t j = 0; j < n; j++)
		if (is_metric(&set->list[i], &set->list[j]) &&
			(strcmp(set->list[j].scope, level) == 0) != is_other)
			return true;
	return false;
}

static int refuse(const struct series *series, const char *level, char error[LEVEL_ERROR_SIZE])
{
	if (strcmp(level, "socket") != 0 && strcmp(level, "node") != 0)
		snprintf(error, LEVEL_ERROR_SIZE,
			"--per %s: %s is there per %s: msrctl stat --per %s measures it so", level,
			series->metric, series->scope, level);
	else if (!is_amount(series))
		snprintf(error, LEVEL_ERROR_SIZE,
			"--per %s: %s is there per %s, and is no amount that can be added up",
			level, series->metric, series->scope);
	else
		snprintf(error, LEVEL_ERROR_SIZE,
			"--per %s: %s of %s can't be added up: its socket is not known", level,
			series->metric, series->place);
	return -EINVAL;
}

static bool can_add(const struct series *series, const char *level)
{
	if (!is_amount(series))
		return false;
	if (strcmp(level, "node") == 0)
		return true;
	return strcmp(level, "socket") == 0 && series->has_socket;
}

/* What is not known of a part is not known of the sum. */
static void add(struct series *sum, const struct series *part)
{
	if (part->n_missing > 0 && sum->reason[0] == '\0')
		snprintf(sum->reason, sizeof sum->reason, "%.64s: %.440s", part->place,
			part->reason);
	for (size_t i = 0; i < sum->n; i++)
		sum->values[i] += i < part->n ? part->values[i] : NAN;
}

static void count_missing(struct series *sum)
{
	sum->n_missing = 0;
	for (size_t i = 0; i < sum->n; i++)
		sum->n_missing += isnan(sum->values[i]);
}

/* Of all that are like line i and have not been added; those are taken out. */
static int add_up(struct series_set *set, size_t i, const char *level)
{
	struct series *sum = series_like(set, i, level);
	bool is_socket = strcmp(level, "socket") == 0;

	if (!sum)
		return -ENOMEM;
	if (is_socket)
		snprintf(sum->place, sizeof sum->place, "socket %u", sum->socket);
	else
		snprintf(sum->place, sizeof sum->place, "node");
	sum->has_socket = is_socket;
	for (size_t j = set->n - 1; j-- > 0;) {
		const struct series *part = &set->list[j];

		/* of one level: those of another would be the same once more */
		if (!is_metric(part, sum) || strcmp(part->scope, set->list[i].scope) != 0 ||
			(is_socket && part->socket != sum->socket) || j < i)
			continue;
		add(sum, part);
	}
	count_missing(sum);
	return 0;
}

static bool is_first_part(const struct series_set *set, size_t i, const char *level)
{
	const struct series *series = &set->list[i];

	for (size_t j = 0; j < i; j++) {
		const struct series *other = &set->list[j];

		if (!is_metric(other, series))
			continue;
		if (strcmp(other->scope, series->scope) != 0)
			return false;
		if (strcmp(level, "node") == 0 || other->socket == series->socket)
			return false;
	}
	return true;
}

static int add_all(struct series_set *set, const char *level, char error[LEVEL_ERROR_SIZE])
{
	size_t n = set->n;
	int r = 0;

	/* sums come behind them */
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (has_level(set, n, i, level, false))
			continue;
		if (!can_add(&set->list[i], level))
			r = refuse(&set->list[i], level, error);
		else if (is_first_part(set, i, level))
			r = add_up(set, i, level);
	}
	return r;
}

int level_choose(struct series_set *set, const char *level, char error[LEVEL_ERROR_SIZE])
{
	int r = level ? add_all(set, level, error) : 0;

	for (size_t i = set->n; r == 0 && i-- > 0;) {
		bool is_node = strcmp(set->list[i].scope, "node") == 0;

		if (level ? strcmp(set->list[i].scope, level) != 0
			  : is_node && has_level(set, set->n, i, "node", true))
			series_remove(set, i);
	}
	return r;
}
