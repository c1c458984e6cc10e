/* SPDX-License-Identifier: MIT */
/* Who programs when, and what becomes of it. Does not know what is measured. */
#include "cli/hold.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "cli/measure/own_dir.h"
#include "util/array.h"

void hold_init(struct hold *hold, const struct cli *cli, struct msrd *msrd, unsigned wait_ms)
{
	*hold = (struct hold){
		.cli = cli,
		.msrd = msrd,
		.wait_ms = wait_ms,
		.peers = {.dir = -1, .file = -1},
	};
}

static void say_restored(const struct journal_failures *failures)
{
	if (failures->n > 0)
		warnx("%u registers could not be restored, the first: %s", failures->n,
			failures->first);
}

/* Where this user's measurements find each other. Alone it goes as well. */
static int join_peers(struct hold *hold)
{
	static const char *const parents[] = {"/dev/shm", "/tmp"};
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < N_ELEMENTS(parents); i++)
		r = peers_init(&hold->peers, parents[i]);
	if (r == 0)
		r = peers_lock(&hold->peers, hold->wait_ms);
	if (r == -EAGAIN) {
		warnx("another msrctl stat of yours is programming counters, and does not come to "
		      "an end: is it stopped?");
		peers_deinit(&hold->peers, true);
		return -EBUSY;
	}
	if (r < 0) {
		warnx("other measurements of yours cannot be considered: %s: %s",
			hold->peers.dir_path, own_dir_strerror(r));
		peers_deinit(&hold->peers, true);
	}
	return 0;
}

int hold_look(struct hold *hold)
{
	return join_peers(hold);
}

int hold_begin(struct hold *hold)
{
	struct journal_failures failures = {0};
	int r = join_peers(hold);

	if (r == 0)
		r = journal_adopt(&hold->peers, hold->msrd, &failures);
	say_restored(&failures);
	hold->plan.journal.peers = &hold->peers;
	return r;
}

void hold_end(struct hold *hold)
{
	peers_unlock(&hold->peers);
}

int hold_program(struct hold *hold, const struct places *cpus, bool all_sockets)
{
	int r = hold_begin(hold);

	if (r == 0)
		r = plan_start(
			&hold->plan, hold->msrd, &hold->cli->node, cpus, all_sockets, &hold->peers);
	hold_end(hold);
	return r;
}

/* What killed ones left first: while ours is still as they know it. */
static int restore_once(struct hold *hold, struct journal_failures *failures)
{
	int r = journal_adopt(&hold->peers, hold->msrd, failures);

	return r < 0 ? r : journal_restore(&hold->plan.journal, hold->msrd, failures);
}

static void say_left(const struct hold *hold, const char *why)
{
	warnx("%zu registers are left as they were programmed: %s; the next msrctl stat puts them "
	      "back",
		hold->plan.journal.claims.n, why);
}

bool hold_release(struct hold *hold)
{
	struct journal_failures failures = {0};
	int r = peers_lock(&hold->peers, hold->wait_ms);

	if (r < 0) {
		/* somebody may have claimed since what we would put back; he finds our claims */
		say_left(hold, r == -EAGAIN ? "another msrctl stat of yours is programming counters"
					    : strerror(-r));
		peers_deinit(&hold->peers, false);
		return false;
	}
	r = restore_once(hold, &failures);
	if (r < 0 && r != -EBUSY) {
		hold->msrd = msrd_close(hold->msrd);
		hold->msrd = cli_open(hold->cli);
		if (hold->msrd)
			r = restore_once(hold, &failures);
	}
	peers_deinit(&hold->peers, r == 0);
	if (r < 0)
		say_left(hold, r == -EBUSY ? "they are another user's now" : "no daemon");
	say_restored(&failures);
	return r == 0 && failures.n == 0;
}
