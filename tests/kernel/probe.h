/* SPDX-License-Identifier: MIT */
/*
 * Calls on device files, each answered by a line "GROUP|CALL<TAB>RESULT": what the call returned,
 * or the name of its error. The same list on a real kernel and on the simulated node: what a line
 * says must not depend on what is in a register.
 */
#ifndef MSRD_TESTS_KERNEL_PROBE_H
#define MSRD_TESTS_KERNEL_PROBE_H

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

/* What a machine has to try it on. */
struct probe {
	off_t stored;			/* an MSR that keeps what is written to it */
	uint64_t stored_bits;		/* ... of these bits */
	off_t unwritable;		/* an MSR that faults when written */
	const char *sysfs[2], *proc[2]; /* config space of a function of 256 bytes, and of 4096 */
};

#define PROBE_MSR "/dev/cpu/0/msr"

/* The files of one function: group is a prefix of the group's name. */
struct probe_config {
	const char *group, *path;
	off_t size;
};

void probe_group(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line; of -1 the error's name. */
void probe_say(long result, const char *format, ...) __attribute__((format(printf, 2, 3)));
void probe_say_text(const char *text, const char *call);

#define PROBE(call, ...) probe_say((errno = 0, (long)(call)), __VA_ARGS__)

/* Opens and closes it, for PROBE; a file that is made has mode 0640. 0 or -1. */
int probe_open(const char *path, int flags);

/* Each by root with all capabilities. */
void probe_msr(const struct probe *probe);
void probe_config(const struct probe_config *config);
void probe_meta(const char *group, const char *path);
void probe_node(void);

/* As whoever it is: what a file system refuses, beside the file at path. */
void probe_refused(const char *group, const char *path);

/* Descriptors whose CPU goes offline, or whose PCI function is removed; name is the function's. */
void probe_gone(const struct probe *probe, const char *name);

/* By several identities, one process each. */
void probe_who(const struct probe *probe);

#endif
