/* SPDX-License-Identifier: MIT */
/* FUSE operations on files in /dev: what is said of any of them, and what is in those of root's. */
#define FUSE_USE_VERSION 35

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include "fuse-msr/tree/fs_dev.h"
#include "fuse-msr/tree/manners.h"
#include "util/cleanup.h"

static struct made *get_made(fuse_req_t request)
{
	return get_fs(request)->made;
}

static mode_t privileges(mode_t mode)
{
	if (!S_ISREG(mode))
		return 0;
	/* S_ISGID without S_IXGRP is no privilege */
	return mode & (mode & S_IXGRP ? S_ISUID | S_ISGID : S_ISUID);
}

void dev_kill_privileges(fuse_req_t request, fuse_ino_t inode, const struct caller *caller)
{
	struct stat status;

	if (!made_status(get_made(request), inode, &status) || privileges(status.st_mode) == 0)
		return;
	if (caller && caller_has(caller, CAP_FSETID))
		return;
	made_set_mode(get_made(request), inode, status.st_mode & ~privileges(status.st_mode));
}

/* ... by a write: who that was is only asked when there are any. */
static void has_written(fuse_req_t request, fuse_ino_t inode)
{
	struct stat status;

	if (!made_status(get_made(request), inode, &status) || privileges(status.st_mode) == 0)
		return;
	struct caller caller = fs_caller(request, NULL);
	dev_kill_privileges(request, inode, &caller);
}

static int change_mode(
	fuse_req_t request, const struct stat *now, const struct caller *caller, mode_t mode)
{
	const struct caller_file owner = {now->st_uid, now->st_gid, now->st_mode};
	int r = caller_may_chmod(caller, &owner);

	if (r < 0)
		return r;
	if (!caller_is_in_group(caller, owner.gid) && !caller_has(caller, CAP_FSETID))
		mode &= ~(mode_t)S_ISGID;
	made_set_mode(get_made(request), now->st_ino, mode);
	return 0;
}

static int change_owner(fuse_req_t request, const struct stat *now, const struct caller *caller,
	const struct stat *status, int to_set)
{
	const struct caller_file owner = {now->st_uid, now->st_gid, now->st_mode};
	uid_t uid = to_set & FUSE_SET_ATTR_UID ? status->st_uid : (uid_t)-1;
	gid_t gid = to_set & FUSE_SET_ATTR_GID ? status->st_gid : (gid_t)-1;
	int r = caller_may_chown(caller, &owner, uid, gid);

	if (r < 0)
		return r;
	made_set_owner(get_made(request), now->st_ino, uid, gid);
	dev_kill_privileges(request, now->st_ino, NULL);
	return 0;
}

static struct timespec choose_time(int to_set, int any, int present, struct timespec wanted)
{
	if (!(to_set & any))
		return (struct timespec){.tv_nsec = UTIME_OMIT};
	if (to_set & present)
		wanted.tv_nsec = UTIME_NOW;
	return wanted;
}

static int change_times(fuse_req_t request, const struct stat *now, const struct caller *caller,
	const struct stat *status, int to_set)
{
	const struct caller_file owner = {now->st_uid, now->st_gid, now->st_mode};
	bool is_now = (to_set & FUSE_SET_ATTR_ATIME_NOW) && (to_set & FUSE_SET_ATTR_MTIME_NOW);
	const struct timespec times[] = {
		choose_time(to_set, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, status->st_atim),
		choose_time(to_set, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, status->st_mtim),
	};
	/* a new size brings new times along */
	int r = to_set & FUSE_SET_ATTR_SIZE ? 0 : caller_may_touch(caller, &owner, is_now);

	if (r == 0)
		made_set_times(get_made(request), now->st_ino, times);
	return r;
}

/* is_open: by a descriptor, whose owner was asked when it was opened */
static int change_size(fuse_req_t request, fuse_ino_t inode, off_t size, bool is_open)
{
	int r = is_open ? 0 : dev_may(request, inode, W_OK);

	if (r == 0)
		r = made_truncate(get_made(request), inode, (uint64_t)size);
	if (r == 0)
		has_written(request, inode);
	return r;
}

void dev_setattr(fuse_req_t request, fuse_ino_t inode, const struct stat *status, int to_set,
	const struct fuse_file_info *info)
{
	struct caller caller = fs_caller(request, NULL);
	struct stat now;
	int r = made_status(get_made(request), inode, &now) ? 0 : -ENOENT;

	if (r == 0 && (to_set & FUSE_SET_ATTR_SIZE))
		r = change_size(request, inode, status->st_size, info);
	if (r == 0 && (to_set & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)))
		r = change_times(request, &now, &caller, status, to_set);
	if (r == 0 && (to_set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)))
		r = change_owner(request, &now, &caller, status, to_set);
	/* chown(2) and write(2) may ask for it too, to take privileges away: that is done */
	else if (r == 0 && (to_set & FUSE_SET_ATTR_MODE))
		r = change_mode(request, &now, &caller, status->st_mode);
	if (r < 0)
		fuse_reply_err(request, -r);
	else
		dev_getattr(request, inode);
}

void dev_readlink(fuse_req_t request, fuse_ino_t inode)
{
	cleanup_free char *target = made_target(get_made(request), inode);

	if (target)
		fuse_reply_readlink(request, target);
	else
		fuse_reply_err(request, EINVAL);
}

void dev_access(fuse_req_t request, fuse_ino_t inode, int mask)
{
	fuse_reply_err(request, -dev_may(request, inode, mask));
}

static int check_open(fuse_req_t request, fuse_ino_t inode, int flags)
{
	static const int masks[] = {
		[O_RDONLY] = R_OK,
		[O_WRONLY] = W_OK,
		[O_RDWR] = R_OK | W_OK,
		[O_ACCMODE] = R_OK | W_OK,
	};

	if (flags & O_DIRECT)
		return -EINVAL;
	return dev_may(request, inode, masks[flags & O_ACCMODE] | (flags & O_TRUNC ? W_OK : 0));
}

/* Linux keeps the content, too: whoever changes it does so through Linux. */
void dev_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	int r = check_open(request, inode, info->flags);

	if (r == 0 && (info->flags & O_TRUNC))
		r = change_size(request, inode, 0, true);
	if (r < 0) {
		fuse_reply_err(request, -r);
		return;
	}
	info->keep_cache = 1;
	fuse_reply_open(request, info);
}

void dev_read(fuse_req_t request, fuse_ino_t inode, size_t count, off_t offset)
{
	cleanup_free uint8_t *buffer = malloc(count);
	ssize_t done = buffer ? made_read(get_made(request), inode, buffer, count, (uint64_t)offset)
			      : -ENOMEM;

	if (done < 0)
		fuse_reply_err(request, (int)-done);
	else
		fuse_reply_buf(request, (char *)buffer, (size_t)done);
}

void dev_write(fuse_req_t request, fuse_ino_t inode, const char *buffer, size_t count, off_t offset)
{
	ssize_t done = made_write(
		get_made(request), inode, (const uint8_t *)buffer, count, (uint64_t)offset);

	if (done < 0) {
		fuse_reply_err(request, (int)-done);
		return;
	}
	has_written(request, inode);
	fuse_reply_write(request, (size_t)done);
}

void dev_fallocate(fuse_req_t request, fuse_ino_t inode, int mode, off_t offset, off_t length)
{
	fuse_reply_err(request,
		-made_allocate(get_made(request), inode, mode, (uint64_t)offset, (uint64_t)length));
}

void dev_lseek(fuse_req_t request, fuse_ino_t inode, off_t offset, int whence)
{
	int64_t at = made_seek(get_made(request), inode, (uint64_t)offset, whence == SEEK_HOLE);

	if (at < 0)
		fuse_reply_err(request, (int)-at);
	else
		fuse_reply_lseek(request, at);
}
