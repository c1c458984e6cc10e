/* SPDX-License-Identifier: MIT */
/* Which wire a daemon speaks: the one place that knows them all by name. */
#include "client/conversation.h"

#include <errno.h>
#include <stdio.h>

#include "util/link.h"
#include "wire/meeting.h"

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
