/* SPDX-License-Identifier: MIT */
/* What is in files that root makes in /dev, and what is said of them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fuse-msr/tree/made_state.h"

static void touch_content(struct made_node *node)
{
	clock_gettime(CLOCK_REALTIME, &node->mtime);
	node->ctime = node->mtime;
}

/* NULL: no file with content; it is locked all the same. */
static struct made_node *lock_file(struct made *made, uint64_t inode)
{
	pthread_mutex_lock(&made->lock);
	struct made_node *node = made_find(made, inode);
	return node && node->index == TREE_NONE && S_ISREG(node->mode) ? node : NULL;
}

char *made_target(struct made *made, uint64_t inode)
{
	pthread_mutex_lock(&made->lock);
	const struct made_node *node = made_find(made, inode);
	char *copy = node && node->target ? strdup(node->target) : NULL;
	pthread_mutex_unlock(&made->lock);
	return copy;
}

ssize_t made_read(struct made *made, uint64_t inode, uint8_t *buffer, size_t count, uint64_t offset)
{
	const struct made_node *node = lock_file(made, inode);
	ssize_t done = node ? pages_read(&node->pages, buffer, count, offset) : -EINVAL;

	pthread_mutex_unlock(&made->lock);
	return done;
}

ssize_t made_write(
	struct made *made, uint64_t inode, const uint8_t *buffer, size_t count, uint64_t offset)
{
	struct made_node *node = lock_file(made, inode);
	ssize_t done = -EINVAL;

	if (node) {
		done = pages_write(&node->pages, &made->pages_left, buffer, count, offset);
		touch_content(node);
	}
	pthread_mutex_unlock(&made->lock);
	return done;
}

int made_truncate(struct made *made, uint64_t inode, uint64_t size)
{
	struct made_node *node = lock_file(made, inode);

	if (node) {
		pages_truncate(&node->pages, &made->pages_left, size);
		touch_content(node);
	}
	pthread_mutex_unlock(&made->lock);
	return node ? 0 : -EINVAL;
}

static int allocate(
	struct made *made, struct made_node *node, int mode, uint64_t offset, uint64_t length)
{
	int r = 0;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (mode & FALLOC_FL_PUNCH_HOLE)
		pages_punch(&node->pages, &made->pages_left, offset, length);
	else
		r = pages_allocate(&node->pages, &made->pages_left, offset, length);
	if (r == 0 && mode == 0 && offset + length > node->pages.size)
		node->pages.size = offset + length;
	touch_content(node);
	return r;
}

int made_allocate(struct made *made, uint64_t inode, int mode, uint64_t offset, uint64_t length)
{
	struct made_node *node = lock_file(made, inode);
	int r = node ? allocate(made, node, mode, offset, length) : -ENODEV;

	pthread_mutex_unlock(&made->lock);
	return r;
}

int64_t made_seek(struct made *made, uint64_t inode, uint64_t offset, bool is_hole)
{
	const struct made_node *node = lock_file(made, inode);
	int64_t at = node ? pages_seek(&node->pages, offset, is_hole) : -EINVAL;

	pthread_mutex_unlock(&made->lock);
	return at;
}

void made_set_mode(struct made *made, uint64_t inode, mode_t mode)
{
	pthread_mutex_lock(&made->lock);
	struct made_node *node = made_find(made, inode);
	if (node) {
		mode_t whole = (made_mode(made, node) & S_IFMT) | (mode & 07777);
		if (node->index == TREE_NONE)
			node->mode = whole;
		else
			made->tree->files[node->index].mode = whole;
		clock_gettime(CLOCK_REALTIME, &node->ctime);
	}
	pthread_mutex_unlock(&made->lock);
}

void made_set_owner(struct made *made, uint64_t inode, uid_t uid, gid_t gid)
{
	pthread_mutex_lock(&made->lock);
	struct made_node *node = made_find(made, inode);
	struct tree_file *file =
		node && node->index != TREE_NONE ? &made->tree->files[node->index] : NULL;
	if (file) {
		file->uid = uid == (uid_t)-1 ? file->uid : uid;
		file->gid = gid == (gid_t)-1 ? file->gid : gid;
	} else if (node) {
		node->uid = uid == (uid_t)-1 ? node->uid : uid;
		node->gid = gid == (gid_t)-1 ? node->gid : gid;
	}
	if (node)
		clock_gettime(CLOCK_REALTIME, &node->ctime);
	pthread_mutex_unlock(&made->lock);
}

static void set_time(
	struct timespec *time, const struct timespec *wanted, const struct timespec *now)
{
	if (wanted->tv_nsec == UTIME_NOW)
		*time = *now;
	else if (wanted->tv_nsec != UTIME_OMIT)
		*time = *wanted;
}

void made_set_times(struct made *made, uint64_t inode, const struct timespec times[2])
{
	pthread_mutex_lock(&made->lock);
	struct made_node *node = made_find(made, inode);
	if (node) {
		clock_gettime(CLOCK_REALTIME, &node->ctime);
		set_time(&node->atime, &times[0], &node->ctime);
		set_time(&node->mtime, &times[1], &node->ctime);
	}
	pthread_mutex_unlock(&made->lock);
}
