/* SPDX-License-Identifier: MIT */
/*
 * msrd, started by its client. A paragraph to read from top to bottom: what
 * the client handed down is thrown away, the user's socket is made, the device
 * files are opened, one client is served.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/lock.h"
#include "daemon/rendezvous.h"
#include "daemon/session.h"
#include "daemon/setup.h"
#include "util/log.h"

enum { EXIT_USAGE = 2 };

static const char help[] =
	"Usage: msrd\n"
	"\n"
	"Gives one client checked access to model-specific registers and to the uncore's\n"
	"PCI config space. Clients (msrctl, LIKWID's tools as likwid-accessD) start it\n"
	"themselves: it meets its client at /tmp/likwid-PID, waits 15 seconds for it, and\n"
	"goes away with it. It takes no options and reads no environment variables.\n"
	"\n"
	"Exit status: 0 the session ended, 1 no session came about, 2 usage.\n"
	"See msrd(8). What went wrong is in syslog, facility user.\n";

/* Nothing that the client opened, set or masked is left. */
static int throw_away_inheritance(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	closefrom(3);
	umask(077);
	return clearenv() == 0 && chdir("/") == 0 ? 0 : -EIO;
}

/*
 * A descriptor that tells of SIGTERM. The signals of a terminal are the
 * client's business: a daemon that dies of Ctrl-C would take its counters away
 * while it is still tidying up, and one that is stopped for writing a line to it
 * (SIGTTOU) would keep it waiting. SIGPIPE shows as EPIPE.
 */
static int take_signals(void)
{
	static const int ignored[] = {SIGPIPE, SIGINT, SIGQUIT, SIGHUP, SIGTTOU};
	sigset_t terminate;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGTERM, SIG_DFL); /* an ignored signal would never be told of */
	sigemptyset(&terminate);
	sigaddset(&terminate, SIGTERM);
	if (sigprocmask(SIG_SETMASK, &terminate, NULL) < 0)
		return -errno;
	int fd = signalfd(-1, &terminate, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int usage(const char *option)
{
	if (strcmp(option, "--help") == 0) {
		fputs(help, stdout);
		return EXIT_SUCCESS;
	}
	if (strcmp(option, "--version") == 0) {
		puts("msrd " MSRD_VERSION);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "msrd: it takes no options; see msrd --help\n");
	return EXIT_USAGE;
}

static int serve(const struct setup *setup, const struct release *release,
	const struct rendezvous_client *client, int signal_fd)
{
	struct session session = {
		.fd = client->fd,
		.signal_fd = signal_fd,
		.uid = client->uid,
		.pid = client->pid,
		.release = release,
		.limits = {setup->node.n_cpus, setup->node.packages, setup->node.n_packages},
		.policy = &setup->policy,
		.devices = {setup->devices[OP_MSR], setup->devices[OP_PCI]},
		.lock_path = LOCK_PATH,
		.unready = setup->unready,
	};
	int end = session_run(&session);

	if (end < 0)
		log_line(LOG_ERR, "uid %u pid %d: session failed: %s", (unsigned)client->uid,
			(int)client->pid, strerror(-end));
	else if (end != SESSION_EXIT)
		log_line(LOG_INFO, "uid %u pid %d: %s", (unsigned)client->uid, (int)client->pid,
			session_end_text((enum session_end)end));
	return end < 0 ? end : 0;
}

int main(int argc, char **argv)
{
	struct rendezvous rendezvous;
	struct rendezvous_client client;
	struct setup setup;
	const char *path = (const char *)getauxval(AT_EXECFN);
	int r = throw_away_inheritance();

	if (r < 0)
		return EXIT_FAILURE; /* there is no place to say why */
	if (argc > 1)
		return usage(argv[1]);
	log_open("msrd");
	int signal_fd = take_signals();
	if (signal_fd < 0) {
		log_cause(LOG_ERR, "can't watch for signals: %s", strerror(-signal_fd));
		return EXIT_FAILURE;
	}

	/* argv is empty when LIKWID starts it; the kernel's word for the path is not */
	const struct release *release = release_of_path(path ? path : "");
	if (!release) {
		log_cause(LOG_ERR, "%s: its folder names a release of LIKWID that is not known",
			path);
		return EXIT_FAILURE;
	}

	/* The client can connect from here on; it waits in the backlog. */
	r = rendezvous_open(&rendezvous, getpid(), getuid(), getgid());
	if (r < 0) {
		log_cause(LOG_ERR, "can't make the socket %s: %s%s", rendezvous.address.sun_path,
			strerror(-r),
			r == -EADDRINUSE ? " (something is at this path; it is left alone)" : "");
		return EXIT_FAILURE;
	}

	setup_init(&setup);

	/* The place where privileges are dropped for good: nothing below needs
	 * more than the descriptors that are open now. */

	r = rendezvous_accept(&rendezvous, signal_fd, RENDEZVOUS_TIMEOUT_MS, &client);
	rendezvous_close(&rendezvous);
	if (r == 0) {
		/* The place of the system call filter: nothing but the session follows. */
		r = serve(&setup, release, &client, signal_fd);
		close(client.fd);
	} else if (r == -ETIMEDOUT) {
		log_cause(LOG_ERR, "no client connected to %s within %d s",
			rendezvous.address.sun_path, RENDEZVOUS_TIMEOUT_MS / 1000);
	} else if (r != -ECANCELED) {
		log_cause(LOG_ERR, "can't accept a client: %s", strerror(-r));
	}
	setup_deinit(&setup);
	close(signal_fd);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
