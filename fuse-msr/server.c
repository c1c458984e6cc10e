/* SPDX-License-Identifier: MIT */
/* Fixture, machine, tree and file system. It must not know how the namespace is made. */
#define FUSE_USE_VERSION 35

#include "fuse-msr/server.h"

#include <err.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <time.h>

#include "fuse-msr/host/paths.h"
#include "fuse-msr/tree/caller.h"
#include "fuse-msr/tree/fs.h"
#include "fuse-msr/tree/nodetree.h"
#include "util/cleanup.h"

struct server {
	struct fixture *fixture;
	struct machine *machine;
	struct tree *tree;
	struct fs fs;
	struct fuse_session *session;
	pthread_t thread; /* that serves the session, if is_serving */
	bool is_serving;
};

/* How long the files may outlive the processes on the node; chosen, not tuned. */
#define END_S 2

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

static bool load(struct server *server, const struct options *options)
{
	cleanup_free char *path = paths_fixture(options->fixture);

	if (!path)
		return false;
	server->fixture = fixture_load(path, complain, NULL);
	if (!server->fixture)
		return false;
	server->machine = machine_new(server->fixture, options->clock, complain, NULL);
	if (!server->machine)
		return false;
	server->tree = nodetree_new(server->fixture, machine_started_ns(server->machine));
	if (!server->tree)
		warnx("out of memory");
	return server->tree;
}

struct server *server_new(const struct options *options)
{
	struct server *server = calloc(1, sizeof *server);

	if (!server || !load(server, options))
		return server_free(server);
	server->fs.node.fixture = server->fixture;
	server->fs.node.machine = server->machine;
	server->fs.tree = server->tree;
	server->fs.user_namespace = caller_user_namespace(getpid());
	return server;
}

/* The thread ends with the mount, which ends with the last process that sees it. */
static bool has_ended(struct server *server)
{
	struct timespec deadline;

	if (!server->is_serving)
		return true;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += END_S;
	return pthread_timedjoin_np(server->thread, NULL, &deadline) == 0;
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	if (!has_ended(server))
		return NULL; /* somebody clings to the files: they stay until this process ends */
	if (server->session)
		fuse_session_destroy(server->session);
	tree_free(server->tree);
	machine_free(server->machine);
	fixture_free(server->fixture);
	free(server);
	return NULL;
}

const struct fixture *server_fixture(const struct server *server)
{
	return server->fixture;
}

void server_set_namespace(struct server *server, uint64_t user_namespace)
{
	server->fs.user_namespace = user_namespace;
}

static void *serve(void *context)
{
	struct server *server = context;

	fs_serve(server->session);
	return NULL;
}

static int start(struct server *server, int fuse)
{
	char path[32];

	server->session = fs_session(&server->fs, NULL);
	if (!server->session)
		return -ENOMEM;
	snprintf(path, sizeof path, "/dev/fd/%d", fuse);
	if (fuse_session_mount(server->session, path) < 0)
		return -EINVAL;

	int r = -pthread_create(&server->thread, NULL, serve, server);
	server->is_serving = r == 0;
	return r;
}

int server_start(struct server *server, int fuse)
{
	int r = start(server, fuse);

	/* closed, it answers with an error whoever is waiting for the files */
	if (r < 0)
		close(fuse);
	return r;
}

static int serve_mounted(struct server *server, const char *dir)
{
	int r;

	if (fuse_set_signal_handlers(server->session) < 0)
		return EXIT_NO_NODE;
	warnx("%s is mounted at %s; to unmount it: interrupt this, or `fusermount3 -u %s`",
		server->fixture->name, dir, dir);
	r = fs_serve(server->session);
	fuse_remove_signal_handlers(server->session);
	/* positive is a signal, and the way to end this */
	return r < 0 ? EXIT_NO_NODE : 0;
}

int server_mount(struct server *server, const char *dir, bool as_root)
{
	/* root's mount is for everybody, as a real node is */
	server->session = fs_session(
		&server->fs, geteuid() == 0 ? "allow_other,fsname=fuse-msr" : "fsname=fuse-msr");
	server->fs.all_root = as_root;
	if (!server->session || fuse_session_mount(server->session, dir) < 0) {
		warnx("cannot mount at %s: is /dev/fuse there and open to you (mode 0666), "
		      "is fusermount3 installed, is the directory yours?",
			dir);
		return EXIT_NO_NODE;
	}

	int status = serve_mounted(server, dir);
	fuse_session_unmount(server->session);
	return status;
}
