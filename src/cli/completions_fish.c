/* SPDX-License-Identifier: MIT */
/* The script for fish. What there is to complete is completions.c's. */
#include <stdlib.h>
#include <string.h>

#include "cli/completions.h"

static void put_quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		fprintf(out, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	fputc('\'', out);
}

/* What an argument may be. */
static void put_arguments(FILE *out, enum words kind)
{
	const char *command = completions_command(kind);

	if (kind == WORDS_FILES)
		fputs(" -F", out);
	else if (command) {
		char *quoted;
		size_t size;
		FILE *text = open_memstream(&quoted, &size);

		if (!text)
			return;
		fprintf(text, "(%s)", command);
		fclose(text);
		fputs(" -a ", out);
		put_quoted(out, quoted);
		free(quoted);
	} else if (kind != WORDS_NONE) {
		fputs(" -a '", out);
		completions_put(out, kind);
		fputc('\'', out);
	}
}

static void put_option(FILE *out, const struct command *command, const struct argp_option *option)
{
	char text[COMPLETIONS_TEXT_SIZE];

	fputs("complete -c msrctl", out);
	if (command)
		fprintf(out, " -n '__fish_seen_subcommand_from %s'", command->name);
	else
		fputs(" -n __fish_use_subcommand", out);
	if (completions_has_letter(option))
		fprintf(out, " -s '%c'", option->key);
	fprintf(out, " -l %s", option->name);
	if (option->arg && !(option->flags & OPTION_ARG_OPTIONAL)) {
		enum words kind = completions_kind(command ? command->name : "", option->arg);

		fputs(kind == WORDS_FILES ? " -r" : " -x", out);
		put_arguments(out, kind);
	}
	fputs(" -d ", out);
	put_quoted(out, completions_text(option->doc, text));
	fputc('\n', out);
}

void completions_fish(FILE *out)
{
	struct argp_option option;

	fputs("# fish completion for msrctl; made by `msrctl completions fish`\n"
	      "complete -c msrctl -f\n",
		out);
	for (size_t i = 0; completions_option(NULL, i, &option); i++)
		put_option(out, NULL, &option);
	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct command *command = &cli_commands[i];
		const char *argument = command->argp->args_doc;
		char text[COMPLETIONS_TEXT_SIZE];

		fprintf(out, "complete -c msrctl -n __fish_use_subcommand -a %s -d ",
			command->name);
		put_quoted(out, completions_text(command->summary, text));
		fputc('\n', out);
		for (size_t j = 0; completions_option(command, j, &option); j++)
			put_option(out, command, &option);
		enum words kind = completions_kind(
			command->name, argument ? argument + strspn(argument, "[") : NULL);

		if (kind == WORDS_NONE)
			continue;
		fprintf(out, "complete -c msrctl -n '__fish_seen_subcommand_from %s'",
			command->name);
		put_arguments(out, kind);
		fputc('\n', out);
	}
}
