/* SPDX-License-Identifier: MIT */
/*
 * sys/firmware: the one ACPI table that programs look into, MCFG (PCI Firmware Specification 3.0,
 * 4.1.2): for each PCI segment its buses. What else firmware says is not known of a node, and what
 * the host's says is not there. It must not know FUSE.
 */
#include <string.h>

#include "fuse-msr/tree/nodetree.h"
#include "util/bytes.h"

#define HEADER_BYTES 44 /* of an ACPI table, and 8 that are reserved */
#define ENTRY_BYTES  16
#define MAX_SEGMENTS 16
#define BASE	     UINT32_C(0x80000000) /* assumed: where firmware of the time mostly maps it */
#define SPAN_BYTES   (1 << 28)		  /* of 256 buses */
#define LAST_BUS     0xff

static size_t list_segments(const struct fixture *fixture, uint16_t segments[MAX_SEGMENTS])
{
	size_t n = 0;

	/* in order of segments */
	for (size_t i = 0; i < fixture->n_functions && n < MAX_SEGMENTS; i++)
		if (n == 0 || segments[n - 1] != fixture->functions[i].domain)
			segments[n++] = fixture->functions[i].domain;
	return n;
}

static void put_entry(uint8_t *entry, size_t number, uint16_t segment)
{
	uint64_t base = BASE + (uint64_t)number * SPAN_BYTES;

	memcpy(entry, &base, sizeof base);
	memcpy(entry + 8, &segment, sizeof segment);
	entry[11] = LAST_BUS;
}

void tree_firmware_add(struct tree *tree, const struct fixture *fixture)
{
	static const uint8_t maker[14] = "MSRD  SIMULATE"; /* OEM id and table id */
	uint8_t table[HEADER_BYTES + MAX_SEGMENTS * ENTRY_BYTES] = "MCFG", sum = 0;
	uint16_t segments[MAX_SEGMENTS];
	size_t n = list_segments(fixture, segments);
	uint32_t size = (uint32_t)(HEADER_BYTES + n * ENTRY_BYTES);

	tree_dir(tree, TREE_ROOT, "sys/firmware/acpi/tables");
	if (n == 0)
		return;
	memcpy(table + 4, &size, sizeof size);
	table[8] = 1; /* revision */
	memcpy(table + 10, maker, sizeof maker);
	for (size_t i = 0; i < n; i++)
		put_entry(table + HEADER_BYTES + i * ENTRY_BYTES, i, segments[i]);
	for (uint32_t i = 0; i < size; i++)
		sum += table[i];
	table[9] = (uint8_t)-sum;
	tree_data(tree, "sys/firmware/acpi/tables/MCFG", 0400, table, size);
}
