/* SPDX-License-Identifier: MIT */
/*
 * Two counters of each memory channel of a socket, only such that nobody uses:
 * or another measurement of this user, for the same event.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/measure/plan_internal.h"
#include "util/array.h"

static const enum event_id memory_events[] = {EVENT_MEMORY_READ, EVENT_MEMORY_WRITE};
#define N_MEMORY_EVENTS N_ELEMENTS(memory_events)

static void set_cause(struct plan_subject *socket, const struct cause *cause)
{
	for (size_t i = 0; i < N_MEMORY_EVENTS; i++)
		socket->counts[memory_events[i]].cause = *cause;
}

/* Which counters of a channel can count what. */
struct channel {
	struct place place;
	unsigned n_free;
	uint32_t free[ARCH_MAX_COUNTERS];
	bool is_shared[N_MEMORY_EVENTS]; /* somebody's counter counts the event already */
	uint32_t shared[N_MEMORY_EVENTS];
};

static struct place place_of_part(const struct plan *plan, const struct place *channel,
	enum arch_box_part part, uint32_t number)
{
	struct place place = *channel;

	/* it has them: plan_memory looked */
	arch_box_register(plan->node->arch, plan->node->arch->memory_box, place.index, part, number,
		&place.reg);
	return place;
}

static void look_at_counter(const struct plan *plan, struct channel *channel, uint32_t number,
	const struct place *place, uint64_t select)
{
	const struct arch_box *box = plan->node->arch->memory_box;
	const struct peers *peers = plan->journal.peers;

	if (!(select & box->select_enable)) {
		channel->free[channel->n_free++] = number;
		return;
	}
	/* claimed by a peer, it goes on until we let go of it, too */
	if (!peers || (peers_claimed(peers, place) & box->select_mask) != box->select_mask)
		return;
	for (size_t i = 0; i < N_MEMORY_EVENTS; i++) {
		struct event event;

		if (!event_get(plan->node->arch, memory_events[i], &event) ||
			(select & box->select_mask) != event_select(&event))
			continue;
		channel->is_shared[i] = true;
		channel->shared[i] = number;
	}
}

static int look_at_channel(struct plan *plan, struct cache *cache, struct channel *channel)
{
	for (uint32_t i = 0; i < plan->node->arch->memory_box->n_counters; i++) {
		struct place place = place_of_part(plan, &channel->place, ARCH_BOX_SELECT, i);
		uint64_t select;
		int r = cache_read(cache, &place, &select);

		if (r != 0)
			return r;
		look_at_counter(plan, channel, i, &place, select);
	}
	return 0;
}

/* A counter and its select, put back in the end as they were. */
static int program(struct plan *plan, struct cache *cache, const struct place *counter,
	const struct place *select, const struct event *event, struct cause *refused)
{
	const uint64_t low = op_space_mask(counter->space);
	uint64_t mask = UINT64_MAX >> (64 - event->width);
	int r = journal_keep(&plan->journal, cache, counter, mask & low);

	if (r == 0 && (mask & ~low)) {
		struct place high =
			place_at(*counter, counter->reg + op_space_step(counter->space));

		r = journal_keep(&plan->journal, cache, &high, mask >> 32);
	}
	return r ? r
		 : journal_change(&plan->journal, cache, select, event->box->select_mask,
			   event_select(event), refused);
}

static int start_counter(struct plan *plan, struct cache *cache, struct plan_subject *socket,
	const struct place *channel, enum event_id id, uint32_t number)
{
	struct place counter = place_of_part(plan, channel, ARCH_BOX_COUNTER, number);
	struct place select = place_of_part(plan, channel, ARCH_BOX_SELECT, number);
	struct event event;
	int r;

	event_get(plan->node->arch, id, &event);
	r = program(plan, cache, &counter, &select, &event, &socket->refused);
	return r ? r : plan_add_counter(plan, socket, id, &event, counter);
}

/* The box may stand still: for everybody. */
static int thaw(struct plan *plan, struct cache *cache, struct plan_subject *socket,
	const struct place *channel)
{
	const struct arch_box *box = plan->node->arch->memory_box;
	struct place control = place_of_part(plan, channel, ARCH_BOX_CONTROL, 0);
	uint64_t value;
	int r;

	if (box->freeze == 0)
		return 0;
	r = journal_original(&plan->journal, cache, &control, &value);
	if (r != 0 || (value & box->freeze) != box->freeze)
		return r;
	return journal_change(&plan->journal, cache, &control, box->freeze, 0, &socket->refused);
}

/* What a channel needs besides the counters that are shared. */
static bool has_enough(const struct channel *channel, struct cause *cause, unsigned n_counters)
{
	char name[OP_TEXT_SIZE];
	unsigned n_needed = 0;

	for (size_t i = 0; i < N_MEMORY_EVENTS; i++)
		n_needed += !channel->is_shared[i];
	if (channel->n_free >= n_needed)
		return true;
	cause_set(cause, false,
		"%u of the %u counters of %s are free, %u are needed: "
		"is another measurement running?",
		channel->n_free, n_counters, place_describe_device(&channel->place, name),
		n_needed);
	return false;
}

static int start_channel(struct plan *plan, struct cache *cache, struct plan_subject *socket,
	struct place place, struct cause *cause)
{
	struct channel channel = {.place = place};
	unsigned n_taken = 0;
	int r = look_at_channel(plan, cache, &channel);

	if (r == 0 && !has_enough(&channel, cause, plan->node->arch->memory_box->n_counters))
		return 0;
	for (size_t i = 0; r == 0 && i < N_MEMORY_EVENTS; i++)
		r = start_counter(plan, cache, socket, &place, memory_events[i],
			channel.is_shared[i] ? channel.shared[i] : channel.free[n_taken++]);
	if (r == 0)
		r = thaw(plan, cache, socket, &place);
	return cache_note(cache, cause, r);
}

/* Why a socket has no channel, as far as anybody may know. */
static void explain_absence(const struct plan *plan, uint32_t package, struct cause *cause)
{
	const struct node *node = plan->node;

	for (size_t i = 0; i < node->n_buses; i++) {
		const struct bus *bus = &node->buses[i];

		if (bus->package != BUS_NO_PACKAGE || bus->doubt == BUS_HIDDEN)
			continue;
		cause_set(cause, true,
			"the daemon knows no memory controller of socket %u; of which socket bus "
			"%04x:%02x is, is not proven: %s",
			package, bus->domain, bus->bus, bus_doubt_text(bus->doubt));
		return;
	}
	cause_set(cause, true, "socket %u shows no memory controller in PCI config space", package);
}

/* The daemon is asked for every unit of the kind: it sees more than its user. All
 * channels or none: a part of them would be no bandwidth. */
static int start_channels(
	struct plan *plan, struct cache *cache, struct plan_subject *socket, struct cause *cause)
{
	const struct arch *arch = plan->node->arch;
	size_t n_channels = 0;

	for (size_t i = 0; i < arch->n_functions && !cause->text[0]; i++) {
		const struct arch_function *function = &arch->functions[i];
		struct place place = place_of_unit(socket->number, function->unit, function->index);
		int r;

		if (function->unit != arch->memory_box->unit)
			continue;
		r = cache_check(cache, &place);
		/* the daemon's protocol may have no number for one that larger parts have */
		if (r == MSRD_ABSENT || (r == -EINVAL && !node_has_unit(plan->node, function)))
			continue;
		n_channels++;
		r = r == 0 ? start_channel(plan, cache, socket, place, cause)
			   : cache_note(cache, cause, r == -EINVAL ? MSRD_UNKNOWN : r);
		if (r < 0)
			return r;
	}
	if (n_channels == 0)
		explain_absence(plan, socket->number, cause);
	return 0;
}

/* Does the model say where all of it is? */
static bool is_known(const struct arch *arch)
{
	const struct arch_box *box = arch->memory_box;
	uint32_t reg;
	bool is_known =
		box && op_space_has_units(box->space) &&
		(box->freeze == 0 || arch_box_register(arch, box, 0, ARCH_BOX_CONTROL, 0, &reg));

	for (uint32_t i = 0; is_known && i < box->n_counters; i++)
		is_known = arch_box_register(arch, box, 0, ARCH_BOX_SELECT, i, &reg) &&
			   arch_box_register(arch, box, 0, ARCH_BOX_COUNTER, i, &reg);
	return is_known;
}

static void want_registers(
	const struct plan *plan, struct cache *cache, const struct place *channel)
{
	const struct arch_box *box = plan->node->arch->memory_box;

	for (uint32_t i = 0; i < box->n_counters; i++) {
		struct place select = place_of_part(plan, channel, ARCH_BOX_SELECT, i);
		struct place counter = place_of_part(plan, channel, ARCH_BOX_COUNTER, i);
		struct place high = place_at(counter, counter.reg + op_space_step(counter.space));

		cache_want(cache, OP_READ, &select);
		cache_want(cache, OP_READ, &counter);
		if (op_space_mask(counter.space) >> (box->width - 1) == 0)
			cache_want(cache, OP_READ, &high);
	}
	if (box->freeze != 0) {
		struct place control = place_of_part(plan, channel, ARCH_BOX_CONTROL, 0);

		cache_want(cache, OP_READ, &control);
	}
}

void plan_memory_want(
	const struct plan *plan, struct cache *cache, uint32_t package, enum op_verb verb)
{
	const struct arch *arch = plan->node->arch;

	for (size_t i = 0; i < arch->n_functions && is_known(arch); i++) {
		const struct arch_function *function = &arch->functions[i];
		struct place place = place_of_unit(package, function->unit, function->index);

		if (function->unit != arch->memory_box->unit)
			continue;
		if (verb == OP_CHECK)
			cache_want(cache, OP_CHECK, &place);
		else if (cache_check(cache, &place) == 0)
			want_registers(plan, cache, &place);
	}
}

int plan_memory(struct plan *plan, struct cache *cache, struct plan_subject *socket)
{
	const struct arch *arch = plan->node->arch;
	struct cause cause = {0};
	int r = 0;

	if (!is_known(arch))
		cause_set(&cause, true, "this CPU model has no known counter for memory traffic");
	else
		r = start_channels(plan, cache, socket, &cause);
	for (size_t i = 0; i < N_MEMORY_EVENTS; i++)
		socket->counts[memory_events[i]].scale = arch->memory_bytes;
	set_cause(socket, &cause);
	return r;
}
