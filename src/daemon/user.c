/* SPDX-License-Identifier: MIT */
/* Whose rights count when a file is looked up. Knows no file. */
#include "daemon/user.h"

#include <cap-ng.h>
#include <errno.h>
#include <sys/fsuid.h>
#include <unistd.h>

/*
 * Of a program that was installed with capabilities the file system ids are the
 * user's already, and CAP_DAC_OVERRIDE would count all the same.
 */
static int set_effective(capng_act_t action)
{
	for (unsigned capability = 0; capability <= CAP_LAST_CAP; capability++)
		if (capng_have_capability(CAPNG_PERMITTED, capability))
			capng_update(action, CAPNG_EFFECTIVE, capability);
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

/*
 * File accesses from here on are the user's. setfsuid reports no failure, so
 * the outcome is read back. Everything done to the socket file is done as the
 * user: it can reach nothing that the user could not.
 */
int user_enter(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	int r = capng_get_caps_process() < 0 ? -EPERM : set_effective(CAPNG_DROP);
	/* an id that can't be set changes nothing and returns the one in force */
	if ((gid_t)setfsgid((gid_t)-1) != gid || (uid_t)setfsuid((uid_t)-1) != uid)
		return -EPERM;
	return r;
}

/* What is permitted has not changed since user_enter. */
void user_leave(void)
{
	set_effective(CAPNG_ADD);
	setfsuid(geteuid());
	setfsgid(getegid());
}
