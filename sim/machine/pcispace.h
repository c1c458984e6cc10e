/* SPDX-License-Identifier: MIT */
/*
 * Config space of one PCI function. Mostly the fixture's dump, read only; the
 * counters and filters of an uncore box live.
 */
#ifndef MSRD_SIM_MACHINE_PCISPACE_H
#define MSRD_SIM_MACHINE_PCISPACE_H

#include "arch/arch.h"
#include "sim/machine/uncore.h"

#define PCISPACE_MAX_FILTERS 8

struct pcispace {
	const struct fixture_function *dump;
	const struct arch_function *uncore; /* NULL: dump only */
	bool has_box;
	enum uncore_kind kind;
	struct uncore_box box;
	uint32_t filters[PCISPACE_MAX_FILTERS];
};

/*
 * Which uncore unit function number function of the fixture is, and of which
 * socket; NULL when it is none that the CPU model knows, or belongs to none.
 */
const struct arch_function *pcispace_find_uncore(
	const struct fixture *fixture, uint32_t function, uint32_t *socket);

/* As the dump shows it. */
void pcispace_init(struct pcispace *function, const struct fixture *fixture, uint32_t number);

/* width 1, 2 or 4, aligned. Outside of the config space: all ones, and ignored. */
uint32_t pcispace_read(struct pcispace *function, uint32_t offset, uint32_t width, uint64_t ns);
void pcispace_write(
	struct pcispace *function, uint32_t offset, uint32_t width, uint64_t ns, uint32_t value);

#endif
