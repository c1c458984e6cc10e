/* SPDX-License-Identifier: MIT */
/*
 * FUSE operations on names in /dev. Linux holds the directory's lock meanwhile, and control's is
 * held while Linux is told of changes: so none of these may ask for control's.
 * Nothing that Linux has been told of them may be kept: the drivers change them as well.
 */
#define FUSE_USE_VERSION 35

#include "fuse-msr/tree/fs_dev.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

static struct made *get_made(fuse_req_t request)
{
	return get_fs(request)->made;
}

static struct caller find_caller(fuse_req_t request)
{
	struct asked asked;
	bool is_known = asked_find(get_fs(request)->proc, fuse_req_ctx(request)->pid, &asked);

	return fs_caller(request, is_known ? &asked : NULL);
}

static struct caller_file get_owner(const struct stat *status)
{
	return (struct caller_file){status->st_uid, status->st_gid, status->st_mode};
}

int dev_may(fuse_req_t request, fuse_ino_t inode, int mask)
{
	struct stat status = {0};

	if (!made_status(get_made(request), inode, &status))
		return -ENOENT;
	/* whoever it is: who that is takes a while to find out */
	if (((unsigned)mask & ~(status.st_mode >> 6 & status.st_mode >> 3 & status.st_mode)) == 0)
		return 0;
	const struct caller_file owner = get_owner(&status);
	struct caller caller = find_caller(request);
	return caller_is_allowed(&caller, &owner, mask) ? 0 : -EACCES;
}

static struct fuse_entry_param make_entry(const struct stat *status)
{
	return (struct fuse_entry_param){.ino = status->st_ino, .attr = *status};
}

/* Who was not told has nothing to forget. */
static void reply_entry(fuse_req_t request, int r, const struct stat *status)
{
	struct made *made = get_made(request);

	if (r < 0) {
		fuse_reply_err(request, -r);
		return;
	}
	struct fuse_entry_param entry = make_entry(status);
	if (fuse_reply_entry(request, &entry) < 0)
		made_forget(made, status->st_ino, 1);
}

void dev_lookup(fuse_req_t request, fuse_ino_t dir, const char *name)
{
	struct stat status = {0};
	int r = dev_may(request, dir, X_OK);

	if (r == 0)
		r = made_lookup(get_made(request), dir, name, &status);
	reply_entry(request, r, &status);
}

/* What who asks makes: it is his. */
static int make(fuse_req_t request, const struct made_place *place, struct made_wish wish,
	struct stat *status)
{
	struct caller caller = fs_caller(request, NULL);
	int r = dev_may(request, place->dir, W_OK | X_OK);

	wish.uid = caller.is_root ? 0 : caller.uid;
	wish.gid = caller.n_groups > 0 ? caller.groups[0] : 0;
	return r < 0 ? r : made_make(get_made(request), place->dir, place->name, &wish, status);
}

/* Whether who asks may make a device, Linux has looked at; in a user namespace nobody may. */
void dev_mknod(fuse_req_t request, fuse_ino_t dir, const char *name, mode_t mode, dev_t device)
{
	const struct made_place place = {dir, name};
	const struct made_wish wish = {.mode = mode, .device = device};
	struct stat status = {0};

	reply_entry(request, make(request, &place, wish, &status), &status);
}

void dev_symlink(fuse_req_t request, const char *target, fuse_ino_t dir, const char *name)
{
	const struct made_place place = {dir, name};
	const struct made_wish wish = {.mode = S_IFLNK | 0777, .target = target};
	struct stat status = {0};

	reply_entry(request, make(request, &place, wish, &status), &status);
}

void dev_create(fuse_req_t request, fuse_ino_t dir, const char *name, mode_t mode,
	struct fuse_file_info *info)
{
	const struct made_place place = {dir, name};
	struct made *made = get_made(request);
	const struct made_wish wish = {.mode = S_IFREG | (mode & 07777)};
	struct stat status = {0};
	int r = make(request, &place, wish, &status);

	if (r < 0) {
		fuse_reply_err(request, -r);
		return;
	}
	struct fuse_entry_param entry = make_entry(&status);
	info->keep_cache = 1;
	if (fuse_reply_create(request, &entry, info) < 0)
		made_forget(made, status.st_ino, 1);
}

static int may_link(fuse_req_t request, fuse_ino_t inode)
{
	struct caller caller = fs_caller(request, NULL);
	struct stat status = {0};

	if (!made_status(get_made(request), inode, &status))
		return -ENOENT;
	const struct caller_file owner = get_owner(&status);
	return caller_may_link(&caller, &owner);
}

void dev_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t dir, const char *name)
{
	struct stat status = {0};
	int r = may_link(request, inode);

	if (r == 0)
		r = dev_may(request, dir, W_OK | X_OK);
	if (r == 0)
		r = made_link(get_made(request), inode, dir, name, &status);
	reply_entry(request, r, &status);
}

/* What has a name there, without a word of it to Linux; false: nothing has. */
static bool peek(fuse_req_t request, const struct made_place *place, struct stat *status)
{
	if (made_lookup(get_made(request), place->dir, place->name, status) < 0)
		return false;
	made_forget(get_made(request), status->st_ino, 1);
	return true;
}

/* May a name be taken away, or be another's? */
static int may_take(fuse_req_t request, const struct made_place *place)
{
	struct stat dir, file;
	int r = dev_may(request, place->dir, W_OK | X_OK);

	if (r < 0)
		return r;
	if (!made_status(get_made(request), place->dir, &dir) || !(dir.st_mode & S_ISVTX) ||
		!peek(request, place, &file))
		return 0;
	struct caller caller = fs_caller(request, NULL);
	const struct caller_file owner = get_owner(&file), of_dir = get_owner(&dir);
	return caller_may_take_name(&caller, &of_dir, &owner);
}

void dev_remove(fuse_req_t request, fuse_ino_t dir, const char *name, bool is_dir)
{
	const struct made_place place = {dir, name};
	int r = may_take(request, &place);

	if (r == 0)
		r = made_remove(get_made(request), dir, name, is_dir);
	fuse_reply_err(request, -r);
}

/* A directory that comes into another one has another "..": it has to be writable, too. */
static int may_move(fuse_req_t request, const struct made_place *from, uint64_t to_dir)
{
	struct stat status = {0};

	if (from->dir == to_dir || !peek(request, from, &status) || !S_ISDIR(status.st_mode))
		return 0;
	return dev_may(request, status.st_ino, W_OK);
}

void dev_rename(fuse_req_t request, const struct made_place *from, const struct made_place *to,
	unsigned flags)
{
	int r = may_take(request, from);

	if (r == 0)
		r = may_take(request, to);
	if (r == 0)
		r = may_move(request, from, to->dir);
	if (r == 0)
		r = made_rename(get_made(request), from, to, flags);
	fuse_reply_err(request, -r);
}

void dev_opendir(fuse_req_t request, fuse_ino_t dir, struct fuse_file_info *info)
{
	int r = dev_may(request, dir, R_OK);

	if (r < 0)
		fuse_reply_err(request, -r);
	else
		fuse_reply_open(request, info);
}

void dev_readdir(fuse_req_t request, fuse_ino_t dir, size_t size, off_t offset)
{
	cleanup_free char *buffer = malloc(size);
	struct made_listed listed;
	size_t used = 0;

	if (!buffer) {
		fuse_reply_err(request, ENOMEM);
		return;
	}
	for (; made_list(get_made(request), dir, offset, &listed); offset = listed.offset) {
		size_t length = fuse_add_direntry(request, buffer + used, size - used, listed.name,
			&listed.status, listed.offset);
		if (length > size - used)
			break;
		used += length;
	}
	fuse_reply_buf(request, buffer, used);
}

void dev_getattr(fuse_req_t request, fuse_ino_t inode)
{
	struct stat status = {0};

	if (made_status(get_made(request), inode, &status))
		fuse_reply_attr(request, &status, 0);
	else
		fuse_reply_err(request, ENOENT);
}
