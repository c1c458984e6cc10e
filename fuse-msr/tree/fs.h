/* SPDX-License-Identifier: MIT */
/*
 * The file system: requests of the kernel, answered from a tree and the operations
 * of its files.
 * Reads and writes arrive as they were made (direct_io): one pread is one
 * request of the same offset and length.
 */
#ifndef MSRD_FUSE_MSR_TREE_FS_H
#define MSRD_FUSE_MSR_TREE_FS_H

#include <stdatomic.h>

#include "fuse-msr/tree/file.h"

struct fuse_session;
struct made;

struct fs {
	struct tree *tree;
	struct made *made;	      /* the names of its /dev; NULL: they stay as they are */
	struct fuse_session *session; /* of fs_session */
	struct file_node node;
	_Atomic int
		proc;  /* the /proc in which those who ask have their numbers; set before they do */
	bool all_root; /* whoever gets here is the node's root */
	bool has_root; /* who is uid 0 here is so on the node, and not an ordinary user there */
	/* the node's user namespace (an inode number); set while requests are coming */
	_Atomic uint64_t user_namespace;
};

/* A session for fs, which has to outlive it; options as in `-o`, or NULL. NULL on failure. */
struct fuse_session *fs_session(struct fs *fs, const char *options);

/* Serves until the file system is unmounted; several threads. 0 or -errno. */
int fs_serve(struct fuse_session *session);

#endif
