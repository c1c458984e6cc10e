/* SPDX-License-Identifier: MIT */
/* How long each of many accesses took. Knows nothing of what was measured. */
#ifndef MSRD_BENCH_SAMPLE_H
#define MSRD_BENCH_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

struct sample {
	uint64_t *ns;
	size_t n, capacity;
};

/* Room for capacity durations: 0, or -ENOMEM and said on stderr. */
int sample_init(struct sample *sample, size_t capacity);
void sample_deinit(struct sample *sample);

/* The time since begin_ns is one more duration. */
void sample_add_since(struct sample *sample, uint64_t begin_ns);

/* The duration that percent of all do not exceed, 0 the shortest, in ns; NAN without any. Sorts
 * them. */
double sample_percentile_ns(struct sample *sample, unsigned percent);

#endif
