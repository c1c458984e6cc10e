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

/* Exit status of msrd when something lies at its address already: another daemon has another. */
#define MEETING_TAKEN 4

/* The socket of the service. Its daemons are started as DIR/likwid-5.2/msrd, so that what is spoken
 * there depends on no option of a build: of all releases, this one has a number for every unit. */
#define MEETING_SERVICE		"/run/msrd/socket"
#define MEETING_SERVICE_RELEASE "5.2"

#endif
