/* SPDX-License-Identifier: MIT */
#include "sim/tap/window.h"

#include <errno.h>
#include <stdlib.h>

int window_init(struct window *window, struct trace_reader *reader, uint64_t capacity)
{
	*window = (struct window){
		.reader = reader,
		.capacity = capacity,
		.ring = calloc(capacity, sizeof *window->ring),
	};
	if (window->ring)
		return 0;
	window_deinit(window);
	return -ENOMEM;
}

void window_deinit(struct window *window)
{
	trace_reader_free(window->reader);
	free(window->ring);
	*window = (struct window){.has_ended = true};
}

bool window_is_full(const struct window *window)
{
	return window->end - window->begin == window->capacity;
}

static struct window_entry *get(const struct window *window, uint64_t at)
{
	return &window->ring[at & (window->capacity - 1)];
}

struct window_entry *window_pull(struct window *window)
{
	struct window_entry *entry = get(window, window->end);

	if (window->has_ended)
		return NULL;
	*entry = (struct window_entry){.next = WINDOW_NONE};
	int r = trace_reader_next(window->reader, &entry->recorded.access);
	window->has_ended = r <= 0;
	window->has_failed = r < 0;
	if (r <= 0)
		return NULL;
	entry->recorded.line = trace_reader_line(window->reader);
	window->end++;
	return entry;
}

struct window_entry *window_at(struct window *window, uint64_t at)
{
	while (at >= window->end)
		if (window_is_full(window) || !window_pull(window))
			return NULL;
	return get(window, at);
}

void window_drop(struct window *window, uint64_t at)
{
	if (at > window->begin)
		window->begin = at < window->end ? at : window->end;
}
