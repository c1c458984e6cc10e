/* SPDX-License-Identifier: MIT */
/*
 * What setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep FILE does, or with fewer of them,
 * without its package on the machine. Knows nothing of the file.
 */
#include <endian.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

static const struct {
	const char *name;
	uint32_t bit;
} capabilities[] = {
	{"sys_rawio", 1U << CAP_SYS_RAWIO},
	{"sys_admin", 1U << CAP_SYS_ADMIN},
	{"dac_override", 1U << CAP_DAC_OVERRIDE},
};

/* Those that are named; all, without a name. */
static uint32_t permitted(char **names)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
		char **name = names;

		while (*name && strcmp(*name, capabilities[i].name) != 0)
			name++;
		if (*name || !*names)
			bits |= capabilities[i].bit;
	}
	return bits;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr,
			"usage: file-capabilities FILE [sys_rawio|sys_admin|dac_override]...\n");
		return 2;
	}
	struct vfs_cap_data data = {
		.magic_etc = htole32(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE),
		.data[0].permitted = htole32(permitted(argv + 2)),
	};

	if (setxattr(argv[1], "security.capability", &data, sizeof data, 0) < 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
