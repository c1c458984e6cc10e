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

/* What holds for every policy of the model, whatever its lists are. */
static int make_base(struct policy *base, const struct arch *arch)
{
	*base = (struct policy){.n_lists = 0};
	return arch && arch->core ? arch_add_holds(arch, base) : 0;
}

static int make_policy(struct policy *policy, const struct policy *base, const struct arch *arch,
	const struct site *site, const struct shares *shares)
{
	*policy = *base;
	int r = arch ? add_lists(policy, arch, site, shares) : 0;

	if (r < 0)
		*policy = *base; /* never half a policy */
	return r;
}

/* Switches, which somebody turns for good; nothing that counts. */
static struct shares lasting_of(const struct shares *shares)
{
	return (struct shares){
		.profiles = shares->profiles & (1u << PROFILE_FEATURES | 1u << PROFILE_POWER)};
}

static int make_anybody(struct policy *policy, const struct policy *base, const struct arch *arch,
	const struct site *site)
{
	const struct shares all = {~0u, ~0u}, nothing = {0};

	/* a configuration that is refused grants nothing to anybody */
	return make_policy(policy, base, arch, site, site->config.n_sections > 0 ? &all : &nothing);
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
	struct policy base;
	int r = make_base(&base, arch), user, owner;

	*grant = (struct grant){.policy.n_lists = 0};
	if (r < 0)
		return r;
	user = make_policy(&grant->policy, &base, arch, site, &shares);

	who.is_owner = true;
	shares = shares_of(&site->config, &who);
	lasting = lasting_of(&shares);
	owner = make_policy(&grant->owner, &base, arch, site, &shares);
	/* of fewer lists: it fits if that does */
	make_policy(&grant->lasting, &base, arch, site, &lasting);
	make_anybody(&grant->anybody, &base, arch, site);
	return user < 0 ? user : owner;
}

int grant_anybody(struct policy *policy, const struct arch *arch, const struct site *site)
{
	struct policy base;
	int r = make_base(&base, arch);

	*policy = (struct policy){.n_lists = 0};
	return r < 0 ? r : make_anybody(policy, &base, arch, site);
}
