/* SPDX-License-Identifier: MIT */
/* Who gets which profile. Knows no register: what a profile allows stands in its list. */
#include "daemon/grant.h"

#include <string.h>

#include "arch/holds.h"

/* For whom a policy is made. */
enum role { ROLE_USER, ROLE_OWNER, ROLE_ANYBODY };

static const struct {
	const char *profile;
	enum role least; /* who has it, and all those behind him */
} defaults[] = {
	{"counters", ROLE_USER},
	{"match", ROLE_OWNER},
	{"features", ROLE_OWNER},
};

static bool is_granted(const struct arch_profile *profile, enum role role)
{
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (strcmp(defaults[i].profile, profile->name) == 0)
			return role >= defaults[i].least;
	return role == ROLE_ANYBODY;
}

static int make_policy(struct policy *policy, const struct arch *arch, enum role role)
{
	size_t n = arch ? arch->n_profiles : 0;
	int r = 0;

	*policy = (struct policy){.n_lists = 0};
	if (arch && arch->core)
		r = arch_add_holds(arch, policy);
	for (size_t i = 0; i < n && r == 0; i++)
		if (is_granted(&arch->profiles[i], role))
			r = policy_add(policy, arch->profiles[i].list);
	if (r < 0)
		policy->n_lists = 0; /* never half a policy */
	return r;
}

int grant_peer(struct grant *grant, const struct arch *arch, const struct peer *peer)
{
	int r = make_policy(&grant->policy, arch, ROLE_USER);
	int owner = make_policy(&grant->owner, arch, ROLE_OWNER);

	(void)peer;
	return r < 0 ? r : owner;
}

int grant_anybody(struct policy *policy, const struct arch *arch)
{
	return make_policy(policy, arch, ROLE_ANYBODY);
}
