/* SPDX-License-Identifier: MIT */
/* Where a register is: a CPU, or an uncore unit of a socket; and what it is called. */
#ifndef MSRD_CLI_TARGET_H
#define MSRD_CLI_TARGET_H

#include "arch/arch.h"
#include "client/msrd.h"

#include <stdbool.h>

struct target {
	enum op_space space;
	uint32_t cpu;	   /* OP_MSR */
	uint32_t socket;   /* OP_PCI */
	enum op_unit unit; /* OP_PCI */
	uint32_t index;	   /* OP_PCI */
};

struct target_list {
	struct target *targets;
	size_t n_targets;
};

struct target target_cpu(uint32_t cpu);
struct target target_unit(uint32_t socket, enum op_unit unit, uint32_t index);

/* "CPU 3", "imc0 of socket 1". Returns text. */
const char *target_describe(const struct target *target, char *text, size_t size);

/* One register of the target; results as in msrd.h. */
int target_read(struct msrd *msrd, const struct target *target, uint32_t reg, uint64_t *value);
int target_write(struct msrd *msrd, const struct target *target, uint32_t reg, uint64_t value);

/* 0 or -ENOMEM. */
int target_list_add(struct target_list *list, struct target target);
void target_list_deinit(struct target_list *list);

/* A list of CPUs such as "0-3,8". 0, -EINVAL, -ENOMEM. */
int target_list_parse_cpus(struct target_list *list, const char *text);

/*
 * Units such as "imc0-3,ha" on one socket: a number after a comma goes on with
 * the unit before it ("imc0,2"), a name without number is all of its kind that
 * the model has. 0, -EINVAL, -ENOMEM.
 */
int target_list_parse_units(
	struct target_list *list, const struct arch *arch, uint32_t socket, const char *text);

/* A register by number, or by its name in the model's allowlists (case does not matter). */
bool target_find_register(
	const struct target *target, const struct arch *arch, const char *text, uint32_t *reg);

/* Its name, or NULL. arch may be NULL. */
const char *target_register_name(
	const struct target *target, const struct arch *arch, uint32_t reg);

#endif
