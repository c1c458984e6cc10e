/* SPDX-License-Identifier: MIT */
/* The end of all privileges: what is open by then is all that the daemon ever has. */
#ifndef MSRD_DAEMON_PRIVILEGE_H
#define MSRD_DAEMON_PRIVILEGE_H

#include <stdio.h>
#include <sys/types.h>

/* The daemon's own user, so that the client's may not stop, kill or limit it. */
struct account {
	uid_t uid;
	gid_t gid;
};

/* Of that name in a file such as /etc/passwd (NULL: there is none); 65534 where it is not, or is
 * root. */
struct account account_find(FILE *passwd, const char *name);

enum privilege_end {
	PRIVILEGE_OWN_ACCOUNT,	/* as it should be */
	PRIVILEGE_USERS_ACCOUNT /* capabilities alone, or no such user here: it stays the user's */
};

/*
 * Gives up everything for good, and makes sure: a privilege that comes back is -EPERM. An enum
 * privilege_end, or -errno: nothing may follow.
 */
int privilege_drop(const struct account *account);

#endif
