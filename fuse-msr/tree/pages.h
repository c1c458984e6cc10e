/* SPDX-License-Identifier: MIT */
/*
 * The content of a file in memory: pages where something was written, and holes that read as
 * zeros. Several files share what pages there are. It must not know what file it is.
 */
#ifndef MSRD_FUSE_MSR_TREE_PAGES_H
#define MSRD_FUSE_MSR_TREE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE_BYTES 4096

struct page {
	uint64_t number; /* its offset by PAGE_BYTES */
	uint8_t *bytes;
};

/* All zero is an empty file. */
struct pages {
	struct page *pages; /* ascending */
	size_t n_pages;
	uint64_t size; /* of the file, up to INT64_MAX: Linux asks for no more */
};

/* Of all of these, left: pages that may still be taken, of whatever file; it is kept up to date. */

/* The bytes done: fewer at the end. */
ssize_t pages_read(const struct pages *pages, uint8_t *buffer, size_t count, uint64_t offset);
/* The bytes done: fewer when there is no more room; -ENOSPC or -ENOMEM when none. */
ssize_t pages_write(
	struct pages *pages, size_t *left, const uint8_t *buffer, size_t count, uint64_t offset);
void pages_truncate(struct pages *pages, size_t *left, uint64_t size);
/* Pages for all of it, so that writing there cannot fail. 0, -ENOSPC or -ENOMEM: then none. */
int pages_allocate(struct pages *pages, size_t *left, uint64_t offset, uint64_t length);
/* It reads as zeros, and what pages lie in it are free. */
void pages_punch(struct pages *pages, size_t *left, uint64_t offset, uint64_t length);
/* Of SEEK_DATA and SEEK_HOLE: where there is the next. -ENXIO: offset is not in the file. */
int64_t pages_seek(const struct pages *pages, uint64_t offset, bool is_hole);

#endif
