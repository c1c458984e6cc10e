/* SPDX-License-Identifier: MIT */
/* The script for zsh. What there is to complete is completions.c's. */
#include <string.h>

#include "cli/completions.h"

/* In a specification of _arguments, within '. */
static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, strchr("[]:\\", *text) ? "\\%c" : "%c", *text);
}

/* With a blank before it _arguments adds nothing to the call. */
static void put_action(FILE *out, enum words kind)
{
	if (kind == WORDS_FILES)
		fputs("_files", out);
	else if (kind != WORDS_NONE)
		fprintf(out, " _msrctl_words %s", completions_name(kind));
}

static void put_spec(FILE *out, const struct command *command, const struct argp_option *option,
	const char *dashes, const char *name, const char *equals)
{
	char text[COMPLETIONS_TEXT_SIZE];

	fprintf(out, " \\\n\t\t'%s%s%s[", dashes, name, option->arg ? equals : "");
	put_escaped(out, completions_text(option->doc, text));
	fputc(']', out);
	if (option->arg) {
		fputs(option->flags & OPTION_ARG_OPTIONAL ? "::" : ":", out);
		put_escaped(out, option->arg);
		fputc(':', out);
		put_action(out, completions_kind(command ? command->name : "", option->arg));
	}
	fputc('\'', out);
}

static void put_options(FILE *out, const struct command *command)
{
	struct argp_option option;

	for (size_t i = 0; completions_option(command, i, &option); i++) {
		const char key[] = {(char)option.key, '\0'};

		if (completions_has_letter(&option))
			put_spec(out, command, &option, "-", key, "+");
		put_spec(out, command, &option, "--", option.name, "=");
	}
}

static void put_words(FILE *out)
{
	fputs("_msrctl_words()\n{\n\tlocal -a found\n\tcase $1 in\n", out);
	for (unsigned kind = 0; kind < N_WORDS; kind++) {
		const char *command = completions_command((enum words)kind);

		fprintf(out, "\t%s) found=(", completions_name((enum words)kind));
		if (command)
			fprintf(out, "${(f)\"$(%s)\"}", command);
		else
			completions_put(out, (enum words)kind);
		fputs(") ;;\n", out);
	}
	fputs("\tesac\n\tcase $1 in\n"
	      "\tevents | groups | units) compset -P '*,'; compadd -S '' -a found ;;\n"
	      "\t*) compadd -a found ;;\n\tesac\n}\n",
		out);
}

static void put_command(FILE *out, const struct command *command)
{
	const char *argument = command->argp->args_doc;
	enum words kind;

	argument = argument ? argument + strspn(argument, "[") : NULL;
	kind = completions_kind(command->name, argument);
	fprintf(out, "\t%s) _arguments -s", command->name);
	put_options(out, command);
	if (argument && kind != WORDS_NONE) {
		fprintf(out, " \\\n\t\t'*:%.*s:", (int)strcspn(argument, " .]|"), argument);
		put_action(out, kind);
		fputc('\'', out);
	}
	fputs(" ;;\n", out);
}

void completions_zsh(FILE *out)
{
	fputs("#compdef msrctl\n# zsh completion for msrctl; made by `msrctl completions zsh`\n",
		out);
	put_words(out);
	fputs("_msrctl_commands()\n{\n\tlocal -a found\n\tfound=(", out);
	for (size_t i = 0; i < cli_n_commands; i++) {
		fprintf(out, "\n\t\t'%s:", cli_commands[i].name);
		put_escaped(out, cli_commands[i].summary);
		fputc('\'', out);
	}
	fputs(")\n\t_describe command found\n}\n_msrctl()\n{\n\tlocal context state line\n"
	      "\tif ((CURRENT > 2)) && [[ $words[2] != -* ]]; then\n"
	      "\t\tshift words\n\t\t((CURRENT--))\n\t\t_msrctl_of $words[1]\n"
	      "\telse\n\t\t_arguments -s",
		out);
	put_options(out, NULL);
	fputs(" \\\n\t\t'1:command:_msrctl_commands'\n\tfi\n}\n_msrctl_of()\n{\n\tcase $1 in\n",
		out);
	for (size_t i = 0; i < cli_n_commands; i++)
		put_command(out, &cli_commands[i]);
	fputs("\tesac\n}\n"
	      "# read as a file of $fpath, or by source\n"
	      "if [[ $zsh_eval_context[-1] = loadautofunc ]]; then _msrctl \"$@\"; else compdef "
	      "_msrctl msrctl; fi\n",
		out);
}
