/* SPDX-License-Identifier: MIT */
/* FUSE operations on what is in a file. It must not know any kind of file. */
#define FUSE_USE_VERSION 35

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/fs_dev.h"
#include "fuse-msr/tree/fs_request.h"
#include "util/cleanup.h"

void fs_access(fuse_req_t request, fuse_ino_t inode, int mask)
{
	struct asked asked;

	if (is_made(inode)) {
		dev_access(request, inode, mask);
		return;
	}
	bool is_known = asked_find(get_fs(request)->proc, fuse_req_ctx(request)->pid, &asked);
	/* where it can't be looked at: mostly it is access(2), and by who is one and the same */
	struct caller caller = fs_caller(request, is_known ? &asked : NULL);

	fuse_reply_err(request, -file_access(get_file(request, inode), mask, &caller));
}

void fs_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	if (is_made(inode)) {
		dev_open(request, inode, info);
		return;
	}
	const struct tree_file *file = get_file(request, inode);
	struct caller caller = fs_caller(request, NULL);
	int r = info->flags & O_DIRECT ? -EINVAL : 0;

	if (r == 0)
		r = file_open(&get_fs(request)->node, file, info->flags, &caller, &info->fh);

	if (r < 0) {
		fuse_reply_err(request, -r);
		return;
	}
	info->direct_io = file->ops && file->ops->is_live;
	info->keep_cache = !info->direct_io;
	fuse_reply_open(request, info);
}

/*
 * Which bytes of a register file are meant: a request that is longer than a register may be a
 * piece of a long read, or a vector whose buffers are taken one by one. 0, or -EINVAL.
 */
static int find_units(
	fuse_req_t request, const struct tree_file *file, size_t *count, off_t *offset)
{
	size_t unit = file->ops && file->ops->unit ? file->ops->unit : 1;
	struct asked asked;

	if (unit == 1 || *count <= unit ||
		!asked_find(get_fs(request)->proc, fuse_req_ctx(request)->pid, &asked))
		return 0;
	if (asked.has_offset)
		*offset = (off_t)asked.offset;
	size_t whole = asked_whole(&asked, unit, *count);
	if (whole == 0)
		return -EINVAL;
	*count = whole;
	return 0;
}

/* The kernel has put the file's end into the request: no driver of these files does so. */
static void undo_append(fuse_req_t request, const struct fuse_file_info *info, off_t *offset)
{
	struct asked asked;

	if ((info->flags & O_APPEND) &&
		asked_find(get_fs(request)->proc, fuse_req_ctx(request)->pid, &asked) &&
		asked.has_offset)
		*offset = (off_t)asked.offset;
}

void fs_release(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	if (!is_made(inode))
		file_release(get_file(request, inode), info->fh);
	fuse_reply_err(request, 0);
}

void fs_read(fuse_req_t request, fuse_ino_t inode, size_t count, off_t offset,
	struct fuse_file_info *info)
{
	if (is_made(inode)) {
		dev_read(request, inode, count, offset);
		return;
	}
	cleanup_free uint8_t *buffer = malloc(count);
	ssize_t done =
		buffer ? find_units(request, get_file(request, inode), &count, &offset) : -ENOMEM;

	if (done == 0)
		done = file_read(&get_fs(request)->node, get_file(request, inode), info->fh, buffer,
			count, (uint64_t)offset);
	if (done < 0)
		fuse_reply_err(request, (int)-done);
	else
		fuse_reply_buf(request, (char *)buffer, (size_t)done);
}

void fs_write(fuse_req_t request, fuse_ino_t inode, const char *buffer, size_t count, off_t offset,
	struct fuse_file_info *info)
{
	ssize_t done;

	if (is_made(inode)) {
		dev_write(request, inode, buffer, count, offset);
		return;
	}
	undo_append(request, info, &offset);
	done = find_units(request, get_file(request, inode), &count, &offset);
	if (done == 0)
		done = file_write(&get_fs(request)->node, get_file(request, inode), info->fh,
			(const uint8_t *)buffer, count, (uint64_t)offset);
	if (done < 0)
		fuse_reply_err(request, (int)-done);
	else
		fuse_reply_write(request, (size_t)done);
}

void fs_ioctl(fuse_req_t request, fuse_ino_t inode, unsigned int command, void *argument,
	struct fuse_file_info *info, unsigned flags, const void *in, size_t in_size,
	size_t out_size)
{
	if (is_made(inode)) {
		fuse_reply_err(request, ENOTTY);
		return;
	}
	cleanup_free uint8_t *buffer = calloc(1, in_size > out_size ? in_size : out_size + 1);
	struct file_ioctl ioctl = {.command = command, .argument = buffer, .size = in_size};
	int r = -ENOMEM;

	(void)argument;
	(void)flags;
	if (buffer) {
		if (in_size > 0) /* else there is no in */
			memcpy(buffer, in, in_size);
		r = file_ioctl(&get_fs(request)->node, get_file(request, inode), info->fh, &ioctl);
	}
	if (r < 0)
		fuse_reply_err(request, -r);
	else
		fuse_reply_ioctl(request, r, buffer, ioctl.has_answer ? out_size : 0);
}
