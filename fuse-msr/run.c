/* SPDX-License-Identifier: MIT */
/*
 * fuse-msr run: serves the node's files to a namespace that the supervisor makes, and
 * waits for it. This process stays outside, so that it can look up whoever
 * opens a file, and so that the namespace ends when it does.
 */
#include "fuse-msr/command.h"

#include "fuse-msr/tree/caller.h"
#include "fuse-msr/host/channel.h"
#include "fuse-msr/host/devlog.h"
#include "fuse-msr/host/reaper.h"
#include "fuse-msr/host/supervisor.h"
#include "fuse-msr/host/likwid.h"
#include "fuse-msr/host/paths.h"
#include "fuse-msr/server.h"

#include "util/cleanup.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

struct run {
	struct server *server;
	pid_t supervisor;
	int signals;
	int channel;
	int log; /* the node's /dev/log, -1 without --syslog */
	int log_file;
};

static int handle_message(struct run *run)
{
	struct channel_message message;
	int r = channel_receive(run->channel, &message);

	if (r < 0)
		return r;
	switch (message.kind) {
	case CHANNEL_FUSE:
		return server_start(run->server, message.fd);
	case CHANNEL_LOG:
		run->log = message.fd;
		return 0;
	case CHANNEL_NAMESPACE:
		server_set_namespace(run->server, message.value);
		return channel_send(
			run->channel, &(struct channel_message){.kind = CHANNEL_GO, .fd = -1});
	case CHANNEL_GO:
		break;
	}
	return -EPROTO;
}

/* True when the supervisor has ended. */
static bool handle_signal(struct run *run, int *status)
{
	struct signalfd_siginfo info;
	int ended;

	if (read(run->signals, &info, sizeof info) < 0)
		return false;
	if (info.ssi_signo != SIGCHLD) {
		/* what the terminal sends has reached the supervisor already */
		if (info.ssi_code != SI_KERNEL)
			kill(run->supervisor, (int)info.ssi_signo);
		return false;
	}
	/* if the supervisor was killed, its children are ours now, and any may come first */
	for (pid_t pid; (pid = waitpid(-1, &ended, WNOHANG)) > 0;)
		if (pid == run->supervisor) {
			*status = WIFEXITED(ended) ? WEXITSTATUS(ended)
						   : EXIT_SIGNAL + WTERMSIG(ended);
			return true;
		}
	return false;
}

static int serve(struct run *run)
{
	int status = EXIT_NO_NODE;

	for (;;) {
		struct pollfd fds[] = {
			{.fd = run->signals, .events = POLLIN},
			{.fd = run->channel, .events = POLLIN},
			{.fd = run->log, .events = POLLIN},
		};
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return EXIT_NO_NODE;
		if (fds[1].revents != 0 && handle_message(run) < 0) {
			/* closed: the supervisor is ending, by itself or because of this */
			close(run->channel);
			run->channel = -1;
		}
		if (fds[2].revents & POLLIN)
			devlog_drain(run->log, run->log_file);
		if ((fds[0].revents & POLLIN) && handle_signal(run, &status))
			return status;
	}
}

static int start_supervisor(struct run *run, const struct command *command, const char *daemon)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	run->channel = pair[0];
	run->supervisor = fork();
	if (run->supervisor == 0) {
		close(run->signals);
		close(pair[0]);
		_exit(supervisor_main(command, daemon, pair[1]));
	}
	close(pair[1]);
	return run->supervisor < 0 ? -errno : 0;
}

static int run_supervised(struct run *run, const struct command *command, const char *daemon)
{
	int r, status;

	if ((r = run->signals = reaper_signals()) < 0 || (r = reaper_adopt()) < 0 ||
		(r = start_supervisor(run, command, daemon)) < 0) {
		errno = -r;
		warn("cannot run %s", command->program[0]);
		return EXIT_NO_NODE;
	}
	status = serve(run);
	/* nobody is left, unless the supervisor was killed */
	reaper_end(SUPERVISOR_GRACE_MS);
	if (run->log >= 0)
		devlog_drain(run->log, run->log_file);
	return status;
}

/* The daemon's path; NULL with *status 0 when there is none and none was asked for. */
static char *find_daemon(const struct command *command, int *status)
{
	char *daemon = command->daemon ? realpath(command->daemon, NULL) : paths_daemon();

	*status = daemon || (!command->daemon && !command->likwid) ? 0 : EXIT_NO_NODE;
	if (*status != 0 && command->daemon)
		warn("--daemon %s", command->daemon);
	else if (*status != 0)
		warnx("--likwid needs msrd, and there is none beside fuse-msr: name it, --daemon "
		      "PATH");
	return daemon;
}

int command_run(const struct command *command)
{
	struct run run = {
		.supervisor = -1, .signals = -1, .channel = -1, .log = -1, .log_file = -1};
	int status;
	cleanup_free char *daemon = find_daemon(command, &status);

	if (status != 0)
		return status;
	if (command->syslog) {
		run.log_file =
			open(command->syslog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (run.log_file < 0) {
			warn("--syslog %s", command->syslog);
			return EXIT_NO_NODE;
		}
	}
	run.server = server_new(command);
	if (!run.server)
		return EXIT_NO_NODE;
	status = command->likwid && likwid_environment(server_fixture(run.server)) < 0
			 ? EXIT_NO_NODE
			 : run_supervised(&run, command, daemon);
	server_free(run.server);
	return status;
}
