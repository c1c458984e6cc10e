/* SPDX-License-Identifier: MIT */
/*
 * A file of msr-safe's msrsave: no header, 64-bit values of this machine's byte order, all
 * registers of the allowlist for one CPU and then for the next. A value is masked with
 * the write mask of its register: the other bits are not known.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/array.h"
#include "util/cleanup.h"

/* What it writes where it could not read, and all bits are in the mask. */
#define UNREADABLE UINT64_C(0xFB6A58813AEA28CF)

struct entry {
	uint32_t address;
	uint64_t mask;
};

/* "0x00000010 0x0000000000000000 # "SMSR_TIME_STAMP_COUNTER""; NULL after a complaint. */
static struct entry *read_allowlist(struct fixture_file *file, size_t *n)
{
	struct entry *entries = NULL;
	size_t number = 0;
	char *rest = file->text;

	*n = 0;
	for (char *line; (line = strsep(&rest, "\n"));) {
		uint64_t address, mask;
		const char *text = line + strspn(line, " \t");
		number++;
		line[strcspn(line, "\r#")] = '\0';
		if (*text == '\0')
			continue;
		if (!import_hex(&text, 8, &address) || !import_skip(&text, " ") ||
			!import_hex(&text, 16, &mask) || text[strspn(text, " \t")] != '\0') {
			fixture_complain(file, number,
				"is not 'ADDRESS WRITE-MASK # NAME', as an allowlist of msr-safe "
				"has it");
			free(entries);
			return NULL;
		}
		struct entry *grown = array_grow(entries, *n, sizeof *entries);
		if (!grown) {
			fixture_complain(file, number, "out of memory");
			free(entries);
			return NULL;
		}
		entries = grown;
		entries[(*n)++] = (struct entry){(uint32_t)address, mask};
	}
	if (*n == 0)
		fixture_complain(file, 0, "is an allowlist without a register");
	return entries;
}

static bool is_unreadable(const struct entry *entry, uint64_t value)
{
	return value == (entry->mask == UINT64_MAX ? UNREADABLE : ~entry->mask);
}

void import_msrsave(
	struct import *import, struct fixture_file *file, struct fixture_file *allowlist)
{
	const struct fixture *fixture = import->fixture;
	size_t n;
	cleanup_free struct entry *entries = read_allowlist(allowlist, &n);
	size_t wanted = n * fixture->n_cpus * sizeof(uint64_t);

	if (!entries)
		return;
	if (file->size != wanted) {
		fixture_complain(file, 0,
			"has %zu bytes, must be %zu: %zu registers of %s for each of %zu CPUs; "
			"is it the allowlist that it was made with?",
			file->size, wanted, n, allowlist->name, fixture->n_cpus);
		return;
	}
	for (size_t i = 0; i < n * fixture->n_cpus; i++) {
		const struct entry *entry = &entries[i % n];
		uint64_t value;
		memcpy(&value, file->text + i * sizeof value, sizeof value);
		/* nothing is known of a register that nobody may write */
		if (entry->mask == 0 || is_unreadable(entry, value))
			continue;
		const struct import_msr msr = {
			.msr = {fixture->cpus[i / n].number, entry->address, value & entry->mask,
				0},
			.source = import_text(import,
				"recorded: msrsave, %s (bits 0x%" PRIx64
				"; the others are assumed)",
				import_base(file), entry->mask),
		};
		import_add_msr(import, file, &msr);
	}
}
