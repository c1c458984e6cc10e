/* SPDX-License-Identifier: MIT */
/*
 * likwid-accessd-shim: stands where LIKWID's tools look for their daemon, and
 * brings each of them to the service. It has no privileges, and must not have
 * any: the service takes whoever connects for the one to serve.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "client/service.h"
#include "daemon/rendezvous.h"
#include "daemon/start.h"
#include "shim/relay.h"
#include "util/cleanup.h"
#include "util/link.h"
#include "util/log.h"
#include "wire/meeting.h"

enum { EXIT_USAGE = 2 };

/* As long as a client of LIKWID's waits for its daemon's socket, and not longer. */
#define SERVICE_TIMEOUT_MS 2000

static const char help[] =
	"Usage: likwid-accessd-shim\n"
	"\n"
	"Brings a tool of LIKWID's to the msrd service: called likwid-accessD it meets the\n"
	"tool at /tmp/likwid-PID, as LIKWID's own daemon does, and carries its requests to\n"
	"" MEETING_SERVICE ". It needs no privileges, takes no options and reads no\n"
	"environment variables.\n"
	"\n"
	"It speaks the numbers of LIKWID %s, or those of the release that its folder,\n"
	"or that of a link on the way to it, is called after: likwid-5.4/likwid-accessD.\n"
	"\n"
	"Exit status: 0 the session ended, 1 no session came about, 2 usage, 4 something\n"
	"lies at the path of its socket.\n"
	"See likwid-accessd-shim(8). What went wrong is in syslog, facility user.\n";

static int usage(const char *option)
{
	if (strcmp(option, "--help") == 0) {
		printf(help, release_name(release_default()));
		return EXIT_SUCCESS;
	}
	if (strcmp(option, "--version") == 0) {
		puts("likwid-accessd-shim " MSRD_VERSION);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "likwid-accessd-shim: it takes no options; see its --help\n");
	return EXIT_USAGE;
}

/* The kernel's word for what was executed: argv is empty when LIKWID does it. */
static const char *program_path(void)
{
	const char *path = (const char *)getauxval(AT_EXECFN);

	return path ? path : "";
}

static const struct release *find_release(void)
{
	const struct release *release = release_of_path(program_path(), link_follow);

	if (!release)
		log_cause(LOG_ERR,
			"uid %u: the program's folder names a release of LIKWID that is not known: "
			"%s",
			(unsigned)getuid(), program_path());
	return release;
}

/* The service, or -1 after a message: the client is met all the same, and told. */
static int find_service(void)
{
	char text[512];
	int fd = service_connect(MEETING_SERVICE, SERVICE_TIMEOUT_MS, text, sizeof text);

	if (fd < 0)
		log_cause(LOG_ERR, "%s", text);
	return fd < 0 ? -1 : fd;
}

/* 0, or the exit status after a message. */
static int open_rendezvous(struct rendezvous *rendezvous)
{
	int r = rendezvous_open(rendezvous, getpid(), getuid(), getgid());

	if (r == 0)
		return 0;
	log_cause(LOG_ERR, "can't make the socket %s: %s%s", rendezvous->address.sun_path,
		strerror(-r),
		r == -EADDRINUSE ? " (something is at this path; it is left alone)" : "");
	return r == -EADDRINUSE ? MEETING_TAKEN : EXIT_FAILURE;
}

/* A descriptor of the client, or a negative error after a message. */
static int meet(struct rendezvous *rendezvous, int signal_fd)
{
	struct peer peer;
	int fd = rendezvous_accept(rendezvous, signal_fd, RENDEZVOUS_TIMEOUT_MS, &peer);

	rendezvous_close(rendezvous);
	if (fd == -ETIMEDOUT)
		log_cause(LOG_ERR, "no client connected to %s within %d s",
			rendezvous->address.sun_path, RENDEZVOUS_TIMEOUT_MS / 1000);
	else if (fd < 0 && fd != -ECANCELED)
		log_cause(LOG_ERR, "can't accept a client: %s", strerror(-fd));
	return fd;
}

/* The exit status. */
static int carry(struct relay *relay)
{
	bool had_service = relay->service >= 0;
	int r = relay_run(relay);

	if (r == RELAY_UNSERVED && had_service)
		log_cause(LOG_ERR,
			"the service at %s took the connection and closed it: its daemon did not "
			"start, or there are too many (MaxConnections= in msrd.socket)",
			MEETING_SERVICE);
	else if (r == RELAY_SERVICE_LEFT)
		log_cause(LOG_ERR, "the service at %s has ended the session", MEETING_SERVICE);
	else if (r < 0)
		log_cause(LOG_ERR, "can't carry records: %s", strerror(-r));
	return r < 0 || r == RELAY_UNSERVED ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(void)
{
	cleanup_close int signal_fd = start_signals();
	struct rendezvous rendezvous;

	log_open(LOG_PATH, "likwid-accessd-shim");
	if (getauxval(AT_SECURE) != 0) {
		log_cause(LOG_ERR, "it is installed with privileges, and would lend them to "
				   "everybody: chmod u-s,g-s and setcap -r its file");
		return EXIT_FAILURE;
	}
	const struct release *release = find_release();
	if (!release)
		return EXIT_FAILURE;
	/* the tool looks for the socket: that comes first */
	int status = open_rendezvous(&rendezvous);
	if (status != 0)
		return status;
	cleanup_close int service = find_service();
	cleanup_close int client = meet(&rendezvous, signal_fd);
	if (client < 0)
		return EXIT_FAILURE;
	struct relay relay = {
		.client = client,
		.service = service,
		.signal_fd = signal_fd,
		.translation.client = release,
		.translation.daemon = release_find(MEETING_SERVICE_RELEASE),
		.unserved = OP_NO_FILE,
	};
	return carry(&relay);
}

int main(int argc, char **argv)
{
	if (start_clean() < 0)
		return EXIT_FAILURE; /* there is no place to say why */
	return argc > 1 ? usage(argv[1]) : run();
}
