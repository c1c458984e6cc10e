/* SPDX-License-Identifier: MIT */
/*
 * What who may do: which lists of the CPU model make the policy of a peer.
 * Everybody has the profile counters; the owner of the lock file, to whom a
 * prolog has given the node, has match and features besides, for as long as the
 * file is his. Nobody has power.
 */
#ifndef MSRD_DAEMON_GRANT_H
#define MSRD_DAEMON_GRANT_H

#include "arch/arch.h"
#include "daemon/peer.h"
#include "policy/policy.h"

struct grant {
	struct policy policy; /* as long as there is no lock file */
	struct policy owner;  /* as long as it is the peer's */
};

/*
 * The policies of this peer. 0, or -ENOSPC when there are more lists than a
 * policy holds: then they allow nothing. So they do where arch is NULL, a CPU
 * model that is not known.
 */
int grant_peer(struct grant *grant, const struct arch *arch, const struct peer *peer);

/* All that any peer can be granted, for what has to be opened before the peer
 * is known. As above. */
int grant_anybody(struct policy *policy, const struct arch *arch);

#endif
