/* SPDX-License-Identifier: MIT */
/* What who may do: which lists of the CPU model make the policy of a peer. */
#ifndef MSRD_DAEMON_GRANT_H
#define MSRD_DAEMON_GRANT_H

#include "arch/arch.h"
#include "daemon/peer.h"
#include "policy/policy.h"

/*
 * The policy of this peer. 0, or -ENOSPC when there are more lists than a
 * policy holds: then it allows nothing. So it does where arch is NULL, a CPU
 * model that is not known.
 */
int grant_peer(struct policy *policy, const struct arch *arch, const struct peer *peer);

/* All that any peer can be granted, for what has to be opened before the peer
 * is known. As above. */
int grant_anybody(struct policy *policy, const struct arch *arch);

#endif
