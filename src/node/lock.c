/* SPDX-License-Identifier: MIT */
/* Whose turn it is, as one file says. Knows nothing of registers. */
#include "node/lock.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char known[] = LOCK_PATH, shorter[] = "/run/likwid.lock";

const char *lock_path(void)
{
	struct stat var_run, run;
	bool is_same = stat("/var/run", &var_run) == 0 && stat("/run", &run) == 0 &&
		       var_run.st_dev == run.st_dev && var_run.st_ino == run.st_ino;

	return is_same ? shorter : known;
}

int lock_owner(const char *path, uid_t *owner)
{
	struct stat st;

	/* not followed: a link that leads nowhere must not look like "absent" */
	if (lstat(path, &st) < 0)
		return -errno;
	*owner = st.st_uid;
	return 0;
}

enum op_status lock_check(const char *path, uid_t uid, bool *is_own)
{
	uid_t owner = (uid_t)-1; /* nobody */
	int r = lock_owner(path, &owner);

	*is_own = r == 0 && owner == uid;
	return *is_own || r == -ENOENT ? OP_OK : OP_LOCKED;
}

void lock_describe(const char *path, char *text, size_t size)
{
	uid_t owner = (uid_t)-1; /* nobody */

	if (lock_owner(path, &owner) == 0)
		snprintf(text, size, "%s is of uid %u, who has the counters until it is removed",
			path, (unsigned)owner);
	else
		snprintf(text, size, "%s can't be looked at", path);
}
