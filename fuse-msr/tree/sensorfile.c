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

static ssize_t sensor_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	enum sensor sensor = file->number % N_SENSORS;
	struct tap_access access = {
		.space = OP_MSR,
		.device = file->number / N_SENSORS,
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
