/* SPDX-License-Identifier: MIT */
/* The one line of the log that every session has, at its end. */
#ifndef MSRD_DAEMON_SESSION_LINE_H
#define MSRD_DAEMON_SESSION_LINE_H

#include "daemon/session.h"

/* A line of the log has little more. */
#define SESSION_LINE_SIZE 504

/*
 * "uid 1000 pid 77: the client said exit: 9 read, 2 written, 1 refused": who, how it
 * ended, as session_run returned it, and how much; what is not said of refused and failed is none.
 * Nothing in it is of the client's choosing but as a number. Returns text.
 */
const char *session_line(const struct session *session, int end, char text[SESSION_LINE_SIZE]);

/* How loud: a priority of syslog. */
int session_line_priority(const struct session *session, int end);

#endif
