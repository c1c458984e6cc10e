/* SPDX-License-Identifier: MIT */
/*
 * The two signals of instructions, SIGILL and SIGSEGV, are ours first; a program that handles,
 * ignores or blocks them believes that it does, and gets what is not ours.
 */
#ifndef MSRD_FUSE_MSR_PRELOAD_SIGNALS_H
#define MSRD_FUSE_MSR_PRELOAD_SIGNALS_H

#include <stdbool.h>

/* handle says whether it was ours. Runs as a signal handler. */
bool signals_start(bool (*handle)(int number, void *context));

#endif
