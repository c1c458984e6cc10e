/* SPDX-License-Identifier: MIT */
/*
 * The FUSE operations. It must not know how the file system came to be
 * mounted, nor any kind of file. The kernel is told of each file that comes, goes or says something
 * else, so what it has learned stays true; who may open one is asked every time.
 */
#define FUSE_USE_VERSION 35

#include "fuse-msr/tree/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuse-msr/tree/fs_request.h"
#include "fuse-msr/tree/manners.h"
#include "fuse-msr/tree/update.h"
#include "util/cleanup.h"

/* access(2) asks what the real ids could do: the kernel has put them into the request, but what is
 * said of the process are still its effective capabilities. */
static uint64_t get_capabilities(
	fuse_req_t request, const struct asked *asked, const struct fuse_ctx *context)
{
	struct fs *fs = get_fs(request);
	ino_t node = (ino_t)fs->user_namespace;

	if (!asked || !asked->is_access)
		return caller_capabilities(fs->proc, context->pid, node, "CapEff");
	return context->uid == 0 && fs->has_root
		       ? caller_capabilities(fs->proc, context->pid, node, "CapPrm")
		       : 0;
}

struct caller fs_caller(fuse_req_t request, const struct asked *asked)
{
	struct fs *fs = get_fs(request);
	const struct fuse_ctx *context = fuse_req_ctx(request);
	struct caller caller = {
		/* inside a user namespace its creator is 0 here; outside, themselves */
		.is_starter = context->uid == 0 || context->uid == getuid(),
		.uid = context->uid,
	};

	if (fs->all_root) {
		caller.capabilities = CALLER_ROOT;
		caller.is_root = true;
		return caller;
	}
	caller.capabilities = get_capabilities(request, asked, context);
	if (fs->has_root && caller_is_in(fs->proc, context->pid, (ino_t)fs->user_namespace)) {
		caller.is_root = context->uid == 0;
		caller.groups[caller.n_groups++] = context->gid;
		/* the numbers of a user namespace are not those that we are told of */
		if (geteuid() == 0)
			caller_add_groups(&caller, fs->proc, context->pid);
	}
	return caller;
}

static nlink_t count_links(const struct tree *tree, uint32_t index)
{
	const struct tree_file *file = &tree->files[index];

	if (file->is_gone && manners_of(tree, index)->unlinks)
		return 0;
	return S_ISDIR(file->mode) ? 2 : 1;
}

struct stat fs_status(const struct tree *tree, uint32_t index)
{
	const struct tree_file *file = &tree->files[index];

	return (struct stat){
		.st_ino = index + FUSE_ROOT_ID,
		.st_mode = file->mode,
		.st_uid = file->uid,
		.st_gid = file->gid,
		.st_nlink = count_links(tree, index),
		.st_size = (off_t)file->size,
		.st_blksize = manners_of(tree, index)->block_bytes,
		.st_atime = tree->made_s,
		.st_mtime = tree->made_s,
		.st_ctime = tree->made_s,
	};
}

static void reply_attr(fuse_req_t request, fuse_ino_t inode)
{
	struct tree *tree = get_fs(request)->tree;

	pthread_rwlock_rdlock(&tree->lock);
	struct stat status = fs_status(tree, get_index(inode));
	pthread_rwlock_unlock(&tree->lock);
	fuse_reply_attr(request, &status, TIMEOUT_S);
}

static void fs_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct tree *tree = get_fs(request)->tree;
	struct fuse_entry_param entry = {.entry_timeout = TIMEOUT_S, .attr_timeout = TIMEOUT_S};

	pthread_rwlock_rdlock(&tree->lock);
	uint32_t index = tree_child(tree, get_index(parent), name);
	/* inode 0 is "no such file", and remembered like the others */
	if (index != TREE_NONE) {
		entry.ino = index + FUSE_ROOT_ID;
		entry.attr = fs_status(tree, index);
	}
	pthread_rwlock_unlock(&tree->lock);
	fuse_reply_entry(request, &entry);
}

static void fs_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	(void)info;
	reply_attr(request, inode);
}

static void fs_readlink(fuse_req_t request, fuse_ino_t inode)
{
	fuse_reply_readlink(request, get_file(request, inode)->text);
}

static void fs_access(fuse_req_t request, fuse_ino_t inode, int mask)
{
	struct asked asked;
	bool is_known = asked_find(get_fs(request)->proc, fuse_req_ctx(request)->pid, &asked);
	/* where it can't be looked at: mostly it is access(2), and by who is one and the same */
	struct caller caller = fs_caller(request, is_known ? &asked : NULL);

	fuse_reply_err(request, -file_access(get_file(request, inode), mask, &caller));
}

static void fs_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
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

static void fs_release(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	file_release(get_file(request, inode), info->fh);
	fuse_reply_err(request, 0);
}

static void fs_read(fuse_req_t request, fuse_ino_t inode, size_t count, off_t offset,
	struct fuse_file_info *info)
{
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

static void fs_write(fuse_req_t request, fuse_ino_t inode, const char *buffer, size_t count,
	off_t offset, struct fuse_file_info *info)
{
	ssize_t done;

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

static void fs_ioctl(fuse_req_t request, fuse_ino_t inode, unsigned int command, void *argument,
	struct fuse_file_info *info, unsigned flags, const void *in, size_t in_size,
	size_t out_size)
{
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

/* Entry number at of a directory, "." and ".." first; false past the end. */
static bool get_entry(
	const struct tree *tree, uint32_t dir, uint64_t at, const char **name, uint32_t *index)
{
	const struct tree_file *file = &tree->files[dir];

	if (at >= 2 + (uint64_t)file->n_children)
		return false;
	if (at < 2) {
		*name = at == 0 ? "." : "..";
		*index = at == 0 ? dir : file->parent;
	} else {
		*index = file->children[at - 2];
		*name = tree->files[*index].name;
	}
	return true;
}

static void fs_readdir(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset,
	struct fuse_file_info *info)
{
	struct tree *tree = get_fs(request)->tree;
	cleanup_free char *buffer = malloc(size);
	size_t used = 0;
	const char *name;
	uint32_t index;

	(void)info;
	if (!buffer) {
		fuse_reply_err(request, ENOMEM);
		return;
	}
	pthread_rwlock_rdlock(&tree->lock);
	for (; get_entry(tree, get_index(inode), (uint64_t)offset, &name, &index); offset++) {
		if (tree->files[index].is_gone)
			continue;
		struct stat status = fs_status(tree, index);
		size_t length = fuse_add_direntry(
			request, buffer + used, size - used, name, &status, offset + 1);
		if (length > size - used)
			break;
		used += length;
	}
	pthread_rwlock_unlock(&tree->lock);
	fuse_reply_buf(request, buffer, used);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = fs_lookup,
	.getattr = fs_getattr,
	.setattr = fs_setattr,
	.readlink = fs_readlink,
	.access = fs_access,
	.open = fs_open,
	.release = fs_release,
	.read = fs_read,
	.write = fs_write,
	.readdir = fs_readdir,
	.ioctl = fs_ioctl,
	.fsync = fs_fsync,
	.fallocate = fs_fallocate,
	.lseek = fs_lseek,
	.getxattr = fs_getxattr,
	.setxattr = fs_setxattr,
	.listxattr = fs_listxattr,
	.mknod = fs_mknod,
	.mkdir = fs_mkdir,
	.symlink = fs_symlink,
	.link = fs_link,
	.unlink = fs_remove,
	.rmdir = fs_remove,
	.rename = fs_rename,
};

/* A file has changed: what the kernel knows of it or of its name it has to ask again. */
static void tell_kernel(void *context, uint32_t file, unsigned changes)
{
	const struct fs *fs = context;
	const struct tree_file *changed = &fs->tree->files[file];

	/* an error says that it knows nothing of it */
	if (changes & TREE_ENTRY) {
		(void)fuse_lowlevel_notify_inval_entry(fs->session, changed->parent + FUSE_ROOT_ID,
			changed->name, strlen(changed->name));
		/* whoever has it open: how many names it has */
		(void)fuse_lowlevel_notify_inval_inode(fs->session, file + FUSE_ROOT_ID, -1, 0);
	}
	if (changes & TREE_TEXT)
		(void)fuse_lowlevel_notify_inval_inode(fs->session, file + FUSE_ROOT_ID, 0, 0);
}

struct fuse_session *fs_session(struct fs *fs, const char *options)
{
	struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;

	if (fuse_opt_add_arg(&arguments, "fuse-msr") == 0 &&
		(!options || (fuse_opt_add_arg(&arguments, "-o") == 0 &&
				     fuse_opt_add_arg(&arguments, options) == 0)))
		session = fuse_session_new(&arguments, &operations, sizeof operations, fs);
	fuse_opt_free_args(&arguments);
	fs->session = session;
	if (session && fs->node.control)
		control_watch(fs->node.control, tell_kernel, fs);
	return session;
}

/*
 * When the files go away with the last process that sees them, what it had open is still being
 * released. A request of that kind that is just being taken is taken back, with ECONNABORTED and
 * not ENODEV as for whoever waits (fuse_dev_do_read in Linux): a second word for the end, which
 * libfuse does not know and complains of, on what is the command's standard error.
 */
static ssize_t take_request(int fd, void *buffer, size_t size, void *context)
{
	ssize_t done = read(fd, buffer, size);

	(void)context;
	if (done < 0 && errno == ECONNABORTED)
		errno = ENODEV;
	return done;
}

static ssize_t give_reply(int fd, struct iovec *parts, int n_parts, void *context)
{
	(void)context;
	return writev(fd, parts, n_parts);
}

int fs_serve(struct fuse_session *session)
{
	static const struct fuse_custom_io io = {.read = take_request, .writev = give_reply};
	struct fuse_loop_config config = {.clone_fd = 0, .max_idle_threads = 4};
	int r = fuse_session_custom_io(session, &io, fuse_session_fd(session));

	return r < 0 ? r : fuse_session_loop_mt(session, &config);
}
