/* SPDX-License-Identifier: MIT */
/*
 * Instructions that do not fault by themselves, made to: CPUID, RDTSC and RDTSCP become UD2 in the
 * code of the program and its libraries, where a decoder says that an instruction begins, and
 * nowhere in the loader and in libc, nor in this library. Does not know the answers.
 */
#ifndef MSRD_FUSE_MSR_PRELOAD_PATCH_H
#define MSRD_FUSE_MSR_PRELOAD_PATCH_H

#include <stdbool.h>
#include <stdint.h>

enum patch_kind { PATCH_NONE, PATCH_CPUID, PATCH_RDTSC, PATCH_RDTSCP };

/* Bytes of the instruction. */
#define PATCH_RDTSC_BYTES  2
#define PATCH_RDTSCP_BYTES 3

/* In everything that is loaded and has not been patched yet; CPUID only where has_cpuid says so. */
void patch_loaded(bool has_cpuid);

/* What stood at an address. May be called in a signal handler. */
enum patch_kind patch_find(uintptr_t address);

#endif
