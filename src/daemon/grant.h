/* SPDX-License-Identifier: MIT */
/*
 * What who may do: which lists of the CPU model and of the site make the policy
 * of a peer, as the site's configuration says (policy/config.h).
 */
#ifndef MSRD_DAEMON_GRANT_H
#define MSRD_DAEMON_GRANT_H

#include "arch/arch.h"
#include "daemon/peer.h"
#include "policy/site.h"

struct grant {
	struct policy policy; /* as long as there is no lock file */
	struct policy owner;  /* as long as it is the peer's */
	/* of that, the profiles whose registers outlive a session: for who says so by just closing
	 */
	struct policy lasting;
	struct policy anybody; /* all that anybody can have: nothing is done by it, but explained */
};

/*
 * The policies of this peer; site must outlive them. 0, or -ENOSPC when there are more lists than a
 * policy holds: then they allow nothing. So they do where arch is NULL, a CPU
 * model that is not known.
 */
int grant_peer(struct grant *grant, const struct arch *arch, const struct site *site,
	const struct peer *peer);

/* All that any peer can ever be granted, for what has to be opened before the peer
 * is known: the model's profiles and the site's lists. As above. */
int grant_anybody(struct policy *policy, const struct arch *arch, const struct site *site);

#endif
