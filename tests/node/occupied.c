/* SPDX-License-Identifier: MIT */
/*
 * Runs COMMAND, which starts a daemon, where somebody's sockets lie at the paths of the next
 * daemons. It has to succeed, and a daemon has to have met one of them.
 *
 *     fuse-msr run --syslog LOG FIXTURE -- node-occupied LOG COMMAND [ARGUMENT…]
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PATHS 3
/* Somebody else may get the process ids that we mean for the daemons. */
#define N_TRIES 50

static pid_t run(char *const command[], int *status)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (command)
			execv(command[0], command);
		_exit(command ? 127 : 0);
	}
	if (pid < 0 || waitpid(pid, status, 0) != pid)
		err(1, "fork");
	return pid;
}

/* Another user's, where we may make such. */
static bool occupy(struct sockaddr_un *address, pid_t pid)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_ours;

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof address->sun_path, "/tmp/likwid-%d", (int)pid);
	is_ours = bind(fd, (struct sockaddr *)address, sizeof *address) == 0;
	close(fd);
	if (is_ours && chown(address->sun_path, 12345, 12345) < 0 && geteuid() == 0)
		warn("%s stays ours", address->sun_path);
	return is_ours;
}

static unsigned count_in_log(const char *path)
{
	char line[1024];
	unsigned n = 0;
	FILE *log = fopen(path, "re");

	if (!log)
		err(1, "%s", path);
	while (fgets(line, sizeof line, log))
		n += strstr(line, "something is at this path") != NULL;
	fclose(log);
	return n;
}

/* The command's status, which the paths must not change. */
static int run_with_taken_paths(char *const command[])
{
	struct sockaddr_un addresses[N_PATHS];
	bool are_ours[N_PATHS];
	int status;
	pid_t last = run(NULL, &status);

	/* the next is the command's */
	for (int i = 0; i < N_PATHS; i++)
		are_ours[i] = occupy(&addresses[i], last + 2 + i);
	run(command, &status);
	for (int i = 0; i < N_PATHS; i++)
		if (are_ours[i])
			unlink(addresses[i].sun_path);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: node-occupied LOG COMMAND [ARGUMENT...]");
	for (int i = 0; i < N_TRIES && count_in_log(argv[1]) == 0; i++) {
		int status = run_with_taken_paths(argv + 2);

		if (status != 0)
			errx(1, "%s ended with %#x", argv[2], (unsigned)status);
	}
	if (count_in_log(argv[1]) == 0)
		errx(1, "no daemon has met a path that is taken");
	return 0;
}
