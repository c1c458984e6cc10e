/* SPDX-License-Identifier: MIT */
/* FUSE operations in /dev, where names are made and taken away; each as that of fs_request.h. */
#ifndef MSRD_FUSE_MSR_TREE_FS_DEV_H
#define MSRD_FUSE_MSR_TREE_FS_DEV_H

#include "fuse-msr/tree/fs_request.h"
#include "fuse-msr/tree/made.h"

/* Is it of /dev, and is it a file of no driver? */
static inline bool is_dev(fuse_req_t request, fuse_ino_t inode)
{
	return made_has(get_fs(request)->made, inode);
}

static inline bool is_made(fuse_ino_t inode)
{
	return get_index(inode) == TREE_NONE;
}

/* Names: of any file of /dev. */
void dev_lookup(fuse_req_t request, fuse_ino_t dir, const char *name);
void dev_mknod(fuse_req_t request, fuse_ino_t dir, const char *name, mode_t mode, dev_t device);
void dev_create(fuse_req_t request, fuse_ino_t dir, const char *name, mode_t mode,
	struct fuse_file_info *info);
void dev_symlink(fuse_req_t request, const char *target, fuse_ino_t dir, const char *name);
void dev_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t dir, const char *name);
void dev_remove(fuse_req_t request, fuse_ino_t dir, const char *name, bool is_dir);
void dev_rename(fuse_req_t request, const struct made_place *from, const struct made_place *to,
	unsigned flags);
void dev_opendir(fuse_req_t request, fuse_ino_t dir, struct fuse_file_info *info);
void dev_readdir(fuse_req_t request, fuse_ino_t dir, size_t size, off_t offset);
void dev_getattr(fuse_req_t request, fuse_ino_t inode);
void dev_setattr(fuse_req_t request, fuse_ino_t inode, const struct stat *status, int to_set,
	const struct fuse_file_info *info);

/* Content: of files that are no driver's. */
void dev_readlink(fuse_req_t request, fuse_ino_t inode);
void dev_access(fuse_req_t request, fuse_ino_t inode, int mask);
void dev_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info);
void dev_read(fuse_req_t request, fuse_ino_t inode, size_t count, off_t offset);
void dev_write(
	fuse_req_t request, fuse_ino_t inode, const char *buffer, size_t count, off_t offset);
void dev_fallocate(fuse_req_t request, fuse_ino_t inode, int mode, off_t offset, off_t length);
void dev_lseek(fuse_req_t request, fuse_ino_t inode, off_t offset, int whence);

/* 0 or the -errno that who asks for R_OK, W_OK, X_OK gets: the mount has no default_permissions. */
int dev_may(fuse_req_t request, fuse_ino_t inode, int mask);
/* A file that was written to, or whose owner is another, gives no privileges any more. */
void dev_kill_privileges(fuse_req_t request, fuse_ino_t inode, const struct caller *caller);

#endif
