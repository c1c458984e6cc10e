/* SPDX-License-Identifier: MIT */
/* Names in directories of /dev: found, made, moved, taken away and listed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/made_state.h"
#include "util/cleanup.h"

#define FIRST INT64_MAX /* less an entry's number: its offset in a listing */

struct made_entry *made_entry(const struct made_node *dir, const char *name)
{
	struct made_entry *entry = dir->first;

	while (entry && strcmp(entry->name, name) != 0)
		entry = entry->next;
	return entry;
}

/* Its names have changed. */
void made_touch(struct made_node *node)
{
	clock_gettime(CLOCK_REALTIME, &node->ctime);
}

static void touch_dir(struct made_node *dir)
{
	made_touch(dir);
	dir->mtime = dir->ctime;
}

void made_insert(struct made *made, struct made_node *dir, struct made_entry *entry)
{
	entry->number = ++made->number;
	entry->next = dir->first;
	dir->first = entry;
	if (S_ISDIR(made_mode(made, entry->node)))
		entry->node->parent = dir;
	touch_dir(dir);
}

void made_take_out(struct made_node *dir, const struct made_entry *entry)
{
	struct made_entry **at = &dir->first;

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	touch_dir(dir);
}

bool made_enter(struct made *made, struct made_node *dir, const char *name, struct made_node *node)
{
	struct made_entry *entry = calloc(1, sizeof *entry);

	if (!entry)
		return false;
	snprintf(entry->name, sizeof entry->name, "%s", name);
	entry->node = node;
	node->links++;
	made_insert(made, dir, entry);
	return true;
}

void made_leave(struct made *made, struct made_node *dir, struct made_entry *entry)
{
	struct made_node *node = entry->node;

	made_take_out(dir, entry);
	free(entry);
	node->links--;
	node->parent = NULL; /* of a directory: it had no other name */
	made_touch(node);
	made_drop(made, node);
}

struct made_node *made_dir(struct made *made, uint64_t inode, const char *name, int *r)
{
	struct made_node *dir = made_find(made, inode);

	*r = 0;
	if (strlen(name) > MADE_NAME_MAX)
		*r = -ENAMETOOLONG;
	else if (!dir || dir->links == 0)
		*r = -ENOENT;
	else if (!S_ISDIR(made_mode(made, dir)))
		*r = -ENOTDIR;
	return *r == 0 ? dir : NULL;
}

static void say(const struct made *made, struct made_node *node, struct stat *status)
{
	node->n_lookups++;
	made_fill(made, node, status);
}

int made_lookup(struct made *made, uint64_t in, const char *name, struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = made_dir(made, in, name, &r);
	const struct made_entry *entry = dir ? made_entry(dir, name) : NULL;
	if (entry)
		say(made, entry->node, status);
	else if (dir)
		r = -ENOENT;
	pthread_mutex_unlock(&made->lock);
	return r;
}

static struct made_node *add(struct made *made, const struct made_wish *wish)
{
	cleanup_free char *target = wish->target ? strdup(wish->target) : NULL;
	struct made_node *node;

	if (wish->target && !target)
		return NULL;
	made->serial++;
	node = made_add(made, TREE_NONE, wish->mode);
	if (!node)
		return NULL;
	node->uid = wish->uid;
	node->gid = wish->gid;
	node->device = wish->device;
	node->target = steal_ptr(&target);
	return node;
}

/* A directory with S_ISGID gives its group to what is made in it, and the bit to directories. */
static void inherit(const struct made *made, const struct made_node *dir, struct made_node *node)
{
	struct stat status;

	made_fill(made, dir, &status);
	if (!(status.st_mode & S_ISGID))
		return;
	node->gid = status.st_gid;
	if (S_ISDIR(node->mode))
		node->mode |= S_ISGID;
}

struct made_node *made_build(
	struct made *made, struct made_node *dir, const char *name, const struct made_wish *wish)
{
	struct made_node *node = add(made, wish);

	if (!node)
		return NULL;
	inherit(made, dir, node);
	if (made_enter(made, dir, name, node))
		return node;
	made_drop(made, node);
	return NULL;
}

static int make(struct made *made, struct made_node *dir, const char *name,
	const struct made_wish *wish, struct stat *status)
{
	struct made_node *node;

	if (made_entry(dir, name))
		return -EEXIST;
	if (made->n_made >= MADE_NODES_MAX)
		return -ENOSPC;
	node = made_build(made, dir, name, wish);
	if (!node)
		return -ENOMEM;
	say(made, node, status);
	return 0;
}

int made_make(struct made *made, uint64_t in, const char *name, const struct made_wish *wish,
	struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = made_dir(made, in, name, &r);
	if (dir)
		r = make(made, dir, name, wish, status);
	pthread_mutex_unlock(&made->lock);
	return r;
}

static int link_to(struct made *made, struct made_node *node, struct made_node *dir,
	const char *name, struct stat *status)
{
	if (!node || node->links == 0)
		return -ENOENT;
	if (S_ISDIR(made_mode(made, node)))
		return -EPERM;
	if (made_entry(dir, name))
		return -EEXIST;
	if (!made_enter(made, dir, name, node))
		return -ENOMEM;
	made_touch(node);
	say(made, node, status);
	return 0;
}

int made_link(struct made *made, uint64_t inode, uint64_t in, const char *name, struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = made_dir(made, in, name, &r);
	if (dir)
		r = link_to(made, made_find(made, inode), dir, name, status);
	pthread_mutex_unlock(&made->lock);
	return r;
}

static int remove_name(struct made *made, struct made_node *dir, const char *name, bool is_dir)
{
	struct made_entry *entry = made_entry(dir, name);

	if (!entry)
		return -ENOENT;
	if (S_ISDIR(made_mode(made, entry->node)) != is_dir)
		return is_dir ? -ENOTDIR : -EISDIR;
	if (is_dir && entry->node->first)
		return -ENOTEMPTY;
	made_leave(made, dir, entry);
	return 0;
}

int made_remove(struct made *made, uint64_t in, const char *name, bool is_dir)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = made_dir(made, in, name, &r);
	if (dir)
		r = remove_name(made, dir, name, is_dir);
	pthread_mutex_unlock(&made->lock);
	return r;
}

static const struct made_node *list_dots(
	const struct made_node *dir, int64_t offset, struct made_listed *listed)
{
	snprintf(listed->name, sizeof listed->name, "%s", offset == 0 ? "." : "..");
	listed->offset = offset + 1;
	return offset == 1 && dir->parent ? dir->parent : dir;
}

static const struct made_node *list_entry(
	const struct made_node *dir, int64_t offset, struct made_listed *listed)
{
	const struct made_entry *entry = dir->first;

	while (entry && FIRST - entry->number <= offset)
		entry = entry->next;
	if (!entry)
		return NULL;
	snprintf(listed->name, sizeof listed->name, "%s", entry->name);
	listed->offset = FIRST - entry->number;
	return entry->node;
}

bool made_list(struct made *made, uint64_t in, int64_t offset, struct made_listed *listed)
{
	const struct made_node *node = NULL;

	pthread_mutex_lock(&made->lock);
	const struct made_node *dir = made_find(made, in);
	if (dir)
		node = offset < 2 ? list_dots(dir, offset, listed)
				  : list_entry(dir, offset, listed);
	if (node)
		made_fill(made, node, &listed->status);
	pthread_mutex_unlock(&made->lock);
	return node;
}
