/* SPDX-License-Identifier: MIT */
/*
 * Without a daemon: the device files, opened by this process for who has the rights. No policy
 * judges, nothing is logged, and nothing is put back after a crash; whose turn it is, as the lock
 * file says, counts here too.
 */
#ifndef MSRD_CLIENT_DIRECT_H
#define MSRD_CLIENT_DIRECT_H

#include "client/conversation.h"

/*
 * Finds out what machine is below root_fd ("/") and opens its device files. 0, also where they
 * can't be opened, which each access tells; or a negative error with its cause in text (size
 * bytes): the machine can't be read, or there are not descriptors or memory enough. It is said to
 * no connection. lock_path must outlive it.
 */
int direct_new(struct conversation **conversation, int root_fd, const char *lock_path, char *text,
	size_t size);

#endif
