/* SPDX-License-Identifier: MIT */
/* Facts in the public header's structures, and into arrays of any length. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/ask.h"

_Static_assert(MSRD_NO_SOCKET == FACT_NO_PACKAGE, "MSRD_NO_SOCKET differs from FACT_NO_PACKAGE");
_Static_assert(MSRD_NO_SOCKET == BUS_NO_PACKAGE, "MSRD_NO_SOCKET differs from BUS_NO_PACKAGE");

/* What is learnt, element by element. */
struct table {
	void *elements;
	size_t max, n;
};

/* The next element; NULL: there is no room for it. */
static void *next_element(struct table *table, size_t size)
{
	size_t i = table->n++;

	return i < table->max ? (char *)table->elements + i * size : NULL;
}

static void learn_machine(void *closure, const union fact *fact)
{
	const struct fact_machine *from = &fact->machine;
	struct msrd_machine *machine = closure;

	*machine = (struct msrd_machine){
		.n_cpus = from->n_cpus,
		.n_sockets = from->n_packages,
		.n_buses = from->n_buses,
		.n_units = from->n_units,
		.family = from->family,
		.model = from->model,
		.stepping = from->stepping,
		.is_supported = from->is_supported,
	};
	for (size_t i = 0; i < OP_N_SPACES; i++) {
		machine->spaces[i].reads = from->spaces[i].reads;
		machine->spaces[i].writes = from->spaces[i].writes;
	}
}

int msrd_info(struct msrd *msrd, struct msrd_machine *machine)
{
	struct conversation_answer answer;
	bool is_daemons;

	*machine = (struct msrd_machine){0};
	int r = ask(msrd, (struct question){.about = QUESTION_MACHINE, .most = 1}, learn_machine,
		machine, &answer, &is_daemons);
	if (r < 0)
		return r;
	machine->is_daemons = is_daemons;
	machine->is_owner = answer.is_owner;
	machine->status = (uint16_t)answer.status;
	machine->reason = answer.told.reason;
	snprintf(machine->text, sizeof machine->text, "%s", answer.told.text);
	return 0;
}

static void learn_cpu(void *closure, const union fact *fact)
{
	struct msrd_cpu *cpu = next_element(closure, sizeof *cpu);

	if (cpu)
		*cpu = (struct msrd_cpu){fact->cpu.package, fact->cpu.is_present,
			fact->cpu.is_online, fact->cpu.status};
}

static void learn_socket(void *closure, const union fact *fact)
{
	struct msrd_socket *socket = next_element(closure, sizeof *socket);

	if (socket)
		*socket = (struct msrd_socket){fact->package.package, fact->package.n_cpus};
}

static void learn_bus(void *closure, const union fact *fact)
{
	struct msrd_bus *bus = next_element(closure, sizeof *bus);

	if (bus)
		*bus = (struct msrd_bus){
			.socket = fact->bus.package,
			.domain = fact->bus.domain,
			.bus = fact->bus.bus,
			.source = fact->bus.source,
			.doubt = fact->bus.doubt,
		};
}

static void learn_unit(void *closure, const union fact *fact)
{
	struct msrd_device *unit = next_element(closure, sizeof *unit);

	if (unit)
		*unit = (struct msrd_device){
			.socket = fact->unit.package,
			.index = fact->unit.index,
			.unit = fact->unit.unit,
			.status = fact->unit.status,
			.domain = fact->unit.domain,
			.bus = fact->unit.bus,
			.devfn = fact->unit.devfn,
			.device_id = fact->unit.device_id,
		};
}

static void learn_rule(void *closure, const union fact *fact)
{
	struct msrd_rule *rule = next_element(closure, sizeof *rule);

	if (rule)
		*rule = (struct msrd_rule){
			.reg = fact->rule.reg,
			.may_be_held = fact->rule.may_be_held,
			.write_mask = fact->rule.write_mask,
			.clear_mask = fact->rule.clear_mask,
			.w1c_mask = fact->rule.w1c_mask,
		};
}

static int fill(struct msrd *msrd, struct question question, conversation_learn *learn,
	void *elements, size_t max, size_t *n)
{
	struct table table = {.elements = elements, .max = max};
	struct conversation_answer answer;
	int r = ask(msrd, question, learn, &table, &answer, NULL);

	*n = table.n;
	return r;
}

static int fill_all(struct msrd *msrd, enum question_about about, conversation_learn *learn,
	void *elements, size_t max, size_t *n)
{
	return fill(msrd, (struct question){.about = about, .most = UINT32_MAX}, learn, elements,
		max, n);
}

int msrd_cpus(struct msrd *msrd, struct msrd_cpu *cpus, size_t max, size_t *n)
{
	return fill_all(msrd, QUESTION_CPUS, learn_cpu, cpus, max, n);
}

int msrd_sockets(struct msrd *msrd, struct msrd_socket *sockets, size_t max, size_t *n)
{
	return fill_all(msrd, QUESTION_PACKAGES, learn_socket, sockets, max, n);
}

int msrd_buses(struct msrd *msrd, struct msrd_bus *buses, size_t max, size_t *n)
{
	return fill_all(msrd, QUESTION_BUSES, learn_bus, buses, max, n);
}

int msrd_units(struct msrd *msrd, struct msrd_device *units, size_t max, size_t *n)
{
	return fill_all(msrd, QUESTION_UNITS, learn_unit, units, max, n);
}

const char *msrd_bus_text(const struct msrd_bus *bus)
{
	if (bus->socket != MSRD_NO_SOCKET)
		return bus->source <= BUS_BY_SINGLE ? bus_source_text((enum bus_source)bus->source)
						    : "something that this library does not know";
	return bus->doubt <= BUS_CONTRADICTED ? bus_doubt_text((enum bus_doubt)bus->doubt)
					      : "for a reason that this library does not know";
}

/* Of a handle that was forked nothing is touched. */
static int no_such_kind(struct msrd *msrd, unsigned space, unsigned unit)
{
	if (handle_is_forked(msrd))
		return -ECHILD;
	pthread_mutex_lock(&msrd->lock);
	msrd->reason = REASON_NONE;
	snprintf(msrd->text, sizeof msrd->text, "there are no registers of space %u, unit %u",
		space, unit);
	pthread_mutex_unlock(&msrd->lock);
	return -EINVAL;
}

int msrd_rules(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit, uint32_t first,
	struct msrd_rule *rules, size_t max, size_t *n)
{
	struct question question = {.about = QUESTION_RULES, .first = first, .most = UINT32_MAX};

	*n = 0;
	if (!ask_device(space, unit, &question.device))
		return no_such_kind(msrd, space, unit);
	return fill(msrd, question, learn_rule, rules, max, n);
}

int msrd_allowed(struct msrd *msrd, enum msrd_space space, enum msrd_unit unit, uint32_t reg,
	struct msrd_rule *rule)
{
	struct question question = {.about = QUESTION_RULES, .first = reg, .most = 1};
	size_t n;
	int r;

	*rule = (struct msrd_rule){.reg = reg};
	if (!ask_device(space, unit, &question.device))
		return no_such_kind(msrd, space, unit);
	r = fill(msrd, question, learn_rule, rule, 1, &n);
	if (r == 0 && (n == 0 || rule->reg != reg)) {
		*rule = (struct msrd_rule){.reg = reg};
		r = MSRD_REFUSED;
	}
	return r;
}
