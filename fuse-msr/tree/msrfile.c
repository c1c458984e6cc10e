/* SPDX-License-Identifier: MIT */
/* The msr character device. It must not know who asks, or how a request came. */
#include "fuse-msr/tree/msrfile.h"

#include <errno.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "registers are copied as they are");

ssize_t msrfile_read(
	struct machine *machine, uint32_t cpu, uint8_t *buffer, size_t count, uint64_t offset)
{
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	/* the position stays: a longer read is the same register again */
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		uint64_t value;
		int r = machine_msr_read(machine, cpu, (uint32_t)offset, &value);
		if (r < 0)
			return done > 0 ? (ssize_t)done : r;
		memcpy(buffer + done, &value, sizeof value);
	}
	return (ssize_t)count;
}

ssize_t msrfile_write(
	struct machine *machine, uint32_t cpu, const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (count % sizeof(uint64_t) != 0)
		return -EINVAL;
	for (size_t done = 0; done < count; done += sizeof(uint64_t)) {
		uint64_t value;
		memcpy(&value, buffer + done, sizeof value);
		int r = machine_msr_write(machine, cpu, (uint32_t)offset, value);
		if (r < 0)
			return done > 0 ? (ssize_t)done : r;
	}
	return (ssize_t)count;
}
