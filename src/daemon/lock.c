/* SPDX-License-Identifier: MIT */
/* Whose turn it is, as one file says. Knows nothing of registers. */
#include "daemon/lock.h"

#include <errno.h>
#include <sys/stat.h>

enum op_status lock_check(const char *path, uid_t uid, bool *is_own)
{
	struct stat st;

	*is_own = false;
	/* not followed: a link that leads nowhere must not look like "absent" */
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? OP_OK : OP_LOCKED;
	*is_own = st.st_uid == uid;
	return *is_own ? OP_OK : OP_LOCKED;
}
