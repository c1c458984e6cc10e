/* SPDX-License-Identifier: MIT */
/* The script for bash. What there is to complete is completions.c's. */
#include <string.h>

#include "cli/completions.h"

static const char begin[] = "# bash completion for msrctl; made by `msrctl completions bash`\n"
			    "_msrctl_words()\n{\n\tcase $1 in\n";

/* The line is split at blanks alone, as : is a part of events; what the shell takes for the word is
 * what stands behind : and =. What stands before the last comma stays. */
static const char end[] =
	"_msrctl()\n{\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} cur prev words command= i options= argument=none "
	"values kind before=\n"
	"\tread -ra words <<<\"$line\"\n"
	"\tcur=${line##*[[:space:]]}\n"
	"\t[ -n \"$cur\" ] || words+=('')\n"
	"\tprev=${words[${#words[@]}-2]}\n"
	"\tcase $cur in --*=*) prev=${cur%%=*} cur=${cur#*=} ;; esac\n"
	"\tfor ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
	"\t\tcase ${words[i]} in\n"
	"\t\t--daemon) ((i++)) ;;\n"
	"\t\t-*) ;;\n"
	"\t\t*) command=${words[i]}; break ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\t_msrctl_command \"$command\"\n"
	"\tkind=$argument\n"
	"\tfor i in $values; do\n"
	"\t\t[ \"${i%%/*}\" != \"$prev\" ] || kind=${i#*/}\n"
	"\tdone\n"
	"\tcase $kind:$cur in\n"
	"\t*:-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
	"\tfiles:*) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	"\t*)\n"
	"\t\tcase $kind in events | groups | units) [ \"$cur\" = \"${cur##*,}\" ] || "
	"before=${cur%,*}, ;; esac\n"
	"\t\tCOMPREPLY=($(compgen -P \"$before\" -W \"$(_msrctl_words \"$kind\")\" -- "
	"\"${cur##*,}\"))\n"
	"\t\tcase $COMP_WORDBREAKS in *:*) before=${cur%\"${cur##*:}\"}; "
	"COMPREPLY=(\"${COMPREPLY[@]#\"$before\"}\") ;; esac\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _msrctl msrctl\n";

static void put_words(FILE *out)
{
	for (unsigned kind = 0; kind < N_WORDS; kind++) {
		const char *command = completions_command((enum words)kind);

		fprintf(out, "\t%s) ", completions_name((enum words)kind));
		if (command) {
			fprintf(out, "%s", command);
		} else {
			fputs("echo \"", out);
			completions_put(out, (enum words)kind);
			fputc('"', out);
		}
		fputs(" ;;\n", out);
	}
	fputs("\tcommands) echo \"", out);
	for (size_t i = 0; i < cli_n_commands; i++)
		fprintf(out, "%s%s", i ? " " : "", cli_commands[i].name);
	fputs("\" ;;\n\tesac\n}\n", out);
}

static void put_options(FILE *out, const struct command *command)
{
	struct argp_option option;

	fputs("options=\"", out);
	for (size_t i = 0; completions_option(command, i, &option); i++) {
		if (completions_has_letter(&option))
			fprintf(out, "-%c ", option.key);
		fprintf(out, "--%s ", option.name);
	}
	fputs("\" values=\"", out);
	for (size_t i = 0; completions_option(command, i, &option); i++) {
		const char *kind = completions_name(
			completions_kind(command ? command->name : "", option.arg));

		if (!option.arg)
			continue;
		if (completions_has_letter(&option))
			fprintf(out, "-%c/%s ", option.key, kind);
		fprintf(out, "--%s/%s ", option.name, kind);
	}
	fputs("\"", out);
}

void completions_bash(FILE *out)
{
	fputs(begin, out);
	put_words(out);
	fputs("_msrctl_command()\n{\n\tcase $1 in\n\t'') argument=commands ", out);
	put_options(out, NULL);
	fputs(" ;;\n", out);
	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct command *command = &cli_commands[i];

		fprintf(out, "\t%s) argument=%s ", command->name,
			completions_name(completions_kind(command->name,
				command->argp->args_doc
					? command->argp->args_doc +
						  strspn(command->argp->args_doc, "[")
					: NULL)));
		put_options(out, command);
		fputs(" ;;\n", out);
	}
	fputs("\tesac\n}\n", out);
	fputs(end, out);
}
