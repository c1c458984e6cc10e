/* SPDX-License-Identifier: MIT */
/* What the files of a plan have in common. */
#ifndef MSRD_CLI_MEASURE_PLAN_INTERNAL_H
#define MSRD_CLI_MEASURE_PLAN_INTERNAL_H

#include "cli/measure/plan.h"

/* Another counter of an event of a subject. 0 or -ENOMEM. */
int plan_add_counter(struct plan *plan, const struct plan_subject *subject, enum event_id id,
	const struct event *event, struct place place);

/* What is looked at for them, to be asked for before it is; of memory, verb is OP_CHECK for the
 * channels, and then OP_READ for the registers of those that are there. */
void plan_core_want(const struct plan *plan, struct cache *cache, uint32_t cpu);
void plan_memory_want(
	const struct plan *plan, struct cache *cache, uint32_t package, enum op_verb verb);
void plan_energy_want(const struct plan *plan, struct cache *cache, uint32_t cpu);

/* Programs the counts of a CPU that can be reached; plan_core.c. As plan_start. */
int plan_core(struct plan *plan, struct cache *cache, struct plan_subject *cpu);

/* Programs the memory counts of a socket; plan_memory.c. */
int plan_memory(struct plan *plan, struct cache *cache, struct plan_subject *socket);

/* Finds the energy counts of a socket; cpu is any of it. plan_energy.c */
int plan_energy(struct plan *plan, struct cache *cache, struct plan_subject *socket, uint32_t cpu);

/* A field that scales counts; 0 of it is a cause: a virtual machine says nothing there. */
int plan_read_field(struct plan *plan, struct cache *cache, uint32_t cpu,
	const struct arch_field *field, const char *what, uint64_t *value, struct cause *cause);

#endif
