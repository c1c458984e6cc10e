/* SPDX-License-Identifier: MIT */
/* One fact at a time, by its number or register, which is the client's: compared with how many
 * there are, and used for nothing else. Knows no bytes. */
#include "daemon/inform.h"

#include "daemon/explain.h"

/* The wire's numbers are arch/buses.h's. */
_Static_assert(BUS_BY_NOTHING == 0 && BUS_BY_UBOX == 1 && BUS_BY_SIBLING == 2 &&
		       BUS_BY_CPUBUSNO == 3 && BUS_BY_NUMA == 4 && BUS_BY_SINGLE == 5,
	"a number of the wire never changes");
_Static_assert(BUS_NO_DOUBT == 0 && BUS_SILENT == 1 && BUS_HIDDEN == 2 && BUS_CONTRADICTED == 3,
	"a number of the wire never changes");
_Static_assert(FACT_NO_PACKAGE == NODE_NO_PACKAGE, "a number of the wire never changes");

/* Whether a device is there, as a check of it would be answered. */
static uint16_t check(const struct informer *informer, struct place place)
{
	struct device *device = informer->access->devices[place.space];
	struct op op = {.verb = OP_CHECK, .place = place, .status = informer->look.status};

	if (op.status == OP_OK)
		device_access(device, &op);
	return (uint16_t)op.status;
}

static enum reason reason_of(const enum machine_cause *causes, size_t space)
{
	return causes ? explain_cause(causes[space]) : REASON_NONE;
}

static void tell_machine(const struct informer *informer, struct fact_machine *machine)
{
	const struct access *access = informer->access;
	const struct node *node = informer->node;

	*machine = (struct fact_machine){
		.n_cpus = node->n_cpus,
		.n_packages = node->n_packages,
		.n_buses = (uint32_t)node->n_buses,
		.n_units = (uint32_t)node->n_functions,
		.family = node->family,
		.model = node->model,
		.stepping = node->stepping,
		.is_supported = node->arch != NULL,
	};
	for (size_t i = 0; i < OP_N_SPACES; i++) {
		machine->spaces[i].reads = (uint16_t)reason_of(access->causes, i);
		machine->spaces[i].writes = (uint16_t)reason_of(access->write_causes, i);
	}
}

static void tell_cpu(const struct informer *informer, uint32_t number, struct fact_cpu *cpu)
{
	const struct node_cpu *found = &informer->node->cpus[number];

	*cpu = (struct fact_cpu){
		.package = found->package,
		.is_present = found->present,
		.is_online = found->online,
		.status = found->present ? check(informer, place_of_cpu(number)) : OP_ABSENT,
	};
}

static void tell_package(const struct node *node, uint32_t id, struct fact_package *package)
{
	*package = (struct fact_package){.package = id};
	for (uint32_t cpu = 0; node->cpus && cpu < node->n_cpus; cpu++)
		package->n_cpus += node->cpus[cpu].online && node->cpus[cpu].package == id;
}

static void tell_bus(const struct bus *found, struct fact_bus *bus)
{
	*bus = (struct fact_bus){
		.package = found->package,
		.domain = found->domain,
		.bus = found->bus,
		.source = (uint8_t)found->source,
		.doubt = (uint8_t)found->doubt,
	};
}

static void tell_unit(const struct informer *informer, const struct node_function *function,
	struct fact_unit *unit)
{
	const struct arch_function *arch = function->arch;

	*unit = (struct fact_unit){
		.package = function->package,
		.unit = (uint16_t)arch->unit,
		.index = arch->index,
		.domain = function->domain,
		.bus = function->bus,
		.devfn = arch->devfn,
		.device_id = function->device_id,
		.status = OP_ABSENT, /* of no package: nobody can ask for it */
	};
	if (function->package != NODE_NO_PACKAGE)
		unit->status =
			check(informer, place_of_unit(function->package, arch->unit, arch->index));
}

static bool next_rule(const struct informer *informer, const struct question *question,
	uint32_t *reg, struct fact_rule *fact)
{
	struct op op = {.place = place_at(question->device, *reg)};
	struct policy_rule rule;

	if (!policy_next(informer->look.policy, &op, &rule))
		return false;
	*reg = op.place.reg;
	*fact = (struct fact_rule){
		.reg = op.place.reg,
		.may_be_held = rule.n_holds > 0,
		.write_mask = rule.write_mask,
		.clear_mask = rule.clear_mask,
		.w1c_mask = rule.w1c_mask,
	};
	return true;
}

static size_t count(const struct node *node, enum question_about table)
{
	switch (table) {
	case QUESTION_MACHINE:
		return 1;
	case QUESTION_CPUS:
		return node->cpus ? node->n_cpus : 0;
	case QUESTION_PACKAGES:
		return node->n_packages;
	case QUESTION_BUSES:
		return node->n_buses;
	case QUESTION_UNITS:
		return node->n_functions;
	case QUESTION_RULES:
		break; /* no table */
	}
	return 0;
}

static bool next(
	const void *closure, const struct question *question, uint32_t *at, union fact *fact)
{
	const struct informer *informer = closure;
	const struct node *node = informer->node;

	if (question->about == QUESTION_RULES)
		return next_rule(informer, question, at, &fact->rule);
	if (!node || *at >= count(node, question->about))
		return false;
	switch (question->about) {
	case QUESTION_MACHINE:
		tell_machine(informer, &fact->machine);
		break;
	case QUESTION_CPUS:
		tell_cpu(informer, *at, &fact->cpu);
		break;
	case QUESTION_PACKAGES:
		tell_package(node, node->packages[*at], &fact->package);
		break;
	case QUESTION_BUSES:
		tell_bus(&node->buses[*at], &fact->bus);
		break;
	case QUESTION_UNITS:
		tell_unit(informer, &node->functions[*at], &fact->unit);
		break;
	case QUESTION_RULES:
		break;
	}
	return true;
}

void inform(struct informer *informer, const struct access *access, const struct node *node,
	struct answer *answer)
{
	*informer = (struct informer){access, node, access_look(access)};
	*answer = (struct answer){
		.status = informer->look.status,
		.is_owner = informer->look.is_owner,
		.next = next,
		.closure = informer,
	};
	explain_op(access, &(struct op){.verb = OP_READ, .status = answer->status}, &answer->told);
}
