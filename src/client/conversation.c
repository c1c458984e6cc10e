/* SPDX-License-Identifier: MIT */
/* Which wire a daemon speaks: the one place that knows them all by name. */
#include "client/conversation.h"

#include <errno.h>
#include <stdio.h>

#include "client/deadline.h"
#include "util/link.h"
#include "wire/meeting.h"
#include "wire/native.h"

static int start(
	struct conversation **conversation, const struct release *release, char *text, size_t size)
{
	*conversation = conversation_likwid_new(release, "/");
	if (*conversation)
		return 0;
	snprintf(text, size, "out of memory");
	return -ENOMEM;
}

int conversation_new(struct conversation **conversation, const char *path, char *text, size_t size)
{
	const struct release *release = release_of_path(path, link_follow);

	if (release)
		return start(conversation, release, text, size);
	snprintf(
		text, size, "%.400s: its folder names a release of LIKWID that is not known", path);
	return -EINVAL;
}

int conversation_new_service(struct conversation **conversation, char *text, size_t size)
{
	return start(conversation, release_find(MEETING_SERVICE_RELEASE), text, size);
}

int conversation_greet(struct conversation **conversation, struct connection *connection)
{
	long long deadline = deadline_in(connection->reply_timeout_ms);
	uint8_t bytes[NATIVE_HELLO_SIZE];

	native_hello_put(bytes);
	int r = connection_send(connection, bytes, sizeof bytes, deadline);
	/* one that has gone already may have said why */
	if (r == 0 || r == -ECONNRESET)
		r = connection_receive(connection, bytes, sizeof bytes, deadline);
	if (r == 0)
		r = native_hello_get(bytes);
	if (r <= 0)
		return r;

	struct conversation *native = conversation_native_new();
	if (!native)
		return -ENOMEM;
	(*conversation)->ops->free(*conversation);
	*conversation = native;
	return 0;
}
