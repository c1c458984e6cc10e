/* SPDX-License-Identifier: MIT */
/*
 * A trace: the register accesses of a node in the order in which they took place, one line of text
 * each, behind a header that says what the node is; msrd-trace(5). Here is one access and the
 * header; trace_reader.h and trace_writer.h have the files.
 */
#ifndef MSRD_SIM_TAP_TRACE_H
#define MSRD_SIM_TAP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "op.h"

#define TRACE_VERSION	 1
#define TRACE_TEXT_SIZE	 160 /* enough for each of the texts below */
#define TRACE_UNKNOWN	 UINT32_MAX
#define TRACE_MAX_CPU	 ((1u << 20) - 1) /* far above what exists */
#define TRACE_NAME_SIZE	 256
#define TRACE_MAX_CONFIG 4096 /* bytes of a config space */

/* Where an access went. */
struct trace_place {
	enum op_space space;
	uint64_t device; /* OP_MSR: OS CPU number; OP_PCI: domain << 16 | bus << 8 | devfn */
	uint32_t reg;	 /* MSR address, or byte offset in config space */
};

struct trace_access {
	uint64_t time_ns; /* of the node's clock */
	struct trace_place place;
	bool is_write;
	uint32_t width; /* bytes: 8 of an MSR; 1, 2 or 4, naturally aligned, of config space */
	uint64_t value; /* to write, or as read; 0 of a read that failed */
	int error;	/* 0 or -errno */
};

/* What the node is, as far as the trace says: an empty text or TRACE_UNKNOWN is not known. */
struct trace_header {
	char node[TRACE_NAME_SIZE];   /* name of the fixture or machine */
	char origin[TRACE_NAME_SIZE]; /* who wrote the trace */
	char vendor[16];
	uint32_t family, model, stepping;
	uint32_t n_cpus;
};

void trace_header_init(struct trace_header *header);

/* A text of the header: as much of it as fits, and '?' for what a header can't hold. */
void trace_header_set(char *field, size_t size, const char *text);

/*
 * Takes a line of the header, "KEY VALUE". NULL, or what is wrong with it and what to do (a
 * literal). The line is cut into words.
 */
const char *trace_header_parse(struct trace_header *header, char *line);

/* One line, without its end: "1500 cpu3 r 0x198 8 0x1a00". Its length. */
size_t trace_access_format(const struct trace_access *access, char text[TRACE_TEXT_SIZE]);

/* The reverse; as trace_header_parse. */
const char *trace_access_parse(struct trace_access *access, char *line);

bool trace_place_equal(const struct trace_place *a, const struct trace_place *b);

/* For people: "CPU 3", "PCI 0000:7f:08.2"; "read of MSR 0x198 on CPU 3",
 * "write of 0x1f (4 bytes) to offset 0xd8 of PCI 0000:7f:08.2"; what it gave: "0x1a", "EIO". */
const char *trace_describe(const struct trace_access *access, char text[TRACE_TEXT_SIZE]);
const char *trace_describe_value(const struct trace_access *access, char text[TRACE_TEXT_SIZE]);

#endif
