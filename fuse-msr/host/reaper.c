/* SPDX-License-Identifier: MIT */
/* Seeing off one's descendants. It must not know what they are. */
#include "fuse-msr/host/reaper.h"

#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "util/array.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/number.h"

struct descendant {
	pid_t pid, parent;
	bool ours;
};

struct descendants {
	struct descendant *members;
	size_t n_members;
};

int reaper_adopt(void)
{
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		return -errno;
	return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0;
}

static sigset_t ending_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGCHLD);
	return signals;
}

int reaper_signals(void)
{
	sigset_t signals = ending_signals();
	int fd;

	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void reaper_signals_release(void)
{
	sigset_t signals = ending_signals();

	sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

/* The name of a process may hold blanks and brackets: what follows comes after the last one. */
static pid_t read_parent(const char *pid)
{
	char path[64], line[512];
	pid_t parent;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	cleanup_fclose FILE *file = fopen(path, "re");
	if (!file || !fgets(line, sizeof line, file))
		return 0;
	const char *rest = strrchr(line, ')');
	return rest && sscanf(rest, ") %*c %d", &parent) == 1 ? parent : 0;
}

static void add_member(struct descendants *all, const char *name)
{
	struct descendant *members;
	uint64_t pid;

	if (!number_parse(name, INT_MAX, &pid))
		return;
	members = array_grow(all->members, all->n_members, sizeof *members);
	if (!members)
		return;
	all->members = members;
	members[all->n_members++] =
		(struct descendant){.pid = (pid_t)pid, .parent = read_parent(name)};
}

static bool is_ours(const struct descendants *all, pid_t pid)
{
	if (pid == getpid())
		return true;
	for (size_t i = 0; i < all->n_members; i++)
		if (all->members[i].pid == pid)
			return all->members[i].ours;
	return false;
}

/* Until nothing new is found: children need not come after their parents. */
static void mark_ours(struct descendants *all)
{
	for (bool found = true; found;) {
		found = false;
		for (size_t i = 0; i < all->n_members; i++) {
			struct descendant *descendant = &all->members[i];
			if (!descendant->ours && is_ours(all, descendant->parent))
				found = descendant->ours = true;
		}
	}
}

static void signal_all(int number)
{
	struct descendants all = {0};
	cleanup_closedir DIR *proc = opendir("/proc");

	for (struct dirent *entry; proc && (entry = readdir(proc));)
		add_member(&all, entry->d_name);
	mark_ours(&all);
	for (size_t i = 0; i < all.n_members; i++)
		if (all.members[i].ours)
			kill(all.members[i].pid, number);
	free(all.members);
}

/* Reaps whoever has ended: false when nobody is left. */
static bool reap(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return pid == 0;
}

/* Waits for one of them to end, up to the time left; false when that is over. */
static bool wait_for_child(int64_t left_ms)
{
	const struct timespec left = {
		.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	return left_ms > 0 && sigtimedwait(&child, NULL, &left) >= 0;
}

static bool reap_until(int timeout_ms)
{
	int64_t deadline_ms = clock_now_ms() + timeout_ms;

	while (reap())
		if (!wait_for_child(deadline_ms - clock_now_ms()))
			return !reap();
	return true;
}

void reaper_end(int grace_ms)
{
	if (!reap())
		return;
	signal_all(SIGTERM);
	if (reap_until(grace_ms))
		return;
	/* again and again: one may have been made while we were looking */
	do
		signal_all(SIGKILL);
	while (!reap_until(100));
}
