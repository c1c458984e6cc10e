/* SPDX-License-Identifier: MIT */
/* Faults of single accesses. It must not know whose access it is, or what a register means. */
#include "sim/tap/fault.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "sim/machine/drive.h"
#include "sim/tap/meet.h"
#include "util/array.h"
#include "util/clock.h"

struct rule {
	struct meet meet;
	uint64_t id;
	uint64_t *values; /* HOLD: of each device */
};

struct fault {
	struct tap tap;
	struct machine *machine;
	pthread_mutex_t lock;
	struct rule *rules;
	_Atomic size_t n_rules; /* 0: there is nothing to lock for */
};

/* What is to become of an access. */
struct outcome {
	uint64_t delay_ns;
	int error;
	bool is_held;
	uint64_t value; /* if it is held */
};

/* Where a register is: package-wide ones of an MSR's CPU are one. */
static uint32_t home_of(
	const struct fault *fault, const struct directive *directive, uint32_t device, uint32_t reg)
{
	/* a fault is a CPU's, what is held is the register */
	if (directive->verb != DIRECTIVE_HOLD || op_space_has_units(directive->space))
		return device;
	return machine_msr_home(fault->machine, device, reg);
}

/* Config space is accessed in parts of its registers. */
static uint32_t register_of(const struct tap_access *access)
{
	return access->reg - access->reg % op_space_step(access->space);
}

/* Index of the device among the directive's, or n_devices. */
static size_t find_device(const struct fault *fault, const struct directive *directive,
	const struct tap_access *access)
{
	uint32_t reg = register_of(access), home = home_of(fault, directive, access->device, reg);
	size_t i = 0;

	if (directive->space != access->space || (!directive->is_any && directive->reg != reg) ||
		!(access->is_write ? directive->writes : directive->reads))
		return directive->n_devices;
	while (i < directive->n_devices &&
		home_of(fault, directive, directive->devices[i], reg) != home)
		i++;
	return i;
}

/* The bytes of a held register that an access is for. */
static uint64_t held_value(const struct tap_access *access, uint64_t value)
{
	uint64_t mask = UINT64_MAX >> (64 - 8 * access->width);

	return value >> 8 * (access->reg - register_of(access)) & mask;
}

static void meet(
	struct rule *rule, size_t device, const struct tap_access *access, struct outcome *outcome)
{
	if (!meet_is_meant(&rule->meet))
		return;
	switch (rule->meet.directive->verb) {
	case DIRECTIVE_DELAY:
		outcome->delay_ns += rule->meet.directive->delay_ns;
		break;
	case DIRECTIVE_HOLD:
		outcome->is_held = true;
		outcome->value = held_value(access, rule->values[device]);
		break;
	default:
		if (outcome->error == 0)
			outcome->error = -rule->meet.directive->error;
	}
}

static struct outcome judge(struct fault *fault, const struct tap_access *access)
{
	struct outcome outcome = {0};

	pthread_mutex_lock(&fault->lock);
	for (size_t i = 0; i < fault->n_rules; i++) {
		struct rule *rule = &fault->rules[i];
		size_t device = find_device(fault, rule->meet.directive, access);
		if (device < rule->meet.directive->n_devices)
			meet(rule, device, access, &outcome);
	}
	pthread_mutex_unlock(&fault->lock);
	return outcome;
}

/* In real time, whatever the node's clock does: it is the caller who waits. */
static void wait_ns(uint64_t ns)
{
	struct timespec left = {(time_t)(ns / CLOCK_SECOND_NS), (long)(ns % CLOCK_SECOND_NS)};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void fault_access(struct tap *tap, struct tap_access *access)
{
	struct fault *fault = (struct fault *)tap;

	if (fault->n_rules == 0) {
		tap_access(tap->next, access);
		return;
	}
	struct outcome outcome = judge(fault, access);
	if (outcome.delay_ns > 0)
		wait_ns(outcome.delay_ns);
	access->error = outcome.error;
	if (outcome.error == 0 && !outcome.is_held)
		tap_access(tap->next, access);
	else if (!access->is_write)
		access->value = outcome.error == 0 ? outcome.value : tap_failed_value(access);
}

static void rule_deinit(struct rule *rule)
{
	directive_free(rule->meet.directive);
	free(rule->values);
}

static void fault_free(struct tap *tap)
{
	struct fault *fault = (struct fault *)tap;

	for (size_t i = 0; i < fault->n_rules; i++)
		rule_deinit(&fault->rules[i]);
	free(fault->rules);
	pthread_mutex_destroy(&fault->lock);
	free(fault);
}

struct fault *fault_new(struct machine *machine, struct tap *next)
{
	static const struct tap_ops ops = {.access = fault_access, .free = fault_free};
	struct fault *fault = calloc(1, sizeof *fault);

	if (!fault)
		return NULL;
	fault->tap = (struct tap){.ops = &ops, .next = next};
	fault->machine = machine;
	pthread_mutex_init(&fault->lock, NULL);
	return fault;
}

struct tap *fault_tap(struct fault *fault)
{
	return &fault->tap;
}

/* What the registers have now, unless a value was given. */
static int find_values(struct fault *fault, struct rule *rule)
{
	const struct directive *directive = rule->meet.directive;

	rule->values = calloc(directive->n_devices + 1, sizeof *rule->values);
	if (!rule->values)
		return -ENOMEM;
	for (size_t i = 0; i < directive->n_devices; i++) {
		struct tap_access access = {
			.space = directive->space,
			.device = directive->devices[i],
			.reg = directive->reg,
			.width = op_space_has_units(directive->space) ? 4 : 8,
			.value = directive->value,
		};
		if (!directive->has_value)
			tap_access(fault->tap.next, &access);
		if (access.error < 0)
			return access.error;
		rule->values[i] = access.value;
	}
	return 0;
}

static int append(struct fault *fault, const struct rule *rule)
{
	pthread_mutex_lock(&fault->lock);
	struct rule *rules = array_grow(fault->rules, fault->n_rules, sizeof *rules);
	if (rules) {
		fault->rules = rules;
		rules[fault->n_rules] = *rule;
		fault->n_rules++;
	}
	pthread_mutex_unlock(&fault->lock);
	return rules ? 0 : -ENOMEM;
}

int fault_add(struct fault *fault, struct directive *directive, uint64_t id)
{
	struct rule rule = {.id = id};
	int r = 0;

	meet_init(&rule.meet, directive);
	if (directive->verb == DIRECTIVE_HOLD) {
		r = find_values(fault, &rule);
		/* the newer one counts */
		if (r == 0)
			fault_release(fault, directive);
	}
	if (r == 0)
		r = append(fault, &rule);
	if (r < 0)
		rule_deinit(&rule);
	return r;
}

static void remove_rule(struct fault *fault, size_t i)
{
	rule_deinit(&fault->rules[i]);
	fault->n_rules--;
	for (; i < fault->n_rules; i++)
		fault->rules[i] = fault->rules[i + 1];
}

bool fault_clear(struct fault *fault, uint64_t id)
{
	bool found = false;

	pthread_mutex_lock(&fault->lock);
	for (size_t i = fault->n_rules; i-- > 0;) {
		const struct rule *rule = &fault->rules[i];
		if (id == 0 ? rule->meet.directive->verb == DIRECTIVE_HOLD : rule->id != id)
			continue;
		remove_rule(fault, i);
		found = true;
	}
	pthread_mutex_unlock(&fault->lock);
	return found;
}

/* Takes the devices that the two have in common out of a rule; false: there are none. */
static bool take_out(struct fault *fault, struct rule *rule, const struct directive *directive)
{
	struct directive *held = rule->meet.directive;
	size_t n = 0, before = held->n_devices;

	if (held->verb != DIRECTIVE_HOLD || held->space != directive->space ||
		held->reg != directive->reg)
		return false;
	for (size_t i = 0; i < before; i++) {
		struct tap_access access = {
			.space = held->space, .device = held->devices[i], .reg = held->reg};
		struct directive probe = *directive;
		probe.verb = DIRECTIVE_HOLD; /* so that registers are compared */
		probe.reads = true;
		if (find_device(fault, &probe, &access) < probe.n_devices)
			continue;
		held->devices[n] = held->devices[i];
		rule->values[n++] = rule->values[i];
	}
	held->n_devices = n;
	return n < before;
}

bool fault_release(struct fault *fault, const struct directive *directive)
{
	bool found = false;

	pthread_mutex_lock(&fault->lock);
	for (size_t i = fault->n_rules; i-- > 0;) {
		found |= take_out(fault, &fault->rules[i], directive);
		if (fault->rules[i].meet.directive->verb == DIRECTIVE_HOLD &&
			fault->rules[i].meet.directive->n_devices == 0)
			remove_rule(fault, i);
	}
	pthread_mutex_unlock(&fault->lock);
	return found;
}

void fault_write(struct fault *fault, bool held, FILE *out)
{
	pthread_mutex_lock(&fault->lock);
	for (size_t i = 0; i < fault->n_rules; i++) {
		const struct rule *rule = &fault->rules[i];
		if ((rule->meet.directive->verb == DIRECTIVE_HOLD) == held)
			fprintf(out,
				"%" PRIu64 ": %s\t# %zu devices, %" PRIu64 " accesses, %" PRIu64
				" met it\n",
				rule->id, rule->meet.directive->text,
				rule->meet.directive->n_devices, rule->meet.n_seen,
				rule->meet.n_met);
	}
	pthread_mutex_unlock(&fault->lock);
}
