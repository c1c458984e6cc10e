/* SPDX-License-Identifier: MIT */
/* The table of files. It must not know what the files are about. */
#include "fuse-msr/tree/tree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "util/array.h"
#include "util/cleanup.h"

#define DIR_MODE  (S_IFDIR | 0755)
#define TEXT_MODE (S_IFREG | 0444)
#define LINK_MODE (S_IFLNK | 0777)

static uint32_t fail(struct tree *tree)
{
	tree->failed = true;
	return TREE_NONE;
}

static bool adopt(struct tree_file *dir, uint32_t child)
{
	uint32_t *children = array_grow(dir->children, dir->n_children, sizeof *children);

	if (!children)
		return false;
	dir->children = children;
	dir->children[dir->n_children++] = child;
	return true;
}

static uint32_t add(struct tree *tree, uint32_t parent, const char *name, mode_t mode)
{
	cleanup_free char *copy = strdup(name);
	struct tree_file *files = array_grow(tree->files, tree->n_files, sizeof *files);

	if (files)
		tree->files = files;
	if (!copy || !files)
		return fail(tree);
	if (tree->n_files != TREE_ROOT && !adopt(&tree->files[parent], tree->n_files))
		return fail(tree);
	tree->files[tree->n_files] = (struct tree_file){
		.name = steal_ptr(&copy),
		.parent = parent,
		.mode = mode,
	};
	return tree->n_files++;
}

struct tree *tree_new(void)
{
	struct tree *tree = calloc(1, sizeof *tree);

	if (!tree)
		return NULL;
	tree->made_s = time(NULL);
	pthread_rwlock_init(&tree->lock, NULL);
	return add(tree, TREE_ROOT, "", DIR_MODE) == TREE_NONE ? tree_free(tree) : tree;
}

struct tree *tree_free(struct tree *tree)
{
	if (!tree)
		return NULL;
	for (uint32_t i = 0; i < tree->n_files; i++) {
		free(tree->files[i].name);
		free(tree->files[i].text);
		free(tree->files[i].children);
	}
	free(tree->files);
	pthread_rwlock_destroy(&tree->lock);
	free(tree);
	return NULL;
}

uint32_t tree_child(const struct tree *tree, uint32_t dir, const char *name)
{
	const struct tree_file *file = &tree->files[dir];

	/* who builds it comes back to what was added last */
	for (uint32_t i = file->n_children; i-- > 0;)
		if (strcmp(tree->files[file->children[i]].name, name) == 0)
			return tree->files[file->children[i]].is_gone ? TREE_NONE
								      : file->children[i];
	return TREE_NONE;
}

uint32_t tree_find(const struct tree *tree, const char *path)
{
	cleanup_free char *copy = strdup(path);
	uint32_t file = copy ? TREE_ROOT : TREE_NONE;
	char *rest = copy;

	for (char *name; file != TREE_NONE && (name = strsep(&rest, "/"));)
		file = tree_child(tree, file, name);
	return file;
}

uint32_t tree_dir(struct tree *tree, uint32_t parent, const char *path)
{
	cleanup_free char *copy = strdup(path);
	char *rest = copy;

	if (!copy || parent == TREE_NONE)
		return fail(tree);
	for (char *name; parent != TREE_NONE && (name = strsep(&rest, "/"));) {
		uint32_t child = tree_child(tree, parent, name);
		parent = child != TREE_NONE ? child
					    : add(tree, parent, name, tree->files[parent].mode);
	}
	return parent;
}

/* A file that is no directory, and the directories before it. */
static struct tree_file *add_leaf(struct tree *tree, uint32_t parent, const char *path,
	const struct file_ops *ops, mode_t mode)
{
	cleanup_free char *dir = strdup(path);
	const char *name = path;
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (slash) {
		*slash = '\0';
		name = path + (slash - dir) + 1;
		parent = tree_dir(tree, parent, dir);
	}
	if (!dir || parent == TREE_NONE) {
		fail(tree);
		return NULL;
	}

	uint32_t number = add(tree, parent, name, mode);
	if (number == TREE_NONE)
		return NULL;
	tree->files[number].ops = ops;
	return &tree->files[number];
}

void tree_device(struct tree *tree, uint32_t parent, const char *path, const struct file_ops *ops,
	mode_t mode, uint32_t number, size_t size)
{
	struct tree_file *file = add_leaf(tree, parent, path, ops, S_IFREG | mode);

	if (file) {
		file->number = number;
		file->size = size;
	}
}

__attribute__((format(printf, 2, 0))) static void set_text(
	struct tree_file *file, const char *format, va_list arguments, bool *failed)
{
	int length = vasprintf(&file->text, format, arguments);

	if (length < 0) {
		file->text = NULL;
		*failed = true;
	} else {
		file->size = (size_t)length;
	}
}

void tree_text(struct tree *tree, uint32_t parent, const char *path, const char *format, ...)
{
	struct tree_file *file = add_leaf(tree, parent, path, &textfile_ops, TEXT_MODE);
	va_list arguments;

	va_start(arguments, format);
	if (file)
		set_text(file, format, arguments, &tree->failed);
	va_end(arguments);
}

void tree_proc_text(struct tree *tree, const char *path, const char *text)
{
	struct tree_file *file = add_leaf(tree, TREE_ROOT, path, &textfile_proc_ops, TEXT_MODE);

	if (!file)
		return;
	file->text = strdup(text);
	file->size = file->text ? strlen(text) : 0;
	tree->failed |= !file->text;
}

void tree_data(struct tree *tree, const char *path, mode_t mode, const void *bytes, size_t size)
{
	struct tree_file *file = add_leaf(tree, TREE_ROOT, path, &textfile_ops, S_IFREG | mode);

	if (!file)
		return;
	file->text = malloc(size);
	file->size = file->text ? size : 0;
	tree->failed |= !file->text;
	if (file->text)
		memcpy(file->text, bytes, size);
}

void tree_link(struct tree *tree, uint32_t parent, const char *path, const char *format, ...)
{
	struct tree_file *file = add_leaf(tree, parent, path, NULL, LINK_MODE);
	va_list arguments;

	va_start(arguments, format);
	if (file)
		set_text(file, format, arguments, &tree->failed);
	va_end(arguments);
}
