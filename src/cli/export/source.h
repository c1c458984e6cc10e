/* SPDX-License-Identifier: MIT */
/*
 * Registers that count or tell for ever, whatever anybody programs: cycles, idle times,
 * temperatures, energies. All of them are read by one batch; nothing is written.
 */
#ifndef MSRD_CLI_EXPORT_SOURCE_H
#define MSRD_CLI_EXPORT_SOURCE_H

#include "cli/accesses.h"
#include "cli/cli.h"
#include "cli/export/counter.h"
#include "cli/export/sample.h"

/* What one count is, or what a readout is below: read of the socket each time. */
enum scale { SCALE_ONE, SCALE_TSC, SCALE_JOULES, SCALE_DRAM_JOULES, SCALE_HOT };

struct item {
	enum scale scale;
	size_t socket; /* of the source, whose scale it is */
	size_t op;
	struct counter counter; /* of what counts */
	uint8_t shift;		/* of a readout */
	uint64_t mask, valid;	/* of a readout; valid: bits that say that it is one */
};

struct source_socket {
	uint32_t package;
	size_t op_tsc, op_joules, op_hot;
};

struct source {
	const struct cli *cli;
	struct msrd *msrd; /* NULL: none now */
	struct accesses accesses;
	struct source_socket *sockets;
	size_t n_sockets;
	struct item *items; /* one a sample */
	struct samples samples;
	struct whys whys;
	uint64_t keep_up_ns;
	uint64_t n_starts;	     /* how many daemons or connections there were */
	bool is_up;		     /* the last read had an answer */
	bool is_in_use;		     /* ... which was that the counters are another user's */
	char error[MSRD_ERROR_SIZE]; /* why it had none */
};

/* What this machine has. 0 or -ENOMEM; source_deinit also after a failure. */
int source_init(struct source *source, const struct cli *cli);
void source_deinit(struct source *source);

/* Reads all of it. A daemon that is gone is replaced at once; where there is none, or it says no,
 * samples are not known, and whys says why. 0 or -ENOMEM. */
int source_read(struct source *source);

/* So soon it has to be read again that no counter goes round unseen. */
uint64_t source_keep_up_ns(const struct source *source);

/* source_items.c: adds items and their accesses. 0 or -ENOMEM. */
int source_add_items(struct source *source);

#endif
