/* SPDX-License-Identifier: MIT */
/*
 * Records from a client of LIKWID's to the service and back, one after the
 * other, each in the numbers of its side.
 */
#ifndef MSRD_SHIM_RELAY_H
#define MSRD_SHIM_RELAY_H

#include "wire/translation.h"

struct relay {
	int client;    /* connected */
	int service;   /* connected; -1: there is none */
	int signal_fd; /* readable when it is to end; -1 is none */
	struct translation translation;
	/* Without a service: the answer to every access. */
	enum op_status unserved;

	bool is_heard; /* the service has said something */
};

enum relay_end {
	RELAY_GOES_ON,
	RELAY_EXIT,	    /* the client said so */
	RELAY_CLIENT_LEFT,  /* ... without */
	RELAY_SERVICE_LEFT, /* in the middle of a session */
	RELAY_UNSERVED, /* the service took the connection and said nothing, or there was none */
	RELAY_TERMINATED
};

/*
 * Until either side has ended; the service's session is over by then, unless it
 * takes too long. A service that closes before its first reply has no daemon to
 * spare: its client is answered "busy" from there on. An enum relay_end, or
 * -errno. Closes nothing.
 */
int relay_run(struct relay *relay);

#endif
