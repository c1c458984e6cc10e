/* SPDX-License-Identifier: MIT */
/* What the kernel writes about privileges, taken apart. Pure: opens nothing. */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "util/bytes.h"

void doctor_parse_lockdown(const char *text, char level[24])
{
	const char *begin = strchr(text, '[');
	size_t length = begin ? strcspn(begin + 1, "]\n") : 0;

	level[0] = '\0';
	if (length > 0 && length < 24)
		snprintf(level, 24, "%.*s", (int)length, begin + 1);
}

bool doctor_is_first_uid_map(const char *text)
{
	unsigned long inside, outside, length;
	int end = 0;

	return sscanf(text, "%lu %lu %lu %n", &inside, &outside, &length, &end) == 3 &&
	       text[end] == '\0' && inside == 0 && outside == 0 && length == UINT32_MAX;
}

uint64_t doctor_parse_file_caps(const unsigned char *bytes, size_t length)
{
	uint32_t magic;

	/* magic, then permitted and inheritable, 32 bits of each at a time */
	if (length < sizeof(struct vfs_cap_data))
		return 0;
	magic = get_le32(bytes);
	switch (magic & VFS_CAP_REVISION_MASK) {
	case VFS_CAP_REVISION_2:
	case VFS_CAP_REVISION_3:
		break;
	default:
		return 0;
	}
	/* without the flag the program would have to raise them itself: msrd does not */
	if (!(magic & VFS_CAP_FLAGS_EFFECTIVE))
		return 0;
	return get_le32(bytes + 4) | (uint64_t)get_le32(bytes + 12) << 32;
}
