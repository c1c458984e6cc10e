/* SPDX-License-Identifier: MIT */
/*
 * msrd_region_begin and msrd_region_end: a program has one measurement or none, and says no handle
 * with its marks, so what stands here is the process's own, and a thread's own. Starts with the
 * first mark. Knows no counter.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/region_session.h"
#include "client/region_thread.h"

enum { NOT_LOOKED, OFF, ON };

static struct {
	_Atomic int state;
	int result; /* OFF: of every mark, where a measurement could not be joined */
	pthread_mutex_t lock;
	pthread_once_t once;
	pthread_key_t key; /* has a thread that ends tell so */
	struct region_session session;
} region = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static __thread struct region_thread *own;

static void end_thread(void *pointer)
{
	struct region_thread *thread = pointer;

	if (atomic_load(&region.state) == ON)
		region_thread_end_all(thread, &region.session.reader);
	region_thread_deinit(thread);
	free(thread);
	own = NULL;
}

/* A child measures on its own, once it marks something: what its parent has begun is its parent's.
 */
static void leave_to_parent(void)
{
	pthread_mutex_init(&region.lock, NULL);
	if (atomic_load(&region.state) != ON)
		return;
	if (own) {
		region_thread_deinit(own);
		free(own);
		own = NULL;
		pthread_setspecific(region.key, NULL);
	}
	region_session_close(&region.session);
	atomic_store(&region.state, NOT_LOOKED);
}

static void prepare(void)
{
	pthread_key_create(&region.key, end_thread);
	pthread_atfork(NULL, NULL, leave_to_parent);
}

/* Whether there is a measurement. A program with more rights than its user's takes no orders from
 * the environment. */
static int look(void)
{
	const char *path = secure_getenv(REGION_FILE_VARIABLE);
	int state = OFF;

	pthread_once(&region.once, prepare);
	pthread_mutex_lock(&region.lock);
	if (atomic_load(&region.state) != NOT_LOOKED) {
		state = atomic_load(&region.state);
	} else {
		region.result = path ? region_session_open(&region.session, path) : 0;
		state = path && region.result == 0 ? ON : OFF;
		atomic_store(&region.state, state);
	}
	pthread_mutex_unlock(&region.lock);
	return state;
}

static int get_thread(struct region_thread **thread)
{
	int r = 0;

	if (!own) {
		own = calloc(1, sizeof *own);
		if (!own)
			return -ENOMEM;
		r = region_thread_init(own, &region.session.file, getpid(), gettid());
		if (r == 0)
			r = -pthread_setspecific(region.key, own);
		if (r < 0) {
			region_thread_deinit(own);
			free(own);
			own = NULL;
		}
	}
	*thread = own;
	return r;
}

static int mark(int (*act)(struct region_thread *, const struct region_reader *, const char *),
	const char *name)
{
	int state = atomic_load_explicit(&region.state, memory_order_acquire);
	struct region_thread *thread;
	int r;

	if (state == NOT_LOOKED)
		state = look();
	if (state == OFF)
		return region.result;
	r = get_thread(&thread);
	return r < 0 ? r : act(thread, &region.session.reader, name);
}

int msrd_region_begin(const char *name)
{
	return mark(region_thread_begin, name);
}

int msrd_region_end(const char *name)
{
	return mark(region_thread_end, name);
}
