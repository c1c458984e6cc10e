/* SPDX-License-Identifier: MIT */
/*
 * Why an access was not done, finer than its status: a number that stays what
 * it is, a name for scripts, and the daemon's words. Wires that have no room
 * for it (LIKWID's) leave it out.
 */
#ifndef MSRD_WIRE_REASON_H
#define MSRD_WIRE_REASON_H

#include <stdint.h>

/*
 * X(reason, number, name). Numbers and names are on the wire and in scripts:
 * new ones are added, none is ever used again. Below 32: of this access. From 32
 * on: of the machine, and the same for all accesses of its kind. The header of
 * libmsrd says what each means.
 */
#define REASONS(X)                                                                                 \
	X(REASON_NONE, 0, "none")                                                                  \
	X(REASON_NOT_LISTED, 1, "not-listed")                                                      \
	X(REASON_READ_ONLY, 2, "read-only")                                                        \
	X(REASON_TOO_WIDE, 3, "too-wide")                                                          \
	X(REASON_OUTSIDE_MASK, 4, "outside-mask")                                                  \
	X(REASON_CLEAR_ONLY, 5, "clear-only")                                                      \
	X(REASON_KERNELS, 6, "kernels")                                                            \
	X(REASON_OWNERS, 7, "owners")                                                              \
	X(REASON_OTHERS, 8, "others")                                                              \
	X(REASON_NOT_KEPT, 9, "not-kept")                                                          \
	X(REASON_LOCKED, 10, "locked")                                                             \
	X(REASON_DELAYED, 11, "delayed")                                                           \
	X(REASON_FAULT, 12, "fault")                                                               \
	X(REASON_NO_DEVICE, 13, "no-device")                                                       \
	X(REASON_UNREADABLE, 32, "unreadable")                                                     \
	X(REASON_MODEL, 33, "model")                                                               \
	X(REASON_MODULE, 34, "module")                                                             \
	X(REASON_CPU_FILE, 35, "cpu-file")                                                         \
	X(REASON_NO_MSRS, 36, "no-msrs")                                                           \
	X(REASON_INSTALLED, 37, "installed")                                                       \
	X(REASON_FEW_CAPABILITIES, 38, "few-capabilities")                                         \
	X(REASON_NOSUID, 39, "nosuid")                                                             \
	X(REASON_NO_NEW_PRIVS, 40, "no-new-privs")                                                 \
	X(REASON_USER_NAMESPACE, 41, "user-namespace")                                             \
	X(REASON_BOUNDING_SET, 42, "bounding-set")                                                 \
	X(REASON_LOCKDOWN, 43, "lockdown")                                                         \
	X(REASON_ALLOW_WRITES, 44, "allow-writes")                                                 \
	X(REASON_DEVICE_RULES, 45, "device-rules")                                                 \
	X(REASON_MOUNTED_READ_ONLY, 46, "mounted-read-only")                                       \
	X(REASON_NO_UNCORE, 47, "no-uncore")                                                       \
	X(REASON_HIDDEN, 48, "hidden")                                                             \
	X(REASON_DESCRIPTORS, 49, "descriptors")                                                   \
	X(REASON_OTHER, 50, "other")

enum reason {
#define X(reason, number, name) reason = (number),
	REASONS(X)
#undef X
};

/* With its 0. No text of ours is longer, and none from the wire is taken. */
#define REASON_TEXT_SIZE 320

struct reason_told {
	uint16_t reason; /* enum reason, or one of a later release; REASON_NONE: nothing is told */
	char text[REASON_TEXT_SIZE]; /* one line: cause, and cure where there is one */
};

#endif
