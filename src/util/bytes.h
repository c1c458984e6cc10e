/* SPDX-License-Identifier: MIT */
/* Little-endian numbers in bytes, as wires, config space and files have them. */
#ifndef MSRD_UTIL_BYTES_H
#define MSRD_UTIL_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* A copy and not a shift of each byte: compilers make one load or store of it, at any alignment. */
#define BYTES_OF(bits)                                                                             \
	static inline uint##bits##_t get_le##bits(const uint8_t *bytes)                            \
	{                                                                                          \
		uint##bits##_t value;                                                              \
                                                                                                   \
		memcpy(&value, bytes, sizeof value);                                               \
		return le##bits##toh(value);                                                       \
	}                                                                                          \
	static inline void put_le##bits(uint8_t *bytes, uint##bits##_t value)                      \
	{                                                                                          \
		value = htole##bits(value);                                                        \
		memcpy(bytes, &value, sizeof value);                                               \
	}
BYTES_OF(16)
BYTES_OF(32)
BYTES_OF(64)
#undef BYTES_OF

#endif
