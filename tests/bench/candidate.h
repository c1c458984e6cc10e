/* SPDX-License-Identifier: MIT */
/*
 * The ways to a register that are compared. Each carries out a struct op, as a
 * device back end does (device/device.h), so whoever measures can't tell them
 * apart. What can't be made, or breaks, ends the program.
 */
#ifndef MSRD_BENCH_CANDIDATE_H
#define MSRD_BENCH_CANDIDATE_H

#include "device/device.h"

/* The device files, opened by this process: pread and pwrite, by the daemon's own back ends. */
struct device *candidate_new_files(void);

/*
 * The daemon at path, started and spoken to as LIKWID 5.2 does: one send and
 * one recv an access. Of the uncore units it knows imc0 alone.
 */
struct device *candidate_new_daemon(const char *path);

/*
 * A process that sends every record back at once over a socket pair: what the
 * transport alone costs. Can only check: it has no registers.
 */
struct device *candidate_new_echo(void);

#endif
