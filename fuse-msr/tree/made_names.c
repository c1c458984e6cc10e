/* SPDX-License-Identifier: MIT */
/* Names in directories of /dev: found, made, moved, taken away and listed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/made_state.h"
#include "util/cleanup.h"

#define FIRST (INT64_C(1) << 62) /* less an entry's number: its offset in a listing */

struct made_entry *made_entry(const struct made_node *dir, const char *name)
{
	struct made_entry *entry = dir->first;

	while (entry && strcmp(entry->name, name) != 0)
		entry = entry->next;
	return entry;
}

/* Its names have changed. */
static void touch(struct made_node *node)
{
	clock_gettime(CLOCK_REALTIME, &node->ctime);
}

static void touch_dir(struct made_node *dir)
{
	touch(dir);
	dir->mtime = dir->ctime;
}

static void insert(struct made *made, struct made_node *dir, struct made_entry *entry)
{
	entry->number = ++made->number;
	entry->next = dir->first;
	dir->first = entry;
	if (S_ISDIR(made_mode(made, entry->node)))
		entry->node->parent = dir;
	touch_dir(dir);
}

static void take_out(struct made_node *dir, const struct made_entry *entry)
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
	insert(made, dir, entry);
	return true;
}

void made_leave(struct made *made, struct made_node *dir, struct made_entry *entry)
{
	struct made_node *node = entry->node;

	take_out(dir, entry);
	free(entry);
	node->links--;
	node->parent = NULL; /* of a directory: it had no other name */
	touch(node);
	made_drop(made, node);
}

/* A directory that still has a name; NULL, with the -errno. */
static struct made_node *find_dir(struct made *made, uint64_t inode, const char *name, int *r)
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

int made_lookup(struct made *made, uint64_t inode, const char *name, struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = find_dir(made, inode, name, &r);
	const struct made_entry *entry = dir ? made_entry(dir, name) : NULL;
	if (entry)
		say(made, entry->node, status);
	else if (dir)
		r = -ENOENT;
	pthread_mutex_unlock(&made->lock);
	return r;
}

static struct made_node *build(struct made *made, const struct made_wish *wish)
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

static int make(struct made *made, struct made_node *dir, const char *name,
	const struct made_wish *wish, struct stat *status)
{
	struct made_node *node;

	if (made_entry(dir, name))
		return -EEXIST;
	if (made->n_made == MADE_NODES_MAX)
		return -ENOSPC;
	node = build(made, wish);
	if (!node)
		return -ENOMEM;
	inherit(made, dir, node);
	if (!made_enter(made, dir, name, node)) {
		made_drop(made, node);
		return -ENOMEM;
	}
	say(made, node, status);
	return 0;
}

int made_make(struct made *made, uint64_t inode, const char *name, const struct made_wish *wish,
	struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = find_dir(made, inode, name, &r);
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
	touch(node);
	say(made, node, status);
	return 0;
}

int made_link(struct made *made, uint64_t inode, uint64_t in, const char *name, struct stat *status)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = find_dir(made, in, name, &r);
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

int made_remove(struct made *made, uint64_t inode, const char *name, bool is_dir)
{
	int r;

	pthread_mutex_lock(&made->lock);
	struct made_node *dir = find_dir(made, inode, name, &r);
	if (dir)
		r = remove_name(made, dir, name, is_dir);
	pthread_mutex_unlock(&made->lock);
	return r;
}

bool made_list(struct made *made, uint64_t inode, int64_t offset, struct made_listed *listed)
{
	bool is_found = false;

	pthread_mutex_lock(&made->lock);
	const struct made_node *dir = made_find(made, inode), *node = dir;
	const struct made_entry *entry = dir ? dir->first : NULL;
	if (dir && offset < 2) {
		if (offset == 1 && dir->parent)
			node = dir->parent;
		snprintf(listed->name, sizeof listed->name, "%s", offset == 0 ? "." : "..");
		listed->offset = offset + 1;
		is_found = true;
	} else {
		while (entry && FIRST - entry->number <= offset)
			entry = entry->next;
		if (entry) {
			snprintf(listed->name, sizeof listed->name, "%s", entry->name);
			listed->offset = FIRST - entry->number;
			node = entry->node;
			is_found = true;
		}
	}
	if (is_found)
		made_fill(made, node, &listed->status);
	pthread_mutex_unlock(&made->lock);
	return is_found;
}

/* A place as it is found. */
struct spot {
	struct made_node *dir;
	struct made_entry *entry; /* NULL: no such name */
};

static int find_spot(struct made *made, const struct made_place *place, struct spot *spot)
{
	int r;

	spot->dir = find_dir(made, place->dir, place->name, &r);
	spot->entry = spot->dir ? made_entry(spot->dir, place->name) : NULL;
	return r;
}

/* Is it that directory, or in it? */
static bool is_in(const struct made_node *dir, const struct made_node *node)
{
	while (dir && dir != node)
		dir = dir->parent;
	return dir;
}

static void move(struct made *made, struct spot *from, struct made_node *dir, const char *name)
{
	take_out(from->dir, from->entry);
	snprintf(from->entry->name, sizeof from->entry->name, "%s", name);
	insert(made, dir, from->entry);
	touch(from->entry->node);
}

static int exchange(struct made *made, struct spot *from, struct spot *to)
{
	char from_name[MADE_NAME_MAX + 1], to_name[MADE_NAME_MAX + 1];
	struct made_node *from_dir = from->dir;

	if (!to->entry)
		return -ENOENT;
	if (is_in(from_dir, to->entry->node))
		return -EINVAL;
	snprintf(from_name, sizeof from_name, "%s", from->entry->name);
	snprintf(to_name, sizeof to_name, "%s", to->entry->name);
	if (from->entry == to->entry)
		return 0;
	move(made, to, from_dir, from_name);
	move(made, from, to->dir, to_name);
	return 0;
}

/* What rename(2) says of what is there already. */
static int replace(struct made *made, const struct spot *from, const struct spot *to)
{
	bool is_dir = S_ISDIR(made_mode(made, from->entry->node));
	bool was_dir = S_ISDIR(made_mode(made, to->entry->node));

	if (is_dir != was_dir)
		return is_dir ? -ENOTDIR : -EISDIR;
	if (was_dir && to->entry->node->first)
		return -ENOTEMPTY;
	made_leave(made, to->dir, to->entry);
	return 0;
}

static int rename_to(struct made *made, struct spot *from, struct spot *to, const char *name,
	unsigned flags)
{
	int r = 0;

	if (!from->entry)
		return -ENOENT;
	if (is_in(to->dir, from->entry->node))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE)
		return exchange(made, from, to);
	if (to->entry && (flags & RENAME_NOREPLACE))
		return -EEXIST;
	if (to->entry && to->entry->node == from->entry->node)
		return 0;
	if (to->entry)
		r = replace(made, from, to);
	if (r == 0)
		move(made, from, to->dir, name);
	return r;
}

int made_rename(struct made *made, const struct made_place *from, const struct made_place *to,
	unsigned flags)
{
	struct spot old, new;
	int r;

	if ((flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE)) || flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	pthread_mutex_lock(&made->lock);
	r = find_spot(made, from, &old);
	if (r == 0)
		r = find_spot(made, to, &new);
	if (r == 0)
		r = rename_to(made, &old, &new, to->name, flags);
	pthread_mutex_unlock(&made->lock);
	return r;
}
