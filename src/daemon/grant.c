/* SPDX-License-Identifier: MIT */
/*
 * Today everybody gets all profiles of the model. Knows no register: what a
 * profile allows stands in its list.
 */
#include "daemon/grant.h"

#include "arch/holds.h"

/* Is the profile the peer's? */
static bool is_granted(const struct arch_profile *profile, const struct peer *peer)
{
	(void)profile;
	(void)peer;
	return true;
}

/* peer may be NULL: whoever it is. */
static int add_profiles(struct policy *policy, const struct arch *arch, const struct peer *peer)
{
	size_t n = arch ? arch->n_profiles : 0;
	int r = 0;

	*policy = (struct policy){.n_lists = 0};
	if (arch && arch->core)
		r = arch_add_holds(arch, policy);
	for (size_t i = 0; i < n && r == 0; i++)
		if (!peer || is_granted(&arch->profiles[i], peer))
			r = policy_add(policy, arch->profiles[i].list);
	if (r < 0)
		policy->n_lists = 0; /* never half a policy */
	return r;
}

int grant_peer(struct policy *policy, const struct arch *arch, const struct peer *peer)
{
	return add_profiles(policy, arch, peer);
}

int grant_anybody(struct policy *policy, const struct arch *arch)
{
	return add_profiles(policy, arch, NULL);
}
