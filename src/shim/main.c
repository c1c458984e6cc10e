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
#include "daemon/entrance.h"
#include "daemon/start.h"
#include "shim/relay.h"
#include "util/cleanup.h"
#include "util/link.h"
#include "util/log.h"
#include "wire/meeting.h"

/* As long as a client of LIKWID's waits for its daemon's socket, and not longer. */
#define SERVICE_TIMEOUT_MS 2000

static const struct entrance_help help = {
	.name = "likwid-accessd-shim",
	.what = "Usage: likwid-accessd-shim\n"
		"\n"
		"Brings a tool of LIKWID's to the msrd service: called likwid-accessD it meets "
		"the\n"
		"tool at /tmp/likwid-PID, as LIKWID's own daemon does, and carries its requests "
		"to\n"
		"" MEETING_SERVICE ". It needs no privileges, takes no options and reads no\n"
		"environment variables.\n"
		"\n",
	.ends = "Exit status: 0 the session ended, 1 no session came about, 2 usage, 4 something\n"
		"lies at the path of its socket.\n"
		"See likwid-accessd-shim(8). What went wrong is in syslog, facility user.\n",
};

static const struct release *find_release(void)
{
	const struct release *release = release_of_path(entrance_program(), link_follow);

	if (!release)
		log_cause(LOG_ERR,
			"uid %u: the program's folder names a release of LIKWID that is not known: "
			"%s",
			(unsigned)getuid(), entrance_program());
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

/* The exit status. */
static int carry(struct relay *relay)
{
	bool had_service = relay->service >= 0;
	int r = relay_run(relay);

	if (r == RELAY_UNSERVED && had_service)
		log_cause(LOG_ERR,
			"the service at %s took the connection and closed it: its daemon did not "
			"start, or there are too many (MaxConnections= in msrd.socket; of this "
			"user: sessions in /etc/msrd/msrd.conf)",
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
	struct peer peer;

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
	int status = entrance_open(&rendezvous);
	if (status != 0)
		return status;
	cleanup_close int service = find_service();
	cleanup_close int client = entrance_accept(&rendezvous, signal_fd, &peer);
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
	return argc > 1 ? entrance_usage(&help, argv[1]) : run();
}
