/* SPDX-License-Identifier: MIT */
/* The memory that a measurement shares with its programs. Knows its layout, and no counter. */
#include "client/region_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Changes with everything in region_file.h. */
static const char magic[8] = "msrdreg1";

/* More than any machine has; they keep sizes far from where they would wrap. */
#define MAX_NUMBER UINT32_C(1000000)
/* A lock, and what else stands alone, on a line of the cache of its own. */
#define LINE 64

static uint64_t align(uint64_t bytes)
{
	return (bytes + LINE - 1) / LINE * LINE;
}

static uint64_t entry_bytes(const struct region_header *header)
{
	return align(sizeof(struct region_entry) + 2 * sizeof(struct region_sum) +
		     3 * (uint64_t)header->max_values * sizeof(uint64_t));
}

/* Where each part begins, one behind the other. */
struct layout {
	uint64_t cpus, places, values, seen, ops, entries, records, end;
};

static struct layout layout_of(const struct region_header *header)
{
	struct layout layout = {.cpus = align(sizeof *header)};

	layout.places = align(layout.cpus + header->n_cpus * sizeof(uint32_t) * REGION_N_LEVELS);
	layout.values =
		align(layout.places + header->n_places * (uint64_t)sizeof(struct region_place));
	layout.seen =
		align(layout.values + header->n_values * (uint64_t)sizeof(struct region_value));
	layout.ops = align(layout.seen + header->n_values * (uint64_t)sizeof(uint64_t));
	layout.entries = align(layout.ops + header->n_ops * (uint64_t)sizeof(struct msrd_op));
	layout.records = layout.entries + header->max_entries * entry_bytes(header);
	layout.end = layout.records + header->max_records * (uint64_t)sizeof(struct region_record);
	return layout;
}

uint64_t region_file_size(const struct region_header *header)
{
	if (header->n_cpus > MAX_NUMBER || header->n_places > MAX_NUMBER ||
		header->n_values > MAX_NUMBER || header->n_ops > MAX_NUMBER ||
		header->max_values > header->n_values || header->max_entries > MAX_NUMBER ||
		header->max_records > MAX_NUMBER)
		return 0;
	return layout_of(header).end;
}

static void point(struct region_file *file, char *memory)
{
	struct layout layout = layout_of((struct region_header *)memory);

	*file = (struct region_file){
		.header = (struct region_header *)memory,
		.cpus = (uint32_t *)(memory + layout.cpus),
		.places = (struct region_place *)(memory + layout.places),
		.values = (struct region_value *)(memory + layout.values),
		.seen = (_Atomic uint64_t *)(memory + layout.seen),
		.ops = (struct msrd_op *)(memory + layout.ops),
		.entries = memory + layout.entries,
		.entry_bytes = entry_bytes((struct region_header *)memory),
		.records = (struct region_record *)(memory + layout.records),
	};
}

static void lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

bool region_lock(pthread_mutex_t *lock)
{
	bool is_orphan = pthread_mutex_lock(lock) == EOWNERDEAD;

	if (is_orphan)
		pthread_mutex_consistent(lock);
	return is_orphan;
}

int region_file_new(struct region_file *file, const struct region_header *header)
{
	/* nobody can make it shorter, and have those who map it killed by that */
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	uint64_t size = region_file_size(header);
	cleanup_close int fd =
		size ? memfd_create("msrd-regions", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
	void *memory;

	if (size == 0)
		return -EINVAL;
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
		return -errno;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	struct region_header *made = memory;

	*made = *header;
	memcpy(made->magic, magic, sizeof magic);
	made->lock_size = sizeof made->lock;
	made->size = size;
	lock_init(&made->lock);
	point(file, memory);
	return steal_fd(&fd);
}

/* Do places, values and ops lie within each other as they should? */
static bool is_sound(const struct region_file *file)
{
	const struct region_header *header = file->header;

	for (uint64_t i = 0; i < (uint64_t)header->n_cpus * REGION_N_LEVELS; i++)
		if (file->cpus[i] != REGION_NONE && file->cpus[i] >= header->n_places)
			return false;
	for (uint32_t i = 0; i < header->n_places; i++) {
		const struct region_place *place = &file->places[i];

		if (place->level >= REGION_N_LEVELS || place->n_values > header->max_values ||
			place->first_value > header->n_values ||
			place->n_values > header->n_values - place->first_value ||
			place->first_op > header->n_ops ||
			place->n_ops > header->n_ops - place->first_op)
			return false;
		for (uint32_t j = 0; j < place->n_values; j++) {
			const struct region_value *value = &file->values[place->first_value + j];

			if (value->width < 1 || value->width + value->shift > 64 ||
				(uint64_t)value->op + (value->has_high ? 2 : 0) >= place->n_ops)
				return false;
		}
	}
	return true;
}

int region_file_open(struct region_file *file, const char *path)
{
	cleanup_close int fd = open(path, O_RDWR | O_CLOEXEC);
	struct region_header header;
	struct stat status;
	void *memory;

	*file = (struct region_file){0};
	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
		memcmp(header.magic, magic, sizeof magic) != 0 ||
		header.lock_size != sizeof header.lock || region_file_size(&header) == 0 ||
		header.size != region_file_size(&header) || (uint64_t)status.st_size != header.size)
		return -EPROTO;
	/* it names the daemon that is started */
	if (status.st_uid != geteuid())
		return -EPERM;
	memory = mmap(NULL, header.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	point(file, memory);
	if (is_sound(file))
		return 0;
	region_file_close(file);
	return -EPROTO;
}

void region_file_close(struct region_file *file)
{
	if (file->header)
		munmap(file->header, file->header->size);
	*file = (struct region_file){0};
}

struct region_sum *region_sum_of(
	const struct region_file *file, struct region_entry *entry, unsigned bank)
{
	size_t n = file->header->max_values;
	size_t sum_words = sizeof(struct region_sum) / sizeof(uint64_t) + n;

	return (struct region_sum *)&entry->words[n + (bank & 1) * sum_words];
}

static uint32_t at_most(uint32_t n, uint32_t max)
{
	return n < max ? n : max;
}

uint32_t region_n_entries(const struct region_file *file)
{
	return at_most(atomic_load(&file->header->n_entries), file->header->max_entries);
}

uint32_t region_n_records(const struct region_file *file)
{
	return at_most(atomic_load(&file->header->n_records), file->header->max_records);
}

bool region_name_is_good(const char *name)
{
	size_t n = name ? strnlen(name, REGION_NAME_SIZE) : 0;

	if (n == 0 || n == REGION_NAME_SIZE)
		return false;
	for (; *name; name++)
		if (!isascii((unsigned char)*name) ||
			(!isalnum((unsigned char)*name) && !strchr("_-.:/+@", *name)))
			return false;
	return true;
}

struct region_entry *region_entry_get(
	const struct region_file *file, const char *name, uint32_t place)
{
	struct region_entry *entry = NULL;
	uint32_t i;

	region_lock(&file->header->lock);
	uint32_t n = region_n_entries(file);

	for (i = 0; i < n; i++) {
		entry = region_entry_at(file, i);
		if (entry->place == place && strncmp(entry->name, name, REGION_NAME_SIZE) == 0)
			break;
	}
	if (i == n && n == file->header->max_entries) {
		entry = NULL;
	} else if (i == n) {
		entry = region_entry_at(file, n);
		entry->place = place;
		lock_init(&entry->lock);
		strncpy(entry->name, name, REGION_NAME_SIZE - 1);
		atomic_store(&file->header->n_entries, n + 1);
	}
	pthread_mutex_unlock(&file->header->lock);
	return entry;
}

struct region_record *region_record_new(
	const struct region_file *file, const char *name, int32_t pid, int32_t tid, uint32_t cpu)
{
	uint32_t i = atomic_fetch_add(&file->header->n_records, 1);

	if (i >= file->header->max_records) {
		atomic_store(&file->header->n_records, file->header->max_records);
		return NULL;
	}
	struct region_record *record = &file->records[i];

	strncpy(record->name, name, REGION_NAME_SIZE - 1);
	record->pid = pid;
	record->tid = tid;
	record->cpu = cpu;
	atomic_store(&record->is_made, 1);
	return record;
}
