/* SPDX-License-Identifier: MIT */
/* A machine being recorded, between the files of this room. */
#ifndef MSRD_CLI_RECORD_RECORD_H
#define MSRD_CLI_RECORD_RECORD_H

#include "cli/cli.h"
#include "device/device.h"
#include "sim/fixture/clocks.h"
#include "sim/fixture/save.h"

#define RECORD_MAX_NOTES 64

struct record {
	const struct node *node;
	int root_fd;		 /* of the machine's files: "/" */
	struct device *device;	 /* root's own way to registers, or NULL: */
	struct msrd *msrd;	 /* ... the daemon's, or --direct's */
	const char *way;	 /* which of them, in words */
	struct fixture *fixture; /* being made */
	struct fixture_note notes[RECORD_MAX_NOTES];
	size_t n_notes;
	char *texts[RECORD_MAX_NOTES]; /* those of the notes that are ours to free */
	size_t n_texts;
};

/* A comment in the files; with is_said also a line on standard error. */
__attribute__((format(printf, 4, 5))) void record_note(
	struct record *record, const char *key, bool is_said, const char *format, ...);

/*
 * All of them: 0, or -errno of what the machine does not let be known and without which there
 * is no fixture. What else is not known gets a note.
 */
/* Identity, CPUs, caches and NUMA nodes. */
int record_facts(struct record *record);
/* PCI functions: what of config space may be read, and registers of units by the daemon. */
int record_functions(struct record *record);
/* Every register that the CPU model has, of every CPU. */
int record_msrs(struct record *record);

/* What one register said. */
struct record_value {
	struct arch_hit hit;
	uint64_t value;
	int status; /* enum op_status; OP_SKIPPED: nobody could be asked for it */
};

/*
 * All registers that the CPU model has of this device, read at once: 0 and an array in the order
 * of the model's, to be freed by the caller; or -errno when no more can be read.
 */
int record_device(
	struct record *record, const struct place *device, struct record_value **values, size_t *n);

#endif
