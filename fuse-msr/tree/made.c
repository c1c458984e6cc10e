/* SPDX-License-Identifier: MIT */
/* The files of /dev and how long there are. What the drivers want is in made_drivers.c. */
#include "fuse-msr/tree/made.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/made_state.h"
#include "util/cleanup.h"

#define DIR_BYTES   40 /* a directory's size, and what each name in it adds: as tmpfs has it */
#define ENTRY_BYTES 20
#define BLOCK	    512 /* stat(2)'s */

static int compare(const void *left, const void *right)
{
	uint64_t a = ((const struct made_node *)left)->inode;
	uint64_t b = ((const struct made_node *)right)->inode;

	return (a > b) - (a < b);
}

struct made_node *made_find(struct made *made, uint64_t inode)
{
	const struct made_node wanted = {.inode = inode};
	struct made_node **found = (struct made_node **)tfind(&wanted, &made->nodes, compare);

	return found ? *found : NULL;
}

struct made_node *made_add(struct made *made, uint32_t index, mode_t mode)
{
	cleanup_free struct made_node *node = calloc(1, sizeof *node);

	if (!node)
		return NULL;
	/* TREE_NONE and one is the 0 that the lower half of such a file's has to be */
	node->inode = (uint64_t)made->serial << MADE_SERIAL_SHIFT | (uint32_t)(index + 1);
	node->index = index;
	node->mode = mode;
	clock_gettime(CLOCK_REALTIME, &node->mtime);
	node->atime = node->ctime = node->mtime;
	if (!tsearch(node, &made->nodes, compare))
		return NULL;
	made->n_made += index == TREE_NONE;
	return steal_ptr(&node);
}

static void free_node(void *pointer)
{
	struct made_node *node = pointer;
	size_t left = 0;

	while (node->first) {
		struct made_entry *entry = node->first;
		node->first = entry->next;
		free(entry);
	}
	pages_truncate(&node->pages, &left, 0);
	free(node->target);
	free(node);
}

void made_drop(struct made *made, struct made_node *node)
{
	if (node->links > 0 || node->n_lookups > 0)
		return;
	tdelete(node, &made->nodes, compare);
	made->n_made -= node->index == TREE_NONE;
	pages_truncate(&node->pages, &made->pages_left, 0);
	free_node(node);
}

void made_forget(struct made *made, uint64_t inode, uint64_t n_lookups)
{
	pthread_mutex_lock(&made->lock);
	struct made_node *node = made_find(made, inode);
	if (node) {
		node->n_lookups -= n_lookups < node->n_lookups ? n_lookups : node->n_lookups;
		made_drop(made, node);
	}
	pthread_mutex_unlock(&made->lock);
}

mode_t made_mode(const struct made *made, const struct made_node *node)
{
	return node->index == TREE_NONE ? node->mode : made->tree->files[node->index].mode;
}

static void fill_dir(const struct made *made, const struct made_node *node, struct stat *status)
{
	for (const struct made_entry *entry = node->first; entry; entry = entry->next) {
		status->st_size += ENTRY_BYTES;
		status->st_nlink += S_ISDIR(made_mode(made, entry->node));
	}
	status->st_size += DIR_BYTES;
	status->st_nlink += node->links > 0; /* its own "." */
}

void made_fill(const struct made *made, const struct made_node *node, struct stat *status)
{
	const struct tree_file *file =
		node->index == TREE_NONE ? NULL : &made->tree->files[node->index];

	*status = (struct stat){
		.st_ino = node->inode,
		.st_mode = made_mode(made, node),
		.st_uid = file ? file->uid : node->uid,
		.st_gid = file ? file->gid : node->gid,
		.st_rdev = node->device,
		.st_nlink = node->links,
		.st_size = (off_t)(node->target ? strlen(node->target) : node->pages.size),
		.st_blksize = MADE_BLOCK_BYTES,
		.st_blocks = (blkcnt_t)(node->pages.n_pages * (PAGE_BYTES / BLOCK)),
		.st_atim = node->atime,
		.st_mtim = node->mtime,
		.st_ctim = node->ctime,
	};
	if (S_ISDIR(status->st_mode))
		fill_dir(made, node, status);
}

bool made_status(struct made *made, uint64_t inode, struct stat *status)
{
	pthread_mutex_lock(&made->lock);
	const struct made_node *node = made_find(made, inode);
	if (node)
		made_fill(made, node, status);
	pthread_mutex_unlock(&made->lock);
	return node;
}

bool made_has(const struct made *made, uint64_t inode)
{
	if (!made)
		return false;
	return inode >> MADE_SERIAL_SHIFT != 0 ||
	       (inode - 1 < made->n_files && made->is_of_dev[inode - 1]);
}

/* By index, so that directories come before what is in them. */
static void mark(struct made *made)
{
	const struct tree *tree = made->tree;
	uint32_t dev = tree_child(tree, TREE_ROOT, "dev");

	for (uint32_t i = TREE_ROOT + 1; dev != TREE_NONE && i < tree->n_files; i++)
		made->is_of_dev[i] = i == dev || made->is_of_dev[tree->files[i].parent];
}

/* The files that are there first have their index alone for a number. */
static bool import(struct made *made)
{
	const struct tree *tree = made->tree;

	for (uint32_t i = 0; i < tree->n_files; i++)
		if (made->is_of_dev[i] && !tree->files[i].is_gone) {
			struct made_node *node = made_add(made, i, 0);
			if (!node)
				return false;
			if (!made->root) {
				node->links = 1;
				made->root = node;
			}
		}
	for (uint32_t i = tree->n_files; i-- > 0;) {
		struct made_node *node = made_find(made, i + 1);
		if (node && node != made->root &&
			!made_enter(made, made_find(made, tree->files[i].parent + 1),
				tree->files[i].name, node))
			return false;
	}
	made->serial = 1;
	return true;
}

struct made *made_new(struct tree *tree)
{
	struct made *made = calloc(1, sizeof *made);

	if (!made)
		return NULL;
	pthread_mutex_init(&made->lock, NULL);
	made->tree = tree;
	made->n_files = tree->n_files;
	made->pages_left = MADE_PAGES_MAX;
	made->is_of_dev = calloc(tree->n_files, sizeof *made->is_of_dev);
	if (!made->is_of_dev)
		return made_free(made);
	mark(made);
	return import(made) ? made : made_free(made);
}

struct made *made_free(struct made *made)
{
	if (!made)
		return NULL;
	tdestroy(made->nodes, free_node);
	free(made->is_of_dev);
	pthread_mutex_destroy(&made->lock);
	free(made);
	return NULL;
}
