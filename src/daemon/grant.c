/* SPDX-License-Identifier: MIT */
/* Who gets which list. Knows no register: what a profile allows stands in its list. */
#include "daemon/grant.h"

#include <string.h>

#include "arch/holds.h"

/* What the sections about a peer name, or all that there is. */
struct shares {
	unsigned profiles; /* bits, as in policy/config.h */
	unsigned lists;
};

static struct shares shares_of(const struct config *config, const struct config_peer *peer)
{
	struct shares shares = {0};

	for (size_t i = 0; i < config->n_sections; i++) {
		const struct config_section *section = &config->sections[i];

		if (!config_applies(section, peer))
			continue;
		shares.profiles |= section->profiles;
		shares.lists |= section->lists;
	}
	return shares;
}

static bool has_profile(const struct shares *shares, const char *name)
{
	enum profile profile;

	return profile_find(name, &profile) && (shares->profiles >> profile & 1);
}

static int add_lists(struct policy *policy, const struct arch *arch, const struct site *site,
	const struct shares *shares)
{
	int r = 0;

	for (size_t i = 0; i < arch->n_profiles && r == 0; i++)
		if (has_profile(shares, arch->profiles[i].name))
			r = policy_add(policy, arch->profiles[i].list);
	for (size_t i = 0; i < site->config.n_lists && r == 0; i++)
		if (shares->lists >> i & 1)
			r = policy_add(policy, &site->lists[i]);
	return r;
}

static int make_policy(struct policy *policy, const struct arch *arch, const struct site *site,
	const struct shares *shares)
{
	int r = 0;

	*policy = (struct policy){.n_lists = 0};
	if (!arch)
		return 0;
	if (arch->core)
		r = arch_add_holds(arch, policy);
	if (r == 0)
		r = add_lists(policy, arch, site, shares);
	if (r < 0)
		policy->n_lists = 0; /* never half a policy */
	return r;
}

/* Switches, which somebody turns for good; nothing that counts. */
static struct shares lasting_of(const struct shares *shares)
{
	return (struct shares){
		.profiles = shares->profiles & (1u << PROFILE_FEATURES | 1u << PROFILE_POWER)};
}

int grant_peer(struct grant *grant, const struct arch *arch, const struct site *site,
	const struct peer *peer)
{
	struct config_peer who = {.uid = peer->uid,
		.gid = peer->gid,
		.groups = peer->groups,
		.n_groups = peer->n_groups};
	struct shares shares = shares_of(&site->config, &who);
	struct shares lasting;
	int user = make_policy(&grant->policy, arch, site, &shares), owner;

	who.is_owner = true;
	shares = shares_of(&site->config, &who);
	lasting = lasting_of(&shares);
	owner = make_policy(&grant->owner, arch, site, &shares);
	/* of fewer lists: it fits if that does */
	make_policy(&grant->lasting, arch, site, &lasting);
	grant_anybody(&grant->anybody, arch, site);
	return user < 0 ? user : owner;
}

int grant_anybody(struct policy *policy, const struct arch *arch, const struct site *site)
{
	const struct shares all = {~0u, ~0u}, nothing = {0};

	/* a configuration that is refused grants nothing to anybody */
	return make_policy(policy, arch, site, site->config.n_sections > 0 ? &all : &nothing);
}
