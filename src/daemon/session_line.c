/* SPDX-License-Identifier: MIT */
/* Makes words of how a session went. Logs nothing, and knows no wire. */
#include "daemon/session_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/log.h"

__attribute__((format(printf, 2, 3))) static void add(
	char text[SESSION_LINE_SIZE], const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, SESSION_LINE_SIZE - length, format, arguments);
	va_end(arguments);
}

static void add_restored(char text[SESSION_LINE_SIZE], const struct restored *restored)
{
	static const char *const outcomes[] = {
#define X(outcome, text) [outcome] = text,
		RESTORE_OUTCOMES(X)
#undef X
	};
	char place[OP_TEXT_SIZE];

	for (unsigned i = 0; i < RESTORE_N_OUTCOMES; i++)
		if (i == RESTORE_DONE || restored->n[i] > 0)
			add(text, ", %u %s", restored->n[i], outcomes[i]);
	if (restore_left_some(restored))
		add(text, "; the first: %s", place_describe(&restored->first, place));
}

const char *session_line(const struct session *session, int end, char text[SESSION_LINE_SIZE])
{
	const struct access_counts *counts = &session->access.counts;

	text[0] = '\0';
	add(text, "uid %u pid %d: ", (unsigned)session->access.peer.uid,
		(int)session->access.peer.pid);
	if (end < 0)
		add(text, "session failed: %s", strerror(-end));
	else
		add(text, "%s", session_end_text((enum session_end)end));
	add(text, ": %" PRIu64 " read, %" PRIu64 " written", counts->read, counts->written);
	/* who looks for refusals in a log wants those lines alone */
	if (counts->refused > 0)
		add(text, ", %" PRIu64 " refused", counts->refused);
	if (counts->failed > 0)
		add(text, ", %" PRIu64 " failed", counts->failed);
	if (end != SESSION_EXIT)
		add_restored(text, &session->restored);
	return text;
}

int session_line_priority(const struct session *session, int end)
{
	if (end < 0)
		return LOG_ERR;
	return restore_left_some(&session->restored) ? LOG_WARNING : LOG_INFO;
}
