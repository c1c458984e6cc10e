/* SPDX-License-Identifier: MIT */
/*
 * An application with LIKWID's marker API: one thread on each of CPUs 0 and 1,
 * both inside a region while the node's clock is moved by two seconds. On a
 * node with a manual clock nothing else is counted.
 *
 *     likwid-perfctr -c 0,1 -g GROUP -m likwid-region
 */
#include <err.h>
#include <fcntl.h>
#include <likwid-marker.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t barrier;

static void let_time_pass(void)
{
	int clock = open("/sys/devices/sim/clock", O_WRONLY | O_CLOEXEC);

	if (clock < 0 || write(clock, "+2s", 3) != 3)
		err(1, "/sys/devices/sim/clock");
	close(clock);
}

static void run_on(int cpu)
{
	if (likwid_pinThread(cpu) != 1)
		errx(1, "cannot run on CPU %d", cpu);
}

static void measure(void)
{
	pthread_barrier_wait(&barrier);
	LIKWID_MARKER_START("region");
	if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
		let_time_pass();
	pthread_barrier_wait(&barrier);
	LIKWID_MARKER_STOP("region");
}

static void *measure_cpu1(void *nothing)
{
	run_on(1);
	LIKWID_MARKER_THREADINIT;
	measure();
	return nothing;
}

int main(void)
{
	pthread_t thread;

	pthread_barrier_init(&barrier, NULL, 2);
	run_on(0);
	LIKWID_MARKER_INIT;
	LIKWID_MARKER_THREADINIT;
	if (pthread_create(&thread, NULL, measure_cpu1, NULL) != 0)
		errx(1, "cannot start a thread");
	measure();
	pthread_join(thread, NULL);
	LIKWID_MARKER_CLOSE;
	return 0;
}
