/* SPDX-License-Identifier: MIT */
/*
 * What stands between an access and the machine: a chain of taps. Each may look
 * at an access before and after it, change it, or answer it itself. The last one
 * is the machine; those before it own it, one after the other.
 *
 *     file --> trace --> replay --> faults --> machine
 */
#ifndef MSRD_SIM_TAP_TAP_H
#define MSRD_SIM_TAP_TAP_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"
#include "sim/machine/machine.h"

/* What a replay has found for an access. */
struct tap_answer {
	uint64_t value; /* of a read */
	int error;
};

/* One RDMSR, WRMSR or config cycle. */
struct tap_access {
	bool is_write;
	enum op_space space;
	uint32_t device; /* OP_MSR: OS CPU number; OP_PCI: number of the function in the fixture */
	uint32_t reg;	 /* MSR address, or byte offset in config space */
	uint32_t width;	 /* bytes: 8 of an MSR; 1, 2 or 4, naturally aligned, of config space */
	uint64_t value;	 /* to write, or as read */
	int error;	 /* 0 or -errno as device files give it: -EIO, -ENXIO, … */
	/* Instead of the machine's, where nothing before that has another; who takes it makes it
	 * NULL. The machine is written all the same, if the write is to succeed. */
	const struct tap_answer *answer;
};

struct tap;

struct tap_ops {
	/* Carries out the access: sets its error, and the value of a read. Called by several
	 * threads at once. */
	void (*access)(struct tap *tap, struct tap_access *access);
	/* Frees this tap, not the next one. */
	void (*free)(struct tap *tap);
};

struct tap {
	const struct tap_ops *ops;
	struct tap *next; /* NULL: this is the machine */
};

/* The end of a chain. The machine must outlive it. NULL: out of memory. */
struct tap *tap_machine_new(struct machine *machine);

/* What a read that failed shows: a config cycle all ones, an MSR nothing. */
static inline uint64_t tap_failed_value(const struct tap_access *access)
{
	return op_space_has_units(access->space) ? UINT64_MAX >> (64 - 8 * access->width) : 0;
}

static inline void tap_access(struct tap *tap, struct tap_access *access)
{
	tap->ops->access(tap, access);
}

/* The whole chain. NULL is fine; returns NULL. */
struct tap *tap_free(struct tap *tap);

#endif
