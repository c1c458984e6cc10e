/* SPDX-License-Identifier: MIT */
/*
 * What setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep FILE does, without its package on the
 * machine. Knows nothing of the file.
 */
#include <endian.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/xattr.h>

int main(int argc, char **argv)
{
	uint32_t permitted = 1U << CAP_SYS_RAWIO | 1U << CAP_SYS_ADMIN | 1U << CAP_DAC_OVERRIDE;
	struct vfs_cap_data data = {
		.magic_etc = htole32(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE),
		.data[0].permitted = htole32(permitted),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: file-capabilities FILE\n");
		return 2;
	}
	if (setxattr(argv[1], "security.capability", &data, sizeof data, 0) < 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
