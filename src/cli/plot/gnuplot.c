/* SPDX-License-Identifier: MIT */
#include "cli/plot/gnuplot.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/program.h"

bool gnuplot_find(char path[PATH_MAX])
{
	return program_find("gnuplot", path);
}

static int spawn(const char *path, int in, int out, pid_t *pid)
{
	/* -d: whatever the user has in ~/.gnuplot, the picture is the same */
	char *const argv[] = {(char *)"gnuplot", (char *)"-d", NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!error)
		error = posix_spawn(pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

int gnuplot_run(const char *path, int in, int out)
{
	/* where it is ignored, nothing is left to wait for */
	const struct sigaction action = {.sa_handler = SIG_DFL};
	struct sigaction old;
	int status = 0, r;
	pid_t pid = -1;

	if (lseek(in, 0, SEEK_SET) < 0)
		return -errno;
	sigaction(SIGCHLD, &action, &old);
	r = spawn(path, in, out, &pid);
	while (r == 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			r = -errno;
	sigaction(SIGCHLD, &old, NULL);
	return r < 0 ? r : status;
}
