/* SPDX-License-Identifier: MIT */
/* For tests of files: a machine in place of the simulated one. */
#ifndef MSRD_TESTS_FAKE_MACHINE_H
#define MSRD_TESTS_FAKE_MACHINE_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/drive.h"
#include "sim/machine/holder.h"
#include "sim/machine/machine.h"

/*
 * A machine that only notes what it is asked: MSR n reads as n, until reads
 * have been used up; a config byte reads as its offset.
 */
struct machine {
	char log[256];
	unsigned reads_left;
	uint64_t ns;
};

__attribute__((format(printf, 2, 3))) static void note(
	struct machine *machine, const char *format, ...)
{
	size_t used = strlen(machine->log);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(machine->log + used, sizeof machine->log - used, format, arguments);
	va_end(arguments);
}

int machine_msr_read(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t *value)
{
	(void)cpu;
	if (machine->reads_left == 0)
		return -EIO;
	machine->reads_left--;
	*value = address;
	return 0;
}

int machine_msr_write(struct machine *machine, uint32_t cpu, uint32_t address, uint64_t value)
{
	if (machine->reads_left == 0)
		return -EIO;
	machine->reads_left--;
	note(machine, "%u:%x=%llx ", cpu, address, (unsigned long long)value);
	return 0;
}

uint32_t machine_pci_read(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width)
{
	uint32_t value = 0;

	(void)function;
	assert_true(width == 1 || width == 2 || width == 4);
	assert_int_equal(offset % width, 0);
	note(machine, "%x/%u ", offset, width);
	for (uint32_t i = 0; i < width; i++)
		value |= ((offset + i) & 0xff) << 8 * i;
	return value;
}

void machine_pci_write(
	struct machine *machine, uint32_t function, uint32_t offset, uint32_t width, uint32_t value)
{
	(void)function;
	note(machine, "%x/%u=%x ", offset, width, value);
}

uint64_t machine_clock_ns(struct machine *machine)
{
	return machine->ns;
}

int machine_clock_advance(struct machine *machine, uint64_t ns)
{
	machine->ns += ns;
	return 0;
}

/* What befalls a node is tested elsewhere, with a machine. */
bool machine_cpu_is_online(struct machine *machine, uint32_t cpu)
{
	(void)machine;
	(void)cpu;
	return true;
}

const uint64_t *machine_started_ns(const struct machine *machine)
{
	(void)machine;
	return NULL;
}

uint32_t machine_msr_home(const struct machine *machine, uint32_t cpu, uint32_t address)
{
	(void)machine;
	(void)address;
	return cpu;
}

int machine_msr_set(
	struct machine *machine, uint32_t cpu, uint32_t address, uint64_t ns, uint64_t value)
{
	(void)ns;
	return machine_msr_write(machine, cpu, address, value);
}

int machine_pci_set(
	struct machine *machine, uint32_t function, uint32_t offset, uint64_t ns, uint32_t value)
{
	(void)ns;
	machine_pci_write(machine, function, offset, 4, value);
	return 0;
}

int machine_cpu_set_online(struct machine *machine, uint32_t cpu, bool online)
{
	(void)machine;
	(void)cpu;
	(void)online;
	return 0;
}

int machine_hold_watchdog(struct machine *machine, uint32_t cpu, uint64_t ns, bool on)
{
	(void)machine;
	(void)cpu;
	(void)ns;
	(void)on;
	return 0;
}

int machine_hold_perf(struct machine *machine, uint32_t cpu, uint64_t ns, uint32_t counter)
{
	(void)machine;
	(void)cpu;
	(void)ns;
	(void)counter;
	return 0;
}

#endif
