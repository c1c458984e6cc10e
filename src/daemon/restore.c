/* SPDX-License-Identifier: MIT */
/*
 * Puts back what a session has left. Knows no client: it is gone.
 *
 * Each write is one that the peer might have made himself, had he not gone:
 *
 * Through the policy: access.c judges it as it judged him, by what he may at this moment. Where he
 * wrote as the owner of a lock file that has gone since, the register stays, and the log says so:
 * its old value can be one that he has put there for that, by another session, and the moment is
 * his to choose.
 *
 * Only bits that he has changed, which are bits of the mask: what the kernel or another client has
 * made of the others meanwhile is read now, and stays.
 *
 * No bit is switched on that may only be cleared: it stays off, and the log says so. Where one is
 * on by now, the kernel has taken the counter since, and it stays the kernel's.
 *
 * Not past a lock: if the lock file is another user's, so is the machine. The peer could not write
 * there, and nothing is written for him.
 *
 * Switches are left, if access->lasting says so and the client has closed in good order:
 * likwid-features turns them and then just closes, and means it. That it was killed looks the same
 * from here.
 */
#include "daemon/restore.h"

#include "arch/controls.h"
#include "node/lock.h"

static bool is_written(const struct allow_entry *entry)
{
	return (entry->write_mask | entry->clear_mask) != 0;
}

/* A register in two lists counts twice: the table may be larger than it has to be. */
static size_t count_controls(const struct arch *arch, const struct policy *policy, unsigned section)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_lists; i++) {
		const struct allow_entry *entries = policy->lists[i]->section[section].entries;

		for (size_t j = 0; j < policy->lists[i]->section[section].n_entries; j++) {
			struct place place = place_at(allow_device(section), entries[j].reg);

			n += is_written(&entries[j]) && arch_is_control(arch, &place);
		}
	}
	return n;
}

size_t restore_capacity(const struct arch *arch, const struct policy *policy,
	const size_t n_devices[ALLOW_N_SECTIONS])
{
	size_t n = 0;

	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		n += n_devices[section] * count_controls(arch, policy, section);
	return n;
}

/* Bits that no list lets anybody set. */
static uint64_t find_clear_only(const struct access *access, const struct op *op)
{
	struct policy_rule rule;

	policy_find(access->owner_policy ? access->owner_policy : access->policy, op, &rule);
	return rule.clear_mask & ~rule.write_mask & ~rule.w1c_mask;
}

/* Writes op->value, if it may. */
static enum restore_outcome write_back(struct access *access, struct op *op)
{
	struct device *device = access->devices[op->place.space];

	if (!access_judge_again(access, op))
		return op->status == OP_REFUSED	 ? RESTORE_REFUSED
		       : op->status == OP_LOCKED ? RESTORE_LOCKED
						 : RESTORE_FAILED;
	device_access(device, op);
	return op->status == OP_OK ? RESTORE_DONE : RESTORE_FAILED;
}

/* False: it is as before. */
static bool restore_value(
	struct access *access, const struct kept_value *value, enum restore_outcome *outcome)
{
	struct device *device = access->devices[value->place.space];
	struct op op = {.verb = OP_READ, .place = value->place};
	uint64_t now, undo = arch_undoes(access->arch, &value->place, value->written);
	uint64_t clear_only = find_clear_only(access, &op);
	bool is_owner;

	if (lock_check(access->lock_path, access->peer.uid, &is_owner) != OP_OK) {
		*outcome = RESTORE_LOCKED;
		return true;
	}
	device_access(device, &op);
	now = op.value;
	if (op.status != OP_OK) {
		*outcome = RESTORE_FAILED;
		return true;
	}
	if (undo == 0 && ((now ^ value->old) & value->changed) == 0)
		return false;
	if (now & clear_only) {
		*outcome = RESTORE_REFUSED;
		return true;
	}
	op.verb = OP_WRITE;
	op.value = (((now & ~value->changed) | (value->old & value->changed)) & ~clear_only) | undo;
	*outcome = op.value == now ? RESTORE_DONE : write_back(access, &op);
	if (*outcome == RESTORE_DONE && (value->old & value->changed & clear_only))
		*outcome = RESTORE_PARTLY;
	return true;
}

/* Is all that was changed of it what outlives a session? */
static bool lasts(const struct access *access, const struct kept_value *value)
{
	const struct op op = {.verb = OP_WRITE, .place = value->place};
	struct policy_rule rule;

	return access->lasting && policy_find(access->lasting, &op, &rule) &&
	       (value->changed & ~rule.write_mask) == 0;
}

void restore_run(struct access *access, bool has_closed, struct restored *restored)
{
	*restored = (struct restored){0};
	for (size_t i = access->kept->n; i > 0; i--) {
		const struct kept_value *value = &access->kept->values[i - 1];
		enum restore_outcome outcome;

		if (value->changed == 0)
			continue;
		if (has_closed && lasts(access, value))
			outcome = RESTORE_LASTS;
		else if (!restore_value(access, value, &outcome))
			continue;
		if (outcome != RESTORE_DONE && outcome != RESTORE_LASTS &&
			!restore_left_some(restored))
			restored->first = value->place;
		restored->n[outcome]++;
	}
	kept_clear(access->kept);
}

unsigned restore_total(const struct restored *restored)
{
	unsigned n = 0;

	for (unsigned i = 0; i < RESTORE_N_OUTCOMES; i++)
		n += restored->n[i];
	return n;
}

bool restore_left_some(const struct restored *restored)
{
	return restore_total(restored) > restored->n[RESTORE_DONE] + restored->n[RESTORE_LASTS];
}
