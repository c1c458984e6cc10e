/* SPDX-License-Identifier: MIT */
/* A device whose registers hold what was written to them, each its own; the oldest write first.
 * Each can be made to fail. */
#ifndef MSRD_TESTS_UNIT_BANK_DEVICE_H
#define MSRD_TESTS_UNIT_BANK_DEVICE_H

#include <stdlib.h>

#include "device/device.h"

#define BANK_REGISTERS 128
#define BANK_WRITES    128

struct bank_register {
	struct place place;
	uint64_t value;
	enum op_status reads, writes; /* how such an access ends */
};

struct bank {
	struct device device;
	struct bank_register registers[BANK_REGISTERS];
	size_t n;
	struct op writes[BANK_WRITES]; /* that were done */
	size_t n_writes;
	/* after so many writes the bank does what happens meanwhile; 0: nothing does */
	size_t n_until;
	void (*meanwhile)(struct bank *bank);
};

/* One that was not there yet holds 0. */
static inline struct bank_register *bank_at(struct bank *bank, const struct place *place)
{
	for (size_t i = 0; i < bank->n; i++)
		if (bank->registers[i].place.reg == place->reg &&
			place_same_device(&bank->registers[i].place, place))
			return &bank->registers[i];
	if (bank->n == BANK_REGISTERS)
		abort();
	bank->registers[bank->n] = (struct bank_register){.place = *place};
	return &bank->registers[bank->n++];
}

static inline struct bank_register *bank_msr(struct bank *bank, uint32_t cpu, uint32_t reg)
{
	struct place place = place_at(place_of_cpu(cpu), reg);

	return bank_at(bank, &place);
}

static inline struct bank_register *bank_unit(
	struct bank *bank, uint32_t package, enum op_unit unit, uint32_t index, uint32_t reg)
{
	struct place place = place_at(place_of_unit(package, unit, index), reg);

	return bank_at(bank, &place);
}

static inline void bank_access_one(struct device *device, struct op *op)
{
	struct bank *bank = (struct bank *)device;
	struct bank_register *reg = bank_at(bank, &op->place);

	op->status = op->verb == OP_WRITE ? reg->writes : reg->reads;
	if (op->status != OP_OK || op->verb == OP_CHECK)
		return;
	if (op->verb == OP_READ) {
		op->value = reg->value;
		return;
	}
	reg->value = op->value;
	if (bank->n_writes == BANK_WRITES)
		abort();
	bank->writes[bank->n_writes++] = *op;
	if (bank->n_writes == bank->n_until)
		bank->meanwhile(bank);
}

static inline void bank_access(struct device *device, struct op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bank_access_one(device, &ops[i]);
}

static const struct device_ops bank_ops = {.access = bank_access};

#endif
