/* SPDX-License-Identifier: MIT */
/* The energy counters of a socket. They run without being told to. */
#include <math.h>

#include "cli/measure/plan_internal.h"

static int add_energy(
	struct plan *plan, struct plan_subject *socket, enum event_id id, uint32_t cpu)
{
	struct event event;

	if (event_get(plan->node->arch, id, &event)) {
		socket->counts[id].period_ns = event.period_ns;
		return plan_add_counter(
			plan, socket, id, &event, place_at(place_of_cpu(cpu), event.reg));
	}
	cause_set(&socket->counts[id].cause, true, "this CPU model has no counter for %s",
		event_text(id));
	return 0;
}

void plan_energy_want(const struct plan *plan, struct cache *cache, uint32_t cpu)
{
	const struct place unit = place_at(place_of_cpu(cpu), plan->node->arch->energy_unit.reg);

	cache_want(cache, OP_READ, &unit);
}

int plan_energy(struct plan *plan, struct cache *cache, struct plan_subject *socket, uint32_t cpu)
{
	struct plan_count *package = &socket->counts[EVENT_PACKAGE_ENERGY];
	struct plan_count *dram = &socket->counts[EVENT_DRAM_ENERGY];
	const struct arch *arch = plan->node->arch;
	uint64_t unit = 0;
	int r = add_energy(plan, socket, EVENT_PACKAGE_ENERGY, cpu);

	if (r == 0)
		r = add_energy(plan, socket, EVENT_DRAM_ENERGY, cpu);
	if (r == 0)
		r = plan_read_field(plan, cache, cpu, &arch->energy_unit, "energy unit", &unit,
			&package->scale_cause);
	if (r < 0)
		return r;
	/* without a unit there is no RAPL, also where its memory has a unit of its own */
	dram->scale_cause = package->scale_cause;
	if (package->scale_cause.text[0])
		return 0;
	package->scale = ldexp(1, -(int)unit);
	dram->scale = arch->dram_joules > 0 ? arch->dram_joules : package->scale;
	return 0;
}
