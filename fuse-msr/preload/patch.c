/* SPDX-License-Identifier: MIT */
#include "fuse-msr/preload/patch.h"

#include <Zydis/Zydis.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UD2                                                                                        \
	{                                                                                          \
		0x0F, 0x0B                                                                         \
	}
#define NOP	    0x90
#define MAX_OBJECTS 1024

struct site {
	uintptr_t address;
	enum patch_kind kind;
};

/* Sorted, and never changed once it is there: a handler may be looking at it. Old ones stay. */
struct sites {
	size_t n;
	struct site sites[];
};

static struct sites *_Atomic all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t objects[MAX_OBJECTS]; /* the addresses of those that have been patched */
static unsigned n_objects;

static const struct pattern {
	enum patch_kind kind;
	uint8_t n_bytes, bytes[3];
} patterns[] = {
	{PATCH_CPUID, 2, {0x0F, 0xA2}},
	{PATCH_RDTSC, 2, {0x0F, 0x31}},
	{PATCH_RDTSCP, 3, {0x0F, 0x01, 0xF9}},
};

#define N_PATTERNS (sizeof patterns / sizeof *patterns)

enum patch_kind patch_find(uintptr_t address)
{
	const struct sites *sites = atomic_load(&all);
	size_t low = 0, high = sites ? sites->n : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sites->sites[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return sites && low < sites->n && sites->sites[low].address == address
		       ? sites->sites[low].kind
		       : PATCH_NONE;
}

static int compare(const void *a, const void *b)
{
	const struct site *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* Known before it is there: another thread may run into it at once. */
static bool add_site(uintptr_t address, enum patch_kind kind)
{
	const struct sites *old = atomic_load(&all);
	size_t n = old ? old->n : 0;
	struct sites *sites = malloc(sizeof *sites + (n + 1) * sizeof *sites->sites);

	if (!sites)
		return false;
	sites->n = n + 1;
	if (old)
		memcpy(sites->sites, old->sites, n * sizeof *sites->sites);
	sites->sites[n] = (struct site){address, kind};
	qsort(sites->sites, sites->n, sizeof *sites->sites, compare);
	atomic_store(&all, sites);
	return true;
}

/* The bytes are changed in our copy of the page alone; what may not be made writable stays. */
static void patch(uint8_t *at, const struct pattern *pattern)
{
	static const uint8_t ud2[] = UD2;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)at & ~(page - 1);
	size_t length = (uintptr_t)at + pattern->n_bytes - from;

	if (mprotect((void *)from, length, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		return;
	if (add_site((uintptr_t)at, pattern->kind)) {
		memcpy(at, ud2, sizeof ud2);
		memset(at + sizeof ud2, NOP, pattern->n_bytes - sizeof ud2);
	}
	mprotect((void *)from, length, PROT_READ | PROT_EXEC);
}

static const struct pattern *match(const uint8_t *at, size_t left, bool has_cpuid)
{
	for (size_t i = 0; i < N_PATTERNS; i++)
		if ((has_cpuid || patterns[i].kind != PATCH_CPUID) && patterns[i].n_bytes <= left &&
			memcmp(at, patterns[i].bytes, patterns[i].n_bytes) == 0)
			return &patterns[i];
	return NULL;
}

/* Is there anything of it at all? Most functions have none and are not decoded. */
static bool has_match(const uint8_t *at, size_t size, bool has_cpuid)
{
	const uint8_t *end = at + size;

	for (; at < end && (at = memchr(at, 0x0F, (size_t)(end - at))); at++)
		if (match(at, (size_t)(end - at), has_cpuid))
			return true;
	return false;
}

/* One function, from its beginning. What can't be decoded is data, and the rest is left alone. */
static void patch_function(uint8_t *at, size_t size, bool has_cpuid)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction instruction;
	uint8_t *end = at + size;

	if (!has_match(at, size, has_cpuid) ||
		ZYAN_FAILED(ZydisDecoderInit(
			&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)))
		return;
	while (at < end && ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
				   &decoder, NULL, at, (ZyanUSize)(end - at), &instruction))) {
		const struct pattern *pattern = match(at, (size_t)(end - at), has_cpuid);
		if (pattern && pattern->n_bytes == instruction.length)
			patch(at, pattern);
		at += instruction.length;
	}
}

/*
 * The functions of an object are those of its unwind table (LSB 5.0, .eh_frame_hdr), sorted by
 * address: compilers write it for all code, and nothing else in the file says so surely where code
 * begins.
 */
struct unwind {
	uint8_t version, frame_encoding, count_encoding, table_encoding;
	int32_t frame;
	uint32_t count;
	struct {
		int32_t start, description; /* from the table's own address */
	} table[];
};

#define PCREL_SDATA4   0x1b
#define UDATA4	       0x03
#define DATAREL_SDATA4 0x3b

static const struct unwind *find_unwind(const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		const struct unwind *unwind =
			(const struct unwind *)(info->dlpi_addr + header->p_vaddr);
		if (header->p_type == PT_GNU_EH_FRAME && header->p_memsz >= sizeof *unwind &&
			unwind->version == 1 && unwind->frame_encoding == PCREL_SDATA4 &&
			unwind->count_encoding == UDATA4 &&
			unwind->table_encoding == DATAREL_SDATA4)
			return unwind;
	}
	return NULL;
}

static void patch_segment(const struct unwind *unwind, uintptr_t from, uintptr_t to, bool has_cpuid)
{
	for (uint32_t i = 0; i < unwind->count; i++) {
		uintptr_t start = (uintptr_t)unwind + (uintptr_t)(intptr_t)unwind->table[i].start;
		uintptr_t end = i + 1 < unwind->count
					? (uintptr_t)unwind +
						  (uintptr_t)(intptr_t)unwind->table[i + 1].start
					: to;
		if (start < from || start >= to)
			continue;
		patch_function((uint8_t *)start, (end < to ? end : to) - start, has_cpuid);
	}
}

/* The loader and libc look at the processor to use it, and so have to see it as it is. */
static bool is_left_alone(const struct dl_phdr_info *info)
{
	static const char *const names[] = {
		"ld-linux", "libc.so", "linux-vdso", "libZydis", "libnode-"};
	const char *slash = strrchr(info->dlpi_name, '/');
	const char *name = slash ? slash + 1 : info->dlpi_name;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool is_known(uintptr_t object)
{
	for (unsigned i = 0; i < n_objects; i++)
		if (objects[i] == object)
			return true;
	if (n_objects < MAX_OBJECTS)
		objects[n_objects++] = object;
	return false;
}

static int patch_object(struct dl_phdr_info *info, size_t size, void *context)
{
	const struct unwind *unwind = find_unwind(info);
	const bool *has_cpuid = context;

	(void)size;
	if (!unwind || is_left_alone(info) || is_known((uintptr_t)unwind))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + header->p_vaddr;
		if (header->p_type == PT_LOAD && (header->p_flags & PF_X) &&
			!(header->p_flags & PF_W))
			patch_segment(unwind, from, from + header->p_filesz, *has_cpuid);
	}
	return 0;
}

void patch_loaded(bool has_cpuid)
{
	pthread_mutex_lock(&lock);
	dl_iterate_phdr(patch_object, &has_cpuid);
	pthread_mutex_unlock(&lock);
}
