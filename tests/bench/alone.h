/* SPDX-License-Identifier: MIT */
/* The machine alone, without files: reads of each kind of register. */
#ifndef MSRD_BENCH_ALONE_H
#define MSRD_BENCH_ALONE_H

/* Prints a table of the node of that fixture, whose model is 06_2D. -errno, and said on stderr. */
int alone_time(const char *fixture, unsigned rounds);

#endif
