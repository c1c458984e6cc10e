/* SPDX-License-Identifier: MIT */
/* A node that is being served: fixture, machine, tree and file system together. */
#ifndef MSRD_FUSE_MSR_SERVER_H
#define MSRD_FUSE_MSR_SERVER_H

#include <stdint.h>

#include "fuse-msr/verb.h"

struct server;

/* Loads the fixture that the options name. NULL after a message, and *status is what to exit with.
 */
struct server *server_new(const struct options *options, int *status);

/* Nothing runs on the node any more: what its accesses were is told, and traces end. The exit
 * status: the given one unless there is something worse. */
int server_end(struct server *server, int status);

struct server *server_free(struct server *server);

/* What the node is; the server's own. */
const struct fixture *server_fixture(const struct server *server);

/* Serves the file system behind a descriptor of /dev/fuse, which it takes over, from threads of
 * its own, until this process ends. 0 or -errno. */
int server_start(struct server *server, int fuse);

/* In which /proc those who open files have their numbers; takes the descriptor over. Without it,
 * in this process's. */
void server_set_proc(struct server *server, int proc);

/* Whose capabilities count: those in this user namespace (an inode number). */
void server_set_namespace(struct server *server, uint64_t user_namespace);

/* Serves the file system at dir until it is unmounted or a signal comes: an exit status. With
 * as_root whoever gets there is the node's root. */
int server_mount(struct server *server, const char *dir, bool as_root);

#endif
