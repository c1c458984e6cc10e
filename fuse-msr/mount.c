/* SPDX-License-Identifier: MIT */
/* fuse-msr mount: the node's files at a directory, until they are unmounted. */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuse-msr/host/reaper.h"
#include "fuse-msr/server.h"
#include "fuse-msr/verb.h"
#include "util/cleanup.h"

/* By its whole name: it is printed, and has to be good from anywhere. */
static char *find_dir(const char *dir)
{
	struct stat status;
	char *path = realpath(dir, NULL);

	if (!path && errno == ENOTCONN)
		warnx("%s: a mount whose server is gone: first `fusermount3 -u %s`", dir, dir);
	else if (!path)
		warn("%s", dir);
	else if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return path;
	else
		warnx("%s: not a directory", dir);
	free(path);
	return NULL;
}

/* The keeper's whole life: it waits for a word or for our death. */
static void keep(const char *dir, int end)
{
	char word;

	/* whatever ends us must not end it before */
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (read(end, &word, 1) == 0 && umount2(dir, MNT_DETACH) < 0)
		execlp("fusermount3", "fusermount3", "-u", "-q", "-z", dir, (char *)NULL);
}

/*
 * Makes sure that nothing stays mounted at dir when this process is killed: a
 * mount without a server would make everybody who comes by stumble. Returns
 * what to write a byte to when all is well, or -errno.
 */
static int start_keeper(const char *dir, pid_t *keeper)
{
	int ends[2];

	*keeper = -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*keeper = fork();
	if (*keeper == 0) {
		close(ends[1]);
		keep(dir, ends[0]);
		_exit(EXIT_SUCCESS);
	}
	close(ends[0]);
	if (*keeper < 0) {
		close(ends[1]);
		return -errno;
	}
	return ends[1];
}

static int serve(struct server *server, const struct options *options, const char *dir)
{
	pid_t keeper;
	cleanup_close int end = start_keeper(dir, &keeper);
	int status;

	if (end < 0) {
		errno = -end;
		warn("%s", dir);
		return EXIT_NO_NODE;
	}
	status = server_mount(server, dir, options->as_root);
	if (write(end, "", 1) == 1)
		waitpid(keeper, NULL, 0);
	return status;
}

int verb_mount(const struct options *options)
{
	cleanup_free char *dir = find_dir(options->dir);
	int status = EXIT_NO_NODE;
	struct server *server = dir ? server_new(options, &status) : NULL;

	/* one of them has to be able to end this, whatever the caller blocks */
	reaper_signals_release();
	if (server)
		status = server_end(server, serve(server, options, dir));
	server_free(server);
	return status;
}
