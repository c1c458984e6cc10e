/* SPDX-License-Identifier: MIT */
/*
 * The words in which a model's folder writes its tables of registers. Included
 * by those files alone; MODELS.md explains them.
 */
#ifndef MSRD_ARCH_TABLE_H
#define MSRD_ARCH_TABLE_H

#include "arch/arch.h"
#include "util/array.h"

#define BIT(n)	 (UINT64_C(1) << (n))
#define ALL	 UINT64_MAX
#define MEASURED "measured" /* read on such a processor although the tables do not have it */
#define ASSUMED	 "assumed"  /* nobody knows */

/* Which counters can count an event of any unit mask, a range of events, one of one unit mask. */
#define LIMIT(event, counters_)                                                                    \
	{                                                                                          \
		(event), (event), false, 0, (counters_)                                            \
	}
#define LIMITS(from, to, counters_)                                                                \
	{                                                                                          \
		(from), (to), false, 0, (counters_)                                                \
	}
#define LIMIT_UMASK(event, umask_, counters_)                                                      \
	{                                                                                          \
		(event), (event), true, (umask_), (counters_)                                      \
	}

#define REG(address_, name_, source_, ...)                                                         \
	{                                                                                          \
		.address = (address_), .name = (name_), .source = (source_), __VA_ARGS__           \
	}
#define BANK(count_, stride_) .count = (count_), .stride = (stride_)
#define FIRST(number)	      .first = (number)
#define ALIAS(names)	      .aliases = (names)

#define THREAD	.scope = ARCH_THREAD
#define CORE	.scope = ARCH_CORE
#define PACKAGE .scope = ARCH_PACKAGE

#define ABSENT			   .class = ARCH_ABSENT
#define CONSTANT(value)		   .class = ARCH_CONSTANT, .reset = (value)
#define STORAGE(mask)		   .class = ARCH_STORAGE, .write_mask = (mask)
#define RESET(value)		   .reset = (value)
#define LOCK(bit)		   .lock = BIT(bit)
#define CLEARABLE		   .class = ARCH_CLEARABLE
#define LATCHED			   .class = ARCH_LATCHED
#define CHECK(check_)		   .check = ARCH_##check_
#define RUNNING(quantity_, width_) .class = ARCH_RUNNING, .quantity = (quantity_), .width = (width_)
#define WRITABLE		   .write_mask = ALL
#define UPDATED(period)		   .period_ns = (period)
#define THERMAL			   .class = ARCH_THERMAL
#define APIC_ID(part_)		   .class = ARCH_APIC_ID, .condition = ARCH_X2APIC, .part = (part_)
#define PMU(part_)		   .class = ARCH_CORE_PMU, .part = (part_)
#define ALONE			   .condition = ARCH_ALL_COUNTERS
#define SINCE(microcode_)	   .condition = ARCH_MICROCODE, .microcode = (microcode_)
#define SLICE(number)		   .condition = ARCH_SLICE, .index = (number)
#define BOX(box_, part_)	   .class = ARCH_BOX, .box = (box_), .part = (part_), PACKAGE
#define FILTER(box_, mask)	   STORAGE(mask), .box = (box_), PACKAGE
#define PCI(unit_)		   .space = OP_PCI, .unit = (unit_)
#define HIGH			   .shift = 32 /* the high half of a counter */

#endif
