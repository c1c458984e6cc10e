/* SPDX-License-Identifier: MIT */
#include "sim/tap/compare.h"

#include <errno.h>

#include "sim/tap/window.h"

/* Chosen, not tuned: so far ahead, and so many alike. */
#define LOOK_AHEAD 256
#define N_ALIKE	   3
#define WINDOW	   512 /* more than both together */
#define A_LOOK	   4096

struct comparison {
	struct window first, second;
	const struct compare_options *options;
	uint64_t i, j; /* where we are in them */
	uint64_t n_alike;
};

static bool is_same_kind(const struct trace_access *a, const struct trace_access *b)
{
	return a->is_write == b->is_write && a->width == b->width &&
	       trace_place_equal(&a->place, &b->place);
}

static bool is_same_value(const struct comparison *comparison, const struct trace_access *a,
	const struct trace_access *b)
{
	if (!a->is_write && comparison->options->ignores_reads)
		return true;
	return a->value == b->value && a->error == b->error;
}

/* Enough alike to go on from: what reads gave may differ. True also at the end of both. */
static bool is_alike(struct comparison *comparison, uint64_t i, uint64_t j, unsigned n)
{
	const struct window_entry *a, *b;

	for (; n > 0; n--, i++, j++) {
		a = window_at(&comparison->first, i);
		b = window_at(&comparison->second, j);
		if (!a || !b)
			return !a && !b;
		const struct trace_access *its = &a->recorded.access, *other = &b->recorded.access;
		if (!is_same_kind(its, other) || (its->is_write && its->value != other->value))
			return false;
	}
	return true;
}

static void differ(const struct comparison *comparison, enum compare_difference kind,
	const struct window_entry *a, const struct window_entry *b)
{
	comparison->options->differ(comparison->options->context, kind, a ? &a->recorded : NULL,
		b ? &b->recorded : NULL);
}

/* So many of the first are not in the second, and so many of the second not in the first. */
static void skip(struct comparison *comparison, uint64_t n_first, uint64_t n_second)
{
	const struct window_entry *entry;

	for (; n_first > 0; n_first--)
		if ((entry = window_at(&comparison->first, comparison->i))) {
			differ(comparison, COMPARE_ONLY_FIRST, entry, NULL);
			comparison->i++;
		}
	for (; n_second > 0; n_second--)
		if ((entry = window_at(&comparison->second, comparison->j))) {
			differ(comparison, COMPARE_ONLY_SECOND, NULL, entry);
			comparison->j++;
		}
}

/* The nearest place from which on they are alike again. */
static void resynchronise(struct comparison *comparison)
{
	for (uint64_t sum = 1; sum < LOOK_AHEAD; sum++)
		for (uint64_t n_first = 0; n_first <= sum; n_first++)
			if (is_alike(comparison, comparison->i + n_first,
				    comparison->j + sum - n_first, N_ALIKE)) {
				skip(comparison, n_first, sum - n_first);
				return;
			}
	skip(comparison, LOOK_AHEAD, LOOK_AHEAD);
}

/* False: both have ended. */
static bool step(struct comparison *comparison)
{
	const struct window_entry *a = window_at(&comparison->first, comparison->i);
	const struct window_entry *b = window_at(&comparison->second, comparison->j);

	if (!a && !b)
		return false;
	if (!a || !b) {
		skip(comparison, a != NULL, b != NULL);
		return true;
	}
	bool is_kind = is_same_kind(&a->recorded.access, &b->recorded.access);
	if (is_kind && is_same_value(comparison, &a->recorded.access, &b->recorded.access)) {
		comparison->n_alike++;
	} else if (is_kind &&
		   (!a->recorded.access.is_write ||
			   is_alike(comparison, comparison->i + 1, comparison->j + 1, 1))) {
		differ(comparison, COMPARE_VALUE, a, b);
	} else {
		resynchronise(comparison);
		return true;
	}
	comparison->i++;
	comparison->j++;
	return true;
}

static void compare(struct comparison *comparison)
{
	const struct compare_options *options = comparison->options;

	for (uint64_t n = 0; step(comparison); n++) {
		window_drop(&comparison->first, comparison->i);
		window_drop(&comparison->second, comparison->j);
		if (options->progress && n % A_LOOK == 0)
			options->progress(
				options->context, trace_reader_share(comparison->first.reader));
	}
}

int compare_traces(struct trace_reader *first, struct trace_reader *second,
	const struct compare_options *options, uint64_t *n_alike)
{
	struct comparison comparison = {.options = options};
	int r = window_init(&comparison.first, first, WINDOW);

	if (r < 0) {
		trace_reader_free(second);
		return r;
	}
	r = window_init(&comparison.second, second, WINDOW);
	if (r == 0) {
		compare(&comparison);
		*n_alike = comparison.n_alike;
		r = comparison.first.has_failed || comparison.second.has_failed ? -EBADMSG : 0;
	}
	window_deinit(&comparison.first);
	window_deinit(&comparison.second);
	return r;
}

const char *compare_text(enum compare_difference kind)
{
	static const char *const texts[] = {
#define X(kind, text) [kind] = text,
		COMPARE_DIFFERENCES(X)
#undef X
	};

	return texts[kind];
}
