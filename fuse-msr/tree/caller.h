/* SPDX-License-Identifier: MIT */
/*
 * Who is asking, and what may they do: the simulated node's answer to
 * capable() and to file modes.
 */
#ifndef MSRD_FUSE_MSR_TREE_CALLER_H
#define MSRD_FUSE_MSR_TREE_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Every capability there is. */
#define CALLER_ROOT UINT64_MAX

#define CALLER_GROUPS 64 /* chosen: of more than these the rest does not count */

struct caller {
	uint64_t capabilities;	     /* on the node */
	bool is_root;		     /* of the node, by its number: the owner of what 0 owns */
	bool is_starter;	     /* the user who started fuse-msr */
	uid_t uid;		     /* when not root */
	gid_t groups[CALLER_GROUPS]; /* the first is the one that files get */
	unsigned n_groups;
};

/* Whose a file is, and what its mode says. */
struct caller_file {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/*
 * The capabilities of a process or thread, of the set with that name in
 * /proc/PID/status (CapEff, CapPrm), on the node whose user
 * namespace has this inode number: as the kernel's own capable(), none in
 * another namespace. None too when the process cannot be looked at. proc is
 * the /proc of the PID namespace in which pid is its number.
 */
uint64_t caller_capabilities(int proc, pid_t pid, ino_t user_namespace, const char *set);

/* Its supplementary groups behind those that caller has already. */
void caller_add_groups(struct caller *caller, int proc, pid_t pid);

/* The user namespace of a process, 0 when it cannot be looked at. */
ino_t caller_user_namespace(int proc, pid_t pid);

/* Is it in that user namespace? No when it cannot be looked at. */
bool caller_is_in(int proc, pid_t pid, ino_t user_namespace);

bool caller_has(const struct caller *caller, int capability);

bool caller_owns(const struct caller *caller, const struct caller_file *file);
bool caller_is_in_group(const struct caller *caller, gid_t group);

/* What a file's mode says to R_OK, W_OK, X_OK. */
bool caller_is_allowed(const struct caller *caller, const struct caller_file *file, int mask);

/* 0 or -errno of chmod(2), and of chown(2) with -1 for what stays. */
int caller_may_chmod(const struct caller *caller, const struct caller_file *file);
int caller_may_chown(
	const struct caller *caller, const struct caller_file *file, uid_t uid, gid_t gid);

/* 0 or -errno of utimensat(2), to the present or to another time. */
int caller_may_touch(const struct caller *caller, const struct caller_file *file, bool is_now);

#endif
