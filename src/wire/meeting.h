/* SPDX-License-Identifier: MIT */
/* Where a daemon and its client meet, as both sides have to know. */
#ifndef MSRD_WIRE_MEETING_H
#define MSRD_WIRE_MEETING_H

/* The daemon's socket; the number is its process id. */
#define MEETING_ADDRESS "/tmp/likwid-%d"

/* What LIKWID's clients call a daemon that they start, by whatever path. */
#define MEETING_LIKWIDS_NAME "likwid-accessD"

/* The name by which msrd can be handed its client, a connected socket, as standard input. */
#define MEETING_OUR_NAME "msrd"

/*
 * Exit statuses of msrd that say why there is no session. No other daemon is known to have them.
 * MEETING_TAKEN: another daemon has another address. X(name, status, text)
 */
#define MEETING_ENDS(X)                                                                            \
	X(MEETING_TAKEN, 4, "something lies at the path of its socket")                            \
	X(MEETING_STRANGER, 5, "it was handed a connection of another user's")                     \
	X(MEETING_PRIVILEGES, 6, "it can't give up its privileges, and so does nothing")           \
	X(MEETING_SANDBOX, 7, "it can't give up system calls (seccomp), and so does nothing")      \
	X(MEETING_SESSIONS, 8,                                                                     \
		"you have as many sessions as /etc/msrd/msrd.conf lets one user have at a time")

enum meeting_end {
#define X(name, status, text) name = (status),
	MEETING_ENDS(X)
#undef X
};

/* NULL: it says nothing. */
static inline const char *meeting_end_text(int status)
{
	switch (status) {
#define X(name, status, text)                                                                      \
	case name:                                                                                 \
		return text;
		MEETING_ENDS(X)
#undef X
	}
	return 0;
}

/* The socket of the service. Its daemons are started as DIR/likwid-5.2/msrd, so that what is spoken
 * there depends on no option of a build: of all releases, this one has a number for every unit. */
#define MEETING_SERVICE		"/run/msrd/socket"
#define MEETING_SERVICE_RELEASE "5.2"

#endif
