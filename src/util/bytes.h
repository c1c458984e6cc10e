/* SPDX-License-Identifier: MIT */
/* Little-endian numbers in bytes, as wires, config space and files have them. */
#ifndef MSRD_UTIL_BYTES_H
#define MSRD_UTIL_BYTES_H

#include <stdint.h>

static inline uint16_t get_le16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t get_le32(const uint8_t *bytes)
{
	return get_le16(bytes) | (uint32_t)get_le16(bytes + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t *bytes)
{
	return get_le32(bytes) | (uint64_t)get_le32(bytes + 4) << 32;
}

static inline void put_le16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

static inline void put_le32(uint8_t *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

static inline void put_le64(uint8_t *bytes, uint64_t value)
{
	put_le32(bytes, (uint32_t)value);
	put_le32(bytes + 4, (uint32_t)(value >> 32));
}

#endif
