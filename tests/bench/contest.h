/* SPDX-License-Identifier: MIT */
/* Who is compared in what, and all that came of it: filled by contest.c, printed by report.c. */
#ifndef MSRD_BENCH_CONTEST_H
#define MSRD_BENCH_CONTEST_H

#include <stdint.h>

#include "host.h"
#include "pinning.h"
#include "sample.h"
#include "trial.h"

enum by { BY_FILES, BY_FLOOR, BY_MSRD, BY_REFERENCE, N_BY };

enum { MSR_READ, MSR_WRITE, PCI_READ, PCI_WRITE, CHECK, START, N_KINDS };

/* START is an MSR read by a daemon that is started for it. */
extern const struct kind kinds[N_KINDS];

struct contest {
	const char *paths[N_BY]; /* of the daemons' programs; NULL: not there */
	uint64_t rounds;
	bool json;
	uint64_t device_cpu; /* of fuse-msr; NO_CPU: not known */

	struct host host;
	struct pinning pinnings[N_PINNINGS];
	struct candidate *witness;
	struct candidate *by[N_PINNINGS][N_BY];
	struct sample samples[N_PINNINGS][N_KINDS][N_BY];
	struct verdict verdicts[N_KINDS][N_BY]; /* over all pinnings: wrong once is wrong */
};
#define NO_CPU UINT64_MAX

/* Only daemons are started; a CHECK touches no device file. */
static inline bool contest_has_row(const struct contest *contest, int kind, int by)
{
	if (kind == START || by >= BY_MSRD)
		return by >= BY_MSRD && contest->paths[by];
	return by == BY_FLOOR || kind != CHECK;
}

/* Both return 0, or -errno and said on stderr; contest_deinit has to follow in any case. */
int contest_init(struct contest *contest);
int contest_run(struct contest *contest);
void contest_deinit(struct contest *contest);

/* msrd has to serve all that the machine has; the reference daemon may be unable to. */
bool contest_is_right(const struct contest *contest);
/* 0 or -errno. */
int contest_print(struct contest *contest);

#endif
