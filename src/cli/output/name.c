/* SPDX-License-Identifier: MIT */
#include "cli/output/name.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *name_node(char node[NAME_NODE_SIZE])
{
	if (gethostname(node, NAME_NODE_SIZE) < 0)
		node[0] = '\0';
	node[NAME_NODE_SIZE - 1] = '\0';
	return node;
}

/* The next %h or %%, or the end. */
static const char *next(const char *path)
{
	while (*path && (path[0] != '%' || (path[1] != 'h' && path[1] != '%')))
		path++;
	return path;
}

bool name_has_node(const char *path)
{
	for (path = next(path); *path; path = next(path + 2))
		if (path[1] == 'h')
			return true;
	return false;
}

char *name_expand(const char *path, const char *node)
{
	char *expanded = NULL;
	size_t size;
	FILE *stream = open_memstream(&expanded, &size);

	if (!stream)
		return NULL;
	for (;;) {
		const char *at = next(path);

		fwrite(path, 1, (size_t)(at - path), stream);
		if (!*at)
			break;
		/* a name may have anything in it, but is no way to another folder */
		for (const char *c = node; at[1] == 'h' && *c; c++)
			fputc(*c == '/' ? '_' : *c, stream);
		if (at[1] == '%')
			fputc('%', stream);
		path = at + 2;
	}
	return fclose(stream) == 0 ? expanded : NULL;
}
