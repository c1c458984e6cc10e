/* SPDX-License-Identifier: MIT */
/*
 * An allowlist: which registers may be read, and which of their bits written.
 *
 * The text is msr-safe's, one register a line:
 *
 *     0xADDRESS 0xMASK # NAME, source
 *
 * A listed register is readable; the 1 bits of MASK say which bits a write
 * may change. Section lines say what the lines below them are about; a text
 * without sections is an msr-safe list and is read as [msr]:
 *
 *     [msr]            MSRs; MASK bits may be set and cleared
 *     [msr clear]      MSRs; MASK bits may be cleared, never set
 *     [msr w1c]        MSRs; writing 1 to MASK bits clears them elsewhere and
 *                      0 does nothing, so the old value counts as 0
 *     [pci UNIT]       config space of an uncore unit (imc, ha, qpi, qpi-mask,
 *                      qpi-misc, r2pcie, r3qpi); clear and w1c as for [msr]
 *
 * A register may stand in [msr] and in [msr clear]; the masks add up. Twice in
 * the same section is an error. NAME and source are optional in the grammar
 * (msr-safe lists have them as a comment); the shipped lists always give them.
 */
#ifndef MSRD_POLICY_ALLOWLIST_H
#define MSRD_POLICY_ALLOWLIST_H

#include <stddef.h>
#include <stdint.h>

#include "op.h"

struct allow_entry {
	uint32_t reg;
	uint64_t write_mask; /* bits that may be set and cleared */
	uint64_t clear_mask; /* bits that may only be cleared */
	uint64_t w1c_mask;   /* bits whose 1 clears a status elsewhere */
	const char *name;    /* the manual's, or NULL */
	const char *source;  /* table or other origin, or NULL */
	unsigned line;	     /* of its list, that has it first */
};

/* Index of a section's entries: MSRs, then each unit. */
#define ALLOW_MSR	 0
#define ALLOW_PCI(unit)	 (1 + (unit))
#define ALLOW_N_SECTIONS (1 + OP_N_UNITS)

/* The section that a place's register would stand in. */
static inline unsigned allow_section(const struct place *place)
{
	switch (place->space) {
	case OP_MSR:
		return ALLOW_MSR;
	case OP_PCI:
		return ALLOW_PCI(place->unit);
	}
	return ALLOW_N_SECTIONS;
}

/* The first of the devices that a section is about. */
struct place allow_device(unsigned section);

/* "msr", "imc", …: how a person calls it. */
const char *allow_section_name(unsigned section);

/* Entries are in ascending order of reg, each reg once. */
struct allowlist {
	struct {
		const struct allow_entry *entries;
		size_t n_entries;
	} section[ALLOW_N_SECTIONS];
	char *text; /* a parsed list's own copy, which its names point into; else NULL */
};

struct allow_error {
	unsigned line; /* 0: the text as a whole */
	char text[160];
};

/*
 * Parses a list of length bytes. 0 and a list to be released with
 * allowlist_deinit, or -EINVAL (the error says line and cause), -ENOMEM.
 * A text without a single entry is an error too.
 */
int allowlist_parse(
	const char *text, size_t length, struct allowlist *list, struct allow_error *error);

/* Releases what allowlist_parse made; never for a compiled-in list. */
void allowlist_deinit(struct allowlist *list);

#endif
