/* SPDX-License-Identifier: MIT */
/*
 * The daemon's log: syslog, facility USER. Only the files of src/daemon log; the
 * leaves return codes. What is not printable becomes '?'. Logging preserves errno,
 * and does not wait: a line that is not taken at once is lost, and the next one that
 * is taken comes behind one that says how many were. The last one alone may wait a moment.
 */
#ifndef MSRD_UTIL_LOG_H
#define MSRD_UTIL_LOG_H

#include <stdbool.h>
#include <syslog.h>

#define LOG_PATH "/dev/log"

/* Connects at once, so that nothing has to be opened later. The descriptor, or -1: there is
 * no log, and lines go nowhere. ident has to last. */
int log_open(const char *path, const char *ident);
void log_close(void);

/* priority: LOG_ERR, LOG_WARNING, LOG_INFO, … One line, no newline. */
__attribute__((format(printf, 2, 3))) void log_line(int priority, const char *format, ...);

/* The same, and on standard error too: for what keeps the daemon from working,
 * which the user at the terminal has to see. */
__attribute__((format(printf, 2, 3))) void log_cause(int priority, const char *format, ...);

/* The same, of a process that has nothing else to do: it waits for the log, at most LOG_LAST_MS, so
 * that lines that were lost are said to be. */
#define LOG_LAST_MS 100
__attribute__((format(printf, 2, 3))) void log_last_line(int priority, const char *format, ...);

#endif
