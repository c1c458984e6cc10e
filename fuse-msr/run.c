/* SPDX-License-Identifier: MIT */
/*
 * fuse-msr run: serves the node's files to a namespace that the supervisor makes, and
 * waits for it. This process stays outside, so that it can look up whoever
 * opens a file, and so that the namespace ends when it does.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fuse-msr/host/channel.h"
#include "fuse-msr/host/devlog.h"
#include "fuse-msr/host/instruction.h"
#include "fuse-msr/host/namespace.h"
#include "fuse-msr/host/paths.h"
#include "fuse-msr/host/reaper.h"
#include "fuse-msr/host/supervisor.h"
#include "fuse-msr/host/terminal.h"
#include "fuse-msr/host/tools.h"
#include "fuse-msr/server.h"
#include "fuse-msr/tree/caller.h"
#include "fuse-msr/verb.h"
#include "util/cleanup.h"

struct outside {
	struct server *server;
	pid_t supervisor;
	int signals;
	int channel;
	int log; /* the node's /dev/log, -1 without --syslog */
	int log_file;
};

static int handle_message(struct outside *outside)
{
	struct channel_message message;
	int r = channel_receive(outside->channel, &message);

	if (r < 0)
		return r;
	switch (message.kind) {
	case CHANNEL_PROC:
		server_set_proc(outside->server, message.fd);
		return 0;
	case CHANNEL_FUSE:
		return server_start(outside->server, message.fd);
	case CHANNEL_LOG:
		outside->log = message.fd;
		return 0;
	case CHANNEL_NAMESPACE:
		server_set_namespace(outside->server, message.value);
		return channel_send(
			outside->channel, &(struct channel_message){.kind = CHANNEL_GO, .fd = -1});
	case CHANNEL_GO:
		break;
	}
	return -EPROTO;
}

/* True when the supervisor has ended. */
static bool handle_signal(struct outside *outside, int *status)
{
	struct signalfd_siginfo info;
	int ended;

	if (read(outside->signals, &info, sizeof info) < 0)
		return false;
	if (info.ssi_signo != SIGCHLD) {
		/* what the terminal sends has reached the supervisor already */
		if (info.ssi_code != SI_KERNEL)
			kill(outside->supervisor, (int)info.ssi_signo);
		return false;
	}
	/* if the supervisor was killed, its children are ours now, and any may come first */
	for (pid_t pid; (pid = waitpid(-1, &ended, WNOHANG)) > 0;)
		if (pid == outside->supervisor) {
			*status = WIFEXITED(ended) ? WEXITSTATUS(ended)
						   : EXIT_SIGNAL + WTERMSIG(ended);
			return true;
		}
	return false;
}

static int serve(struct outside *outside)
{
	int status = EXIT_NO_NODE;

	for (;;) {
		struct pollfd fds[] = {
			{.fd = outside->signals, .events = POLLIN},
			{.fd = outside->channel, .events = POLLIN},
			{.fd = outside->log, .events = POLLIN},
		};
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return EXIT_NO_NODE;
		if (fds[1].revents != 0 && handle_message(outside) < 0) {
			/* closed: the supervisor is ending, by itself or because of this */
			close(outside->channel);
			outside->channel = -1;
		}
		if (fds[2].revents & POLLIN)
			devlog_drain(outside->log, outside->log_file);
		if ((fds[0].revents & POLLIN) && handle_signal(outside, &status))
			return status;
	}
}

static int start_supervisor(struct outside *outside, const struct options *options,
	const struct installation *installation)
{
	struct namespace namespace;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	outside->channel = pair[0];
	outside->supervisor = namespace_fork(&namespace);
	if (outside->supervisor == 0) {
		close(outside->signals);
		close(pair[0]);
		_exit(supervisor_main(&namespace, options, installation, pair[1]));
	}
	close(pair[1]);
	return outside->supervisor < 0 ? outside->supervisor : 0;
}

static int run_supervised(struct outside *outside, const struct options *options,
	const struct installation *installation)
{
	struct terminal terminal;
	int r, status;

	if ((r = outside->signals = reaper_signals()) < 0 ||
		(r = start_supervisor(outside, options, installation)) < 0) {
		errno = -r;
		warn("cannot run %s", options->command[0]);
		return EXIT_NO_NODE;
	}
	terminal_init(&terminal);
	status = serve(outside);
	/* nobody is left, unless the supervisor was killed */
	reaper_end(options->grace_ms);
	terminal_deinit(&terminal);
	if (outside->log >= 0)
		devlog_drain(outside->log, outside->log_file);
	return status;
}

/* What is to be installed on the node: false after a message. installation owns the daemon's path.
 */
static bool find_installation(const struct options *options, struct installation *installation)
{
	char *daemon = options->daemon ? realpath(options->daemon, NULL) : paths_daemon();

	*installation =
		(struct installation){.daemon = daemon, .cpuid = options->cpuid || options->likwid};
	if (!daemon && options->daemon)
		warn("--daemon %s", options->daemon);
	else if (!daemon && options->likwid)
		warnx("--likwid needs msrd, and there is none beside fuse-msr: name it, --daemon "
		      "PATH");
	if (!daemon || !options->likwid)
		return daemon || (!options->daemon && !options->likwid);

	installation->release =
		tools_release(options->release, options->command[0], daemon, options->ask_ms);
	return installation->release;
}

static bool open_syslog(struct outside *outside, const char *path)
{
	if (!path)
		return true;
	outside->log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (outside->log_file < 0)
		warn("--syslog %s", path);
	return outside->log_file >= 0;
}

static int make_node(struct outside *outside, const struct options *options,
	const struct installation *installation)
{
	int status;

	if (!open_syslog(outside, options->syslog))
		return EXIT_NO_NODE;
	outside->server = server_new(options, &status);
	if (!outside->server)
		return status;
	if (installation->cpuid && instruction_environment() < 0)
		return EXIT_NO_NODE;
	if (installation->release &&
		tools_environment(installation->release, server_fixture(outside->server),
			installation->daemon) < 0)
		return EXIT_NO_NODE;
	status = run_supervised(outside, options, installation);
	return server_end(outside->server, status);
}

int verb_run(const struct options *options)
{
	struct outside outside = {
		.supervisor = -1, .signals = -1, .channel = -1, .log = -1, .log_file = -1};
	struct installation installation = {0};
	int status = EXIT_NO_NODE, r = reaper_adopt();

	if (r < 0) {
		errno = -r;
		warn("cannot look after processes");
	} else if (find_installation(options, &installation)) {
		status = make_node(&outside, options, &installation);
	}
	server_free(outside.server);
	free(installation.daemon);
	return status;
}
