/* SPDX-License-Identifier: MIT */
/* What msrd and its shim have in common at the door: how they were called, and what they say there.
 */
#ifndef MSRD_DAEMON_ENTRANCE_H
#define MSRD_DAEMON_ENTRANCE_H

#include "daemon/rendezvous.h"

/* The kernel's word for what was executed: argv is empty when LIKWID does it. Never NULL. */
const char *entrance_program(void);

/* The program's own paragraphs of --help, each with its line ends. */
struct entrance_help {
	const char *name, *what, *ends; /* ends: its exit statuses, and where to read on */
};

/* For whoever gives an option. The exit status. */
int entrance_usage(const struct entrance_help *help, const char *option);

/* Makes the socket of this process for its user. 0, or the exit status after a message. The client
 * can connect from here on; it waits in the backlog. */
int entrance_open(struct rendezvous *rendezvous);

/* Waits for the client there, and closes the socket. A descriptor of the client, or a negative
 * error after a message. */
int entrance_accept(struct rendezvous *rendezvous, int signal_fd, struct peer *peer);

#endif
