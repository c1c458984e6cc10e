/* SPDX-License-Identifier: MIT */
/*
 * Groups: events and the figures that follow from them, as a file NAME.group says. A line each,
 * # begins a comment:
 *
 *     about Bytes read from memory
 *     event reads imc/event=0x04,umask=0x03/
 *     metric read_bandwidth B/s reads * 64 / time
 *
 * An event has a name for the formulas, and is written as for msrctl stat -e. A metric has a key, a
 * unit (- is none) and a formula. Constants are time (s), base_clock (Hz), tjmax (degrees C) and
 * parts, how many CPUs or boxes are added up.
 */
#ifndef MSRD_CLI_COUNT_GROUP_H
#define MSRD_CLI_COUNT_GROUP_H

#include "cli/count/formula.h"
#include "cli/count/want.h"

#define GROUP_NAME_SIZE	  32
#define GROUP_MAX_EVENTS  32
#define GROUP_MAX_METRICS 32
#define GROUP_ERROR_SIZE  1024

/* Numbers of names in formulas: the constants, then the events. */
enum group_constant { GROUP_TIME, GROUP_BASE_CLOCK, GROUP_TJMAX, GROUP_PARTS };
#define GROUP_N_CONSTANTS 4
#define GROUP_N_NAMES	  (GROUP_N_CONSTANTS + GROUP_MAX_EVENTS)

struct group_event {
	char name[GROUP_NAME_SIZE];
	struct want want;
	size_t index; /* whoever counts them all may keep the place of it here */
};

struct group_metric {
	char key[GROUP_NAME_SIZE];
	char unit[16]; /* "" is none */
	struct formula formula;
};

struct group {
	char name[GROUP_NAME_SIZE];
	char about[128];
	struct group_event events[GROUP_MAX_EVENTS];
	size_t n_events;
	struct group_metric metrics[GROUP_MAX_METRICS];
	size_t n_metrics;
};

/* The group that text is, of the model. path is for messages. False: error says file, line, what is
 * wrong and what would be right. */
bool group_parse(struct group *group, const struct arch *arch, const char *name, const char *path,
	const char *text, char error[GROUP_ERROR_SIZE]);

/* May a group or a key be called so? Letters, digits and _, and a letter first. */
bool group_name_is_good(const char *name);

/* Do all events that the metric needs belong to CPUs? */
bool group_metric_is_cpus(const struct group *group, const struct group_metric *metric);

#endif
