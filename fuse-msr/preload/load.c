/* SPDX-License-Identifier: MIT */
/*
 * dlopen(3), which brings code that has to be patched before it runs further. Its search path is
 * that of the object that calls it, and that is no longer the program's: so what has no path is
 * looked for as the caller's own would be. (Constructors of what is loaded have run by then.)
 */
#include "fuse-msr/preload/load.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuse-msr/preload/next.h"

#define EXPORT __attribute__((visibility("default")))

typedef void *dlopen_function(const char *, int);

static void (*on_load)(void);

void load_start(void (*loaded)(void))
{
	on_load = loaded;
}

/* DT_RUNPATH or DT_RPATH of an object, or NULL. */
static const char *find_runpath(const struct link_map *map)
{
	const char *strings = NULL;
	ElfW(Xword) offset = 0;
	bool is_found = false;

	for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == DT_STRTAB)
			strings = (const char *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_RUNPATH || (entry->d_tag == DT_RPATH && !is_found)) {
			offset = entry->d_un.d_val;
			is_found = true;
		}
	}
	return is_found && strings ? strings + offset : NULL;
}

/* One directory of the list, with $ORIGIN: the directory of the object. */
static bool expand(
	char path[PATH_MAX], const char *dir, int length, const char *object, const char *file)
{
	static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
	const char *slash = strrchr(object, '/');
	int origin = slash ? (int)(slash - object) : 0;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		int word = (int)strlen(words[i]);
		if (length >= word && strncmp(dir, words[i], (size_t)word) == 0)
			return snprintf(path, PATH_MAX, "%.*s%.*s/%s", origin, object,
				       length - word, dir + word, file) < PATH_MAX;
	}
	return snprintf(path, PATH_MAX, "%.*s/%s", length, dir, file) < PATH_MAX;
}

/* Where the caller's run path has the file: false when it has it nowhere. */
static bool find_file(char path[PATH_MAX], const void *caller, const char *file)
{
	Dl_info info;
	struct link_map *map = NULL;

	if (dladdr1(caller, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 || !map)
		return false;
	for (const char *at = find_runpath(map); at && *at != '\0';) {
		int length = (int)strcspn(at, ":");
		if (length > 0 && expand(path, at, length, info.dli_fname, file) &&
			access(path, R_OK) == 0)
			return true;
		at += length + (at[length] == ':');
	}
	return false;
}

EXPORT void *dlopen(const char *file, int mode)
{
	dlopen_function *real;
	char path[PATH_MAX];

	if (!next_find(&real, __func__))
		return NULL;
	if (file && !strchr(file, '/') && *file != '\0' && !getenv("LD_LIBRARY_PATH") &&
		find_file(path, __builtin_return_address(0), file))
		file = path;
	void *object = real(file, mode);
	if (object && on_load)
		on_load();
	return object;
}
