/* SPDX-License-Identifier: MIT */
/*
 * THE NOUN: one register access, as everybody between the wire and the device
 * sees it, and the place it is about.
 */
#ifndef MSRD_OP_H
#define MSRD_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op_verb {
	OP_READ,
	OP_WRITE,
	OP_CHECK, /* does the device exist? touches no register */
};

/*
 * Where registers are. X(space, name, bits of a register, step of addresses, are
 * its devices units of a package): MSRs are numbered, config space is addressed
 * by byte.
 */
#define OP_SPACES(X)                                                                               \
	X(OP_MSR, "msr", 64, 1, false) /* of a CPU, by its OS number */                            \
	X(OP_PCI, "pci", 32, 4, true)  /* of an uncore unit of a package */

enum op_space {
#define X(space, name, bits, step, has_units) space,
	OP_SPACES(X)
#undef X
};
/* How many there are in a list of X(…). */
#define OP_ONE(...) +1
#define OP_N_SPACES (0 OP_SPACES(OP_ONE))

/*
 * The kinds of uncore units that live in PCI config space, with the name that
 * allowlists, fixtures and msrctl use. Units that are reached through MSRs
 * (CBox, UBox, PCU) are no units here: they are registers of a CPU.
 */
#define OP_UNITS(X)                                                                                \
	X(UNIT_IMC, "imc")	     /* memory controller channel */                               \
	X(UNIT_HA, "ha")	     /* home agent */                                              \
	X(UNIT_QPI, "qpi")	     /* QPI port, counters */                                      \
	X(UNIT_QPI_MASK, "qpi-mask") /* QPI port, packet match and mask */                         \
	X(UNIT_QPI_MISC, "qpi-misc") /* QPI port, rate status */                                   \
	X(UNIT_R2PCIE, "r2pcie")     /* ring to PCIe */                                            \
	X(UNIT_R3QPI, "r3qpi")	     /* ring to QPI, one per link */

enum op_unit {
#define X(unit, name) unit,
	OP_UNITS(X)
#undef X
};
#define OP_N_UNITS (0 OP_UNITS(OP_ONE))

/*
 * How an access ended. 0 is success; the others are the client's to read
 * (positive: theirs). A failure of the daemon itself is a negative errno and
 * never stands here. X(status, text)
 */
#define OP_STATUSES(X)                                                                             \
	X(OP_OK, "done")                                                                           \
	X(OP_UNKNOWN, "unknown request or unsupported CPU")                                        \
	X(OP_REFUSED, "register not allowed")                                                      \
	X(OP_NO_FILE, "device file could not be opened")                                           \
	X(OP_FAILED, "read or write failed")                                                       \
	X(OP_BUSY, "daemon busy")                                                                  \
	X(OP_ABSENT, "no such device")                                                             \
	X(OP_LOCKED, "locked by another user")                                                     \
	X(OP_UNSUPPORTED, "unsupported CPU model")                                                 \
	X(OP_SKIPPED, "not tried")

enum op_status {
#define X(status, text) status,
	OP_STATUSES(X)
#undef X
};
#define OP_N_STATUSES (0 OP_STATUSES(OP_ONE))

/* One register of one device. */
struct place {
	enum op_space space;
	uint32_t cpu;	   /* OP_MSR: OS CPU number */
	uint32_t package;  /* OP_PCI: physical package id, as in sysfs */
	enum op_unit unit; /* OP_PCI */
	uint32_t index;	   /* OP_PCI: which unit of its kind in the package */
	uint32_t reg;	   /* MSR address, or byte offset in config space */
};

struct op {
	enum op_verb verb;
	struct place place;
	uint64_t value; /* to write, or as read; the low bits of its space */
	enum op_status status;
};

/* What becomes of the ops of a batch when one of them is not done. */
enum batch_mode {
	BATCH_EACH,	     /* nothing: each is for itself */
	BATCH_UNTIL_FAILURE, /* those after it are not tried */
	BATCH_ALL_OR_NONE,   /* where that is known before the first access: none is tried */
};
#define BATCH_N_MODES 3

/* Ops that come together, and are carried out in this order. */
struct batch {
	struct op *ops;
	size_t n;
	enum batch_mode mode;
	/* CLOCK_MONOTONIC, in ns: before the first access, after the last */
	uint64_t begin_ns, end_ns;
};

/* What exists on this machine: a decoder answers OP_ABSENT for the rest. */
struct op_limits {
	uint32_t n_cpus; /* CPU numbers lie below this */
	const uint32_t
		*packages; /* physical ids; the rank in here is what some wires call a socket */
	uint32_t n_packages;
};

/* The device of a place, without its register: the beginning of other places there. */
struct place place_of_cpu(uint32_t cpu);
struct place place_of_unit(uint32_t package, enum op_unit unit, uint32_t index);

/* The same place with this register. */
struct place place_at(struct place device, uint32_t reg);

/* Is it the same device, whatever register? */
bool place_same_device(const struct place *a, const struct place *b);
/* Is it the same kind of device: do both have the same registers? */
bool place_same_kind(const struct place *a, const struct place *b);

/* "msr", "pci" */
const char *op_space_name(enum op_space space);
/* Every bit of a register there. */
uint64_t op_space_mask(enum op_space space);
/* Addresses of registers are multiples of this. */
uint32_t op_space_step(enum op_space space);
/* Are its devices units of packages, and not CPUs? */
bool op_space_has_units(enum op_space space);

/* "imc", "ha", …; NULL when there is no such unit. */
const char *op_unit_name(enum op_unit unit);
/* False when no unit is called so. */
bool op_unit_find(const char *name, enum op_unit *unit);

/* A few words for a status; NULL when there is no such status. */
const char *op_status_text(enum op_status status);

/* Enough for each of the texts below. */
#define OP_TEXT_SIZE 96

/* The device of a place: "CPU 3", "imc0 of socket 1". Returns text. */
const char *place_describe_device(const struct place *place, char text[OP_TEXT_SIZE]);
/* "MSR 0x198 on CPU 3", "offset 0xf4 in imc0 of socket 1". Returns text. */
const char *place_describe(const struct place *place, char text[OP_TEXT_SIZE]);
/* "read of MSR 0x198 on CPU 3", "write of 0x1f to MSR …". Returns text. */
const char *op_describe(const struct op *op, char text[OP_TEXT_SIZE]);

#endif
