/* SPDX-License-Identifier: MIT */
/*
 * The daemon's log: syslog, facility USER. Only the files of src/daemon log; the
 * leaves return codes. What is not printable becomes '?'. Logging preserves errno.
 */
#ifndef MSRD_UTIL_LOG_H
#define MSRD_UTIL_LOG_H

#include <stdbool.h>
#include <syslog.h>

/* Connects to syslog at once, so that nothing has to be opened later. */
void log_open(const char *ident);

/* priority: LOG_ERR, LOG_WARNING, LOG_INFO, … One line, no newline. */
__attribute__((format(printf, 2, 3))) void log_line(int priority, const char *format, ...);

/* The same, and on standard error too: for what keeps the daemon from working,
 * which the user at the terminal has to see. */
__attribute__((format(printf, 2, 3))) void log_cause(int priority, const char *format, ...);

#endif
