/* SPDX-License-Identifier: MIT */
/*
 * What msrctl stat and the programs that it measures share: memory that one of them made, and that
 * each of them maps. In front stands what to read for which CPU, which nobody changes; behind that
 * what became of it, so that what a program ended before it was killed is there.
 *
 * A region is a name. It is counted in places: a CPU, a core, a package (each with the counters
 * that are its own), and the node (which has none, but a time). While at least one thread in the
 * region is at a place, the place counts for the region: from the first that comes to the last that
 * goes.
 */
#ifndef MSRD_CLIENT_REGION_FILE_H
#define MSRD_CLIENT_REGION_FILE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/msrd.h"

/* In the environment of the measured program: where the memory is, and where a script's marks go.
 */
#define REGION_FILE_VARIABLE "MSRD_REGIONS"
#define REGION_PIPE_VARIABLE "MSRD_MARKS"

#define REGION_NAME_SIZE     64
#define REGION_NONE	     UINT32_MAX
#define REGION_MAX_PROCESSES 256
#define REGION_ERROR_SIZE    MSRD_ERROR_SIZE

/* From small to large: the order in which their locks are taken. */
enum region_level { REGION_CPU, REGION_CORE, REGION_PACKAGE, REGION_NODE };
#define REGION_N_LEVELS (REGION_NODE + 1)

struct region_header {
	char magic[8];
	uint32_t lock_size; /* a C library of the same kind */
	uint32_t n_cpus, n_places, n_values, n_ops;
	uint32_t max_values; /* of a place */
	uint32_t max_entries, max_records;
	uint64_t size;
	/* how a program reaches the registers; "" is none */
	uint32_t is_direct;
	char daemon[4096], service[108];
	char clock[64]; /* a file with the time in ns; "": it is CLOCK_MONOTONIC */

	/* from here on it changes */
	pthread_mutex_t lock; /* of what follows, but for what is atomic */
	_Atomic uint32_t n_entries, n_records;
	_Atomic uint32_t n_lost; /* marks for which there was no room */
	_Atomic uint32_t n_badly_named;
	int32_t error_pid; /* who could not read registers; 0: nobody */
	char error[REGION_ERROR_SIZE];
	char bad_name[REGION_NAME_SIZE];
};

/* Counters of a place stand one behind the other, and so do the reads of them. */
struct region_place {
	uint32_t level, number;
	uint32_t first_value, n_values;
	uint32_t first_op, n_ops;
};

struct region_value {
	uint32_t op;	/* of its place, the first of three where it has halves */
	uint16_t width; /* bits */
	uint8_t shift;
	uint8_t has_high, is_gauge;
	uint8_t reserved[3];
};

struct region_inside {
	int32_t pid;
	uint32_t n;
};

/* One region at one place. */
struct region_entry {
	char name[REGION_NAME_SIZE];
	uint32_t place;
	pthread_mutex_t lock; /* of all below */
	struct region_inside inside[REGION_MAX_PROCESSES];
	uint32_t n_inside;
	uint32_t is_spoiled; /* since the first came something made the counts say nothing */
	uint64_t begin_ns;
	uint64_t n_calls;      /* ended since then */
	_Atomic uint32_t bank; /* which of the two sums is whole, whenever somebody is killed */
	char error[REGION_ERROR_SIZE];
	uint64_t words[]; /* at the begin; then the two sums */
};

/* Of an entry, with its values behind it. */
struct region_sum {
	uint64_t calls, ns, lost; /* lost: calls that were not counted */
	uint64_t values[];
};

/* One thread in one region on one CPU. */
struct region_record {
	char name[REGION_NAME_SIZE];
	int32_t pid, tid;
	uint32_t cpu;
	uint32_t is_loose;  /* it may move: it is not pinned to the CPU */
	uint32_t depth;	    /* begun and not ended: more than 1 where it has begun itself again */
	uint32_t n_strays;  /* ended without having been begun */
	uint32_t n_moved;   /* calls that ended on another CPU */
	uint32_t moved_to;  /* the last of them */
	uint64_t calls, ns; /* calls are those that did not move */
	uint64_t begin_ns;
	_Atomic uint32_t is_made;
	uint32_t reserved;
};

struct region_file {
	struct region_header *header;
	const uint32_t *cpus; /* REGION_N_LEVELS places of each CPU */
	const struct region_place *places;
	const struct region_value *values;
	/* As last seen by msrctl stat, who looks often enough that no counter wraps twice in
	 * between: its lowest bits are the counter. */
	_Atomic uint64_t *seen;
	const struct msrd_op *ops;
	char *entries;
	size_t entry_bytes;
	struct region_record *records;
};

/* What a file takes whose header says how many there are of each; 0: it makes no sense. */
uint64_t region_file_size(const struct region_header *header);

/*
 * Makes one in memory, with the numbers, daemon, service and clock of header; the rest is to be
 * filled in through file. A descriptor, or -errno.
 */
int region_file_new(struct region_file *file, const struct region_header *header);

/* Maps one. 0 or -errno; -EPROTO: it is none of this library's; -EPERM: it is another user's. */
int region_file_open(struct region_file *file, const char *path);
void region_file_close(struct region_file *file);

static inline struct region_entry *region_entry_at(const struct region_file *file, uint32_t i)
{
	return (struct region_entry *)(file->entries + i * file->entry_bytes);
}

/* The sum that is whole, or the other one. */
struct region_sum *region_sum_of(
	const struct region_file *file, struct region_entry *entry, unsigned bank);

/* How many there are, whatever the header says. */
uint32_t region_n_entries(const struct region_file *file);
uint32_t region_n_records(const struct region_file *file);

/* 1 to 63 letters, digits and _ - . : / + @ */
bool region_name_is_good(const char *name);

/* The lock of a file or entry. True: whoever held it was killed with it. */
bool region_lock(pthread_mutex_t *lock);

/* Both look first whether it is there. NULL: there is no room. */
struct region_entry *region_entry_get(
	const struct region_file *file, const char *name, uint32_t place);
struct region_record *region_record_new(
	const struct region_file *file, const char *name, int32_t pid, int32_t tid, uint32_t cpu);

#endif
