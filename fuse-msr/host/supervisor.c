/* SPDX-License-Identifier: MIT */
/*
 * The supervisor and its child, COMMAND. They must not know the fixture: the files
 * are served from the process at the other end of the channel.
 */
#include "fuse-msr/host/supervisor.h"

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuse-msr/host/channel.h"
#include "fuse-msr/host/devlog.h"
#include "fuse-msr/host/instruction.h"
#include "fuse-msr/host/namespace.h"
#include "fuse-msr/host/reaper.h"
#include "fuse-msr/host/tools.h"
#include "fuse-msr/tree/caller.h"
#include "util/cleanup.h"

static int send_fd(int channel, enum channel_kind kind, int fd)
{
	return channel_send(channel, &(struct channel_message){.kind = kind, .fd = fd});
}

static int make_log(int channel)
{
	cleanup_close int log = devlog_make();

	if (log < 0) {
		errno = -log;
		warn("cannot make the node's /dev/log");
		return log;
	}
	return send_fd(channel, CHANNEL_LOG, log);
}

/* Requests for files name processes as they are numbered here. */
static int send_proc(int channel)
{
	cleanup_close int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0) {
		int r = -errno;
		warn("cannot open /proc");
		return r;
	}
	return send_fd(channel, CHANNEL_PROC, proc);
}

static int mount_files(int channel)
{
	cleanup_close int fuse = namespace_mount();

	/* once it is sent, the server alone keeps the file system alive */
	return fuse < 0 ? fuse : send_fd(channel, CHANNEL_FUSE, fuse);
}

static int make_namespace(struct namespace *namespace, const struct options *options,
	const struct installation *installation, int channel)
{
	const char *daemon = installation->daemon;
	int r;

	if ((r = namespace_enter(namespace)) < 0 || (r = send_proc(channel)) < 0 ||
		(daemon && (r = namespace_install(namespace, daemon)) < 0) ||
		(r = mount_files(channel)) < 0 || (r = namespace_bind()) < 0 ||
		(options->syslog && (r = make_log(channel)) < 0) ||
		(installation->cpuid && (r = instruction_install()) < 0) ||
		(installation->release && (r = tools_install(installation->release, daemon)) < 0))
		return r;
	return 0;
}

static ino_t user_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/user", &status) == 0 ? status.st_ino : 0;
}

/* Who is root on the node has to be known before COMMAND opens anything. */
static int announce_namespace(int channel)
{
	struct channel_message message = {
		.kind = CHANNEL_NAMESPACE,
		.value = user_namespace(),
		.fd = -1,
	};
	int r = channel_send(channel, &message);

	return r < 0 ? r : channel_receive(channel, &message);
}

static int exec_command(
	const struct namespace *namespace, const struct options *options, int channel)
{
	/* everybody else is who they were; root on the node is root of its namespace */
	if (namespace->has_user_namespace && !options->as_root && namespace_drop(namespace) < 0)
		return EXIT_NO_NODE;
	if (announce_namespace(channel) < 0)
		return EXIT_NO_NODE;
	/* CPUID is an instruction and tells of the host: hwloc has to believe the files */
	setenv("HWLOC_COMPONENTS", "-x86", 0);
	/* nor does the control group of the host say which of the node's CPUs may be used */
	setenv("HWLOC_ALLOW", "all", 0);
	reaper_signals_release();
	/* nobody else would end it if the supervisor were killed */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(options->command[0], options->command);

	int status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
	warn("%s", options->command[0]);
	return status;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reaps whoever has ended; true when command was among them. */
static bool reap(pid_t command, int *status)
{
	int ended;

	for (pid_t pid; (pid = waitpid(-1, &ended, WNOHANG)) > 0;)
		if (pid == command) {
			*status = exit_status(ended);
			return true;
		}
	return false;
}

static int watch(pid_t command, int signals, int channel)
{
	/* nothing comes through the channel: it is there to be closed */
	struct pollfd fds[] = {{.fd = signals, .events = POLLIN}, {.fd = channel}};
	struct signalfd_siginfo info;
	int status = EXIT_NO_NODE;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return EXIT_NO_NODE;
		if (fds[1].revents != 0)
			return EXIT_NO_NODE;
		if (!(fds[0].revents & POLLIN) || read(signals, &info, sizeof info) < 0)
			continue;
		if (info.ssi_signo == SIGCHLD && reap(command, &status))
			return status;
		/* what the terminal sends has reached the command already */
		if (info.ssi_signo != SIGCHLD && info.ssi_code != SI_KERNEL) {
			kill(command, (int)info.ssi_signo);
			/* a stopped process hears nothing else */
			kill(command, SIGCONT);
		}
	}
}

int supervisor_main(struct namespace *namespace, const struct options *options,
	const struct installation *installation, int channel)
{
	cleanup_close int signals = reaper_signals();

	/* the channel tells of fuse-msr's end, but only to a process that runs: should this one be
	 * stopped then, it goes on */
	prctl(PR_SET_PDEATHSIG, SIGCONT);
	if (signals < 0 || reaper_adopt() < 0 ||
		make_namespace(namespace, options, installation, channel) < 0)
		return EXIT_NO_NODE;

	pid_t command = fork();
	if (command < 0) {
		warn("cannot run %s", options->command[0]);
		return EXIT_NO_NODE;
	}
	if (command == 0)
		_exit(exec_command(namespace, options, channel));

	int status = watch(command, signals, channel);
	reaper_end(options->grace_ms);
	return status;
}
