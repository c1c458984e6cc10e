/* SPDX-License-Identifier: MIT */
/*
 * What a running process may, as /proc/PID/status has it, which anybody can read. Knows nothing of
 * how the process came to it.
 */
#ifndef MSRD_TESTS_KERNEL_PRIVILEGES_H
#define MSRD_TESTS_KERNEL_PRIVILEGES_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct privileges {
	uint64_t uid[4], gid[4]; /* real, effective, saved, of files */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	uint64_t no_new_privs, seccomp;
};

static inline void read_numbers(uint64_t *values, size_t n, const char *text, int base)
{
	char *end;

	for (size_t i = 0; i < n; i++, text = end)
		values[i] = strtoull(text, &end, base);
}

/* Lines that are not looked for stay as they were. */
static inline void privileges_of_line(struct privileges *privileges, const char *line)
{
	const struct {
		const char *name;
		int base;
		size_t n;
		uint64_t *values;
	} lines[] = {
		{"Uid:", 10, 4, privileges->uid},
		{"Gid:", 10, 4, privileges->gid},
		{"CapInh:", 16, 1, &privileges->inheritable},
		{"CapPrm:", 16, 1, &privileges->permitted},
		{"CapEff:", 16, 1, &privileges->effective},
		{"CapBnd:", 16, 1, &privileges->bounding},
		{"CapAmb:", 16, 1, &privileges->ambient},
		{"NoNewPrivs:", 10, 1, &privileges->no_new_privs},
		{"Seccomp:", 10, 1, &privileges->seccomp},
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		size_t length = strlen(lines[i].name);
		if (strncmp(line, lines[i].name, length) == 0)
			read_numbers(lines[i].values, lines[i].n, line + length, lines[i].base);
	}
}

/* False when there is no such process. What a line did not say is all ones. */
static inline bool privileges_of(struct privileges *privileges, pid_t pid)
{
	char path[64], line[256];

	memset(privileges, 0xff, sizeof *privileges);
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof line, file))
		privileges_of_line(privileges, line);
	fclose(file);
	return true;
}

static inline void privileges_print(const struct privileges *privileges)
{
	printf("# uid %" PRIu64 " %" PRIu64 " %" PRIu64 ", gid %" PRIu64 " %" PRIu64 " %" PRIu64
	       ", capabilities effective %" PRIx64 " permitted %" PRIx64 " bounding %" PRIx64
	       ", no_new_privs %" PRIu64 ", seccomp %" PRIu64 "\n",
		privileges->uid[0], privileges->uid[1], privileges->uid[2], privileges->gid[0],
		privileges->gid[1], privileges->gid[2], privileges->effective,
		privileges->permitted, privileges->bounding, privileges->no_new_privs,
		privileges->seccomp);
	fflush(stdout);
}

#endif
