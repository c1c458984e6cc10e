/* SPDX-License-Identifier: MIT */
#include "cli/ranks/digest.h"

uint64_t digest_add(uint64_t digest, const char *text)
{
	do
		digest = (digest ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return digest;
}
