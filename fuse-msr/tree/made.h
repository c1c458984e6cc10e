/* SPDX-License-Identifier: MIT */
/*
 * The names of /dev, as devtmpfs keeps them: the drivers' files, which are the tree's, and what
 * root makes beside them. The tree says what the drivers want there, and this what there is. It
 * must not know FUSE, nor who may do what.
 * Everything is under one lock, which is taken last: no other is asked for while it is held.
 */
#ifndef MSRD_FUSE_MSR_TREE_MADE_H
#define MSRD_FUSE_MSR_TREE_MADE_H

#include <sys/stat.h>

#include "fuse-msr/tree/caller.h"
#include "fuse-msr/tree/tree.h"

#define MADE_NAME_MAX 255 /* devtmpfs's */
#define MADE_NODES_MAX                                                                             \
	8192		       /* chosen, without drivers' files: then ENOSPC; a name is           \
				  looked for one by one */
#define MADE_PAGES_MAX	 16384 /* chosen: 64 MiB in all files: then ENOSPC */
#define MADE_BLOCK_BYTES 4096  /* devtmpfs's */

struct made;

/*
 * Inode numbers: the lower half is the tree's index plus one, or 0 for what is not the tree's; the
 * upper half is never used again, so that a file that comes again is another.
 */
#define MADE_SERIAL_SHIFT 32

/* The names that the tree has now; it stays the caller's. NULL when out of memory. */
struct made *made_new(struct tree *tree);
struct made *made_free(struct made *made);

/* Is it of /dev? Takes no lock. NULL has none. */
bool made_has(const struct made *made, uint64_t inode);

/* A driver's file has come or gone in the tree: what devtmpfs makes of it. */
void made_changed(struct made *made, uint32_t index);

/* What stat(2) says; false: there is no such inode. */
bool made_status(struct made *made, uint64_t inode, struct stat *status);

/* in: the directory. Of those that say a status, who asks has looked it up once more, and has to
 * forget it. 0 or -errno. */
int made_lookup(struct made *made, uint64_t in, const char *name, struct stat *status);
void made_forget(struct made *made, uint64_t inode, uint64_t n_lookups);

/* What is to be made, by whom. */
struct made_wish {
	mode_t mode;  /* with its kind */
	dev_t device; /* the numbers of a device, which Linux opens by itself */
	uid_t uid;
	gid_t gid;
	const char *target; /* of a symbolic link */
};

int made_make(struct made *made, uint64_t in, const char *name, const struct made_wish *wish,
	struct stat *status);
int made_link(
	struct made *made, uint64_t inode, uint64_t in, const char *name, struct stat *status);
int made_remove(struct made *made, uint64_t in, const char *name, bool is_dir);

/* Where a name is. */
struct made_place {
	uint64_t dir;
	const char *name;
};

/* As renameat2(2), with all of its flags. */
int made_rename(struct made *made, const struct made_place *from, const struct made_place *to,
	unsigned flags);

/* The entry behind that offset of a directory (0 at first), and the offset of its own: false: there
 * is none. Newest first. */
struct made_listed {
	char name[MADE_NAME_MAX + 1];
	struct stat status;
	int64_t offset;
};
bool made_list(struct made *made, uint64_t in, int64_t offset, struct made_listed *listed);

/* A copy that is the caller's; NULL when out of memory. */
char *made_target(struct made *made, uint64_t inode);

/* Of what is not the tree's. */
ssize_t made_read(
	struct made *made, uint64_t inode, uint8_t *buffer, size_t count, uint64_t offset);
ssize_t made_write(
	struct made *made, uint64_t inode, const uint8_t *buffer, size_t count, uint64_t offset);
int made_truncate(struct made *made, uint64_t inode, uint64_t size);
/* As fallocate(2), with FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE. */
int made_allocate(struct made *made, uint64_t inode, int mode, uint64_t offset, uint64_t length);
int64_t made_seek(struct made *made, uint64_t inode, uint64_t offset, bool is_hole);

/* -1 stays as it is, and so does UTIME_OMIT; UTIME_NOW is now. */
void made_set_mode(struct made *made, uint64_t inode, mode_t mode);
void made_set_owner(struct made *made, uint64_t inode, uid_t uid, gid_t gid);
void made_set_times(struct made *made, uint64_t inode, const struct timespec times[2]);

#endif
