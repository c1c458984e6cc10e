/* SPDX-License-Identifier: MIT */
/* Where things are: fixtures by name or folder, and what is installed or built with fuse-msr. */
#ifndef MSRD_FUSE_MSR_HOST_PATHS_H
#define MSRD_FUSE_MSR_HOST_PATHS_H

/* All: an absolute path, the caller's to free. NULL when there is none, for a fixture after a
 * message. */
char *paths_fixture(const char *name);
char *paths_daemon(void);
char *paths_cpuid(void);

#endif
