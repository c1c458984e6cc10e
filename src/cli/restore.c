/* SPDX-License-Identifier: MIT */
/* msrctl restore: puts back what msrctl dump has printed, where it is no longer so. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ended.h"
#include "cli/judge.h"
#include "cli/snapshot.h"
#include "cli/writing.h"
#include "util/cleanup.h"

struct restore_request {
	struct cli *cli;
	const char *path;
	bool is_dry_run;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct restore_request *request = state->input;

	if (writing_parse(key, &request->is_dry_run))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case ARGP_KEY_ARG:
		if (request->path)
			argp_error(state, "%s is a second file", argument);
		request->path = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which file?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	WRITING_OPTIONS,
	{0},
};

const struct argp restore_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Put registers back as FILE has them, which msrctl dump has written (- is standard "
	       "input). What is already so is not written."
	       "\vExamples:\n"
	       "  msrctl dump -o before.txt && msrctl restore --dry-run before.txt\n"
	       "  msrctl dump -o before.txt && msrctl restore before.txt\n"
	       "\nThe file is checked wholly before anything is written: its model, each line, and "
	       "what the policy says of it; where it refuses one, nothing is written, and the exit "
	       "status is 1, of a dry run 3. It is 2 when a line makes no sense.",
	.children = cli_options,
};

static int read_file(const struct restore_request *request, struct snapshot *snapshot)
{
	bool is_stdin = strcmp(request->path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(request->path, "re");
	char error[SNAPSHOT_ERROR_SIZE];
	int r;

	if (!in) {
		warn("%s", request->path);
		return -errno;
	}
	r = snapshot_read(snapshot, &request->cli->node, in,
		is_stdin ? "standard input" : request->path, error);
	if (r < 0)
		warnx("%s", r == -EINVAL ? error : strerror(-r));
	if (!is_stdin)
		fclose(in);
	return r;
}

/* Those that do not hold what they should. False after a message: one can't be read. */
static bool find_changed(const struct restore_request *request, const struct snapshot *snapshot,
	struct msrd *msrd, struct snapshot *changed)
{
	cleanup_accesses struct accesses reads = {0};
	struct ended ended = {.cli = request->cli};

	for (size_t i = 0; i < snapshot->writes.n; i++)
		if (accesses_add(&reads, OP_READ, &snapshot->writes.list[i].place, 0) < 0)
			errx(CLI_FAILED, "out of memory");
	accesses_run(&reads, msrd, MSRD_EACH);
	changed->lines = calloc(snapshot->writes.n + 1, sizeof *changed->lines);
	for (size_t i = 0; changed->lines && i < snapshot->writes.n; i++) {
		const struct op *op = &snapshot->writes.list[i];
		int r = accesses_result(&reads, i);

		if (r == 0 && reads.list[i].value == op->value)
			continue;
		if (r != 0) {
			struct outcome outcome = accesses_outcome(&reads, i);

			warnx("%s:%u: it can't be put back", request->path, snapshot->lines[i]);
			ended_badly(&ended, NULL, &outcome);
			if (r < 0)
				break;
			continue;
		}
		changed->lines[changed->writes.n] = snapshot->lines[i];
		if (accesses_add(&changed->writes, OP_WRITE, &op->place, op->value) < 0)
			errx(CLI_FAILED, "out of memory");
	}
	ended_explain(&ended);
	return changed->lines && ended.status == CLI_DONE;
}

/* False: the policy refuses one, and which line that is has been said. */
static bool may_all(
	const struct restore_request *request, struct msrd *msrd, const struct snapshot *changed)
{
	cleanup_free struct verdict *verdicts = calloc(changed->writes.n + 1, sizeof *verdicts);
	char text[OP_TEXT_SIZE];
	size_t n = 0;

	if (!verdicts)
		errx(CLI_FAILED, "out of memory");
	if (judge_writes(request->cli, msrd, changed->writes.list, changed->writes.n, verdicts) < 0)
		return true; /* it says so when it is done */
	for (size_t i = 0; i < changed->writes.n; i++)
		if (!verdicts[i].is_allowed) {
			warnx("%s:%u: %s: %s", request->path, changed->lines[i],
				op_describe(&changed->writes.list[i], text), verdicts[i].text);
			n++;
		}
	if (n > 0)
		warnx("nothing was written, because of %zu of %zu", n, changed->writes.n);
	return n == 0;
}

static enum cli_status put_back(
	const struct restore_request *request, struct msrd *msrd, struct snapshot *changed)
{
	if (changed->writes.n == 0 && !request->cli->json) {
		puts("all is so already");
		return CLI_DONE;
	}
	if (request->is_dry_run)
		return writing_dry_run(request->cli, msrd, &changed->writes, "judged");
	if (!may_all(request, msrd, changed))
		return CLI_FAILED;
	return writing_run(request->cli, msrd, &changed->writes, "written");
}

static enum cli_status restore(const struct restore_request *request, struct snapshot *snapshot)
{
	cleanup_msrd struct msrd *msrd = cli_open(request->cli);
	struct snapshot changed = {.lines = NULL};
	enum cli_status status = CLI_FAILED;

	if (msrd && find_changed(request, snapshot, msrd, &changed))
		status = put_back(request, msrd, &changed);
	else if (msrd)
		warnx("nothing was written");
	snapshot_deinit(&changed);
	return status;
}

int restore_run(struct cli *cli, int argc, char **argv)
{
	struct restore_request request = {.cli = cli};
	struct snapshot snapshot = {.lines = NULL};
	enum cli_status status;
	int r;

	argp_parse(&restore_argp, argc, argv, 0, NULL, &request);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	r = read_file(&request, &snapshot);
	if (r == 0)
		status = restore(&request, &snapshot);
	else
		status = r == -EINVAL ? CLI_USAGE : CLI_FAILED;
	snapshot_deinit(&snapshot);
	return (int)status;
}
