/* SPDX-License-Identifier: MIT */
#include "fuse-msr/tree/pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/* The first page of that number or a higher one; n_pages: there is none. */
static size_t find(const struct pages *pages, uint64_t number)
{
	size_t low = 0, high = pages->n_pages;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pages->pages[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct pages *pages, size_t at, uint64_t number)
{
	return at < pages->n_pages && pages->pages[at].number == number;
}

/* The page of that number, of zeros if it is new: 0, -ENOSPC or -ENOMEM. */
static int take(struct pages *pages, size_t *left, uint64_t number, size_t *at)
{
	struct page *grown;
	uint8_t *bytes;

	*at = find(pages, number);
	if (is_at(pages, *at, number))
		return 0;
	if (*left == 0)
		return -ENOSPC;
	grown = array_grow(pages->pages, pages->n_pages, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	pages->pages = grown;
	bytes = calloc(1, PAGE_BYTES);
	if (!bytes)
		return -ENOMEM;
	memmove(grown + *at + 1, grown + *at, (pages->n_pages - *at) * sizeof *grown);
	grown[*at] = (struct page){number, bytes};
	pages->n_pages++;
	--*left;
	return 0;
}

/* Those from first to before end are free again. */
static void give_back(struct pages *pages, size_t *left, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		free(pages->pages[i].bytes);
	if (first < end && end < pages->n_pages)
		memmove(pages->pages + first, pages->pages + end,
			(pages->n_pages - end) * sizeof *pages->pages);
	pages->n_pages -= end - first;
	*left += end - first;
	if (pages->n_pages == 0) {
		free(pages->pages);
		pages->pages = NULL;
	}
}

/* How much of count bytes at offset lies in the page that offset is in. */
static size_t part_in_page(uint64_t offset, uint64_t count)
{
	size_t rest = PAGE_BYTES - (size_t)(offset % PAGE_BYTES);

	return count < rest ? (size_t)count : rest;
}

ssize_t pages_read(const struct pages *pages, uint8_t *buffer, size_t count, uint64_t offset)
{
	size_t done = 0;

	if (offset >= pages->size)
		return 0;
	if (count > pages->size - offset)
		count = (size_t)(pages->size - offset);
	while (done < count) {
		uint64_t number = (offset + done) / PAGE_BYTES;
		size_t part = part_in_page(offset + done, count - done), at = find(pages, number);
		if (is_at(pages, at, number))
			memcpy(buffer + done, pages->pages[at].bytes + (offset + done) % PAGE_BYTES,
				part);
		else
			memset(buffer + done, 0, part);
		done += part;
	}
	return (ssize_t)done;
}

ssize_t pages_write(
	struct pages *pages, size_t *left, const uint8_t *buffer, size_t count, uint64_t offset)
{
	size_t done = 0, at;
	int r = 0;

	while (done < count) {
		size_t part = part_in_page(offset + done, count - done);
		r = take(pages, left, (offset + done) / PAGE_BYTES, &at);
		if (r < 0)
			break;
		memcpy(pages->pages[at].bytes + (offset + done) % PAGE_BYTES, buffer + done, part);
		done += part;
	}
	if (done > 0 && offset + done > pages->size)
		pages->size = offset + done;
	return done > 0 ? (ssize_t)done : r;
}

/* Zeros in a page that stays. */
static void clear(struct pages *pages, uint64_t offset, size_t count)
{
	size_t at = find(pages, offset / PAGE_BYTES);

	if (is_at(pages, at, offset / PAGE_BYTES))
		memset(pages->pages[at].bytes + offset % PAGE_BYTES, 0, count);
}

void pages_truncate(struct pages *pages, size_t *left, uint64_t size)
{
	give_back(pages, left, find(pages, size / PAGE_BYTES + (size % PAGE_BYTES != 0)),
		pages->n_pages);
	if (size % PAGE_BYTES != 0)
		clear(pages, size, PAGE_BYTES - (size_t)(size % PAGE_BYTES));
	pages->size = size;
}

int pages_allocate(struct pages *pages, size_t *left, uint64_t offset, uint64_t length)
{
	uint64_t first = offset / PAGE_BYTES, last = (offset + length - 1) / PAGE_BYTES;
	size_t at, there = find(pages, last + 1) - find(pages, first);
	int r = 0;

	if (last - first + 1 - there > *left)
		return -ENOSPC;
	for (uint64_t number = first; r == 0 && number <= last; number++)
		r = take(pages, left, number, &at);
	return r;
}

void pages_punch(struct pages *pages, size_t *left, uint64_t offset, uint64_t length)
{
	uint64_t end = offset + length, first = (offset + PAGE_BYTES - 1) / PAGE_BYTES;
	uint64_t before = end / PAGE_BYTES;

	if (first < before)
		give_back(pages, left, find(pages, first), find(pages, before));
	if (offset % PAGE_BYTES != 0)
		clear(pages, offset, part_in_page(offset, length));
	if (end % PAGE_BYTES != 0 && before * PAGE_BYTES >= offset)
		clear(pages, before * PAGE_BYTES, (size_t)(end % PAGE_BYTES));
}

int64_t pages_seek(const struct pages *pages, uint64_t offset, bool is_hole)
{
	uint64_t number = offset / PAGE_BYTES;
	size_t at = find(pages, number);

	if (offset >= pages->size)
		return -ENXIO;
	if (is_hole) {
		if (!is_at(pages, at, number))
			return (int64_t)offset;
		while (is_at(pages, at, number)) {
			at++;
			number++;
		}
		uint64_t hole = number * PAGE_BYTES;
		return (int64_t)(hole < pages->size ? hole : pages->size);
	}
	if (at == pages->n_pages)
		return -ENXIO;
	uint64_t data = pages->pages[at].number * PAGE_BYTES;
	if (data >= pages->size)
		return -ENXIO;
	return (int64_t)(data > offset ? data : offset);
}
