/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "complain.h"
#include "util/clock.h"

int sample_init(struct sample *sample, size_t capacity)
{
	*sample = (struct sample){.capacity = capacity};
	sample->ns = calloc(capacity, sizeof *sample->ns);
	if (!sample->ns)
		return complain(-ENOMEM, "room for %zu durations", capacity);
	return 0;
}

void sample_deinit(struct sample *sample)
{
	free(sample->ns);
	*sample = (struct sample){0};
}

void sample_add_since(struct sample *sample, uint64_t begin_ns)
{
	uint64_t end_ns = clock_now_ns();

	assert(sample->n < sample->capacity);
	sample->ns[sample->n++] = end_ns - begin_ns;
}

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

double sample_percentile_ns(struct sample *sample, unsigned percent)
{
	if (sample->n == 0)
		return NAN;
	qsort(sample->ns, sample->n, sizeof *sample->ns, compare_ns);
	/* nearest rank, so that every figure is one that was measured */
	size_t rank = (sample->n * percent + 99) / 100;
	return (double)sample->ns[rank > 0 ? rank - 1 : 0];
}
