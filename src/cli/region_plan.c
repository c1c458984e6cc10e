/* SPDX-License-Identifier: MIT */
/* Puts the counters that are on into the places of CPUs. Reads no register. */
#include "cli/region_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/reach.h"
#include "util/array.h"

/* Regions times places, and times threads; memory is taken when it is used. Chosen, not tuned. */
#define MAX_ENTRIES 16384
#define MAX_RECORDS 65536

/* The place of that level and number, added where it is not there. False: out of memory. */
static bool get_place(struct region_plan *plan, unsigned level, uint32_t number, size_t *place)
{
	struct region_place *places;

	for (*place = 0; *place < plan->n_places; (*place)++)
		if (plan->places[*place].level == level && plan->places[*place].number == number)
			return true;
	places = array_grow(plan->places, plan->n_places, sizeof *places);
	if (!places)
		return false;
	plan->places = places;
	places[plan->n_places++] = (struct region_place){.level = level, .number = number};
	return true;
}

static unsigned level_of(const struct count_device *device)
{
	if (device->kind == WANT_CORE)
		return REGION_CPU;
	if (device->kind != WANT_MSR || device->slots[0].want->scope == ARCH_PACKAGE)
		return REGION_PACKAGE;
	return device->slots[0].want->scope == ARCH_CORE ? REGION_CORE : REGION_CPU;
}

/* A core is called by the CPU that reads its registers. */
static uint32_t number_of(const struct count_device *device)
{
	return level_of(device) == REGION_PACKAGE ? device->package : device->number;
}

static int find_places(
	struct region_plan *plan, const struct count *count, const struct places *cpus)
{
	size_t place;

	if (!get_place(plan, REGION_NODE, 0, &place))
		return -ENOMEM;
	for (size_t i = 0; i < cpus->n; i++)
		if (!get_place(plan, REGION_CPU, cpus->list[i].cpu, &place))
			return -ENOMEM;
	plan->place_of = calloc(count->n_devices + 1, sizeof *plan->place_of);
	if (!plan->place_of)
		return -ENOMEM;
	for (size_t i = 0; i < count->n_devices; i++)
		if (!get_place(plan, level_of(&count->devices[i]), number_of(&count->devices[i]),
			    &plan->place_of[i]))
			return -ENOMEM;
	return 0;
}

static bool is_same_core(const struct count *count, uint32_t a, uint32_t b)
{
	return a == b ||
	       (count->node->cpus[a].package == count->node->cpus[b].package &&
		       topology_core(count->topology, a) != TOPOLOGY_UNKNOWN &&
		       topology_core(count->topology, a) == topology_core(count->topology, b));
}

static bool is_at(const struct count *count, const struct region_place *place, uint32_t cpu)
{
	switch ((enum region_level)place->level) {
	case REGION_CPU:
		return place->number == cpu;
	case REGION_CORE:
		return is_same_core(count, place->number, cpu);
	case REGION_PACKAGE:
		return place->number == count->node->cpus[cpu].package;
	case REGION_NODE:
		return true;
	}
	return false;
}

static void set_cpus(
	const struct region_plan *plan, const struct count *count, const struct places *cpus)
{
	uint32_t *list = (uint32_t *)plan->file.cpus;

	memset(list, 0xff, plan->file.header->n_cpus * sizeof *list * REGION_N_LEVELS);
	for (size_t i = 0; i < cpus->n; i++) {
		uint32_t cpu = cpus->list[i].cpu;

		for (size_t j = 0; cpu < count->node->n_cpus && j < plan->n_places; j++)
			if (is_at(count, &plan->places[j], cpu))
				list[cpu * REGION_N_LEVELS + plan->places[j].level] = (uint32_t)j;
	}
}

/* The reads of a slot, as count_read has them. */
static uint32_t get_ops(const struct count_slot *slot, struct msrd_op ops[3])
{
	struct place high =
		place_at(slot->counter, slot->counter.reg + op_space_step(slot->counter.space));
	uint32_t n = 0;

	if (slot->has_high)
		ops[n++] = reach_op(OP_READ, &high, 0);
	ops[n++] = reach_op(OP_READ, &slot->counter, 0);
	if (slot->has_high)
		ops[n++] = reach_op(OP_READ, &high, 0);
	return n;
}

static void count_ops(
	struct region_plan *plan, const struct count *count, struct region_header *header)
{
	struct msrd_op ops[3];

	for (size_t i = 0; i < count->n_devices; i++)
		for (size_t j = 0; j < count->devices[i].n_slots; j++) {
			struct region_place *place = &plan->places[plan->place_of[i]];

			if (count->devices[i].slots[j].cause.text[0])
				continue;
			header->n_values++;
			header->n_ops += get_ops(&count->devices[i].slots[j], ops);
			if (++place->n_values > header->max_values)
				header->max_values = place->n_values;
		}
}

static void add_value(struct region_plan *plan, struct region_place *place,
	const struct count_slot *slot, struct region_source source)
{
	uint32_t number = place->first_value + place->n_values++;
	const struct want *want = slot->want;

	((struct region_value *)plan->file.values)[number] = (struct region_value){
		.op = place->n_ops,
		.width = (uint16_t)slot->width,
		.shift = want->kind == WANT_MSR ? (uint8_t)want->field.shift : 0,
		.has_high = slot->has_high,
		.is_gauge = want->is_gauge,
	};
	plan->sources[number] = source;
	place->n_ops +=
		get_ops(slot, &((struct msrd_op *)plan->file.ops)[place->first_op + place->n_ops]);
}

/* Place by place: what belongs to one stands together. */
static void set_values(struct region_plan *plan, const struct count *count)
{
	uint32_t n_values = 0, n_ops = 0;

	for (size_t i = 0; i < plan->n_places; i++) {
		struct region_place *place = &plan->places[i];

		place->n_values = 0;
		place->first_value = n_values;
		place->first_op = n_ops;
		for (size_t j = 0; j < count->n_devices; j++)
			for (size_t k = 0; plan->place_of[j] == i && k < count->devices[j].n_slots;
				k++)
				if (!count->devices[j].slots[k].cause.text[0])
					add_value(plan, place, &count->devices[j].slots[k],
						(struct region_source){j, k});
		n_values += place->n_values;
		n_ops += place->n_ops;
	}
	memcpy((struct region_place *)plan->file.places, plan->places,
		plan->n_places * sizeof *plan->places);
}

/* As a program finds it that runs elsewhere. Links stay: their names may say what the daemon is. */
static void set_path(char *to, size_t size, const char *path)
{
	char *here = path && path[0] != '/' && strchr(path, '/') ? getcwd(NULL, 0) : NULL;

	if (path)
		snprintf(to, size, "%s%s%s", here ? here : "", here ? "/" : "", path);
	free(here);
}

int region_plan_init(struct region_plan *plan, const struct cli *cli, const struct count *count,
	const struct places *cpus, const char *clock)
{
	struct region_header *header = calloc(1, sizeof *header);
	int r;

	*plan = (struct region_plan){.fd = -1};
	r = header ? find_places(plan, count, cpus) : -ENOMEM;
	if (r == 0) {
		header->n_cpus = count->node->n_cpus;
		header->n_places = (uint32_t)plan->n_places;
		header->max_entries = MAX_ENTRIES;
		header->max_records = MAX_RECORDS;
		header->is_direct = cli->direct;
		set_path(header->daemon, sizeof header->daemon, cli->daemon);
		set_path(header->service, sizeof header->service, cli->service);
		snprintf(header->clock, sizeof header->clock, "%s", clock);
		count_ops(plan, count, header);
		plan->n_values = header->n_values;
		plan->sources = calloc(plan->n_values + 1, sizeof *plan->sources);
		r = plan->sources ? plan->fd = region_file_new(&plan->file, header) : -ENOMEM;
	}
	free(header);
	if (r < 0)
		return r;
	set_cpus(plan, count, cpus);
	set_values(plan, count);
	region_plan_see(plan, count);
	return 0;
}

void region_plan_deinit(struct region_plan *plan)
{
	region_file_close(&plan->file);
	if (plan->fd >= 0)
		close(plan->fd);
	free(plan->places);
	free(plan->place_of);
	free(plan->sources);
	*plan = (struct region_plan){.fd = -1};
}

void region_plan_see(const struct region_plan *plan, const struct count *count)
{
	for (size_t i = 0; i < plan->n_values; i++) {
		const struct count_slot *slot =
			&count->devices[plan->sources[i].device].slots[plan->sources[i].slot];
		uint64_t seen = atomic_load(&plan->file.seen[i]);
		uint64_t step = (slot->raw - seen) & UINT64_MAX >> (64 - slot->width);

		atomic_store(&plan->file.seen[i], seen + step);
	}
}
