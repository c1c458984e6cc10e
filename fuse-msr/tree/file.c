/* SPDX-License-Identifier: MIT */
/* What files of all kinds have in common. It must not know a kind by name. */
#include "fuse-msr/tree/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct caller_file file_owner(const struct tree_file *file)
{
	return (struct caller_file){.uid = file->uid, .gid = file->gid, .mode = file->mode};
}

void file_tap(const struct file_node *node, struct tap_access *access)
{
	if (node->control)
		control_due(node->control);
	tap_access(node->tap, access);
}

bool file_is_locked_down(const struct file_node *node)
{
	return node->control &&
	       condition_lockdown(control_condition(node->control)) != LOCKDOWN_NONE;
}

ssize_t file_show(const char *text, size_t length, uint8_t *buffer, size_t count, uint64_t offset)
{
	if (offset >= length)
		return 0;
	if (count > length - offset)
		count = length - offset;
	memcpy(buffer, text + offset, count);
	return (ssize_t)count;
}

int file_access(const struct tree_file *file, int mask, const struct caller *caller)
{
	const struct caller_file owner = file_owner(file);
	bool is_allowed = file->ops && file->ops->is_allowed
				  ? file->ops->is_allowed(file, mask, caller)
				  : caller_is_allowed(caller, &owner, mask);

	return is_allowed ? 0 : -EACCES;
}

int file_open(const struct file_node *node, const struct tree_file *file, int flags,
	const struct caller *caller, uint64_t *handle)
{
	static const int masks[] = {
		[O_RDONLY] = R_OK,
		[O_WRONLY] = W_OK,
		[O_RDWR] = R_OK | W_OK,
		[O_ACCMODE] = R_OK | W_OK,
	};
	int r = file_access(file, masks[flags & O_ACCMODE], caller);

	*handle = 0;
	if (r == 0 && node->control)
		r = condition_open(
			control_condition(node->control), control_tree(node->control), file);
	if (r == 0 && file->ops && file->ops->open)
		r = file->ops->open(node, file, flags, caller, handle);
	return r;
}

ssize_t file_read(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	uint8_t *buffer, size_t count, uint64_t offset)
{
	if (!file->ops || !file->ops->read)
		return -EINVAL;
	/* what a live file says is its own to guard */
	struct tree *tree =
		node->control && !file->ops->is_live ? control_tree(node->control) : NULL;
	if (tree)
		pthread_rwlock_rdlock(&tree->lock);
	ssize_t done = file->ops->read(node, file, handle, buffer, count, offset);
	if (tree)
		pthread_rwlock_unlock(&tree->lock);
	return done;
}

void file_release(const struct tree_file *file, uint64_t handle)
{
	if (file->ops && file->ops->release)
		file->ops->release(handle);
}

int file_ioctl(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	struct file_ioctl *ioctl)
{
	if (!file->ops || !file->ops->ioctl)
		return -ENOTTY;
	return file->ops->ioctl(node, file, handle, ioctl);
}

ssize_t file_write(const struct file_node *node, const struct tree_file *file, uint64_t handle,
	const uint8_t *buffer, size_t count, uint64_t offset)
{
	if (!file->ops || !file->ops->write)
		return -EIO; /* /proc's answer; of sysfs nothing like this can be opened */
	return file->ops->write(node, file, handle, buffer, count, offset);
}
