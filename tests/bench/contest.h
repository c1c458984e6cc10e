/* SPDX-License-Identifier: MIT */
/* Who is compared in what, and all that came of it: filled by contest.c, printed by report.c. */
#ifndef MSRD_BENCH_CONTEST_H
#define MSRD_BENCH_CONTEST_H

#include <stdint.h>

#include "footprint.h"
#include "host.h"
#include "many.h"
#include "pinning.h"
#include "sample.h"
#include "trial.h"

enum by { BY_FILES, BY_FLOOR, BY_MSRD, BY_REFERENCE, N_BY };

enum {
	MSR_READ,
	MSR_WRITE,
	PCI_READ,
	PCI_WRITE,
	CHECK,
	BATCHES, /* of many_sizes[0], and so on */
	START = BATCHES + MANY_N_SIZES,
	N_KINDS
};

/* START is an MSR read by a daemon that is started for it. */
extern const struct kind kinds[N_KINDS];

/* How many accesses are one duration of this kind. */
static inline size_t contest_n_accesses(int kind)
{
	return kind >= BATCHES && kind < START ? many_sizes[kind - BATCHES] : 1;
}

struct contest {
	struct program programs[N_BY]; /* of the daemons */
	uint64_t rounds;
	uint64_t most; /* operations of a batch */
	bool json;
	bool only_starts;    /* no accesses: what daemons take before, and what of the machine */
	const char *folder;  /* for the same again as JSON, and for pictures; NULL: none */
	uint64_t device_cpu; /* of fuse-msr; NO_CPU: not known */

	struct host host;
	struct pinning pinnings[N_PINNINGS];
	struct candidate *witness;
	struct candidate *by[N_PINNINGS][N_BY];
	struct many *many[N_PINNINGS][N_BY]; /* BY_FILES, BY_MSRD */
	struct footprint footprints[N_BY];
	struct sample samples[N_PINNINGS][N_KINDS][N_BY];
	struct verdict verdicts[N_KINDS][N_BY]; /* over all pinnings: wrong once is wrong */
};
#define NO_CPU UINT64_MAX

/* Only daemons are started; a CHECK touches no device file; batches are libmsrd's. */
bool contest_has_row(const struct contest *contest, int kind, int by);

/* Both return 0, or -errno and said on stderr; contest_deinit has to follow in any case. */
int contest_init(struct contest *contest);
int contest_run(struct contest *contest);
void contest_deinit(struct contest *contest);

/* msrd has to serve all that the machine has; the reference daemon may be unable to. */
bool contest_is_right(const struct contest *contest);
/* 0 or -errno. To stdout, and into its folder if it has one. */
int contest_print(struct contest *contest);

/* What contest_print and the targets are made of. */
extern const char *const by_names[N_BY], *const pinning_names[N_PINNINGS];
/* In ns an access; NAN: the figure of a row that is not right would be none. */
double contest_percentile_ns(
	struct contest *contest, int pinning, int kind, int by, unsigned percent);

#endif
