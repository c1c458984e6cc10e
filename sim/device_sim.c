/* SPDX-License-Identifier: MIT */
/*
 * A machine behind device.h. Answers as the real back ends do: what a
 * processor faults on is a failed access, what is not there is absent.
 */
#include "sim/device_sim.h"

#include <errno.h>
#include <stdlib.h>

struct device_sim {
	struct device device;
	struct machine *machine;
	const struct fixture *fixture;
};

static enum op_status status_of(int error)
{
	switch (error) {
	case 0:
		return OP_OK;
	case -ENXIO:
		return OP_ABSENT;
	default:
		return OP_FAILED;
	}
}

static enum op_status access_msr(struct device_sim *sim, struct op *op)
{
	switch (op->verb) {
	case OP_READ:
		return status_of(
			machine_msr_read(sim->machine, op->place.cpu, op->place.reg, &op->value));
	case OP_WRITE:
		return status_of(
			machine_msr_write(sim->machine, op->place.cpu, op->place.reg, op->value));
	case OP_CHECK:
		return machine_cpu_is_online(sim->machine, op->place.cpu) ? OP_OK : OP_ABSENT;
	}
	return OP_UNKNOWN;
}

static enum op_status access_pci(struct device_sim *sim, struct op *op)
{
	uint32_t function;

	if (!machine_find_function(sim->machine, &op->place, &function))
		return OP_ABSENT;
	if (op->verb == OP_CHECK)
		return OP_OK;
	if (op->place.reg % op_space_step(OP_PCI) != 0 ||
		op->place.reg >= sim->fixture->functions[function].size)
		return OP_FAILED;
	if (op->verb == OP_READ)
		op->value = machine_pci_read(sim->machine, function, op->place.reg, 4);
	else
		machine_pci_write(sim->machine, function, op->place.reg, 4, (uint32_t)op->value);
	return OP_OK;
}

static void device_sim_access(struct device *device, struct op *ops, size_t n)
{
	static enum op_status (*const spaces[])(struct device_sim *, struct op *) = {
		[OP_MSR] = access_msr,
		[OP_PCI] = access_pci,
	};
	struct device_sim *sim = (struct device_sim *)device;

	for (size_t i = 0; i < n; i++)
		ops[i].status = spaces[ops[i].place.space](sim, &ops[i]);
}

static void device_sim_free(struct device *device)
{
	free(device);
}

struct device *device_sim_new(struct machine *machine, const struct fixture *fixture)
{
	static const struct device_ops ops = {
		.access = device_sim_access,
		.free = device_sim_free,
	};
	struct device_sim *sim = malloc(sizeof *sim);

	if (!sim)
		return NULL;
	*sim = (struct device_sim){.device = {&ops}, .machine = machine, .fixture = fixture};
	return &sim->device;
}
