/* SPDX-License-Identifier: MIT */
/*
 * Registers that are read ahead and written back, many of them by one batch. Who looks at them and
 * changes them one by one does it here: what he has said before that he will look at is known by
 * then, and all that he changes is written when he says so. What nobody has read ahead is asked
 * for by itself.
 */
#ifndef MSRD_CLI_MEASURE_CACHE_H
#define MSRD_CLI_MEASURE_CACHE_H

#include "cli/measure/cause.h"
#include "op.h"

struct cache_entry;
struct cache_change;

struct cache {
	struct msrd *msrd;
	void *tree;		      /* tsearch(3)'s, of the entries, by verb and place */
	struct cache_entry **entries; /* as they came */
	size_t n_entries, n_fetched;
	struct cache_change *changes; /* to be written */
	size_t n_changes;
	bool is_out_of_memory;	    /* while something was wanted */
	char text[MSRD_ERROR_SIZE]; /* what the last one that failed met with */
};

/* Does nothing yet. cache_deinit, too, forgets what was not written. */
void cache_init(struct cache *cache, struct msrd *msrd);
void cache_deinit(struct cache *cache);

/* Somebody will read the register, or check its device: the next cache_fetch asks. */
void cache_want(struct cache *cache, enum op_verb verb, const struct place *place);

/* All that is wanted, by one batch. 0; negative when the daemon is gone or out of memory. */
int cache_fetch(struct cache *cache);

/* Results as of reach_read and reach_check. A register that is to be written reads as it will be.
 */
int cache_read(struct cache *cache, const struct place *place, uint64_t *value);
int cache_check(struct cache *cache, const struct place *place);

/* The bits of mask are to be as in value; what is so already is not written. If the write fails,
 * cause says why, unless it says something by then. As cache_read. */
int cache_set(struct cache *cache, const struct place *place, uint64_t mask, uint64_t value,
	struct cause *cause);

/*
 * Writes, by one batch, in the order in which registers were changed first. Where several have
 * changed a register and the write fails, each gets a write of its own. 0; negative when the daemon
 * is gone: what of it was written is not known.
 */
int cache_write_back(struct cache *cache);

/* As cause_note, of the last access here. */
int cache_note(const struct cache *cache, struct cause *cause, int r);

#endif
