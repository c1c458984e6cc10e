/* SPDX-License-Identifier: MIT */
/* SDM vol. 2, CPUID leaf 0AH, from a model's data. It must not know any model. */
#include "fuse-msr/host/leaf.h"

#include <stdint.h>
#include <stdio.h>

#include "arch/pmu.h"

#define EAX_GENERAL 8 /* the lowest bit of each field */
#define EAX_WIDTH   16
#define EAX_EVENTS  24
#define EDX_WIDTH   5

void leaf_write(char text[static LEAF_SIZE], const struct arch_core *core, unsigned n_threads)
{
	uint32_t n_general = n_threads == 1 ? core->n_general_alone : core->n_general;
	uint32_t eax = core->version | n_general << EAX_GENERAL |
		       (uint32_t)core->width << EAX_WIDTH | (uint32_t)core->n_events << EAX_EVENTS;
	uint32_t edx = core->n_fixed | (uint32_t)core->width << EDX_WIDTH;

	snprintf(text, LEAF_SIZE, LEAF_FORMAT, eax, edx);
}
