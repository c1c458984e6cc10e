/* SPDX-License-Identifier: MIT */
/*
 * Directives one after the other, under one lock, and those that wait for the
 * node's clock. It must not know FUSE, what a directive does, or who gives orders.
 */
#include "fuse-msr/tree/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/control_state.h"
#include "fuse-msr/tree/nodetree.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define NEVER UINT64_MAX

int control_wait_for(struct control *control, struct directive *directive, uint64_t ns)
{
	size_t at = control->n_pending;
	struct pending *pending = array_grow(control->pending, control->n_pending, sizeof *pending);

	if (!pending) {
		directive_free(directive);
		return -ENOMEM;
	}
	control->pending = pending;
	/* behind those of the same moment */
	for (; at > control->first && pending[at - 1].ns > ns; at--)
		pending[at] = pending[at - 1];
	pending[at] = (struct pending){.ns = ns, .directive = directive};
	control->n_pending++;
	control->next_ns = pending[control->first].ns;
	pthread_cond_signal(&control->wake);
	return 0;
}

/* Lines of a fixture that has been loaded. */
static int take_events(struct control *control)
{
	char error[DIRECTIVE_ERROR_SIZE];
	struct directive *directive;

	for (size_t i = 0; i < control->fixture->n_events; i++) {
		const struct fixture_event *event = &control->fixture->events[i];
		if (!directive_parse(&directive, control->fixture, event->text, error) ||
			control_wait_for(control, directive, event->ns) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool is_all_online(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (!fixture->cpus[i].online)
			return false;
	return true;
}

/* All files that there can ever be, and those that are not there gone. */
static int make_tree(struct control *control)
{
	struct fixture *view = condition_view_all(control->condition);

	if (view)
		control->tree = nodetree_new(view, machine_started_ns(control->machine));
	condition_view_free(view);
	if (!control->tree)
		return -ENOMEM;
	return is_all_online(control->fixture) || control_refresh(control) >= 0 ? 0 : -ENOMEM;
}

static void init_wake(struct control *control)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&control->wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct control *control_new(
	const struct fixture *fixture, struct machine *machine, struct fault *fault)
{
	struct control *control = calloc(1, sizeof *control);

	if (!control)
		return NULL;
	control->fixture = fixture;
	control->machine = machine;
	control->fault = fault;
	control->next_ns = NEVER;
	pthread_mutex_init(&control->lock, NULL);
	init_wake(control);
	control->condition = condition_new(fixture);
	if (!control->condition || make_tree(control) < 0 || take_events(control) < 0)
		return control_free(control);
	return control;
}

static void end_thread(struct control *control)
{
	pthread_mutex_lock(&control->lock);
	control->is_ending = true;
	pthread_cond_signal(&control->wake);
	pthread_mutex_unlock(&control->lock);
	pthread_join(control->thread, NULL);
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	if (control->is_started)
		end_thread(control);
	for (size_t i = control->first; i < control->n_pending; i++)
		directive_free(control->pending[i].directive);
	free(control->pending);
	tree_free(control->tree);
	condition_free(control->condition);
	pthread_cond_destroy(&control->wake);
	pthread_mutex_destroy(&control->lock);
	free(control);
	return NULL;
}

struct tree *control_tree(struct control *control)
{
	return control->tree;
}

struct condition *control_condition(struct control *control)
{
	return control->condition;
}

void control_watch(struct control *control,
	void (*changed)(void *context, uint32_t file, unsigned changes), void *context)
{
	pthread_mutex_lock(&control->lock);
	control->changed = changed;
	control->context = context;
	pthread_mutex_unlock(&control->lock);
}

static void remember_refused(struct control *control, const char *line, const char *error)
{
	snprintf(control->refused, sizeof control->refused, "%.*s: %s", (int)strcspn(line, "\n"),
		line, error);
}

/* What comes late is as if it had come in time. */
static void come_due(struct control *control)
{
	char error[DIRECTIVE_ERROR_SIZE];
	uint64_t now = machine_clock_ns(control->machine);

	while (control->first < control->n_pending && control->pending[control->first].ns <= now) {
		struct pending due = control->pending[control->first++];
		cleanup_free char *text = strdup(due.directive->text);
		if (control_carry_out(control, due.directive, due.ns, error) < 0)
			remember_refused(control, text ? text : "", error);
	}
	if (control->first == control->n_pending)
		control->first = control->n_pending = 0;
	control->next_ns = control->n_pending > 0 ? control->pending[control->first].ns : NEVER;
}

void control_due(struct control *control)
{
	if (control->next_ns == NEVER || machine_clock_ns(control->machine) < control->next_ns)
		return;
	pthread_mutex_lock(&control->lock);
	come_due(control);
	pthread_mutex_unlock(&control->lock);
}

static void *keep_time(void *context)
{
	struct control *control = context;
	uint64_t started_ns = *machine_started_ns(control->machine);

	pthread_mutex_lock(&control->lock);
	while (!control->is_ending) {
		uint64_t next_ns = control->next_ns;
		if (next_ns == NEVER) {
			pthread_cond_wait(&control->wake, &control->lock);
			continue;
		}
		uint64_t ns = next_ns > NEVER - started_ns ? NEVER : started_ns + next_ns;
		const struct timespec time = {
			(time_t)(ns / CLOCK_SECOND_NS), (long)(ns % CLOCK_SECOND_NS)};
		if (pthread_cond_timedwait(&control->wake, &control->lock, &time) == ETIMEDOUT)
			come_due(control);
	}
	pthread_mutex_unlock(&control->lock);
	return NULL;
}

int control_start(struct control *control)
{
	if (!machine_started_ns(control->machine))
		return 0;
	int r = -pthread_create(&control->thread, NULL, keep_time, control);
	control->is_started = r == 0;
	return r;
}

static int give(struct control *control, struct directive *directive, char *error)
{
	uint64_t now = machine_clock_ns(control->machine);
	uint64_t ns = !directive->has_time ? now : directive->ns + (directive->is_later ? now : 0);

	if (ns <= now)
		return control_carry_out(control, directive, now, error);
	if (control_wait_for(control, directive, ns) == 0)
		return 0;
	snprintf(error, DIRECTIVE_ERROR_SIZE, "out of memory");
	return -EINVAL;
}

int control_apply(struct control *control, const char *line, char error[DIRECTIVE_ERROR_SIZE])
{
	struct directive *directive;

	int r = directive_parse(&directive, control->fixture, line, error) || error[0] == '\0'
			? 0
			: -EINVAL;
	pthread_mutex_lock(&control->lock);
	come_due(control);
	if (directive)
		r = give(control, directive, error);
	if (r < 0)
		remember_refused(control, line, error);
	pthread_mutex_unlock(&control->lock);
	return r;
}

static bool is_of_registers(const struct directive *directive)
{
	return directive->verb == DIRECTIVE_SET || directive->verb == DIRECTIVE_HOLD ||
	       directive->verb == DIRECTIVE_RELEASE;
}

void control_write(struct control *control, bool registers, FILE *out)
{
	pthread_mutex_lock(&control->lock);
	come_due(control);
	if (control->refused[0] != '\0')
		fprintf(out, "# refused: %s\n", control->refused);
	fault_write(control->fault, registers, out);
	if (!registers)
		condition_write(control->condition, out);
	for (size_t i = control->first; i < control->n_pending; i++) {
		const struct pending *pending = &control->pending[i];
		if (is_of_registers(pending->directive) == registers)
			fprintf(out, "%" PRIu64 "ns %s%s\n", pending->ns,
				pending->directive->is_end ? "# the end of " : "",
				pending->directive->text);
	}
	pthread_mutex_unlock(&control->lock);
}
