/* SPDX-License-Identifier: MIT */
/*
 * A program that marks regions, step by step as its arguments say; the node's clock, which stands,
 * is moved by them. Each thread is pinned to the CPU of its number.
 * usage: regions STEP...
 *     begin:NAME end:NAME   a mark; T@begin:NAME that of thread T, 1 or more, which is on CPU T
 *     step:SECONDS          the clock moves on
 *     cpu:N                 this thread moves to CPU N
 *     fork                  a child goes on, and its parent waits for it and ends
 *     join:T                thread T ends
 *     kill                  the process kills itself
 *     orphan                it kills its daemon
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/msrd.h"

#define MAX_THREADS 4
#define CLOCK	    "/sys/devices/sim/clock"

static struct worker {
	pthread_t thread;
	int cpu;
	const char *step; /* NULL: the end */
	sem_t go, done;
} workers[MAX_THREADS];

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) < 0)
		err(1, "CPU %d", cpu);
}

static void say(const char *step, int r)
{
	if (r != 0)
		printf("%s: %d\n", step, r);
}

static void move_clock(const char *seconds)
{
	FILE *file = fopen(CLOCK, "w");

	if (!file || fprintf(file, "+%ss\n", seconds) < 0 || fclose(file) != 0)
		err(1, "%s", CLOCK);
}

static void leave_child_alone(void)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child == 0)
		return;
	if (waitpid(child, &status, 0) != child)
		err(1, "waitpid");
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void kill_children(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	int pid;

	if (!file)
		err(1, "children");
	while (fscanf(file, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(file);
}

static void take(const char *step)
{
	if (strncmp(step, "begin:", 6) == 0)
		say(step, msrd_region_begin(step + 6));
	else if (strncmp(step, "end:", 4) == 0)
		say(step, msrd_region_end(step + 4));
	else if (strncmp(step, "cpu:", 4) == 0)
		pin(atoi(step + 4));
	else if (strncmp(step, "step:", 5) == 0)
		move_clock(step + 5);
	else if (strcmp(step, "fork") == 0)
		leave_child_alone();
	else if (strcmp(step, "orphan") == 0)
		kill_children();
	else if (strcmp(step, "kill") == 0)
		raise(SIGKILL);
	else
		errx(2, "%s: no step", step);
}

static void *work(void *closure)
{
	struct worker *worker = closure;

	pin(worker->cpu);
	for (;;) {
		sem_wait(&worker->go);
		if (!worker->step)
			return NULL;
		take(worker->step);
		sem_post(&worker->done);
	}
}

static struct worker *get_worker(int number)
{
	struct worker *worker = &workers[number];

	if (number < 1 || number >= MAX_THREADS)
		errx(2, "thread %d?", number);
	if (worker->thread)
		return worker;
	worker->cpu = number;
	sem_init(&worker->go, 0, 0);
	sem_init(&worker->done, 0, 0);
	if (pthread_create(&worker->thread, NULL, work, worker) != 0)
		errx(1, "no thread");
	return worker;
}

static void join(int number)
{
	struct worker *worker = get_worker(number);

	worker->step = NULL;
	sem_post(&worker->go);
	pthread_join(worker->thread, NULL);
	worker->thread = 0;
}

int main(int argc, char **argv)
{
	pin(0);
	for (int i = 1; i < argc; i++) {
		const char *at = strchr(argv[i], '@');

		if (strncmp(argv[i], "join:", 5) == 0) {
			join(atoi(argv[i] + 5));
		} else if (at) {
			struct worker *worker = get_worker(atoi(argv[i]));

			worker->step = at + 1;
			sem_post(&worker->go);
			sem_wait(&worker->done);
		} else {
			take(argv[i]);
		}
	}
	return 0;
}
