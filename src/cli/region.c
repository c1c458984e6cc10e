/* SPDX-License-Identifier: MIT */
/* msrctl region: a script's mark, which is taken when this ends. Knows no counter. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/region_script.h"
#include "util/cleanup.h"

/* For the answer: a stat that reads slow counters of many CPUs has time; chosen, not tuned. */
#define ANSWER_MS 10000

struct region_request {
	struct cli *cli;
	const char *verb, *name;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct region_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			request->verb = argument;
		else if (state->arg_num == 1)
			request->name = argument;
		else
			argp_error(state, "%s: one region at a time", argument);
		return 0;
	case ARGP_KEY_END:
		if (!request->verb ||
			(strcmp(request->verb, "begin") != 0 && strcmp(request->verb, "end") != 0))
			argp_error(state, "%s%sbegin or end?", request->verb ? request->verb : "",
				request->verb ? ": " : "");
		if (!request->name)
			argp_error(state, "which region?");
		if (!region_name_is_good(request->name))
			argp_error(state,
				"%s is no name of a region: 1 to %d letters, digits and _-.:/+@",
				request->name, REGION_NAME_SIZE - 1);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp region_argp = {
	.parser = parse,
	.args_doc = "begin|end NAME",
	.doc = "Begin or end a region in a script that `msrctl stat --regions` runs: its counters "
	       "are read before this command ends, those of all CPUs and sockets that are "
	       "measured. Started otherwise it does nothing."
	       "\vExample:\n"
	       "  msrctl stat -g clock --regions -- sh -c 'msrctl region begin solve; ./solver "
	       "input.dat; msrctl region end solve'\n"
	       "\nNAME: 1 to 63 letters, digits and _-.:/+@\n"
	       "\nA script may also write the lines \"begin NAME\" and \"end NAME\" to the pipe "
	       "whose path is in $" REGION_PIPE_VARIABLE
	       ": that starts no program, and the counters are read soon after. Regions may be "
	       "within each other, and overlap. Programs mark theirs by msrd_region_begin() of "
	       "libmsrd(3), each thread for its own CPU.\n"
	       "\nThe exit status is 0; 1 when the mark could not be given, 2 when it is wrong.",
	.children = cli_options,
};

/* 0 after the answer, which is a line; -errno. */
static int hear(int fd, char *answer, size_t size)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	size_t n = 0;

	while (n < size - 1 && (n == 0 || answer[n - 1] != '\n')) {
		int r = poll(&poll_fd, 1, ANSWER_MS);

		if (r == 0)
			return -ETIMEDOUT;
		ssize_t got = r < 0 ? -1 : read(fd, answer + n, size - 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EPIPE;
		n += (size_t)got;
	}
	answer[n] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	return 0;
}

static int mark(const char *path, const struct region_request *request, char *answer, size_t size)
{
	char line[REGION_LINE_SIZE];
	int fds[2];
	cleanup_close int out = open(path, O_WRONLY | O_CLOEXEC);

	if (out < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	cleanup_close int answers = fds[0], answers_end = fds[1];
	/* short enough to come in one piece, whoever else writes */
	int n = snprintf(line, sizeof line, "%s %s %d %d\n", request->verb, request->name,
		(int)getpid(), answers_end);

	if (write(out, line, (size_t)n) != n)
		return -errno;
	return hear(answers, answer, size);
}

int region_run(struct cli *cli, int argc, char **argv)
{
	struct region_request request = {.cli = cli};
	const char *path = getenv(REGION_PIPE_VARIABLE);
	char answer[REGION_MARK_ERROR_SIZE] = "";
	int r;

	argp_parse(&region_argp, argc, argv, 0, NULL, &request);
	if (!path)
		return CLI_DONE;
	r = mark(path, &request, answer, sizeof answer);
	if (r == -ENOENT)
		warnx("the msrctl stat that was to measure it has ended");
	else if (r < 0)
		warnx("%s: %s", path, strerror(-r));
	else if (answer[0])
		warnx("%s", answer);
	if (r < 0)
		return CLI_FAILED;
	return answer[0] ? CLI_USAGE : CLI_DONE;
}
