/* SPDX-License-Identifier: MIT */
/* Built without a decoder: nothing is patched, and CPUID is the node's only where it can fault. */
#include "fuse-msr/preload/patch.h"

void patch_loaded(bool has_cpuid)
{
	(void)has_cpuid;
}

enum patch_kind patch_find(uintptr_t address)
{
	(void)address;
	return PATCH_NONE;
}
