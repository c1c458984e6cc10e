/* SPDX-License-Identifier: MIT */
/*
 * THE NOUN: one register access, as everybody between the wire and the
 * device sees it. Shapes only: no code, and no include of ours.
 */
#ifndef MSRD_OP_H
#define MSRD_OP_H

#include <stdint.h>

enum op_verb {
	OP_READ,
	OP_WRITE,
	OP_CHECK, /* does the device exist? touches no register */
};

enum op_space {
	OP_MSR, /* addressed by OS CPU number, registers of 64 bits */
	OP_PCI, /* addressed by socket and uncore unit, registers of 32 bits */
};
#define OP_N_SPACES 2

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
#define OP_N_UNITS (UNIT_R3QPI + 1)

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
	X(OP_UNSUPPORTED, "unsupported CPU model")

enum op_status {
#define X(status, text) status,
	OP_STATUSES(X)
#undef X
};
#define OP_N_STATUSES (OP_UNSUPPORTED + 1)

struct op {
	enum op_verb verb;
	enum op_space space;
	uint32_t cpu;	   /* OP_MSR: OS CPU number */
	uint32_t socket;   /* OP_PCI: 0 is the socket of the lowest package id */
	enum op_unit unit; /* OP_PCI */
	uint32_t index;	   /* OP_PCI: which unit of its kind in the socket */
	uint32_t reg;	   /* MSR address, or byte offset in config space */
	uint64_t value;	   /* to write, or as read; PCI uses the low 32 bits */
	enum op_status status;
};

/* What exists on this machine: the decoder answers OP_ABSENT for the rest. */
struct op_limits {
	uint32_t cpus;	  /* CPU numbers lie below this */
	uint32_t sockets; /* socket numbers lie below this */
};

#endif
