/* SPDX-License-Identifier: MIT */
/*
 * CPUID leaf 0AH of the node, on its way from who knows the CPU model to the
 * library that answers for it (cpuid.c): a variable in the environment.
 */
#ifndef MSRD_FUSE_MSR_HOST_LEAF_H
#define MSRD_FUSE_MSR_HOST_LEAF_H

/* EAX and EDX in hexadecimal; EBX and ECX are 0. */
#define LEAF_VARIABLE "FUSE_MSR_CPUID_0A"
#define LEAF_FORMAT   "%08x:%08x"
#define LEAF_SIZE     sizeof "01234567:01234567"

struct arch_core;

/* What a thread of that core sees, where so many threads share one. */
void leaf_write(char text[static LEAF_SIZE], const struct arch_core *core, unsigned n_threads);

#endif
