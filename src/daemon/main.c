/* SPDX-License-Identifier: MIT */
/*
 * msrd, started by its client. A paragraph to read from top to bottom: what
 * the client handed down is thrown away, the user's socket is made, the device
 * files are opened, one client is met, granted what it may do, and served.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "daemon/grant.h"
#include "daemon/lock.h"
#include "daemon/machine.h"
#include "daemon/rendezvous.h"
#include "daemon/session.h"
#include "daemon/start.h"
#include "daemon/user.h"
#include "util/cleanup.h"
#include "util/link.h"
#include "util/log.h"
#include "wire/likwid.h"
#include "wire/meeting.h"

enum { EXIT_USAGE = 2 };

static const char help[] =
	"Usage: msrd\n"
	"\n"
	"Gives one client checked access to model-specific registers and to the uncore's\n"
	"PCI config space. Clients (msrctl, LIKWID's tools as likwid-accessD) start it\n"
	"themselves: it meets its client at /tmp/likwid-PID, waits 15 seconds for it, and\n"
	"goes away with it. It takes no options and reads no environment variables.\n"
	"\n"
	"It speaks the numbers of LIKWID %s, or those of the release that its folder,\n"
	"or that of a link on the way to it, is called after: likwid-5.4/likwid-accessD.\n"
	"\n"
	"Exit status: 0 the session ended, 1 no session came about, 2 usage, 4 something\n"
	"lies at the path of its socket.\n"
	"See msrd(8). What went wrong is in syslog, facility user.\n";

static int usage(const char *option)
{
	if (strcmp(option, "--help") == 0) {
		printf(help, release_name(release_default()));
		return EXIT_SUCCESS;
	}
	if (strcmp(option, "--version") == 0) {
		puts("msrd " MSRD_VERSION);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "msrd: it takes no options; see msrd --help\n");
	return EXIT_USAGE;
}

/*
 * argv is empty when LIKWID starts it; the kernel's word for the path is not.
 * The caller has chosen it, and the links that are followed from there: all
 * that comes of it is one of the tables of numbers, for the caller's session.
 */
static const struct release *find_release(void)
{
	const char *path = (const char *)getauxval(AT_EXECFN);
	const struct release *release = NULL;

	/* links that he could not read himself would tell him where they lead */
	if (user_enter(getuid(), getgid()) == 0)
		release = release_of_path(path ? path : "", link_follow);
	user_leave();
	if (!release)
		log_cause(LOG_ERR, "%s: its folder names a release of LIKWID that is not known",
			path);
	return release;
}

/* Whom a line in the log is about: "uid %u pid %d". */
#define WHO(peer) (unsigned)(peer)->uid, (int)(peer)->pid

static void log_nobody(const struct rendezvous *rendezvous, int error)
{
	if (error == -ETIMEDOUT)
		log_cause(LOG_ERR, "no client connected to %s within %d s",
			rendezvous->address.sun_path, RENDEZVOUS_TIMEOUT_MS / 1000);
	else if (error != -ECANCELED)
		log_cause(LOG_ERR, "can't accept a client: %s", strerror(-error));
}

static void log_end(const struct peer *peer, const struct wire *wire, int end)
{
	char doubt[WIRE_DOUBT_SIZE];

	if (wire->ops->doubt(wire, doubt))
		log_line(LOG_WARNING, "uid %u pid %d: %s", WHO(peer), doubt);
	if (end < 0)
		log_line(LOG_ERR, "uid %u pid %d: session failed: %s", WHO(peer), strerror(-end));
	else if (end != SESSION_EXIT)
		log_line(LOG_INFO, "uid %u pid %d: %s", WHO(peer),
			session_end_text((enum session_end)end));
}

/* The session, with the wire that the client speaks. */
static int serve(const struct machine *machine, const struct release *release,
	const struct policy *policy, const struct peer *peer, struct session *session)
{
	const struct node *node = &machine->node;
	const struct op_limits limits = {node->n_cpus, node->packages, node->n_packages};
	struct likwid likwid;

	likwid_init(&likwid, release, &limits);
	session->wire = &likwid.wire;
	session->access = (struct access){
		.peer = *peer,
		.policy = policy,
		.devices = machine->devices,
		.lock_path = LOCK_PATH,
		.unready = machine->unready,
	};
	int end = session_run(session);

	log_end(peer, session->wire, end);
	return end;
}

/* Opens what is there, meets the client, and serves it with what it may have. */
static int meet_and_serve(
	struct rendezvous *rendezvous, const struct release *release, int signal_fd)
{
	int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct machine machine;
	struct policy policy;
	struct peer peer;

	machine_init(&machine, root_fd);
	close(root_fd);

	cleanup_close int fd =
		rendezvous_accept(rendezvous, signal_fd, RENDEZVOUS_TIMEOUT_MS, &peer);
	int r = fd;
	rendezvous_close(rendezvous);

	/* The place where privileges are dropped for good: nothing below needs
	 * more than the descriptors that are open now. */

	if (fd < 0) {
		log_nobody(rendezvous, fd);
	} else {
		struct session session = {.fd = fd, .signal_fd = signal_fd};

		if (grant_peer(&policy, machine.node.arch, &peer) < 0)
			log_line(LOG_ERR, "uid %u pid %d: too many allowlists: nothing is allowed",
				WHO(&peer));
		/* The place of the system call filter: nothing but the session follows. */
		r = serve(&machine, release, &policy, &peer, &session);
	}
	machine_deinit(&machine);
	return r;
}

int main(int argc, char **argv)
{
	struct rendezvous rendezvous;

	if (start_clean() < 0)
		return EXIT_FAILURE; /* there is no place to say why */
	if (argc > 1)
		return usage(argv[1]);
	log_open("msrd");
	cleanup_close int signal_fd = start_signals();
	if (signal_fd < 0) {
		log_cause(LOG_ERR, "can't watch for signals: %s", strerror(-signal_fd));
		return EXIT_FAILURE;
	}
	const struct release *release = find_release();
	if (!release)
		return EXIT_FAILURE;

	/* The client can connect from here on; it waits in the backlog. */
	int r = rendezvous_open(&rendezvous, getpid(), getuid(), getgid());
	if (r < 0) {
		log_cause(LOG_ERR, "can't make the socket %s: %s%s", rendezvous.address.sun_path,
			strerror(-r),
			r == -EADDRINUSE ? " (something is at this path; it is left alone)" : "");
		return r == -EADDRINUSE ? MEETING_TAKEN : EXIT_FAILURE;
	}
	r = meet_and_serve(&rendezvous, release, signal_fd);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
