/* SPDX-License-Identifier: MIT */
/*
 * Who is asking, and what may they do: the simulated node's answer to
 * capable() and to file modes. All files of the node belong to its root.
 */
#ifndef MSRD_FUSE_MSR_TREE_CALLER_H
#define MSRD_FUSE_MSR_TREE_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Every capability there is. */
#define CALLER_ROOT UINT64_MAX

struct caller {
	uint64_t capabilities; /* on the node */
	bool is_root;	       /* of the node, by its number: the owner of all files */
	bool is_starter;       /* the user who started fuse-msr */
};

/*
 * The effective capabilities of a process or thread on the node whose user
 * namespace has this inode number: as the kernel's own capable(), none in
 * another namespace. None too when the process cannot be looked at. proc is
 * the /proc of the PID namespace in which pid is its number.
 */
uint64_t caller_capabilities(int proc, pid_t pid, ino_t user_namespace);

/* The user namespace of a process, 0 when it cannot be looked at. */
ino_t caller_user_namespace(int proc, pid_t pid);

/* Is it in that user namespace? No when it cannot be looked at. */
bool caller_is_in(int proc, pid_t pid, ino_t user_namespace);

bool caller_has(const struct caller *caller, int capability);

/* What a file's mode says to R_OK, W_OK, X_OK. */
bool caller_is_allowed(const struct caller *caller, mode_t mode, int mask);

#endif
