/* SPDX-License-Identifier: MIT */
/*
 * Many reads of one MSR in a row, laid out before the clock starts and looked at after it has
 * stopped. What can't be made, or breaks, is said on stderr and is a negative errno.
 */
#ifndef MSRD_BENCH_MANY_H
#define MSRD_BENCH_MANY_H

#include <stddef.h>

#include "pinning.h"
#include "trial.h"

#define MANY_N_SIZES 6
extern const size_t many_sizes[MANY_N_SIZES];

struct many;

struct many_ops {
	/* Size number i of them. 0; -errno: no answer came. */
	int (*run)(struct many *many, size_t i);
	/* What came of the last run of this size, as of one access: where one of them is
	 * another than expected, or an error, it is that one. */
	void (*look)(struct many *many, size_t i, uint64_t expected, struct timed_access *access);
	void (*free)(struct many *many);
};

/* First member of each one's own structure. */
struct many {
	const struct many_ops *ops;
};

/* Both 0, and the caller owns it, or -errno. Sizes above most are left out. */

/* pread(2) by this process, one behind the other: nothing with less than all rights does less. */
int many_new_files(struct many **many, uint32_t reg, size_t most);
/* libmsrd's prepared batches, with the daemon at path. */
int many_new_batches(struct many **many, const char *path, const struct pinning *pinning,
	uint32_t reg, size_t most);

/* NULL is fine. */
static inline void many_free(struct many *many)
{
	if (many)
		many->ops->free(many);
}

#endif
