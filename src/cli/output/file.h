/* SPDX-License-Identifier: MIT */
/*
 * The file of -o. What comes in one piece replaces the old one at once, by a name of its own that
 * is renamed: nobody reads a half of it, and a full disk costs nobody what was there. What grows is
 * written as it comes. What is no regular file, as /dev/null, is written to, and never replaced.
 */
#ifndef MSRD_CLI_OUTPUT_FILE_H
#define MSRD_CLI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

enum file_mode { FILE_REPLACES, FILE_GROWS, FILE_APPENDS };

struct output_file {
	FILE *stream;	 /* to be written to; NULL: not open */
	char *target;	 /* what the name leads to */
	char *temporary; /* NULL: none */
	bool is_empty;	 /* nothing was in it when it was opened */
};

/* 0 or -errno. */
int output_file_open(struct output_file *file, const char *path, enum file_mode mode);
/* What was written is the file from now on, and stream is closed. 0 or -errno: then, of a file that
 * is replaced, the old one is as it was. */
int output_file_commit(struct output_file *file);
/* Without what was not committed. */
void output_file_close(struct output_file *file);

#endif
