/* SPDX-License-Identifier: MIT */
/*
 * The least that a FUSE file system can do, to compare fuse-msr's with: one file, of which a read
 * gets zeros. It is served as fuse-msr's are.
 *
 *     empty-fs DIR
 */
#define FUSE_USE_VERSION 35

#include <err.h>
#include <errno.h>
#include <fuse_lowlevel.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_INODE 2
#define TIMEOUT_S  3600.0

static struct stat status_of(fuse_ino_t inode)
{
	return (struct stat){
		.st_ino = inode,
		.st_mode = inode == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0666,
		.st_nlink = 1,
	};
}

static void empty_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = {.entry_timeout = TIMEOUT_S, .attr_timeout = TIMEOUT_S};

	if (parent != FUSE_ROOT_ID || strcmp(name, "msr") != 0) {
		fuse_reply_err(request, ENOENT);
		return;
	}
	entry.ino = FILE_INODE;
	entry.attr = status_of(FILE_INODE);
	fuse_reply_entry(request, &entry);
}

static void empty_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	struct stat status = status_of(inode);

	(void)info;
	fuse_reply_attr(request, &status, TIMEOUT_S);
}

static void empty_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info)
{
	(void)inode;
	info->direct_io = 1;
	fuse_reply_open(request, info);
}

static void empty_read(fuse_req_t request, fuse_ino_t inode, size_t count, off_t offset,
	struct fuse_file_info *info)
{
	static const char zeros[64];

	(void)inode;
	(void)offset;
	(void)info;
	fuse_reply_buf(request, zeros, count < sizeof zeros ? count : sizeof zeros);
}

int main(int argc, char **argv)
{
	static const struct fuse_lowlevel_ops operations = {
		.lookup = empty_lookup,
		.getattr = empty_getattr,
		.open = empty_open,
		.read = empty_read,
	};
	struct fuse_loop_config config = {.clone_fd = 0, .max_idle_threads = 4};
	struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session;
	int r = -1;

	if (argc != 2)
		errx(2, "usage: empty-fs DIR");
	if (fuse_opt_add_arg(&arguments, "empty-fs") < 0)
		errx(1, "out of memory");
	session = fuse_session_new(&arguments, &operations, sizeof operations, NULL);
	fuse_opt_free_args(&arguments);
	if (!session || fuse_session_mount(session, argv[1]) < 0)
		errx(1, "cannot mount at %s", argv[1]);
	if (fuse_set_signal_handlers(session) == 0)
		r = fuse_session_loop_mt(session, &config);
	fuse_session_unmount(session);
	fuse_session_destroy(session);
	return r < 0;
}
