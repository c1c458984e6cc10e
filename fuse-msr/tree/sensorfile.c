/* SPDX-License-Identifier: MIT */
/*
 * Attributes of hwmon and powercap: each read is an access of the register behind it, but for what
 * the driver reads once, when it finds the processor. It must not know what the figures mean.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "fuse-msr/tree/file.h"
#include "sim/machine/sensor.h"

/* The CPU, or, while it is off, another that has the register: of its core, or of its package. */
static uint32_t choose_cpu(const struct file_node *node, uint32_t cpu, enum sensor sensor)
{
	const struct fixture *fixture = node->fixture;
	const struct fixture_cpu *self = fixture_find_cpu(fixture, cpu);

	if (!self || machine_cpu_is_online(node->machine, cpu))
		return cpu;
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		const struct fixture_cpu *other = &fixture->cpus[i];
		if (other->package == self->package &&
			(!sensor_is_of_core(sensor) || other->core == self->core) &&
			machine_cpu_is_online(node->machine, other->number))
			return other->number;
	}
	return cpu;
}

static ssize_t sensor_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	enum sensor sensor = file->number % N_SENSORS;
	struct tap_access access = {
		.space = OP_MSR,
		.device = choose_cpu(node, file->number / N_SENSORS, sensor),
		.width = sizeof(uint64_t),
	};
	char text[32];

	(void)handle;
	if (!sensor_register(node->fixture, sensor, &access.reg))
		return -EIO;
	if (!sensor_is_constant(sensor))
		file_tap(node, &access);
	if (access.error < 0)
		return access.error;
	int length = snprintf(text, sizeof text, "%" PRId64 "\n",
		sensor_figure(node->machine, node->fixture, access.device, sensor, access.value));
	return file_show(text, (size_t)length, buffer, count, offset);
}

const struct file_ops sensorfile_ops = {.is_live = true, .read = sensor_read};
