/* SPDX-License-Identifier: MIT */
/*
 * FUSE operations about files and not about what is in them. Owner, group and mode are kept and
 * obeyed; what else the file system of the node would say, it says. It must not know any kind of
 * file.
 */
#define FUSE_USE_VERSION 35

#include <errno.h>
#include <unistd.h>

#include "fuse-msr/tree/fs_dev.h"
#include "fuse-msr/tree/fs_request.h"
#include "fuse-msr/tree/manners.h"

static const struct manners *get_manners(fuse_req_t request, fuse_ino_t inode)
{
	return manners_of(get_fs(request)->tree, get_index(inode));
}

static int change_mode(struct tree_file *file, const struct caller *caller, mode_t mode)
{
	const struct caller_file owner = file_owner(file);
	int r = caller_may_chmod(caller, &owner);

	if (r == 0)
		file->mode = (owner.mode & S_IFMT) | (mode & 07777);
	return r;
}

static int change_owner(
	struct tree_file *file, const struct caller *caller, const struct stat *status, int to_set)
{
	const struct caller_file owner = file_owner(file);
	uid_t uid = to_set & FUSE_SET_ATTR_UID ? status->st_uid : (uid_t)-1;
	gid_t gid = to_set & FUSE_SET_ATTR_GID ? status->st_gid : (gid_t)-1;
	int r = caller_may_chown(caller, &owner, uid, gid);

	if (r == 0 && uid != (uid_t)-1)
		file->uid = uid;
	if (r == 0 && gid != (gid_t)-1)
		file->gid = gid;
	return r;
}

/* touch(1) is taken without effect, from whom it would be taken. */
static int change_times(const struct tree_file *file, const struct caller *caller, int to_set)
{
	const struct caller_file owner = file_owner(file);
	bool is_now = (to_set & FUSE_SET_ATTR_ATIME_NOW) && (to_set & FUSE_SET_ATTR_MTIME_NOW);

	return caller_may_touch(caller, &owner, is_now);
}

/* O_TRUNC comes with open. */
void fs_setattr(fuse_req_t request, fuse_ino_t inode, struct stat *status, int to_set,
	struct fuse_file_info *info)
{
	if (is_dev(request, inode)) {
		dev_setattr(request, inode, status, to_set, info);
		return;
	}
	struct tree_file *file = get_file(request, inode);
	struct caller caller = fs_caller(request, NULL);
	struct stat now;
	int r = 0;

	if (to_set & FUSE_SET_ATTR_SIZE)
		r = -get_manners(request, inode)->truncate;
	if (r == 0 && (to_set & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)))
		r = change_times(file, &caller, to_set);
	if (r == 0 && (to_set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)))
		r = change_owner(file, &caller, status, to_set);
	/* chown(2) may ask for it too, to take privileges away that no file here has */
	else if (r == 0 && (to_set & FUSE_SET_ATTR_MODE))
		r = change_mode(file, &caller, status->st_mode);
	if (r < 0) {
		fuse_reply_err(request, -r);
		return;
	}
	pthread_rwlock_rdlock(&get_fs(request)->tree->lock);
	now = fs_status(get_fs(request)->tree, get_index(inode));
	pthread_rwlock_unlock(&get_fs(request)->tree->lock);
	fuse_reply_attr(request, &now, TIMEOUT_S);
}

void fs_fsync(fuse_req_t request, fuse_ino_t inode, int data_only, struct fuse_file_info *info)
{
	(void)data_only;
	(void)info;
	fuse_reply_err(request, is_made(inode) ? 0 : get_manners(request, inode)->fsync);
}

void fs_fallocate(fuse_req_t request, fuse_ino_t inode, int mode, off_t offset, off_t length,
	struct fuse_file_info *info)
{
	(void)info;
	if (is_made(inode))
		dev_fallocate(request, inode, mode, offset, length);
	else
		fuse_reply_err(request, get_manners(request, inode)->fallocate);
}

/* All of a file is data, and its end a hole. */
void fs_lseek(
	fuse_req_t request, fuse_ino_t inode, off_t offset, int whence, struct fuse_file_info *info)
{
	(void)info;
	if (is_made(inode)) {
		dev_lseek(request, inode, offset, whence);
		return;
	}
	int error = get_manners(request, inode)->seek;
	off_t size = (off_t)get_file(request, inode)->size;

	if (error != 0)
		fuse_reply_err(request, error);
	else if (offset < 0 || offset >= size)
		fuse_reply_err(request, ENXIO);
	else
		fuse_reply_lseek(request, whence == SEEK_HOLE ? size : offset);
}

void fs_getxattr(fuse_req_t request, fuse_ino_t inode, const char *name, size_t size)
{
	(void)name;
	(void)size;
	fuse_reply_err(
		request, is_made(inode) ? EOPNOTSUPP : get_manners(request, inode)->get_attribute);
}

void fs_setxattr(fuse_req_t request, fuse_ino_t inode, const char *name, const char *value,
	size_t size, int flags)
{
	(void)name;
	(void)value;
	(void)size;
	(void)flags;
	fuse_reply_err(
		request, is_made(inode) ? EOPNOTSUPP : get_manners(request, inode)->set_attribute);
}

void fs_listxattr(fuse_req_t request, fuse_ino_t inode, size_t size)
{
	(void)inode;
	if (size == 0)
		fuse_reply_xattr(request, 0);
	else
		fuse_reply_buf(request, NULL, 0);
}

/* Names are not the caller's: error, when it could write to their directory at all. Where a name
 * that is not there is refused to be looked for, it does not come to that. */
static void refuse(fuse_req_t request, fuse_ino_t parent, int error)
{
	struct caller caller = fs_caller(request, NULL);

	if (error != ENOENT && file_access(get_file(request, parent), W_OK | X_OK, &caller) < 0)
		error = EACCES;
	fuse_reply_err(request, error);
}

void fs_mknod(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
	if (is_dev(request, parent)) {
		dev_mknod(request, parent, name, mode, device);
		return;
	}
	const struct manners *manners = get_manners(request, parent);
	refuse(request, parent, S_ISREG(mode) ? manners->create : manners->make_dir);
}

void fs_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode,
	struct fuse_file_info *info)
{
	if (is_dev(request, parent))
		dev_create(request, parent, name, mode, info);
	else
		refuse(request, parent, get_manners(request, parent)->create);
}

void fs_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode)
{
	if (is_dev(request, parent))
		dev_mknod(request, parent, name, S_IFDIR | (mode & 07777), 0);
	else
		refuse(request, parent, get_manners(request, parent)->make_dir);
}

void fs_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name)
{
	if (is_dev(request, parent))
		dev_symlink(request, target, parent, name);
	else
		refuse(request, parent, get_manners(request, parent)->symlink);
}

/* Where a name can be looked for, what it would be for is asked before the directory. */
static void refuse_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t parent)
{
	int error = get_manners(request, parent)->link;
	const struct caller_file owner = file_owner(get_file(request, inode));
	struct caller caller = fs_caller(request, NULL);

	if (error != ENOENT && caller_may_link(&caller, &owner) < 0)
		fuse_reply_err(request, EPERM);
	else
		refuse(request, parent, error);
}

void fs_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t parent, const char *name)
{
	/* from another file system of the node's it is none */
	if (is_dev(request, parent) != is_dev(request, inode))
		fuse_reply_err(request, EXDEV);
	else if (is_dev(request, parent))
		dev_link(request, inode, parent, name);
	else
		refuse_link(request, inode, parent);
}

void fs_unlink(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	if (is_dev(request, parent))
		dev_remove(request, parent, name, false);
	else
		refuse(request, parent, get_manners(request, parent)->remove);
}

void fs_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	if (is_dev(request, parent))
		dev_remove(request, parent, name, true);
	else
		refuse(request, parent, get_manners(request, parent)->remove);
}

void fs_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags)
{
	const struct made_place from = {parent, name}, to = {new_parent, new_name};

	if (is_dev(request, parent) != is_dev(request, new_parent)) {
		fuse_reply_err(request, EXDEV);
		return;
	}
	if (is_dev(request, parent)) {
		dev_rename(request, &from, &to, flags);
		return;
	}
	int error = get_manners(request, parent)->rename;
	/* sysfs knows none of the flags */
	refuse(request, parent, error == EPERM && flags != 0 ? EINVAL : error);
}
