/* SPDX-License-Identifier: MIT */
/* Changes of a tree. They must not know why. */
#include "fuse-msr/tree/update.h"

#include <fnmatch.h>
#include <string.h>

static bool is_called(const struct tree *tree, uint32_t file, const char *name)
{
	return strcmp(tree->files[file].name, name) == 0;
}

/* The child of that name; most likely it is that one. */
static uint32_t find_child(const struct tree *tree, uint32_t dir, const char *name, uint32_t likely)
{
	const struct tree_file *file = &tree->files[dir];

	if (likely < file->n_children && is_called(tree, file->children[likely], name))
		return file->children[likely];
	for (uint32_t i = 0; i < file->n_children; i++)
		if (is_called(tree, file->children[i], name))
			return file->children[i];
	return TREE_NONE;
}

static bool says_something_else(const struct tree_file *file, const struct tree_file *fresh)
{
	return file->text && fresh->text && !file->is_fixed && file->ops &&
	       strcmp(file->text, fresh->text) != 0;
}

static void take_text(struct tree_file *file, struct tree_file *fresh)
{
	char *text = file->text;

	file->text = fresh->text;
	file->size = fresh->size;
	fresh->text = text;
}

/* One file and what is below it. The tree is as deep as a path of sysfs. */
static void update(struct tree *tree, uint32_t at, struct tree *fresh, uint32_t fresh_at)
{
	struct tree_file *file = &tree->files[at];
	bool is_gone = fresh_at == TREE_NONE;

	if (file->is_gone != is_gone)
		file->changes |= TREE_ENTRY;
	file->is_gone = is_gone;
	if (!is_gone && says_something_else(file, &fresh->files[fresh_at])) {
		take_text(file, &fresh->files[fresh_at]);
		file->changes |= TREE_TEXT;
	}
	for (uint32_t i = 0; i < file->n_children; i++) {
		uint32_t child = file->children[i];
		uint32_t fresh_child =
			is_gone ? TREE_NONE
				: find_child(fresh, fresh_at, tree->files[child].name, i);
		/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree */
		update(tree, child, fresh, fresh_child);
	}
}

void tree_update(struct tree *tree, struct tree *fresh,
	void (*changed)(void *context, uint32_t file, unsigned changes), void *context)
{
	pthread_rwlock_wrlock(&tree->lock);
	update(tree, TREE_ROOT, fresh, TREE_ROOT);
	pthread_rwlock_unlock(&tree->lock);
	/* whoever hears of it may have to wait for one who reads the tree */
	for (uint32_t i = 0; i < tree->n_files; i++) {
		unsigned changes = tree->files[i].changes;
		tree->files[i].changes = 0;
		if (changes && changed)
			changed(context, i, changes);
	}
}

bool tree_path(const struct tree *tree, const struct tree_file *file, char *path, size_t size)
{
	const struct tree_file *parent = &tree->files[file->parent];

	if (file == &tree->files[TREE_ROOT]) {
		path[0] = '\0';
		return true;
	}
	/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tree */
	if (!tree_path(tree, parent, path, size))
		return false;
	size_t used = strlen(path), length = strlen(file->name);
	if (used + 1 + length >= size)
		return false;
	path[used] = '/';
	memcpy(path + used + 1, file->name, length + 1);
	return true;
}

/* It may be out already, by another pattern. */
static void take_out(struct tree *tree, uint32_t file)
{
	struct tree_file *dir = &tree->files[tree->files[file].parent];
	uint32_t i = 0;

	while (i < dir->n_children && dir->children[i] != file)
		i++;
	if (i == dir->n_children)
		return;
	dir->n_children--;
	memmove(dir->children + i, dir->children + i + 1,
		(dir->n_children - i) * sizeof *dir->children);
}

size_t tree_remove(struct tree *tree, const char *pattern)
{
	char path[1024];
	size_t n = 0;

	for (uint32_t i = TREE_ROOT + 1; i < tree->n_files; i++)
		if (tree_path(tree, &tree->files[i], path, sizeof path) &&
			fnmatch(pattern, path, FNM_PATHNAME) == 0) {
			take_out(tree, i);
			n++;
		}
	return n;
}
