/* SPDX-License-Identifier: MIT */
/*
 * A directory in which processes of one user on one machine find each other, below one that is
 * everybody's. Nothing in it is shared between users.
 */
#ifndef MSRD_CLI_MEASURE_OWN_DIR_H
#define MSRD_CLI_MEASURE_OWN_DIR_H

#include <stddef.h>

#define OWN_DIR_SIZE 128

/* parent/PREFIX-UID-BOOT: of the machine since this boot; a simulated node has a boot of its own.
 * 0 or -errno. */
int own_dir_name(char path[OWN_DIR_SIZE], const char *parent, const char *prefix);
/* Makes it where it is not there. A descriptor, or -errno; -EPERM: it is somebody else's, or others
 * may write to it. */
int own_dir_open(const char *path);
/* What such a result means. */
const char *own_dir_strerror(int r);
/* The last to leave removes the directory, and who waited for its lock then has none. 0: *dir is
 * still there; -EAGAIN: it is another one now; or another -errno. */
int own_dir_renew(int *dir, const char *path);

#endif
