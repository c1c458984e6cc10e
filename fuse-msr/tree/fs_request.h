/* SPDX-License-Identifier: MIT */
/* What the FUSE operations share: which file a request is about, and by whom it is. */
#ifndef MSRD_FUSE_MSR_TREE_FS_REQUEST_H
#define MSRD_FUSE_MSR_TREE_FS_REQUEST_H

#include <fuse_lowlevel.h>
#include <sys/stat.h>

#include "fuse-msr/tree/asked.h"
#include "fuse-msr/tree/fs.h"

#define TIMEOUT_S 3600.0 /* chosen: it is told of changes, so any long time will do */

static inline struct fs *get_fs(fuse_req_t request)
{
	return fuse_req_userdata(request);
}

static inline uint32_t get_index(fuse_ino_t inode)
{
	return (uint32_t)inode - FUSE_ROOT_ID;
}

static inline struct tree_file *get_file(fuse_req_t request, fuse_ino_t inode)
{
	return &get_fs(request)->tree->files[get_index(inode)];
}

/* asked: of access(2), who is judged by what it would be with its real ids; else NULL. */
struct caller fs_caller(fuse_req_t request, const struct asked *asked);
/* The tree's lock is held. */
struct stat fs_status(const struct tree *tree, uint32_t index);

/* Operations on what is not in a file (fs_meta.c). */
void fs_setattr(fuse_req_t request, fuse_ino_t inode, struct stat *status, int to_set,
	struct fuse_file_info *info);
void fs_fsync(fuse_req_t request, fuse_ino_t inode, int data_only, struct fuse_file_info *info);
void fs_fallocate(fuse_req_t request, fuse_ino_t inode, int mode, off_t offset, off_t length,
	struct fuse_file_info *info);
void fs_lseek(fuse_req_t request, fuse_ino_t inode, off_t offset, int whence,
	struct fuse_file_info *info);
void fs_getxattr(fuse_req_t request, fuse_ino_t inode, const char *name, size_t size);
void fs_setxattr(fuse_req_t request, fuse_ino_t inode, const char *name, const char *value,
	size_t size, int flags);
void fs_listxattr(fuse_req_t request, fuse_ino_t inode, size_t size);
void fs_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void fs_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode);
void fs_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name);
void fs_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t parent, const char *name);
void fs_remove(fuse_req_t request, fuse_ino_t parent, const char *name);
void fs_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags);

#endif
