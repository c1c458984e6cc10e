/* SPDX-License-Identifier: MIT */
/* The condition of a node. It must not know who asks, or how a file is served. */
#include "fuse-msr/tree/condition.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fuse-msr/tree/update.h"
#include "sim/tap/meet.h"
#include "util/array.h"

struct opening {
	struct meet meet;
	uint64_t id;
};

struct condition {
	const struct fixture *fixture;
	_Atomic int lockdown, writes;
	_Atomic bool watchdog;
	_Atomic uint32_t *moves; /* of each function, out and in again: odd is hidden */
	char **patterns;	 /* of files that are gone */
	size_t n_patterns;
	pthread_mutex_t lock; /* of what follows */
	struct opening *openings;
	_Atomic size_t n_openings;
};

struct condition *condition_new(const struct fixture *fixture)
{
	struct condition *condition = calloc(1, sizeof *condition);

	if (!condition)
		return NULL;
	condition->fixture = fixture;
	pthread_mutex_init(&condition->lock, NULL);
	/* a node may have none */
	condition->moves = calloc(fixture->n_functions + 1, sizeof *condition->moves);
	return condition->moves ? condition : condition_free(condition);
}

struct condition *condition_free(struct condition *condition)
{
	if (!condition)
		return NULL;
	for (size_t i = 0; i < condition->n_openings; i++)
		directive_free(condition->openings[i].meet.directive);
	for (size_t i = 0; i < condition->n_patterns; i++)
		free(condition->patterns[i]);
	free(condition->openings);
	free(condition->patterns);
	free(condition->moves);
	pthread_mutex_destroy(&condition->lock);
	free(condition);
	return NULL;
}

enum directive_lockdown condition_lockdown(const struct condition *condition)
{
	return (enum directive_lockdown)condition->lockdown;
}

void condition_set_lockdown(struct condition *condition, enum directive_lockdown lockdown)
{
	condition->lockdown = (int)lockdown;
}

_Atomic int *condition_writes(struct condition *condition)
{
	return &condition->writes;
}

bool condition_watchdog(const struct condition *condition)
{
	return condition->watchdog;
}

void condition_set_watchdog(struct condition *condition, bool on)
{
	condition->watchdog = on;
}

bool condition_is_hidden(const struct condition *condition, uint32_t function)
{
	return condition_moves(condition, function) % 2 == 1;
}

void condition_hide(struct condition *condition, uint32_t function, bool hidden)
{
	condition->moves[function] += condition_is_hidden(condition, function) != hidden;
}

uint32_t condition_moves(const struct condition *condition, uint32_t function)
{
	return function < condition->fixture->n_functions ? condition->moves[function] : 0;
}

int condition_vanish(struct condition *condition, const char *pattern)
{
	char *copy = strdup(pattern);
	char **patterns = array_grow(condition->patterns, condition->n_patterns, sizeof *patterns);

	if (patterns)
		condition->patterns = patterns;
	if (!copy || !patterns) {
		free(copy);
		return -ENOMEM;
	}
	patterns[condition->n_patterns++] = copy;
	return 0;
}

bool condition_return(struct condition *condition, const char *pattern)
{
	size_t n = 0, before = condition->n_patterns;

	for (size_t i = 0; i < before; i++)
		if (strcmp(condition->patterns[i], pattern) == 0)
			free(condition->patterns[i]);
		else
			condition->patterns[n++] = condition->patterns[i];
	condition->n_patterns = n;
	return n < before;
}

size_t condition_remove(const struct condition *condition, struct tree *tree)
{
	size_t n = 0;

	for (size_t i = 0; i < condition->n_patterns; i++)
		n = tree_remove(tree, condition->patterns[i]);
	return n;
}

int condition_add_open(struct condition *condition, struct directive *directive, uint64_t id)
{
	pthread_mutex_lock(&condition->lock);
	struct opening *openings =
		array_grow(condition->openings, condition->n_openings, sizeof *openings);
	if (openings) {
		condition->openings = openings;
		openings[condition->n_openings].id = id;
		meet_init(&openings[condition->n_openings].meet, directive);
		condition->n_openings++;
	}
	pthread_mutex_unlock(&condition->lock);
	if (!openings)
		directive_free(directive);
	return openings ? 0 : -ENOMEM;
}

bool condition_clear(struct condition *condition, uint64_t id)
{
	size_t n = 0, before;

	pthread_mutex_lock(&condition->lock);
	before = condition->n_openings;
	for (size_t i = 0; i < before; i++)
		if (id == 0 || condition->openings[i].id == id)
			directive_free(condition->openings[i].meet.directive);
		else
			condition->openings[n++] = condition->openings[i];
	condition->n_openings = n;
	pthread_mutex_unlock(&condition->lock);
	return n < before;
}

int condition_open(
	struct condition *condition, const struct tree *tree, const struct tree_file *file)
{
	char path[1024];
	int r = 0;

	if (condition->n_openings == 0 || !tree_path(tree, file, path, sizeof path))
		return 0;
	pthread_mutex_lock(&condition->lock);
	for (size_t i = 0; i < condition->n_openings; i++) {
		struct meet *meet = &condition->openings[i].meet;
		if (fnmatch(meet->directive->file, path, FNM_PATHNAME) == 0 &&
			meet_is_meant(meet) && r == 0)
			r = -meet->directive->error;
	}
	pthread_mutex_unlock(&condition->lock);
	return r;
}

void condition_view_free(struct fixture *view)
{
	if (!view)
		return;
	free(view->cpus);
	free(view->functions);
	free(view);
}

struct fixture *condition_view_all(const struct condition *condition)
{
	const struct fixture *fixture = condition->fixture;
	struct fixture *view = malloc(sizeof *view);

	if (!view)
		return NULL;
	*view = *fixture;
	view->cpus = calloc(fixture->n_cpus + 1, sizeof *view->cpus);
	view->functions = calloc(fixture->n_functions + 1, sizeof *view->functions);
	if (!view->cpus || !view->functions) {
		condition_view_free(view);
		return NULL;
	}
	for (size_t i = 0; i < fixture->n_cpus; i++) {
		view->cpus[i] = fixture->cpus[i];
		view->cpus[i].online = true;
	}
	for (size_t i = 0; i < fixture->n_functions; i++)
		view->functions[i] = fixture->functions[i];
	return view;
}

struct fixture *condition_view(const struct condition *condition, struct machine *machine)
{
	struct fixture *view = condition_view_all(condition);

	for (size_t i = 0; view && i < view->n_cpus; i++)
		view->cpus[i].online = machine_cpu_is_online(machine, view->cpus[i].number);
	for (uint32_t i = 0; view && i < view->n_functions; i++)
		view->functions[i].is_hidden = condition_is_hidden(condition, i);
	return view;
}

static const char *const lockdowns[] = {
	[LOCKDOWN_NONE] = "none",
	[LOCKDOWN_INTEGRITY] = "integrity",
	[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
};

void condition_write(struct condition *condition, FILE *out)
{
	const struct fixture *fixture = condition->fixture;

	pthread_mutex_lock(&condition->lock);
	for (size_t i = 0; i < condition->n_openings; i++) {
		const struct opening *opening = &condition->openings[i];
		fprintf(out, "%" PRIu64 ": %s\t# %" PRIu64 " opened, %" PRIu64 " met it\n",
			opening->id, opening->meet.directive->text, opening->meet.n_seen,
			opening->meet.n_met);
	}
	pthread_mutex_unlock(&condition->lock);
	for (size_t i = 0; i < condition->n_patterns; i++)
		fprintf(out, "vanish %s\n", condition->patterns[i]);
	for (uint32_t i = 0; i < fixture->n_functions; i++)
		if (condition_is_hidden(condition, i))
			fprintf(out, "hide %04x:%02x:%02x.%x\n", fixture->functions[i].domain,
				fixture->functions[i].bus, fixture->functions[i].devfn >> 3,
				fixture->functions[i].devfn & 7);
	if (condition->lockdown != LOCKDOWN_NONE)
		fprintf(out, "lockdown %s\n", lockdowns[condition->lockdown]);
	if (condition->writes != WRITES_DEFAULT)
		fprintf(out, "allow_writes %s\n", condition->writes == WRITES_ON ? "on" : "off");
	if (condition->watchdog)
		fprintf(out, "watchdog on\n");
}
