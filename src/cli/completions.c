/* SPDX-License-Identifier: MIT */
/* msrctl completions: scripts for shells, of the same tables that the commands read. */
#include "cli/completions.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"

static const struct {
	const char *name;
	void (*print)(FILE *out);
} shells[] = {
	{"bash", completions_bash},
	{"zsh", completions_zsh},
	{"fish", completions_fish},
};

struct completions_request {
	struct cli *cli;
	const char *shell;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct completions_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		if (request->shell)
			argp_error(state, "%s is a second shell", argument);
		request->shell = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "of which shell? There are bash, zsh and fish");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp completions_argp = {
	.parser = parse,
	.args_doc = "SHELL",
	.doc = "Print the script by which a shell completes command lines of msrctl: bash, zsh or "
	       "fish. Where msrctl is installed as a package it is in place already."
	       "\vExamples:\n"
	       "  msrctl completions bash\n"
	       "  msrctl completions fish\n",
	.children = cli_options,
};

int completions_run(struct cli *cli, int argc, char **argv)
{
	struct completions_request request = {.cli = cli};

	argp_parse(&completions_argp, argc, argv, 0, NULL, &request);
	for (size_t i = 0; i < N_ELEMENTS(shells); i++)
		if (strcmp(shells[i].name, request.shell) == 0) {
			shells[i].print(stdout);
			if (fflush(stdout) == 0 && !ferror(stdout))
				return CLI_DONE;
			warn("cannot print");
			return CLI_FAILED;
		}
	warnx("there are no completions for %s; there are bash, zsh and fish", request.shell);
	return CLI_USAGE;
}

static const struct {
	const char *argument, *command; /* NULL: whose it is does not matter */
	enum words kind;
} arguments[] = {
	{"REGISTER", NULL, WORDS_REGISTERS},
	{"PATTERN", "list", WORDS_REGISTERS},
	{"PATTERN", "events", WORDS_EVENTS},
	{"EVENT", NULL, WORDS_EVENTS},
	{"GROUP", NULL, WORDS_GROUPS},
	{"UNITS", NULL, WORDS_UNITS},
	{"SECTION", NULL, WORDS_SECTIONS},
	{"MODEL", NULL, WORDS_MODELS},
	{"LEVEL", NULL, WORDS_LEVELS},
	{"SHELL", NULL, WORDS_SHELLS},
	{"FILE", NULL, WORDS_FILES},
	{"DIR", NULL, WORDS_FILES},
	{"PATH", NULL, WORDS_FILES},
	{"check", "policy", WORDS_PARTS},
	{"show", "lock", WORDS_LOCK},
};

enum words completions_kind(const char *command, const char *argument)
{
	for (size_t i = 0; argument && i < N_ELEMENTS(arguments); i++)
		if (strncmp(argument, arguments[i].argument, strlen(arguments[i].argument)) == 0 &&
			(!arguments[i].command || strcmp(command, arguments[i].command) == 0))
			return arguments[i].kind;
	return WORDS_NONE;
}

static const struct {
	const char *name, *command;
} kinds[] = {
#define X(kind, name, command) [kind] = {name, command},
	WORDS(X)
#undef X
};

const char *completions_name(enum words kind)
{
	return kinds[kind].name;
}

const char *completions_command(enum words kind)
{
	return kinds[kind].command;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Behind the n that there are; names may be NULL, to count them. How many there are then. */
static size_t add_names(const char **names, size_t n, const struct allowlist *list)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		for (size_t i = 0; i < list->section[section].n_entries; i++) {
			const char *name = list->section[section].entries[i].name;

			if (name && names)
				names[n] = name;
			n += name != NULL;
		}
	return n;
}

/* Of all models. */
static size_t list_names(const char **names)
{
	const struct arch *arch;
	size_t n = 0;

	for (size_t i = 0; (arch = arch_get(i)); i++)
		for (size_t j = 0; j < arch->n_profiles; j++)
			n = add_names(names, n, arch->profiles[j].list);
	return n;
}

/* Those that anybody may use, each once. */
static void put_registers(FILE *out)
{
	size_t n = list_names(NULL);
	cleanup_free const char **names = calloc(n + 1, sizeof *names);

	if (!names)
		return;
	list_names(names);
	qsort(names, n, sizeof *names, compare_names);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			fprintf(out, "%s%s", i ? " " : "", names[i]);
}

static void put_units(FILE *out)
{
	for (unsigned i = 0; i < OP_N_UNITS; i++)
		fprintf(out, "%s%s", i ? " " : "", op_unit_name((enum op_unit)i));
}

static void put_models(FILE *out)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_get(i)); i++)
		fprintf(out, "%s%s", i ? " " : "", arch->name);
}

void completions_put(FILE *out, enum words kind)
{
	switch (kind) {
	case WORDS_REGISTERS:
		put_registers(out);
		break;
	case WORDS_SECTIONS:
		fputs("msr ", out);
		put_units(out);
		break;
	case WORDS_UNITS:
		put_units(out);
		break;
	case WORDS_MODELS:
		put_models(out);
		break;
	case WORDS_LEVELS:
		fputs("box cpu core numa socket node", out);
		break;
	case WORDS_PARTS:
		fputs("check compile show diff", out);
		break;
	case WORDS_LOCK:
		fputs("show give take release", out);
		break;
	case WORDS_SHELLS:
		fputs("bash zsh fish", out);
		break;
	case WORDS_NONE:
	case WORDS_FILES:
	case WORDS_EVENTS:
	case WORDS_GROUPS:
		break;
	}
}

static const struct argp_option of_argp[] = {
	{"help", '?', NULL, 0, "Give this help list", 0},
	{"usage", 1 << 8, NULL, 0, "Give a short usage message", 0},
	{"version", 'V', NULL, 0, "Print program version", 0},
	{0},
};

static bool find(const struct argp_option *options, size_t *i, struct argp_option *option)
{
	for (; options && (options->name || options->key); options++, (*i)--)
		if (*i == 0) {
			*option = *options;
			return true;
		}
	return false;
}

bool completions_option(const struct command *command, size_t i, struct argp_option *option)
{
	return (command && find(command->argp->options, &i, option)) ||
	       find(cli_options[0].argp->options, &i, option) || find(of_argp, &i, option);
}

bool completions_has_letter(const struct argp_option *option)
{
	return isascii(option->key) && isgraph(option->key);
}

const char *completions_text(const char *doc, char text[COMPLETIONS_TEXT_SIZE])
{
	size_t wanted = strcspn(doc, ";:("), length = wanted;

	if (length >= COMPLETIONS_TEXT_SIZE)
		length = COMPLETIONS_TEXT_SIZE - 1;
	memcpy(text, doc, length);
	text[length] = '\0';
	/* not in the middle of a word, nor of a letter */
	if (length < wanted && strrchr(text, ' '))
		*strrchr(text, ' ') = '\0';
	for (length = strlen(text); length > 0 && text[length - 1] == ' ';)
		text[--length] = '\0';
	return text;
}
