/* SPDX-License-Identifier: MIT */
#include "cli/stat_ranks.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ranks/digest.h"
#include "cli/ranks/follow.h"
#include "util/clock.h"
#include "util/number.h"

/* Chosen, not tuned. */
#define GATHER_MS 1000

/* In the environment of COMMAND: how many measurements of this rank it is inside of. One within
 * another would otherwise wait for it. */
#define DEPTH "MSRCTL_STAT_DEPTH"

static unsigned enter_depth(void)
{
	const char *text = getenv(DEPTH);
	uint64_t depth = 0;
	char deeper[sizeof "4294967296"];

	if (text && !number_parse(text, UINT32_MAX - 1, &depth))
		depth = 0;
	snprintf(deeper, sizeof deeper, "%u", (unsigned)depth + 1);
	setenv(DEPTH, deeper, 1);
	return (unsigned)depth;
}

/* All that is said in front of COMMAND: it may be another one in each rank. */
static uint64_t digest_options(char **argv, char **command)
{
	uint64_t digest = DIGEST_BEGIN;

	for (argv++; *argv && argv != command; argv++)
		digest = digest_add(digest, *argv);
	return digest;
}

static void set_title(struct stat_request *request, const struct rank *rank)
{
	struct output *output = &request->output;

	/* who measures others as well knows how many, at the end */
	output->ranks = 1;
	output->job_ranks = rank->size;
	output->is_job = true;
}

/* Once a job: all ranks have the same options, as a rule. */
static void check_path(const struct output *output, const struct rank *rank, bool is_each)
{
	if (!output->path || rank->number != 0)
		return;
	if (rank->size > rank->local_size && !name_has_node(output->path))
		warnx("-o %s: the job has ranks on other nodes, too, which write the same file "
		      "where they share it: %%h in its name is the node's",
			output->path);
	if (is_each && rank->local_size > 1 && !output->appends)
		warnx("-o %s: each rank of a node writes it, and that of the last stays",
			output->path);
}

/* Those that come a bit later would find the same, and say it once more. */
static void gather(struct muster *muster)
{
	uint64_t until_ns = clock_now_ns() + GATHER_MS * UINT64_C(1000000);
	struct pollfd fd = {.fd = muster->events, .events = POLLIN};

	while (!muster_is_complete(muster) && clock_now_ns() < until_ns)
		if (poll(&fd, 1, GATHER_MS) > 0 && muster_take(muster) < 0)
			return;
}

static int lead(struct stat_request *request, struct muster *muster, const struct places *cpus)
{
	int status;

	request->muster = muster;
	status = stat_measure(request, cpus);
	request->muster = NULL;
	if (!muster->has_begun) {
		gather(muster);
		muster_dismiss(muster, MUSTER_FAILED, status ? status : CLI_FAILED);
	}
	return status;
}

/* Until somebody has measured. */
static int muster_and_measure(
	struct stat_request *request, struct muster *muster, const struct places *cpus)
{
	struct follow follow = {.muster = muster,
		.command = request->stint.command,
		.n_repeats = request->stint.n_repeats,
		.no_status = request->stint.no_status};
	int r, status = CLI_DONE;

	do {
		r = muster_join(muster);
		if (r < 0) {
			warnx("the other ranks of this node cannot be found: %s: %s",
				muster->dir_path, own_dir_strerror(r));
			return stat_measure(request, cpus);
		}
		follow.is_again = false;
		if (muster->role == MUSTER_LEADS) {
			status = lead(request, muster, cpus);
		} else {
			follow_run(&follow);
			status = follow.status;
		}
		muster_leave(muster);
	} while (follow.is_again);
	return status;
}

int stat_ranks(struct stat_request *request, char **argv, const struct places *cpus)
{
	bool is_each = request->ranks == STAT_RANKS_EACH || request->counting.regions;
	struct muster muster;
	struct rank rank;
	unsigned depth;

	if (!rank_find(&rank, getenv))
		return stat_measure(request, cpus);
	check_path(&request->output, &rank, is_each);
	if (is_each)
		return stat_measure(request, cpus);
	depth = enter_depth();
	set_title(request, &rank);
	if (rank.local_size == 1)
		return stat_measure(request, cpus);
	muster_init(&muster, &rank, digest_options(argv, request->stint.command), depth);
	return muster_and_measure(request, &muster, cpus);
}
