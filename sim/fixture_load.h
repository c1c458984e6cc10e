/* SPDX-License-Identifier: MIT */
/*
 * Inside the fixture loader: complaints, bounded files, lists. Only the
 * fixture_*.c files include it.
 */
#ifndef MSRD_SIM_FIXTURE_LOAD_H
#define MSRD_SIM_FIXTURE_LOAD_H

#include "sim/fixture.h"

/* Far above what exists, far below what would hurt: chosen, not tuned. */
#define FIXTURE_MAX_FILE_BYTES (16u << 20)
#define FIXTURE_MAX_COMPLAINTS 100
#define FIXTURE_MAX_CPUS       8192
#define FIXTURE_MAX_PACKAGES   64
#define FIXTURE_MAX_MSRS       (1u << 20)
#define FIXTURE_MAX_FUNCTIONS  4096

/* The numa_node of all functions on a bus. */
struct fixture_bus {
	uint16_t domain;
	uint8_t bus;
	int32_t numa_node;
};

/* One load of one folder. */
struct fixture_load {
	struct fixture *fixture;   /* being filled */
	struct fixture_bus *buses; /* of node.yaml, for pci.txt */
	size_t n_buses;
	void (*complain)(void *context, const char *message);
	void *context;
	size_t n_complaints;
};

/* A file of the folder, read as a whole. */
struct fixture_file {
	struct fixture_load *load;
	const char *name;
	char *text; /* ends with a NUL, holds none */
	size_t size;
};

/* False after a complaint. A missing file that is optional is an empty text, without one. */
bool fixture_file_read(
	struct fixture_file *file, struct fixture_load *load, const char *name, bool optional);
void fixture_file_free(struct fixture_file *file);

/* "FOLDER/NAME:LINE: …", or without the line when line is 0. */
__attribute__((format(printf, 3, 4))) void fixture_complain(
	struct fixture_file *file, size_t line, const char *format, ...);

struct fixture_list {
	uint32_t *numbers; /* as written, none twice; free() it */
	size_t n;
};

/*
 * A cpu list with numbers up to max (at most FIXTURE_MAX_CPUS - 1). 0, -EINVAL for
 * what is no such list, -EEXIST when a number is there twice, -ENOMEM; the
 * list is empty then.
 */
int fixture_list_parse(struct fixture_list *list, const char *text, uint32_t max);
const char *fixture_list_error(int error);

/* The array with room for one more element behind n, or NULL: out of memory. */
void *fixture_grow(void *array, size_t n, size_t element_bytes);

/* The CPU of that number, or NULL. */
struct fixture_cpu *fixture_find_cpu(const struct fixture *fixture, uint32_t number);

/* One for each file of the folder; what is wrong has been complained about. */
void fixture_load_node(struct fixture_load *load);
void fixture_load_msr(struct fixture_load *load);
void fixture_load_pci(struct fixture_load *load);
void fixture_load_workload(struct fixture_load *load);

#endif
