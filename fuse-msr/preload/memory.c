/* SPDX-License-Identifier: MIT */
/*
 * sysinfo(2), and what libc makes of it. Nothing is allocated here: who replaces malloc asks for
 * the amount of memory before there is any.
 */
#include "fuse-msr/preload/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "fuse-msr/preload/next.h"

#define MEMINFO	 "/proc/meminfo"
#define TEXT_MAX 4096

#define EXPORT __attribute__((visibility("default")))

static bool is_started;

void memory_start(void)
{
	is_started = true;
}

static bool read_text(char text[TEXT_MAX])
{
	int fd = open(MEMINFO, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);

	if (fd >= 0)
		close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return length > 0;
}

/* "MemTotal:       134217728 kB" */
static uint64_t find_bytes(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoull(line + strlen(key), NULL, 10) * 1024 : 0;
}

static bool get_bytes(const char *key, uint64_t *bytes)
{
	int error = errno;
	char text[TEXT_MAX];
	bool is_there = is_started && read_text(text);

	*bytes = is_there ? find_bytes(text, key) : 0;
	errno = error;
	return is_there;
}

static bool get_pages(int name, long *pages)
{
	uint64_t bytes;

	if ((name != _SC_PHYS_PAGES && name != _SC_AVPHYS_PAGES) ||
		!get_bytes(name == _SC_PHYS_PAGES ? "MemTotal:" : "MemFree:", &bytes))
		return false;
	*pages = (long)(bytes / (uint64_t)getpagesize());
	return true;
}

EXPORT long sysconf(int name)
{
	static long (*real)(int);
	long pages;

	if (get_pages(name, &pages))
		return pages;
	return real || next_find(&real, __func__) ? real(name) : (errno = ENOSYS, -1);
}

EXPORT long get_phys_pages(void)
{
	return sysconf(_SC_PHYS_PAGES);
}

EXPORT long get_avphys_pages(void)
{
	return sysconf(_SC_AVPHYS_PAGES);
}

/* libc declares it with a name that is its own. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
EXPORT int sysinfo(struct sysinfo *info)
{
	static int (*real)(struct sysinfo *);
	uint64_t total, free, total_swap, free_swap;

	if (!real && !next_find(&real, __func__))
		return errno = ENOSYS, -1;
	int r = real(info);
	if (r < 0 || !get_bytes("MemTotal:", &total) || !get_bytes("MemFree:", &free) ||
		!get_bytes("SwapTotal:", &total_swap) || !get_bytes("SwapFree:", &free_swap))
		return r;
	info->mem_unit = 1;
	info->totalram = total;
	info->freeram = free;
	info->totalswap = total_swap;
	info->freeswap = free_swap;
	info->sharedram = info->bufferram = info->totalhigh = info->freehigh = 0;
	return r;
}
