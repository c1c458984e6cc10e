/* SPDX-License-Identifier: MIT */
/* Whose rights count when a file is looked up. Knows no file. */
#include "daemon/user.h"

#include <errno.h>
#include <sys/fsuid.h>
#include <unistd.h>

/*
 * File accesses from here on are the user's. The kernel's calls report no
 * failure, so the outcome is read back. Everything done to the socket file is
 * done as the user: it can reach nothing that the user could not.
 */
int user_enter(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	/* an id that can't be set changes nothing and returns the one in force */
	if ((gid_t)setfsgid((gid_t)-1) != gid || (uid_t)setfsuid((uid_t)-1) != uid)
		return -EPERM;
	return 0;
}

void user_leave(void)
{
	setfsuid(geteuid());
	setfsgid(getegid());
}
