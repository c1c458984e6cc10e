/* SPDX-License-Identifier: MIT */
/* Which wire a daemon speaks: the one place that knows them all by name. */
#include "client/conversation.h"

#include <errno.h>
#include <stdio.h>

#include "util/link.h"

int conversation_new(struct conversation **conversation, const char *path, char *text, size_t size)
{
	const struct release *release = release_of_path(path, link_follow);

	if (!release) {
		snprintf(text, size,
			"%.400s: its folder names a release of LIKWID that is not known", path);
		return -EINVAL;
	}
	*conversation = conversation_likwid_new(release, "/");
	if (!*conversation) {
		snprintf(text, size, "out of memory");
		return -ENOMEM;
	}
	return 0;
}
