/* SPDX-License-Identifier: MIT */
/* What the files that serve the names of /dev share. All with the lock held. */
#ifndef MSRD_FUSE_MSR_TREE_MADE_STATE_H
#define MSRD_FUSE_MSR_TREE_MADE_STATE_H

#include <pthread.h>
#include <time.h>

#include "fuse-msr/tree/made.h"
#include "fuse-msr/tree/pages.h"

struct made_node;

struct made_entry {
	struct made_entry *next; /* an older one */
	struct made_node *node;
	int64_t number; /* higher of what is newer */
	char name[MADE_NAME_MAX + 1];
};

struct made_node {
	uint64_t inode;
	uint32_t index;		  /* the tree's, whose file says mode and owner; or TREE_NONE */
	struct made_node *parent; /* of a directory that has a name */
	mode_t mode;
	dev_t device; /* of a device that root has made */
	uid_t uid;
	gid_t gid;
	struct timespec atime, mtime, ctime;
	nlink_t links; /* names that it has; of a directory, without those in it */
	uint64_t n_lookups;
	struct made_entry *first; /* of a directory, newest first */
	char *target;		  /* of a symbolic link */
	struct pages pages;
};

struct made {
	pthread_mutex_t lock;
	struct tree *tree;
	bool *is_of_dev;	/* by index */
	uint32_t n_files;	/* of the tree */
	struct made_node *root; /* /dev */
	void *nodes;		/* tsearch(3)'s, by inode */
	size_t n_made;		/* that are not the tree's */
	size_t pages_left;
	uint32_t serial;
	int64_t number;
};

/* One that has neither a name nor been looked up; NULL: out of memory. */
struct made_node *made_add(struct made *made, uint32_t index, mode_t mode);
struct made_node *made_find(struct made *made, uint64_t inode);
/* Frees it when nobody has it any more. */
void made_drop(struct made *made, struct made_node *node);

mode_t made_mode(const struct made *made, const struct made_node *node);
void made_fill(const struct made *made, const struct made_node *node, struct stat *status);

/* A directory that still has a name, and may have that one in it; NULL, with the -errno. */
struct made_node *made_dir(struct made *made, uint64_t inode, const char *name, int *r);
/* The name in a directory; NULL: there is none. */
struct made_entry *made_entry(const struct made_node *dir, const char *name);
/* Puts a name first; false: out of memory. */
bool made_enter(struct made *made, struct made_node *dir, const char *name, struct made_node *node);
/* Takes a name away, and with its last one perhaps the file. */
void made_leave(struct made *made, struct made_node *dir, struct made_entry *entry);

/* ... and an entry that goes on to somewhere else, newest there. */
void made_take_out(struct made_node *dir, const struct made_entry *entry);
void made_insert(struct made *made, struct made_node *dir, struct made_entry *entry);
/* Something is said of it that was not. */
void made_touch(struct made_node *node);

/* A new file with a name that is not there yet; NULL: out of memory. */
struct made_node *made_build(
	struct made *made, struct made_node *dir, const char *name, const struct made_wish *wish);

#endif
