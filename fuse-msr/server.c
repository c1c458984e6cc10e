/* SPDX-License-Identifier: MIT */
/* Fixture, machine, tree and file system. It must not know how the namespace is made. */
#define FUSE_USE_VERSION 35

#include "fuse-msr/server.h"

#include <err.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <time.h>

#include "fuse-msr/host/paths.h"
#include "fuse-msr/taps.h"
#include "fuse-msr/tree/caller.h"
#include "fuse-msr/tree/control.h"
#include "fuse-msr/tree/fs.h"
#include "fuse-msr/tree/made.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct server {
	struct fixture *fixture;
	struct machine *machine;
	struct taps taps;
	struct control *control;
	struct fs fs;
	struct fuse_session *session;
	pthread_t thread; /* that serves the session, if is_serving */
	bool is_serving;
	int grace_ms; /* how long the files may outlive the processes on the node */
};

static void complain(void *context, const char *message)
{
	(void)context;
	warnx("%s", message);
}

/* Those of the command line. */
static bool apply_faults(struct control *control, const struct options *options)
{
	char error[DIRECTIVE_ERROR_SIZE];

	for (size_t i = 0; i < options->n_faults; i++)
		if (control_apply(control, options->faults[i], error) < 0) {
			warnx("--fault '%s': %s", options->faults[i], error);
			return false;
		}
	return true;
}

/* An exit status; 0 is success. */
static int load(struct server *server, const struct options *options)
{
	cleanup_free char *path = paths_fixture(options->fixture);

	if (!path)
		return EXIT_NO_NODE;
	server->fixture = fixture_load(path, complain, NULL);
	if (!server->fixture)
		return EXIT_NO_NODE;
	server->machine = machine_new(server->fixture, options->clock, complain, NULL);
	if (!server->machine)
		return EXIT_NO_NODE;
	if (taps_init(&server->taps, server->machine) != 0)
		return EXIT_NO_NODE;
	server->control = control_new(server->fixture, server->machine, server->taps.fault);
	if (!server->control) {
		warnx("out of memory");
		return EXIT_NO_NODE;
	}
	if (!apply_faults(server->control, options))
		return EXIT_USAGE;
	return taps_begin(&server->taps, options, server->fixture, server->machine);
}

struct server *server_new(const struct options *options, int *status)
{
	struct server *server = calloc(1, sizeof *server);

	*status = EXIT_NO_NODE;
	if (server)
		server->fs.proc = -1;
	if (!server || (*status = load(server, options)) != 0)
		return server_free(server);
	server->grace_ms = options->grace_ms;
	server->fs.node.fixture = server->fixture;
	server->fs.node.machine = server->machine;
	server->fs.node.tap = server->taps.first;
	server->fs.node.writes = condition_writes(control_condition(server->control));
	server->fs.node.control = server->control;
	server->fs.tree = control_tree(server->control);
	server->fs.made = made_new(server->fs.tree);
	if (!server->fs.made) {
		warnx("out of memory");
		*status = EXIT_NO_NODE;
		return server_free(server);
	}
	server->fs.has_root = options->as_root || geteuid() == 0;
	server->fs.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	server->fs.user_namespace = caller_user_namespace(server->fs.proc, getpid());
	return server;
}

/* The thread ends with the mount, which ends with the last process that sees it. */
static bool has_ended(struct server *server)
{
	if (!server->is_serving)
		return true;
	uint64_t ns = clock_now_ns() + (uint64_t)server->grace_ms * (CLOCK_SECOND_NS / 1000);
	const struct timespec deadline = {
		(time_t)(ns / CLOCK_SECOND_NS), (long)(ns % CLOCK_SECOND_NS)};
	server->is_serving =
		pthread_clockjoin_np(server->thread, NULL, CLOCK_MONOTONIC, &deadline) != 0;
	return !server->is_serving;
}

int server_end(struct server *server, int status)
{
	/* somebody may cling to the files: what comes later is in no trace */
	has_ended(server);
	return taps_end(&server->taps, status);
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	if (!has_ended(server))
		return NULL; /* somebody clings to the files: they stay until this process ends */
	/* it tells the session what changes */
	control_free(server->control);
	if (server->session)
		fuse_session_destroy(server->session);
	made_free(server->fs.made);
	if (server->fs.proc >= 0)
		close(server->fs.proc);
	taps_deinit(&server->taps);
	machine_free(server->machine);
	fixture_free(server->fixture);
	free(server);
	return NULL;
}

const struct fixture *server_fixture(const struct server *server)
{
	return server->fixture;
}

void server_set_proc(struct server *server, int proc)
{
	int before = server->fs.proc;

	server->fs.proc = proc;
	if (before >= 0)
		close(before);
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
	return r == 0 ? control_start(server->control) : r;
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

	if (fuse_set_signal_handlers(server->session) < 0 || control_start(server->control) < 0)
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
