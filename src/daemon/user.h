/* SPDX-License-Identifier: MIT */
/* File accesses with the rights of the user who started the daemon. */
#ifndef MSRD_DAEMON_USER_H
#define MSRD_DAEMON_USER_H

#include <sys/types.h>

/* File accesses from here on are the user's. 0, or -EPERM: they are not, leave all the same. */
int user_enter(uid_t uid, gid_t gid);
/* ... and from here on the daemon's own again. */
void user_leave(void);

#endif
