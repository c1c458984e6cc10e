/* SPDX-License-Identifier: MIT */
/* Memory from smaps_rollup, switches from status, system calls by ptrace. */
#include "footprint.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"

/* Chosen, not tuned. */
#define N_ACCESSES 200

/* The number behind "key:" in a file of the process; NAN: none. */
static double number_of(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	double number = NAN;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	FILE *in = fopen(path, "re");
	if (!in) {
		complain(-errno, "%s", path);
		return NAN;
	}
	while (isnan(number) && fgets(line, sizeof line, in))
		if (strncmp(line, key, strlen(key)) == 0)
			number = strtod(line + strlen(key), NULL);
	fclose(in);
	return number;
}

static double switches_of(pid_t pid)
{
	return number_of(pid, "status", "voluntary_ctxt_switches:") +
	       number_of(pid, "status", "nonvoluntary_ctxt_switches:");
}

static int repeat(struct candidate *daemon, const struct timed_access *access)
{
	int r = 0;

	for (int i = 0; i < N_ACCESSES && r == 0; i++) {
		struct timed_access again = *access;

		r = candidate_access(daemon, &again);
	}
	return r;
}

static bool enters_call(pid_t pid)
{
	struct __ptrace_syscall_info info = {0};

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* Follows pid through its calls until client has ended. How many; -errno. */
static long follow(pid_t pid, pid_t client)
{
	long n = 0;
	int status;

	for (;;) {
		pid_t who = waitpid(-1, &status, __WALL);

		if (who < 0)
			return -errno;
		if (who == client)
			return status == 0 ? n : -EIO;
		if (who != pid)
			continue;
		if (!WIFSTOPPED(status))
			return -ECONNRESET;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			n += enters_call(pid);
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
			return -errno;
	}
}

static void let_go(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0)
		waitpid(pid, &status, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

/* A child asks, as this process has to look. */
static double count_calls(struct candidate *daemon, pid_t pid, const struct timed_access *access)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD) < 0) {
		complain(-errno, "ptrace: system calls are not counted");
		return NAN;
	}
	/* it waits in recv, and enters that once more as it goes on */
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	pid_t client = fork();
	if (client == 0)
		_exit(repeat(daemon, access) < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	long n = client < 0 ? -errno : follow(pid, client);
	let_go(pid);
	if (n < 0)
		complain((int)n, "system calls are not counted");
	return n < 0 ? NAN : (double)(n - 1) / N_ACCESSES;
}

int footprint_take(struct footprint *footprint, struct candidate *daemon, pid_t pid,
	const struct timed_access *access)
{
	int r = repeat(daemon, access); /* and all that it will ever touch is touched */
	double before = switches_of(pid);

	if (r == 0)
		r = repeat(daemon, access);
	if (r < 0)
		return r;
	footprint->switches = (switches_of(pid) - before) / N_ACCESSES;
	footprint->rss_kib = number_of(pid, "smaps_rollup", "Rss:");
	footprint->pss_kib = number_of(pid, "smaps_rollup", "Pss:");
	footprint->calls = count_calls(daemon, pid, access);
	return 0;
}
