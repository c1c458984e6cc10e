/* SPDX-License-Identifier: MIT */
/*
 * Marks of scripts: lines "begin NAME" and "end NAME" that come through a pipe. They count what all
 * measured CPUs and sockets do, as the counters were read when the line was.
 */
#ifndef MSRD_CLI_REGION_SCRIPT_H
#define MSRD_CLI_REGION_SCRIPT_H

#include "cli/region_plan.h"

struct region_script_entry {
	char name[REGION_NAME_SIZE];
	unsigned depth;
	uint64_t calls, ns, begin_ns;
	uint64_t *begins, *sums; /* of each value of the plan */
};

#define REGION_LINE_SIZE 256

struct region_script {
	const struct region_plan *plan;
	struct region_script_entry *list;
	size_t n;
	char line[REGION_LINE_SIZE]; /* what has come of the next one */
	size_t n_line;
	unsigned n_mistakes; /* each was said */
};

void region_script_init(struct region_script *script, const struct region_plan *plan);
void region_script_deinit(struct region_script *script);

/*
 * Takes a mark at what the counters read last. 0; -EINVAL: it is none, or there is no such region
 * to be ended, and error says which; -ENOMEM.
 */
#define REGION_MARK_ERROR_SIZE 256
int region_script_mark(struct region_script *script, const struct count *count, const char *verb,
	const char *name, char error[REGION_MARK_ERROR_SIZE]);

/* Whoever hears of a whole line; without its newline. */
typedef int region_script_hear(void *closure, const char *line);

/* Bytes that came through the pipe. 0, or the first negative result of hear. */
int region_script_take(struct region_script *script, const char *bytes, size_t n,
	region_script_hear *hear, void *closure);

#endif
