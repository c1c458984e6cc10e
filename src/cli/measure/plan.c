/* SPDX-License-Identifier: MIT */
/*
 * Goes through the CPUs and their sockets. What is programmed is plan_core.c's,
 * plan_memory.c's and plan_energy.c's; restoring is the journal's.
 */
#include "cli/measure/plan.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/measure/plan_internal.h"
#include "cli/registers.h"
#include "util/array.h"

int plan_add_counter(struct plan *plan, const struct plan_subject *subject, enum event_id id,
	const struct event *event, struct place place)
{
	struct plan_counter *counters =
		array_grow(plan->counters, plan->n_counters, sizeof *counters);

	if (!counters)
		return -ENOMEM;
	plan->counters = counters;
	counters[plan->n_counters++] = (struct plan_counter){
		.subject = (size_t)(subject - plan->subjects),
		.event = id,
		.place = place,
		.width = event->width,
		.has_high = op_space_mask(place.space) >> (event->width - 1) == 0,
		.is_programmed = event->kind != EVENT_RUNNING,
	};
	return 0;
}

int plan_read_field(struct plan *plan, struct cache *cache, uint32_t cpu,
	const struct arch_field *field, const char *what, uint64_t *value, struct cause *cause)
{
	struct place place = place_at(place_of_cpu(cpu), field->reg);
	char name[ARCH_NAME_SIZE];
	int r = cache_read(cache, &place, value);

	if (r != 0)
		return cache_note(cache, cause, r);
	*value = arch_field_get(field, *value);
	if (*value == 0)
		cause_set(cause, true, "no %s in %s: a virtual machine?", what,
			registers_name(plan->node->arch, &place, name));
	return 0;
}

static struct plan_subject *add_subject(struct plan *plan, enum subject_kind kind, uint32_t number)
{
	struct plan_subject *subject = &plan->subjects[plan->n_subjects++];

	*subject = (struct plan_subject){.kind = kind, .number = number};
	for (size_t i = 0; i < N_EVENTS; i++)
		subject->counts[i].scale = 1;
	return subject;
}

static void set_all_causes(struct plan_subject *subject, const struct cause *cause)
{
	for (size_t i = 0; i < N_EVENTS; i++)
		if (event_subject((enum event_id)i) == subject->kind)
			subject->counts[i].cause = *cause;
}

static const struct node_cpu *find_cpu(const struct node *node, uint32_t cpu)
{
	static const struct node_cpu none = {.package = NODE_NO_PACKAGE};

	return cpu < node->n_cpus && node->cpus[cpu].present ? &node->cpus[cpu] : &none;
}

/* The daemon knows best whether the CPU is there: /sys may be a container's. */
static int start_cpu(struct plan *plan, struct cache *cache, uint32_t number)
{
	struct plan_subject *cpu = add_subject(plan, SUBJECT_CPU, number);
	struct place place = place_of_cpu(number);
	struct cause cause = {0};
	int r = cache_check(cache, &place);

	if (r == 0)
		return plan_core(plan, cache, cpu);
	/* it was asked for: that it is not there is a failure, as it is for msrctl read */
	r = cache_note(cache, &cause, r);
	cause.is_absence = false;
	set_all_causes(cpu, &cause);
	return r;
}

/* Any CPU of the package, best one that is measured; false: none is online. */
static bool find_cpu_of(
	const struct plan *plan, const struct places *cpus, uint32_t package, uint32_t *cpu)
{
	const struct node *node = plan->node;

	for (size_t i = 0; i < cpus->n; i++) {
		*cpu = cpus->list[i].cpu;
		if (find_cpu(node, *cpu)->online && find_cpu(node, *cpu)->package == package)
			return true;
	}
	for (*cpu = 0; *cpu < node->n_cpus; (*cpu)++)
		if (find_cpu(node, *cpu)->online && node->cpus[*cpu].package == package)
			return true;
	return false;
}

static int start_socket(
	struct plan *plan, struct cache *cache, uint32_t package, const struct places *cpus)
{
	struct plan_subject *socket = add_subject(plan, SUBJECT_SOCKET, package);
	struct cause cause = {0};
	uint32_t cpu;
	bool has_cpu = find_cpu_of(plan, cpus, package, &cpu);
	int r;

	if (package == NODE_NO_PACKAGE) {
		cause_set(&cause, true, "CPU %u's package is not known", cpu);
		set_all_causes(socket, &cause);
		return 0;
	}
	r = plan_memory(plan, cache, socket);
	if (r < 0)
		return r;
	if (has_cpu)
		return plan_energy(plan, cache, socket, cpu);
	cause_set(&cause, true, "no CPU is known to be online on socket %u", package);
	socket->counts[EVENT_PACKAGE_ENERGY].cause = cause;
	socket->counts[EVENT_DRAM_ENERGY].cause = cause;
	return 0;
}

static bool is_wanted(
	const struct plan *plan, const struct places *cpus, bool all_sockets, uint32_t package)
{
	for (size_t i = 0; i < cpus->n; i++) {
		const struct node_cpu *cpu = find_cpu(plan->node, cpus->list[i].cpu);

		if (cpu->online && cpu->package == package)
			return true;
	}
	return all_sockets && package != NODE_NO_PACKAGE;
}

static int start_sockets(
	struct plan *plan, struct cache *cache, const struct places *cpus, bool all_sockets)
{
	const struct node *node = plan->node;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < node->n_packages; i++)
		if (is_wanted(plan, cpus, all_sockets, node->packages[i]))
			r = start_socket(plan, cache, node->packages[i], cpus);
	if (r == 0 && is_wanted(plan, cpus, all_sockets, NODE_NO_PACKAGE))
		r = start_socket(plan, cache, NODE_NO_PACKAGE, cpus);
	return r;
}

/* What is there is asked first, and then for registers of that alone. */
static int fetch(
	const struct plan *plan, struct cache *cache, const struct places *cpus, bool all_sockets)
{
	const struct node *node = plan->node;
	uint32_t cpu;
	int r;

	for (size_t i = 0; i < cpus->n; i++)
		cache_want(cache, OP_CHECK, &cpus->list[i]);
	for (uint32_t i = 0; i < node->n_packages; i++)
		if (is_wanted(plan, cpus, all_sockets, node->packages[i]))
			plan_memory_want(plan, cache, node->packages[i], OP_CHECK);
	r = cache_fetch(cache);
	if (r < 0)
		return r;
	for (size_t i = 0; i < cpus->n; i++)
		if (cache_check(cache, &cpus->list[i]) == 0)
			plan_core_want(plan, cache, cpus->list[i].cpu);
	for (uint32_t i = 0; i < node->n_packages; i++) {
		if (!is_wanted(plan, cpus, all_sockets, node->packages[i]))
			continue;
		plan_memory_want(plan, cache, node->packages[i], OP_READ);
		if (find_cpu_of(plan, cpus, node->packages[i], &cpu))
			plan_energy_want(plan, cache, cpu);
	}
	return cache_fetch(cache);
}

/* What a subject has programmed in vain counts nothing. */
static void drop_refused(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_counters; i++) {
		const struct plan_counter *counter = &plan->counters[i];
		struct plan_subject *subject = &plan->subjects[counter->subject];
		struct cause *cause = &subject->counts[counter->event].cause;

		if (counter->is_programmed && !cause->text[0])
			*cause = subject->refused;
	}
}

static int start(
	struct plan *plan, struct cache *cache, const struct places *cpus, bool all_sockets)
{
	int r = fetch(plan, cache, cpus, all_sockets);

	for (size_t i = 0; r == 0 && i < cpus->n; i++)
		r = start_cpu(plan, cache, cpus->list[i].cpu);
	if (r == 0)
		r = start_sockets(plan, cache, cpus, all_sockets);
	if (r == 0)
		r = journal_write(&plan->journal, cache);
	drop_refused(plan);
	return r;
}

int plan_start(struct plan *plan, struct msrd *msrd, const struct node *node,
	const struct places *cpus, bool all_sockets, struct peers *peers)
{
	struct cache cache;
	int r;

	*plan = (struct plan){.node = node, .journal.peers = peers};
	plan->subjects = calloc(cpus->n + node->n_packages + 1, sizeof *plan->subjects);
	if (!plan->subjects)
		return -ENOMEM;
	cache_init(&cache, msrd);
	r = start(plan, &cache, cpus, all_sockets);
	cache_deinit(&cache);
	return r;
}

/* Every count that a counter of the device is of. */
static void drop_device(void *closure, const struct place *changed)
{
	struct plan *plan = closure;
	char text[OP_TEXT_SIZE];

	place_describe(changed, text);
	for (size_t i = 0; i < plan->n_counters; i++) {
		const struct plan_counter *counter = &plan->counters[i];
		struct plan_count *count = &plan->subjects[counter->subject].counts[counter->event];

		if (counter->is_programmed && place_same_device(&counter->place, changed) &&
			!count->cause.text[0])
			cause_set(&count->cause, false,
				"somebody else changed %s during the measurement", text);
	}
}

int plan_check(struct plan *plan, struct msrd *msrd)
{
	return journal_look(&plan->journal, msrd, drop_device, plan);
}

void plan_deinit(struct plan *plan)
{
	free(plan->subjects);
	free(plan->counters);
	journal_deinit(&plan->journal);
	*plan = (struct plan){0};
}
