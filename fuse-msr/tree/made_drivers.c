/* SPDX-License-Identifier: MIT */
/*
 * What devtmpfs does when a driver's file comes or goes, as drivers/base/devtmpfs.c of Linux 6.1:
 * it goes by paths, takes away only what it made itself, and makes nothing where something is.
 */
#include <string.h>
#include <sys/stat.h>

#include "fuse-msr/tree/made_state.h"

#define DEPTH_MAX 8 /* of a path in /dev: the tree's have 3 names */

#define DIR_MODE    (S_IFDIR | 0755)
#define DEVICE_MODE (S_IFREG | 0600)

/* From /dev, which is left out, to the file: how many. */
static size_t find_path(const struct made *made, uint32_t index, uint32_t path[DEPTH_MAX])
{
	size_t n = 0, at;

	for (uint32_t i = index; i != made->root->index && n < DEPTH_MAX;
		i = made->tree->files[i].parent)
		n++;
	at = n;
	for (uint32_t i = index; at > 0; i = made->tree->files[i].parent)
		path[--at] = i;
	return n;
}

static struct made_entry *find_entry(
	const struct made *made, const struct made_node *dir, uint32_t index)
{
	return made_entry(dir, made->tree->files[index].name);
}

/* Is what has the name what the driver wanted there, and not somebody else's? */
static bool is_its_own(const struct made_entry *entry, uint32_t index)
{
	return entry && entry->node->index == index;
}

static void reset(struct made *made, uint32_t index, mode_t mode)
{
	struct tree_file *file = &made->tree->files[index];

	file->mode = mode;
	file->uid = 0;
	file->gid = 0;
}

/* The directories that lead to it: where they end. */
static size_t find_dirs(
	const struct made *made, const uint32_t *path, size_t n, struct made_node *dirs[DEPTH_MAX])
{
	size_t i = 0;

	dirs[0] = made->root;
	for (; i + 1 < n; i++) {
		const struct made_entry *entry = find_entry(made, dirs[i], path[i]);
		if (!entry || !S_ISDIR(made_mode(made, entry->node)))
			break;
		dirs[i + 1] = entry->node;
	}
	return i;
}

static void take_away(struct made *made, uint32_t index)
{
	struct made_node *dirs[DEPTH_MAX];
	uint32_t path[DEPTH_MAX] = {0};
	size_t n = find_path(made, index, path);

	if (n == 0 || find_dirs(made, path, n, dirs) != n - 1)
		return;
	struct made_entry *entry = find_entry(made, dirs[n - 1], index);
	if (!is_its_own(entry, index))
		return;
	reset(made, index, DEVICE_MODE);
	made_leave(made, dirs[n - 1], entry);
	for (size_t i = n - 1; i-- > 0;) {
		entry = find_entry(made, dirs[i], path[i]);
		if (!is_its_own(entry, path[i]) || entry->node->first)
			return;
		made_leave(made, dirs[i], entry);
	}
}

/* Out of memory it stays away, as it would there. */
static struct made_node *put(struct made *made, struct made_node *dir, uint32_t index, mode_t mode)
{
	struct made_node *node;

	made->serial++;
	node = made_add(made, index, 0);
	if (!node)
		return NULL;
	reset(made, index, mode);
	if (made_enter(made, dir, made->tree->files[index].name, node))
		return node;
	made_drop(made, node);
	return NULL;
}

static void put_there(struct made *made, uint32_t index)
{
	struct made_node *dirs[DEPTH_MAX];
	uint32_t path[DEPTH_MAX] = {0};
	size_t n = find_path(made, index, path);

	if (n == 0)
		return;
	size_t at = find_dirs(made, path, n, dirs);
	for (; at + 1 < n; at++) {
		dirs[at + 1] = find_entry(made, dirs[at], path[at])
				       ? NULL
				       : put(made, dirs[at], path[at], DIR_MODE);
		if (!dirs[at + 1])
			return;
	}
	if (!find_entry(made, dirs[n - 1], index))
		put(made, dirs[n - 1], index, DEVICE_MODE);
}

void made_changed(struct made *made, uint32_t index)
{
	struct tree *tree = made->tree;

	pthread_rwlock_rdlock(&tree->lock);
	bool is_gone = tree->files[index].is_gone;
	pthread_rwlock_unlock(&tree->lock);
	/* directories come and go with what is in them */
	if (S_ISDIR(tree->files[index].mode))
		return;
	pthread_mutex_lock(&made->lock);
	if (is_gone)
		take_away(made, index);
	else
		put_there(made, index);
	pthread_mutex_unlock(&made->lock);
}
