/* SPDX-License-Identifier: MIT */
/* Config space files. They must not know who asks, or how a request came. */
#include "fuse-msr/tree/pcifile.h"

#include <errno.h>

#define HEADER_TYPE	    0x0e
#define HEADER_TYPE_MASK    0x7f
#define HEADER_TYPE_CARDBUS 2

uint32_t pcifile_limit(const struct fixture_function *function, bool privileged)
{
	if (privileged)
		return function->size;
	if ((function->config[HEADER_TYPE] & HEADER_TYPE_MASK) == HEADER_TYPE_CARDBUS)
		return 128;
	return 64;
}

/*
 * The kernel's way to cut a range into cycles: an odd start costs a byte, then
 * a word up to the next dword if more than a word is left, then dwords, then
 * what remains.
 */
static uint32_t cycle_width(uint64_t offset, size_t left)
{
	if (offset & 1)
		return 1;
	if (offset & 3)
		return left >= 2 ? 2 : 1;
	return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

ssize_t pcifile_read(struct machine *machine, uint32_t function, uint32_t limit, uint8_t *buffer,
	size_t count, uint64_t offset)
{
	if (offset >= limit)
		return 0;
	if (count > limit - offset)
		count = limit - offset;

	for (size_t done = 0; done < count;) {
		uint32_t at = (uint32_t)(offset + done);
		uint32_t width = cycle_width(at, count - done);
		uint32_t value = machine_pci_read(machine, function, at, width);
		for (uint32_t i = 0; i < width; i++)
			buffer[done++] = (uint8_t)(value >> 8 * i);
	}
	return (ssize_t)count;
}

ssize_t pcifile_write(struct machine *machine, uint32_t function, enum pcifile_door door,
	uint32_t size, const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (offset >= size)
		return door == PCIFILE_SYSFS && count > 0 ? -EFBIG : 0;
	if (count > size - offset)
		count = size - offset;

	for (size_t done = 0; done < count;) {
		uint32_t at = (uint32_t)(offset + done);
		uint32_t width = cycle_width(at, count - done);
		uint32_t value = 0;
		for (uint32_t i = 0; i < width; i++)
			value |= (uint32_t)buffer[done++] << 8 * i;
		machine_pci_write(machine, function, at, width, value);
	}
	return (ssize_t)count;
}
