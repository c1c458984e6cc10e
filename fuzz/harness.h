/* SPDX-License-Identifier: MIT */
/*
 * What a harness is: one function that takes any bytes and aborts when a promise
 * of the code under it does not hold. libFuzzer calls it, and replay.c with the
 * files of its corpus.
 */
#ifndef MSRD_FUZZ_HARNESS_H
#define MSRD_FUZZ_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(3): it has to hold in every build. */
#define MUST(promise)                                                                              \
	do {                                                                                       \
		if (!(promise)) {                                                                  \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#promise);                                                         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
