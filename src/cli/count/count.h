/* SPDX-License-Identifier: MIT */
/*
 * Events on the counters of all devices that have them: found, assigned,
 * programmed among others, in turns where there are more events than counters,
 * and read. Prints nothing.
 */
#ifndef MSRD_CLI_COUNT_COUNT_H
#define MSRD_CLI_COUNT_COUNT_H

#include "cli/count/assign.h"
#include "cli/count/topology.h"
#include "cli/count/want.h"
#include "cli/measure/cause.h"
#include "cli/measure/journal.h"
#include "cli/measure/reading.h"
#include "cli/places.h"
#include "node/node.h"

/* One event on one device. */
struct count_slot {
	const struct want *want;
	struct assign_want assigned;
	struct place counter, select; /* where it is programmed; of a running register: counter */
	bool has_high;
	bool was_running; /* for somebody else, who counts the same */
	unsigned width;
	double scale;	    /* one count is so much */
	struct cause cause; /* why it is not counted */
	uint64_t raw;	    /* as last read */
	bool is_begun;
	uint64_t total, on_ns;		 /* counted in the interval, and for how long */
	uint64_t past_total, past_on_ns; /* ... in those before it */
	uint32_t period_ns;		 /* it moves that often; 0: always */
};

/* A CPU, a box, or the running registers of a package. */
struct count_device {
	enum want_kind kind;
	const struct arch_box *box;
	struct place place; /* of its registers: a box in MSRs is reached by a CPU of its package */
	uint32_t package;
	uint32_t number; /* of the CPU; which box of its kind in the package */
	struct count_slot *slots;
	size_t n_slots;
	uint8_t running[ARCH_MAX_FIXED]; /* CORE: modes of fixed counters that go on already */
	unsigned n_sets;		 /* how many turns its slots take */
	struct cause refused;		 /* why it could not be switched on */
};

struct count {
	const struct node *node;
	const struct topology *topology;
	struct journal *journal;
	const struct want *wants;
	size_t n_wants;
	struct count_device *devices;
	size_t n_devices;
	unsigned n_sets, set; /* the most of any device; the one that is on */
	struct reading_clock clock;
	bool is_begun;
	uint64_t begin_ns, read_ns; /* of the interval; of the last reading */
	uint64_t past_ns;	    /* of the intervals before it */
	bool is_whole;		    /* values are those of all intervals */
};

/*
 * Programs the wants on the CPUs and on the boxes of their packages, or of all packages. Where they
 * do not fit, they take turns, or without rotate it is -EINVAL and error says what collides. 0;
 * negative when the daemon is gone or out of memory; the journal says what to restore.
 */
int count_start(struct count *count, struct msrd *msrd, const struct places *cpus,
	bool all_packages, bool rotate, char error[WANT_ERROR_SIZE]);

/* Reads what is on. The first time begins the interval. 0 or negative. */
int count_read(struct count *count, struct msrd *msrd);

/* Reads, then lets the next set have its turn. */
int count_rotate(struct count *count, struct msrd *msrd);

/* The next interval begins where this one ended. */
void count_restart(struct count *count);
/* The interval begins where it was last read: what was before is not counted. */
void count_discard(struct count *count);

/* Are the registers as they were programmed? What was not is not counted. 0 or negative. */
int count_check(struct count *count, struct msrd *msrd);

void count_deinit(struct count *count);

/* As much as it would have been with the counter on all the time; NAN: not known. */
double count_value(const struct count *count, const struct count_slot *slot);
/* How much of the interval it was counted, 0 to 1. */
double count_share(const struct count *count, const struct count_slot *slot);
double count_seconds(const struct count *count);
/* What the counter itself went on by, or shows, without scale and turns. */
double count_raw(const struct count *count, const struct count_slot *slot);
/* So far a value may be off, in percent, as the counter moves in steps; NAN: it does not. */
double count_grain(const struct count *count, const struct count_slot *slot);

/* How long no counter that is read can have wrapped twice. */
#define COUNT_KEEP_UP_NS (20 * UINT64_C(1000000000))

#endif
