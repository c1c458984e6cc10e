/* SPDX-License-Identifier: MIT */
/* Says what it has to in the log or on the terminal. Knows neither machine nor service. */
#include "daemon/entrance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "util/log.h"
#include "wire/meeting.h"
#include "wire/release.h"

enum { EXIT_USAGE = 2 };

const char *entrance_program(void)
{
	const char *path = (const char *)getauxval(AT_EXECFN);

	return path ? path : "";
}

int entrance_usage(const struct entrance_help *help, const char *option)
{
	if (strcmp(option, "--help") == 0) {
		printf("%sIt speaks the numbers of LIKWID %s, or those of the release that its "
		       "folder,\nor that of a link on the way to it, is called after: "
		       "likwid-5.4/likwid-accessD.\n\n%s",
			help->what, release_name(release_default()), help->ends);
		return EXIT_SUCCESS;
	}
	if (strcmp(option, "--version") == 0) {
		printf("%s " MSRD_VERSION "\n", help->name);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "%s: it takes no options; see %s --help\n", help->name, help->name);
	return EXIT_USAGE;
}

int entrance_open(struct rendezvous *rendezvous)
{
	int r = rendezvous_open(rendezvous, getpid(), getuid(), getgid());

	if (r == 0)
		return 0;
	log_cause(LOG_ERR, "can't make the socket %s: %s%s", rendezvous->address.sun_path,
		strerror(-r),
		r == -EADDRINUSE ? " (something is at this path; it is left alone)" : "");
	return r == -EADDRINUSE ? MEETING_TAKEN : EXIT_FAILURE;
}

int entrance_accept(struct rendezvous *rendezvous, int signal_fd, struct peer *peer)
{
	int fd = rendezvous_accept(rendezvous, signal_fd, RENDEZVOUS_TIMEOUT_MS, peer);

	rendezvous_close(rendezvous);
	if (fd == -ETIMEDOUT)
		log_cause(LOG_ERR, "no client connected to %s within %d s",
			rendezvous->address.sun_path, RENDEZVOUS_TIMEOUT_MS / 1000);
	else if (fd < 0 && fd != -ECANCELED)
		log_cause(LOG_ERR, "can't accept a client: %s", strerror(-fd));
	return fd;
}
