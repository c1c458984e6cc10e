/* SPDX-License-Identifier: MIT */
/* What shells complete: the commands, their options, and words of a kind. */
#ifndef MSRD_CLI_COMPLETIONS_H
#define MSRD_CLI_COMPLETIONS_H

#include <stdio.h>

#include "cli/cli.h"

/*
 * What an argument may be. X(kind, name in scripts, a command that prints them or NULL: they are
 * known).
 */
#define WORDS(X)                                                                                   \
	X(WORDS_NONE, "none", NULL)                                                                \
	X(WORDS_FILES, "files", NULL)                                                              \
	X(WORDS_REGISTERS, "registers", NULL)                                                      \
	X(WORDS_UNITS, "units", NULL)                                                              \
	X(WORDS_SECTIONS, "sections", NULL)                                                        \
	X(WORDS_MODELS, "models", NULL)                                                            \
	X(WORDS_LEVELS, "levels", NULL)                                                            \
	X(WORDS_PARTS, "parts", NULL)                                                              \
	X(WORDS_LOCK, "lock", NULL)                                                                \
	X(WORDS_SHELLS, "shells", NULL)                                                            \
	X(WORDS_EVENTS, "events", "msrctl events 2>/dev/null | awk \"NR > 1 { print \\$1 }\"")     \
	X(WORDS_GROUPS, "groups", "msrctl groups 2>/dev/null | awk \"NR > 1 { print \\$1 }\"")

enum words {
#define X(kind, name, command) kind,
	WORDS(X)
#undef X
};
#define N_WORDS (WORDS_GROUPS + 1)

/* Of the argument of an option, or of a command's, as its help calls it. */
enum words completions_kind(const char *command, const char *argument);
const char *completions_name(enum words kind);
/* A command of sh that prints them; NULL: completions_put has them. */
const char *completions_command(enum words kind);
/* Those that are known, with blanks between. */
void completions_put(FILE *out, enum words kind);

/* Number i of a command's options, from 0, those of every command and of argp behind its own. False
 * behind the last. */
bool completions_option(const struct command *command, size_t i, struct argp_option *option);
/* Has it a letter? */
bool completions_has_letter(const struct argp_option *option);
/* What an option or command is for: the beginning, up to max bytes. Returns text. */
#define COMPLETIONS_TEXT_SIZE 72
const char *completions_text(const char *doc, char text[COMPLETIONS_TEXT_SIZE]);

/* Scripts. */
void completions_bash(FILE *out);
void completions_fish(FILE *out);
void completions_zsh(FILE *out);

#endif
