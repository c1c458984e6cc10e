/* SPDX-License-Identifier: MIT */
/* Names of registers, by the tables of the daemon's CPU model. Knows none in particular. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/ask.h"

_Static_assert(MSRD_NAME_SIZE == ARCH_NAME_SIZE, "MSRD_NAME_SIZE differs from ARCH_NAME_SIZE");

bool ask_device(enum msrd_space space, enum msrd_unit unit, struct place *device)
{
	switch (space) {
	case MSRD_SPACE_MSR:
		*device = place_of_cpu(0);
		return unit == 0;
	case MSRD_SPACE_PCI:
		*device = place_of_unit(0, (enum op_unit)unit, 0);
		return (unsigned)unit < OP_N_UNITS;
	}
	return false;
}

static int fail(struct msrd *msrd, int error, const char *text, const char *name)
{
	pthread_mutex_lock(&msrd->lock);
	msrd->reason = REASON_NONE;
	snprintf(msrd->text, sizeof msrd->text, "%s%.*s", text, (int)MSRD_NAME_SIZE, name);
	pthread_mutex_unlock(&msrd->lock);
	return error;
}

/* 0 and msrd->arch, which then stays what it is. */
static int learn_model(struct msrd *msrd)
{
	const struct arch *arch;
	struct msrd_machine machine;
	int r;

	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	arch = msrd->arch;
	pthread_mutex_unlock(&msrd->lock);
	if (arch)
		return 0;
	r = msrd_info(msrd, &machine);
	if (r < 0)
		return r;
	arch = arch_find(machine.family, machine.model);
	if (!arch)
		return fail(msrd, -EOPNOTSUPP, "no registers are known for this CPU model", "");
	pthread_mutex_lock(&msrd->lock);
	msrd->arch = arch;
	pthread_mutex_unlock(&msrd->lock);
	return 0;
}

int msrd_register_find(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit,
	const char *name, uint32_t *reg)
{
	struct place device;
	struct arch_hit hit;
	int r = learn_model(msrd);

	if (r < 0)
		return r;
	if (!ask_device(space, unit, &device))
		return fail(msrd, -EINVAL, "there is no such space or unit", "");
	if (!arch_register_find(msrd->arch, &device, name, &hit))
		return fail(msrd, -ENOENT, "this CPU model has no register that is called ", name);
	*reg = arch_register_address(hit.entry, hit.index);
	return 0;
}

const char *msrd_register_name(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit,
	uint32_t reg, char *buffer, size_t size)
{
	char name[ARCH_NAME_SIZE];
	struct place device;
	struct arch_hit hit;

	if (learn_model(msrd) < 0 || !ask_device(space, unit, &device))
		return NULL;
	device = place_at(device, reg);
	if (!arch_register_at(msrd->arch, &device, &hit))
		return NULL;
	snprintf(buffer, size, "%s", arch_register_name(&hit, name));
	return buffer;
}
