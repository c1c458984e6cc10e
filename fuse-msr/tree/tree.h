/* SPDX-License-Identifier: MIT */
/*
 * A tree of files in memory, built once, and changed by update.h alone, but for who owns a file and
 * what its mode is: a table whose index is the inode number less one. Knows nothing of FUSE or of
 * nodes.
 */
#ifndef MSRD_FUSE_MSR_TREE_TREE_H
#define MSRD_FUSE_MSR_TREE_TREE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TREE_ROOT 0
#define TREE_NONE UINT32_MAX

struct file_ops; /* of file.h */

/* Of what tree_text and tree_proc_text add. */
extern const struct file_ops textfile_ops;
extern const struct file_ops textfile_proc_ops;

struct tree_file {
	const struct file_ops *ops; /* NULL: a directory or a link */
	char *name;
	uint32_t parent;
	_Atomic mode_t mode;
	_Atomic uid_t uid; /* 0 is the node's root */
	_Atomic gid_t gid;
	char *text;	    /* content of a text, target of a link */
	size_t size;	    /* as stat shows it */
	uint32_t number;    /* for ops */
	uint32_t *children; /* in the order they were added */
	uint32_t n_children;
	bool is_fixed;	  /* what it says stays */
	bool is_gone;	  /* for now it is not there */
	unsigned changes; /* update.c's: enum tree_change */
};

struct tree {
	struct tree_file *files;
	uint32_t n_files;
	int64_t made_s; /* seconds since 1970: the time of all files */
	bool failed;	/* out of memory on the way: everything added since is missing */
	/* of texts, sizes and what is gone, once the tree is being served */
	pthread_rwlock_t lock;
};

/* NULL when out of memory. */
struct tree *tree_new(void);
struct tree *tree_free(struct tree *tree);

/*
 * These add a file at path below the directory parent, with the directories
 * that lead there. Running out of memory is remembered in tree->failed, so
 * that one look at the end is enough. tree_dir finds a directory that is
 * there already; a new one has the mode of the one it is in.
 */
uint32_t tree_dir(struct tree *tree, uint32_t parent, const char *path);
void tree_device(struct tree *tree, uint32_t parent, const char *path, const struct file_ops *ops,
	mode_t mode, uint32_t number, size_t size);
__attribute__((format(printf, 4, 5))) void tree_text(
	struct tree *tree, uint32_t parent, const char *path, const char *format, ...);
/* ... as a file of /proc, which root can open for writing */
void tree_proc_text(struct tree *tree, const char *path, const char *text);
/* ... of bytes that are no text */
void tree_data(struct tree *tree, const char *path, mode_t mode, const void *bytes, size_t size);
__attribute__((format(printf, 4, 5))) void tree_link(
	struct tree *tree, uint32_t parent, const char *path, const char *format, ...);

/* The file called name that is in directory dir, or TREE_NONE. */
uint32_t tree_child(const struct tree *tree, uint32_t dir, const char *name);

/* The file at a path from the root, or TREE_NONE. */
uint32_t tree_find(const struct tree *tree, const char *path);

#endif
