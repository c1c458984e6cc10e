/* SPDX-License-Identifier: MIT */
/* msrctl policy: looks at allowlists and configurations before, and as, the daemon does. */
#include "cli/policy.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"
#include "util/cleanup.h"

enum { OPTION_CONFIG = 1 << 9, OPTION_USER };

static const struct {
	const char *name;
	int (*run)(struct policy_request *request);
} parts[] = {
	{"check", policy_check_run},
	{"compile", policy_compile_run},
	{"show", policy_show_run},
	{"diff", policy_diff_run},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct policy_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case OPTION_CONFIG:
		request->config = argument;
		return 0;
	case OPTION_USER:
		request->user = argument;
		return 0;
	case ARGP_KEY_ARGS:
		request->arguments = state->argv + state->next;
		request->n_arguments = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "check, compile, show or diff?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"config", OPTION_CONFIG, "FILE", 0,
		"With show, another configuration than " SITE_CONFIG_PATH, 0},
	{"user", OPTION_USER, "USER", 0, "With show, another user than you, by name or number", 0},
	{0},
};

const struct argp policy_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "check [FILE...]\ncompile FILE\nshow [PATTERN...]\ndiff LIST LIST",
	.doc = "Look at the policy of the access daemon: its configuration and allowlists."
	       "\vcheck parses configurations and allowlists, and tells file and line of an error; "
	       "without a FILE it looks at " SITE_CONFIG_PATH
	       " as the daemon does, with its owners "
	       "and modes. compile prints a configuration with numbers in place of the names of "
	       "users and groups: the daemon knows no names. show tells what you may do and which "
	       "line of which file says so, of registers that are called like a PATTERN too. diff "
	       "compares two allowlists; profile:NAME is a built-in one.\n"
	       "\nExamples:\n"
	       "  msrctl policy check\n"
	       "  msrctl policy check site.allow\n"
	       "  msrctl policy compile msrd.conf\n"
	       "  msrctl policy show\n"
	       "  msrctl policy show --user nobody 'MSR_*_POWER_LIMIT'\n"
	       "  msrctl policy diff profile:counters site.allow\n"
	       "\nThe exit status is 0; 1 when there is an error, when nothing is called so, or "
	       "when "
	       "lists differ.",
	.children = cli_options,
};

/* Is it a msrd.conf? Its first line that says something tells. */
static bool is_config(const char *path, const char *text, size_t length)
{
	static const char *const begins[] = {
		"[default", "[owner", "[user", "[group", "profiles", "allowlist"};
	const char *end = text + length, *dot = strrchr(path, '.');

	while (text < end && (strchr(" \t\r\n", *text) || *text == '#')) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		if (*text != '#')
			text++;
		else
			text = newline ? newline + 1 : end;
	}
	for (size_t i = 0; i < N_ELEMENTS(begins); i++)
		if ((size_t)(end - text) >= strlen(begins[i]) &&
			strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return text == end && dot && strcmp(dot, ".conf") == 0;
}

static int say_error(const char *path, int r, const struct allow_error *error)
{
	if (r == -ENOMEM)
		warnx("%s: out of memory", path);
	else if (error->line > 0)
		warnx("%s:%u: %s", path, error->line, error->text);
	else
		warnx("%s: %s", path, error->text);
	return CLI_FAILED;
}

static int check_list(const char *path, const char *text, size_t length)
{
	struct allow_error error;
	struct allowlist list;
	size_t n = 0;
	int r = allowlist_parse(text, length, &list, &error);

	if (r < 0)
		return say_error(path, r, &error);
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		n += list.section[section].n_entries;
	printf("%s: an allowlist of %zu registers\n", path, n);
	allowlist_deinit(&list);
	return CLI_DONE;
}

static void say_site(const char *path, const struct site *site)
{
	size_t n = 0;

	for (size_t i = 0; i < site->config.n_sections; i++)
		n += site->config.sections[i].line > 0;
	if (n == 0) {
		printf("%s: without any section: the built-in policy holds\n", path);
		return;
	}
	printf("%s: a configuration of %zu sections and %zu allowlists\n", path, n,
		site->config.n_lists);
}

static int check_site(struct policy_request *request, const char *path)
{
	struct site site;

	request->config = path;
	if (!policy_load_site(request, &site))
		return CLI_FAILED;
	if (access(policy_config_path(request), F_OK) < 0)
		puts(SITE_CONFIG_PATH ": there is none: the built-in policy holds");
	else
		say_site(policy_config_path(request), &site);
	site_deinit(&site);
	return CLI_DONE;
}

static int check_file(struct policy_request *request, const char *path)
{
	size_t length;
	cleanup_free char *text = policy_read(path, SITE_LIST_MAX_BYTES, &length);

	if (!text)
		return CLI_FAILED;
	if (is_config(path, text, length))
		return check_site(request, path);
	return check_list(path, text, length);
}

int policy_check_run(struct policy_request *request)
{
	int status = CLI_DONE;

	if (request->n_arguments == 0)
		return check_site(request, NULL);
	for (int i = 0; i < request->n_arguments; i++)
		if (check_file(request, request->arguments[i]) != CLI_DONE)
			status = CLI_FAILED;
	return status;
}

/* The text as it is, but for the section lines. */
static void print_compiled(const char *text, size_t length, const struct config *config)
{
	const char *end = text + length;
	unsigned number = 1;

	for (size_t n; text < end; text += n, number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const struct config_section *section = NULL;
		char name[CONFIG_TEXT_SIZE];

		n = newline ? (size_t)(newline - text) + 1 : (size_t)(end - text);
		for (size_t i = 0; i < config->n_sections; i++)
			if (config->sections[i].line == number)
				section = &config->sections[i];
		if (section)
			printf("%s # ", config_section_describe(section, name));
		fwrite(text, 1, n, stdout);
	}
}

int policy_compile_run(struct policy_request *request)
{
	const char *path = request->n_arguments == 1 ? request->arguments[0] : NULL;
	cleanup_free char *text = NULL;
	struct allow_error error;
	struct config config;
	size_t length;

	if (!path) {
		warnx("policy compile: which FILE? One");
		return CLI_USAGE;
	}
	text = policy_read(path, CONFIG_MAX_BYTES, &length);
	if (!text)
		return CLI_FAILED;
	int r = config_parse(text, length, &policy_names, &config, &error);
	if (r < 0)
		return say_error(path, r, &error);
	print_compiled(text, length, &config);
	return CLI_DONE;
}

int policy_run(struct cli *cli, int argc, char **argv)
{
	struct policy_request request = {.cli = cli};
	const char *name;

	argp_parse(&policy_argp, argc, argv, 0, NULL, &request);
	name = *request.arguments++;
	request.n_arguments--;
	for (size_t i = 0; i < N_ELEMENTS(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return parts[i].run(&request);
	warnx("policy: there is no %s; there are check, compile, show and diff", name);
	return CLI_USAGE;
}
