/* SPDX-License-Identifier: MIT */
/* msrctl lock: whose turn it is. Knows no register, and asks no daemon. */
#include "node/lock.h"

#include <err.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/lockfile.h"
#include "util/array.h"
#include "util/number.h"

/* With the lock file of path, for user: the one who is named, or who runs this. */
struct lock_request {
	struct cli *cli;
	const char *path;
	char **arguments;
	int n_arguments;
	uid_t user;
	bool is_forced;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct lock_request *request = state->input;

	(void)argument;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'f':
		request->is_forced = true;
		return 0;
	case ARGP_KEY_ARGS:
		request->arguments = state->argv + state->next;
		request->n_arguments = state->argc - state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"force", 'f', NULL, 0, "Also where the counters are somebody else's", 0},
	{0},
};

const struct argp lock_argp = {
	.options = options,
	.parser = parse,
	.args_doc = "show\ngive USER\ntake\nrelease [USER]",
	.doc = "Give the counters to one user, by the lock file " LOCK_PATH "."
	       "\vshow tells whose they are; the exit status is 1 when they are another user's. "
	       "give "
	       "gives them to USER, a name or a number (+N is one for certain), and take to who "
	       "runs it: where somebody "
	       "has "
	       "them already, whoever it is, nothing is changed and the exit status is 1. release "
	       "gives "
	       "them back to everybody, if they are USER's (default: who runs it). With --force it "
	       "does not matter whose they are. A link, or whatever else is no regular file, in "
	       "the "
	       "place of the lock file is never followed and never touched. All but show is root's "
	       "to "
	       "do.\n"
	       "\nExamples:\n"
	       "  msrctl lock\n"
	       "  msrctl lock give nobody\n"
	       "  msrctl lock give --force nobody\n"
	       "  msrctl lock release nobody\n"
	       "  msrctl lock show --json | jq -r '.lock[].user'\n",
	.children = cli_options,
};

static const char *name_of(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : NULL;
}

/* Why it came to nothing. */
static enum cli_status complain(const struct lock_request *request, int r, uid_t owner)
{
	const char *name = r == -EEXIST || r == -ENOTSUP ? name_of(owner) : NULL;

	if (r == -EEXIST)
		warnx("%s is of %s%suid %u, who has the counters until it is removed: when it is "
		      "over, msrctl lock release +%u",
			request->path, name ? name : "", name ? ", " : "", (unsigned)owner,
			(unsigned)owner);
	else if (r == -ENOTSUP)
		warnx("%s is no regular file, and is left alone; nobody but %s%suid %u can use the "
		      "counters: look what it is, and remove it",
			request->path, name ? name : "", name ? ", " : "", (unsigned)owner);
	/* EINVAL: in a user namespace there are no others */
	else if ((r == -EACCES || r == -EPERM || r == -EINVAL) && geteuid() != 0)
		warnx("%s: %s: it is root who gives and takes the counters", request->path,
			strerror(-r));
	else
		warnx("%s: %s", request->path, strerror(-r));
	return CLI_FAILED;
}

static const struct table_column columns[] = {
	{"LOCK FILE", "path", false},
	{"COUNTERS", "state", false},
	{"USER", "user", false},
	{"UID", "uid", true},
};

static void add_owner(struct table *table, uid_t owner)
{
	const char *name = name_of(owner);

	if (name)
		table_cell(table, "%s", name);
	else
		table_no_cell(table);
	table_cell(table, "%u", (unsigned)owner);
}

/* As it is now. The daemon goes by the real user. */
static enum cli_status show(const struct lock_request *request)
{
	struct table *table = table_new("lock", columns, N_ELEMENTS(columns), request->cli->json);
	enum cli_status status;
	uid_t owner;
	int r = lockfile_look(request->path, &owner);
	bool is_own = (r == 0 || r == -ENOTSUP) && owner == getuid();

	table_row(table);
	table_cell(table, "%s", request->path);
	table_cell(table, "%s", r == -ENOENT ? "everybody's" : is_own ? "yours" : "another user's");
	if (r == 0 || r == -ENOTSUP) {
		add_owner(table, owner);
	} else {
		table_no_cell(table);
		table_no_cell(table);
	}
	if (r != 0 && r != -ENOENT)
		complain(request, r, owner);
	status = cli_print(&table, 1, r == -ENOENT || is_own ? CLI_DONE : CLI_FAILED);
	table_free(table);
	return status;
}

/* By now it is so; whose it is else is no failure of this. */
static enum cli_status done(const struct lock_request *request)
{
	if (request->cli->json)
		show(request);
	return CLI_DONE;
}

static enum cli_status give(const struct lock_request *request)
{
	uid_t owner = request->user;
	int r = request->is_forced ? lockfile_replace(request->path, request->user, &owner)
				   : lockfile_make(request->path, request->user, &owner);

	return r < 0 ? complain(request, r, owner) : done(request);
}

static enum cli_status release(const struct lock_request *request)
{
	uid_t owner;
	int r = lockfile_look(request->path, &owner);

	if (r == 0 && owner != request->user && !request->is_forced)
		return complain(request, -EEXIST, owner);
	if (r == 0)
		r = lockfile_remove(request->path);
	return r < 0 && r != -ENOENT ? complain(request, r, owner) : done(request);
}

static const struct {
	const char *name;
	enum cli_status (*run)(const struct lock_request *request);
	int min, max; /* arguments: a user */
} parts[] = {
	{"show", show, 0, 0},
	{"give", give, 1, 1},
	{"take", give, 0, 0},
	{"release", release, 0, 1},
};

/* Behind a + it is a number, also where a user is called so. False after a message. */
static bool find_user(struct lock_request *request, const char *text)
{
	bool is_number = text[0] == '+';
	const struct passwd *user = is_number ? NULL : getpwnam(text);
	uint64_t uid;

	if (user) {
		request->user = user->pw_uid;
	} else if (number_parse(text + is_number, UINT32_MAX - 1, &uid)) { /* the last is nobody */
		request->user = (uid_t)uid;
	} else {
		warnx("lock: %s is no user, neither by name nor by number", text);
		return false;
	}
	return true;
}

static enum cli_status run_part(struct lock_request *request, size_t i)
{
	int n = request->n_arguments - 1;

	if (n < parts[i].min || n > parts[i].max) {
		warnx(n < parts[i].min ? "lock %s: to which USER?"
				       : "lock %s: there is one argument too many",
			parts[i].name);
		return CLI_USAGE;
	}
	if (n == 1 && !find_user(request, request->arguments[1]))
		return CLI_USAGE;
	return parts[i].run(request);
}

int lock_run(struct cli *cli, int argc, char **argv)
{
	static char name[] = "show", *bare[] = {name, NULL};
	struct lock_request request = {.cli = cli,
		.path = lock_path(),
		.user = getuid(),
		.arguments = bare,
		.n_arguments = 1};

	argp_parse(&lock_argp, argc, argv, 0, NULL, &request);
	for (size_t i = 0; i < N_ELEMENTS(parts); i++)
		if (strcmp(parts[i].name, request.arguments[0]) == 0)
			return (int)run_part(&request, i);
	warnx("lock: there is no %s; there are show, give, take and release", request.arguments[0]);
	return CLI_USAGE;
}
