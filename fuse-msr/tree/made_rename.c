/* SPDX-License-Identifier: MIT */
/* Names of /dev that become others, as rename(2) has it. */
#include <errno.h>
#include <stdio.h>

#include "fuse-msr/tree/made_state.h"

/* A place as it is found. */
struct spot {
	struct made_node *dir;
	struct made_entry *entry; /* NULL: no such name */
};

static int find_spot(struct made *made, const struct made_place *place, struct spot *spot)
{
	int r;

	spot->dir = made_dir(made, place->dir, place->name, &r);
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
	made_take_out(from->dir, from->entry);
	snprintf(from->entry->name, sizeof from->entry->name, "%s", name);
	made_insert(made, dir, from->entry);
	made_touch(from->entry->node);
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
static int check_replaced(const struct made *made, const struct spot *from, const struct spot *to)
{
	bool is_dir = S_ISDIR(made_mode(made, from->entry->node));
	bool was_dir = S_ISDIR(made_mode(made, to->entry->node));

	if (is_dir != was_dir)
		return is_dir ? -ENOTDIR : -EISDIR;
	return was_dir && to->entry->node->first ? -ENOTEMPTY : 0;
}

/* What overlayfs takes for "nothing here", behind what is moved away: for now both have the name.
 */
static int whiteout(struct made *made, const struct spot *from)
{
	const struct made_wish wish = {.mode = S_IFCHR};

	if (made->n_made >= MADE_NODES_MAX)
		return -ENOSPC;
	return made_build(made, from->dir, from->entry->name, &wish) ? 0 : -ENOMEM;
}

static int rename_to(
	struct made *made, struct spot *from, struct spot *to, const char *name, unsigned flags)
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
		r = check_replaced(made, from, to);
	if (r == 0 && (flags & RENAME_WHITEOUT))
		r = whiteout(made, from);
	if (r < 0)
		return r;
	if (to->entry)
		made_leave(made, to->dir, to->entry);
	move(made, from, to->dir, name);
	return 0;
}

int made_rename(struct made *made, const struct made_place *from, const struct made_place *to,
	unsigned flags)
{
	const unsigned alone = RENAME_NOREPLACE | RENAME_WHITEOUT;
	struct spot old, new;
	int r;

	if ((flags & ~(alone | RENAME_EXCHANGE)) || ((flags & RENAME_EXCHANGE) && (flags & alone)))
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
