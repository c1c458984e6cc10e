/* SPDX-License-Identifier: MIT */
/*
 * MCFG, ACPI's table of where config space is in memory (PCI Firmware Specification 3.0,
 * 4.1.2): as acpidump prints it or as the table itself. A fixture has no place for addresses
 * of memory; what it says is kept as a comment beside the functions.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define HEADER_BYTES 44 /* of ACPI, and 8 reserved */
#define ENTRY_BYTES  16
#define MAX_BYTES    65536

struct table {
	uint8_t *bytes;
	size_t size;
	size_t line; /* where it begins */
};

static void take_table(struct import *import, struct fixture_file *file, const struct table *table)
{
	uint8_t sum = 0;

	if (table->size < HEADER_BYTES || get_le32(table->bytes + 4) != table->size ||
		(table->size - HEADER_BYTES) % ENTRY_BYTES != 0) {
		fixture_complain(file, table->line,
			"MCFG has %zu bytes, and says another length: is it cut off?", table->size);
		return;
	}
	for (size_t i = 0; i < table->size; i++)
		sum = (uint8_t)(sum + table->bytes[i]);
	if (sum != 0)
		fixture_complain(file, table->line, "MCFG does not fit its checksum");
	for (size_t at = HEADER_BYTES; at < table->size && sum == 0; at += ENTRY_BYTES) {
		const uint8_t *entry = table->bytes + at;
		import_note(import, "pci",
			"recorded: %s, MCFG: config space of segment %u, buses %02x to %02x, is at "
			"0x%" PRIx64,
			import_base(file), get_le16(entry + 8), entry[10], entry[11],
			get_le64(entry));
	}
}

/* "    0000: 4D 43 46 47 …  MCFG…": the bytes end where two blanks, or 16 of them, are. */
static bool take_bytes(struct table *table, const char *line)
{
	const char *text = line + strspn(line, " \t");
	uint64_t offset, byte;

	if (!import_hex(&text, 8, &offset) || *text++ != ':' || offset != table->size)
		return false;
	for (int i = 0; i < 16 && *text == ' ' && text[1] != ' ' && text[1] != '\0'; i++) {
		text++;
		if (!import_hex(&text, 2, &byte) || table->size == MAX_BYTES)
			return false;
		table->bytes[table->size++] = (uint8_t)byte;
	}
	return true;
}

static void take_text(struct import *import, struct fixture_file *file, struct table *table)
{
	size_t number = 0;
	bool is_inside = false, is_good = true;
	char *rest = file->text;

	for (char *line; is_good && (line = strsep(&rest, "\n"));) {
		number++;
		line[strcspn(line, "\r")] = '\0';
		/* "MCFG @ 0x0000000000000000" */
		if (strstr(line, " @ ")) {
			is_inside = strncmp(line, "MCFG", 4) == 0;
			if (is_inside && table->line > 0)
				fixture_complain(file, number, "MCFG a second time");
			if (is_inside)
				table->line = number;
		} else if (is_inside && *line != '\0') {
			is_good = take_bytes(table, line);
			if (!is_good)
				fixture_complain(file, number,
					"is not '  0000: 4D 43 …', as acpidump prints a table");
		} else {
			is_inside = false;
		}
	}
	if (is_good && table->line == 0)
		fixture_complain(file, 0, "has no table MCFG: make it with `acpidump -n MCFG`");
	else if (is_good)
		take_table(import, file, table);
}

void import_acpi(struct import *import, struct fixture_file *file)
{
	cleanup_free uint8_t *bytes = malloc(MAX_BYTES);
	struct table table = {.bytes = bytes};

	if (!bytes) {
		fixture_complain(file, 0, "out of memory");
	} else if (strlen(file->text) == file->size) {
		take_text(import, file, &table);
	} else if (file->size > MAX_BYTES || strncmp(file->text, "MCFG", 4) != 0) {
		fixture_complain(file, 0, "is neither acpidump's text nor a table MCFG");
	} else {
		memcpy(bytes, file->text, file->size);
		table.size = file->size;
		take_table(import, file, &table);
	}
}
