/* SPDX-License-Identifier: MIT */
/* Loaded by instructions.c while it runs. */
#include <cpuid.h>
#include <stdint.h>

__attribute__((visibility("default"))) uint32_t signature(void);

uint32_t signature(void)
{
	uint32_t eax, ebx, ecx, edx;

	__cpuid(1, eax, ebx, ecx, edx);
	return eax;
}
