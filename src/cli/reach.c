/* SPDX-License-Identifier: MIT */
/* The one file that knows which function of libmsrd reaches which space. */
#include "cli/reach.h"

#include <errno.h>

int reach_read(struct msrd *msrd, const struct place *place, uint64_t *value)
{
	uint32_t dword;
	int r;

	switch (place->space) {
	case OP_MSR:
		return msrd_read(msrd, place->cpu, place->reg, value);
	case OP_PCI:
		r = msrd_pci_read(msrd, place->package, (enum msrd_unit)place->unit, place->index,
			place->reg, &dword);
		if (r == 0)
			*value = dword;
		return r;
	}
	return -EINVAL;
}

int reach_write(struct msrd *msrd, const struct place *place, uint64_t value)
{
	switch (place->space) {
	case OP_MSR:
		return msrd_write(msrd, place->cpu, place->reg, value);
	case OP_PCI:
		return msrd_pci_write(msrd, place->package, (enum msrd_unit)place->unit,
			place->index, place->reg, (uint32_t)value);
	}
	return -EINVAL;
}

int reach_check(struct msrd *msrd, const struct place *place)
{
	switch (place->space) {
	case OP_MSR:
		return msrd_check(msrd, place->cpu);
	case OP_PCI:
		return msrd_pci_check(
			msrd, place->package, (enum msrd_unit)place->unit, place->index);
	}
	return -EINVAL;
}

struct msrd_op reach_op(enum op_verb verb, const struct place *place, uint64_t value)
{
	struct msrd_op op = {.verb = (uint8_t)verb, .reg = place->reg, .value = value};

	switch (place->space) {
	case OP_MSR:
		op.space = MSRD_SPACE_MSR;
		op.device = place->cpu;
		break;
	case OP_PCI:
		op.space = MSRD_SPACE_PCI;
		op.unit = (uint16_t)place->unit;
		op.device = place->package;
		op.index = place->index;
		break;
	}
	return op;
}
