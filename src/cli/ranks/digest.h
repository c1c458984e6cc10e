/* SPDX-License-Identifier: MIT */
/* Texts as a number: FNV-1a, which is no secret and guards nothing. */
#ifndef MSRD_CLI_RANKS_DIGEST_H
#define MSRD_CLI_RANKS_DIGEST_H

#include <stdint.h>

#define DIGEST_BEGIN UINT64_C(0xcbf29ce484222325)

/* With text, and where it ends, behind what was digested before. */
uint64_t digest_add(uint64_t digest, const char *text);

#endif
