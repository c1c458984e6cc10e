/* SPDX-License-Identifier: MIT */
/*
 * What no profile may reach, register by register, and that the shipped lists are
 * their sources: the tables of the model, msr-safe's list, and what else is known of
 * the registers. These two lie beside this file.
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/holds.h"
#include "deviations.h"
#include "policy/config.h"
#include "util/array.h"

/* Registers that lead to memory, to the kernel, to firmware, or away from the node's rules. */
static const struct {
	const char *name;
	uint32_t first, last;
} dangerous[] = {
	{"IA32_APIC_BASE", 0x1b, 0x1b},
	{"IA32_FEATURE_CONTROL", 0x3a, 0x3a},
	{"IA32_TSC_ADJUST", 0x3b, 0x3b},
	{"IA32_SPEC_CTRL", 0x48, 0x48},
	{"IA32_PRED_CMD", 0x49, 0x49},
	{"IA32_PPIN_CTL and IA32_PPIN", 0x4e, 0x4f},
	{"IA32_BIOS_UPDT_TRIG, the microcode update", 0x79, 0x79},
	{"IA32_SMM_MONITOR_CTL", 0x9b, 0x9b},
	{"IA32_SMBASE", 0x9e, 0x9e},
	{"MSR_PKG_CST_CONFIG_CONTROL", 0xe2, 0xe2},
	{"MSR_PMG_IO_CAPTURE_BASE", 0xe4, 0xe4},
	{"IA32_FLUSH_CMD", 0x10b, 0x10b},
	{"IA32_TSX_CTRL", 0x122, 0x122},
	{"MSR_FEATURE_CONFIG, which locks AES", 0x13c, 0x13c},
	{"IA32_SYSENTER_CS, ESP and EIP", 0x174, 0x176},
	{"IA32_MCG_CAP, STATUS and CTL", 0x179, 0x17b},
	{"IA32_CLOCK_MODULATION", 0x19a, 0x19a},
	{"IA32_THERM_INTERRUPT", 0x19b, 0x19b},
	{"IA32_PACKAGE_THERM_INTERRUPT", 0x1b2, 0x1b2},
	{"MSR_LBR_SELECT and MSR_LASTBRANCH_TOS", 0x1c8, 0x1c9},
	{"IA32_DEBUGCTL", 0x1d9, 0x1d9},
	{"MSR_LER_FROM_LIP and TO", 0x1dd, 0x1de},
	{"IA32_SMRR_PHYSBASE and PHYSMASK", 0x1f2, 0x1f3},
	{"IA32_PLATFORM_DCA_CAP and the like", 0x1f8, 0x1fa},
	{"MSR_POWER_CTL", 0x1fc, 0x1fc},
	{"IA32_MTRR_PHYSBASE0 to PHYSMASK9", 0x200, 0x213},
	{"IA32_MTRR_FIX", 0x250, 0x26f},
	{"IA32_PAT", 0x277, 0x277},
	{"IA32_MC0_CTL2 to MC31", 0x280, 0x29f},
	{"IA32_MTRR_DEF_TYPE", 0x2ff, 0x2ff},
	{"MSR_PEBS_LD_LAT", 0x3f6, 0x3f6},
	{"IA32_MC0_CTL to MC31_MISC", 0x400, 0x47f},
	{"IA32_VMX", 0x480, 0x491},
	{"IA32_DS_AREA", 0x600, 0x600},
	{"MSR_LASTBRANCH_FROM_IP", 0x680, 0x69f},
	{"MSR_LASTBRANCH_TO_IP", 0x6c0, 0x6df},
	{"IA32_TSC_DEADLINE", 0x6e0, 0x6e0},
	{"IA32_X2APIC", 0x800, 0x8ff},
	{"IA32_DEBUG_INTERFACE", 0xc80, 0xc80},
	{"IA32_EFER", 0xc0000080, 0xc0000080},
	{"IA32_STAR, LSTAR, CSTAR and FMASK", 0xc0000081, 0xc0000084},
	{"IA32_FS_BASE, GS_BASE and KERNEL_GS_BASE", 0xc0000100, 0xc0000102},
	{"IA32_TSC_AUX", 0xc0000103, 0xc0000103},
};

#define FOR_EACH_PROFILE(arch, profile)                                                            \
	for (size_t m_ = 0; arch_get(m_); m_++)                                                    \
		for (const struct arch *arch = arch_get(m_); arch; arch = NULL)                    \
			for (const struct arch_profile *profile = arch->profiles;                  \
				profile < arch->profiles + arch->n_profiles; profile++)

static const struct allow_entry *find(const struct allowlist *list, unsigned section, uint32_t reg)
{
	for (size_t i = 0; i < list->section[section].n_entries; i++)
		if (list->section[section].entries[i].reg == reg)
			return &list->section[section].entries[i];
	return NULL;
}

static void no_profile_reaches_a_dangerous_register(void **state)
{
	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		for (size_t i = 0; i < N_ELEMENTS(dangerous); i++)
			for (uint32_t reg = dangerous[i].first; reg <= dangerous[i].last; reg++)
				if (find(profile->list, ALLOW_MSR, reg))
					fail_msg("%s of %s reaches %s (0x%x)", profile->name,
						arch->name, dangerous[i].name, (unsigned)reg);
	}
}

/* Command, base addresses, expansion ROM and interrupt line: where a device does DMA to, and if. */
static void no_profile_reaches_the_header_of_a_device(void **state)
{
	unsigned n = 0;

	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		for (unsigned unit = 0; unit < OP_N_UNITS; unit++) {
			const unsigned section = ALLOW_PCI(unit);

			for (uint32_t offset = 0; offset < 0x40; offset++)
				if (find(profile->list, section, offset))
					fail_msg("%s of %s reaches offset 0x%x", profile->name,
						arch->name, (unsigned)offset);
			n += profile->list->section[section].n_entries > 0;
		}
	}
	assert_true(n > 0);
}

static bool is_held(const struct policy *policy, uint32_t reg)
{
	for (size_t i = 0; i < policy->n_holds; i++)
		if (policy->holds[i].reg == reg && policy->holds[i].interrupt != 0)
			return true;
	return false;
}

/* A list by another name would be nobody's. */
static void every_model_has_counters_and_profiles_of_known_names(void **state)
{
	(void)state;
	for (size_t i = 0; arch_get(i); i++) {
		const struct arch *arch = arch_get(i);
		enum profile profile;

		assert_true(arch->n_profiles > 0);
		assert_string_equal(arch->profiles[0].name, "counters");
		for (size_t j = 0; j < arch->n_profiles; j++)
			assert_true(profile_find(arch->profiles[j].name, &profile));
	}
}

/* Or the kernel's counters could be written on it. */
static void every_counter_of_a_model_can_be_the_kernels(void **state)
{
	(void)state;
	for (size_t i = 0; arch_get(i); i++) {
		const struct arch *arch = arch_get(i);
		struct policy policy = {0};
		uint32_t reg;

		assert_non_null(arch->core);
		assert_int_equal(arch_add_holds(arch, &policy), 0);
		for (uint32_t n = 0; n < arch->core->n_general_alone; n++) {
			assert_true(arch_core_register(arch, ARCH_SELECT, n, &reg));
			assert_true(is_held(&policy, reg));
			assert_true(arch_core_register(arch, ARCH_GENERAL, n, &reg));
			assert_true(is_held(&policy, reg));
		}
		for (uint32_t n = 0; n < arch->core->n_fixed; n++) {
			assert_true(arch_core_register(arch, ARCH_FIXED, n, &reg));
			assert_true(is_held(&policy, reg));
		}
	}
}

static bool counts(const struct arch_register *entry)
{
	switch (entry->class) {
	case ARCH_CORE_PMU:
	case ARCH_BOX:
	case ARCH_ALL_BOXES:
	case ARCH_STATUS:
		return true;
	default:
		return entry->box != NULL; /* its filter */
	}
}

/* What does not count and yet may be changed, of MSRs. */
static bool is_known_exception(const char *profile, uint32_t reg)
{
	static const struct {
		const char *profile;
		uint32_t reg;
	} exceptions[] = {
		{"counters", 0x1a6}, /* MSR_OFFCORE_RSP_0: which responses an event counts */
		{"counters", 0x1a7}, /* MSR_OFFCORE_RSP_1 */
		{"counters", 0x3f1}, /* IA32_PEBS_ENABLE, to switch it off */
		{"features", 0x1a0}, /* IA32_MISC_ENABLE: turbo */
		{"features", 0x1a4}, /* the prefetchers */
		{"power", 0x1b0},    /* IA32_ENERGY_PERF_BIAS */
		{"power", 0x610},    /* the limits */
		{"power", 0x618},
		{"power", 0x638},
	};

	for (size_t i = 0; i < N_ELEMENTS(exceptions); i++)
		if (exceptions[i].reg == reg && strcmp(exceptions[i].profile, profile) == 0)
			return true;
	return false;
}

/* So a line that somebody adds has to be argued here. */
static void what_can_be_written_counts_or_is_argued_for(void **state)
{
	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		for (size_t i = 0; i < profile->list->section[ALLOW_MSR].n_entries; i++) {
			const struct allow_entry *entry =
				&profile->list->section[ALLOW_MSR].entries[i];
			const struct place place = place_at(place_of_cpu(0), entry->reg);
			struct arch_hit hit;

			if ((entry->write_mask | entry->clear_mask | entry->w1c_mask) == 0 ||
				is_known_exception(profile->name, entry->reg))
				continue;
			if (!arch_register_at(arch, &place, &hit) || !counts(hit.entry))
				fail_msg("%s of %s writes 0x%x, which does not count",
					profile->name, arch->name, (unsigned)entry->reg);
		}
	}
}

/* What a model takes over from another one has that one's source. */
static bool is_own(const struct arch *arch, const struct arch_register *entry)
{
	return entry >= arch->registers->entries &&
	       entry < arch->registers->entries + arch->registers->n_entries;
}

/* "SDM vol. 4 table 2-20" is T2-20 in the tables. */
static void lists_name_the_source_that_the_tables_name(void **state)
{
	static const char begin[] = "SDM vol. 4 table ";
	unsigned n = 0;

	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		for (size_t i = 0; i < profile->list->section[ALLOW_MSR].n_entries; i++) {
			const struct allow_entry *entry =
				&profile->list->section[ALLOW_MSR].entries[i];
			const struct place place = place_at(place_of_cpu(0), entry->reg);
			struct arch_hit hit;

			if (strncmp(entry->source, begin, strlen(begin)) != 0 ||
				!arch_register_at(arch, &place, &hit) || !is_own(arch, hit.entry))
				continue;
			if (hit.entry->source[0] != 'T' ||
				strcmp(hit.entry->source + 1, entry->source + strlen(begin)) != 0)
				fail_msg("0x%x of %s: %s, but %s", (unsigned)entry->reg, arch->name,
					entry->source, hit.entry->source);
			n++;
		}
	}
	assert_true(n > 100);
}

/* Where our mask is another than msr-safe's, and why. */
static const struct {
	uint32_t first, last;
	const char *why;
} differences[] = {
	{0xc1, 0xc8, "counters are to be set, by LIKWID to 0"},
	{0x199, 0x199, "the frequency is the governor's"},
	{0x19a, 0x19b, "not listed: clock modulation and an interrupt"},
	{0x19c, 0x19c, "sticky logs are the kernel's to clear"},
	{0x1a0, 0x1a0, "turbo's bit, in features"},
	{0x1ad, 0x1ad, "turbo ratios stay as they are"},
	{0x1b1, 0x1b1, "sticky logs"},
	{0x1b2, 0x1b2, "not listed: an interrupt"},
	{0x309, 0x30b, "counters are to be set"},
	{0x38d, 0x38d, "with AnyThread; PMI may be cleared only, but is in both"},
	{0x38f, 0x38f, "all eight counters, not two"},
	{0x390, 0x390, "all eight counters, and the uncore's bit"},
	{0x3f1, 0x3f1, "all bits may be cleared, none set"},
	{0x3f6, 0x3f6, "not listed: PEBS"},
};

static bool may_differ(uint32_t reg)
{
	for (size_t i = 0; i < N_ELEMENTS(differences); i++)
		if (reg >= differences[i].first && reg <= differences[i].last)
			return true;
	return false;
}

/* What all profiles together let somebody change, and the register's name. */
static uint64_t mask_of(const struct arch *arch, uint32_t reg, const char **name)
{
	uint64_t mask = 0;

	*name = NULL;
	for (size_t i = 0; i < arch->n_profiles; i++) {
		const struct allow_entry *entry = find(arch->profiles[i].list, ALLOW_MSR, reg);

		if (!entry)
			continue;
		mask |= entry->write_mask | entry->clear_mask | entry->w1c_mask;
		*name = entry->name;
	}
	return mask;
}

/* "SMSR_PERF_CTL" is IA32_PERF_CTL, or MSR_… in the manual, and PMC0 is IA32_PMC0. */
static const char *bare(const char *name)
{
	static const char *const prefixes[] = {"SMSR_", "MSR_", "IA32_"};

	for (size_t i = 0; i < N_ELEMENTS(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			name += strlen(prefixes[i]);
	return name;
}

/* LISTS/KIND-MODEL.allow */
static void load(struct allowlist *list, const char *kind, const char *model)
{
	struct allow_error error;
	char path[sizeof LISTS + 64];
	static char text[65536];
	FILE *file;
	size_t length;

	snprintf(path, sizeof path, LISTS "/%s-%s.allow", kind, model);
	file = fopen(path, "re");
	assert_non_null(file);
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_in_range(length, 1, sizeof text - 1);
	if (allowlist_parse(text, length, list, &error) != 0)
		fail_msg("%s:%u: %s", path, error.line, error.text);
}

static void msr_safe_list_is_taken_as_it_is(void **state)
{
	struct allowlist safe;
	size_t n_writable = 0;

	(void)state;
	load(&safe, "msr-safe", "06_2d");
	assert_int_equal(safe.section[ALLOW_MSR].n_entries, 53);
	for (size_t i = 0; i < 53; i++)
		n_writable += safe.section[ALLOW_MSR].entries[i].write_mask != 0;
	assert_int_equal(n_writable, 25);
	allowlist_deinit(&safe);
}

static void masks_and_names_are_those_of_msr_safe_or_argued_for(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	struct allowlist safe;

	(void)state;
	load(&safe, "msr-safe", "06_2d");
	for (size_t i = 0; i < safe.section[ALLOW_MSR].n_entries; i++) {
		const struct allow_entry *theirs = &safe.section[ALLOW_MSR].entries[i];
		struct arch_hit hit = {0};
		const char *name;
		uint64_t ours = mask_of(arch, theirs->reg, &name);
		const struct place place = place_at(place_of_cpu(0), theirs->reg);

		if ((ours == theirs->write_mask) == may_differ(theirs->reg))
			fail_msg("0x%x: 0x%llx, msr-safe 0x%llx", (unsigned)theirs->reg,
				(unsigned long long)ours, (unsigned long long)theirs->write_mask);
		/* by the name of theirs the tables lead to the same register */
		if (name && strcmp(bare(name), bare(theirs->name)) != 0 &&
			!(arch_register_find(arch, &place, theirs->name, &hit) &&
				arch_register_address(hit.entry, hit.index) == theirs->reg))
			fail_msg(
				"0x%x: %s, msr-safe %s", (unsigned)theirs->reg, name, theirs->name);
	}
	allowlist_deinit(&safe);
}

/* What all profiles together let somebody do; no name: nothing, not even to read it. */
static struct allow_entry granted(const struct arch *arch, unsigned section, uint32_t reg)
{
	struct allow_entry sum = {.reg = reg};

	for (size_t i = 0; i < arch->n_profiles; i++) {
		const struct allow_entry *entry = find(arch->profiles[i].list, section, reg);

		if (!entry)
			continue;
		if (sum.name)
			assert_string_equal(entry->name, sum.name);
		sum.name = entry->name;
		sum.write_mask |= entry->write_mask;
		sum.clear_mask |= entry->clear_mask;
		sum.w1c_mask |= entry->w1c_mask;
	}
	return sum;
}

/* The deviation of a register; one of which nothing is said when it has none. */
static const struct deviation *deviation_of(const struct arch *arch, unsigned section, uint32_t reg)
{
	static const struct deviation none;

	for (size_t i = 0; i < N_ELEMENTS(deviations); i++) {
		const struct deviation *deviation = &deviations[i];
		const uint32_t box = deviation->boxes ? (reg - deviation->first) / 0x20 : 0;
		const uint32_t first = deviation->first + box * 0x20;
		const uint32_t last = deviation->last + box * 0x20;

		if (deviation->section != section || reg < first || reg > last ||
			(deviation->boxes && box >= deviation->boxes) ||
			(deviation->model && strcmp(deviation->model, arch->name) != 0))
			continue;
		return deviation;
	}
	return &none;
}

/* What the lists should grant of a register: the source's, where nothing else is argued for. */
static struct allow_entry wanted(
	const struct allow_entry *source, const struct deviation *deviation)
{
	const uint64_t kept = ~deviation->fewer;
	struct allow_entry entry = {.name = source->name};
	const uint64_t known = source->write_mask | source->clear_mask | source->w1c_mask;

	/* nothing is argued for that is so anyway */
	assert_int_equal(deviation->more & known, 0);
	assert_int_equal(deviation->w1c & known, 0);
	assert_int_equal(deviation->clear & ~source->write_mask, 0);
	if (deviation->fewer == ALL)
		assert_int_not_equal(known, 0);
	else
		assert_int_equal(deviation->fewer & ~known, 0);
	entry.write_mask = ((source->write_mask & kept) | deviation->more) & ~deviation->clear;
	entry.clear_mask = (source->clear_mask & kept) | deviation->clear;
	entry.w1c_mask = (source->w1c_mask & kept) | deviation->w1c;
	return entry;
}

static void compare(const struct arch *arch, unsigned section, const struct allow_entry *source)
{
	const struct deviation *deviation = deviation_of(arch, section, source->reg);
	const struct allow_entry ours = granted(arch, section, source->reg);
	const struct allow_entry theirs = wanted(source, deviation);
	const char *where = allow_section_name(section);
	const unsigned reg = source->reg;

	if (deviation->unsourced)
		fail_msg("%s %s 0x%x has a source", arch->name, where, reg);
	if (!ours.name != deviation->not_listed)
		fail_msg("%s %s 0x%x %s is %slisted", arch->name, where, reg, source->name,
			ours.name ? "" : "not ");
	if (!ours.name)
		return;
	if (strcmp(ours.name, theirs.name) != 0)
		fail_msg(
			"%s %s 0x%x is %s, not %s", arch->name, where, reg, theirs.name, ours.name);
	if (ours.write_mask != theirs.write_mask || ours.clear_mask != theirs.clear_mask ||
		ours.w1c_mask != theirs.w1c_mask)
		fail_msg("%s %s 0x%x %s: write 0x%llx, clear 0x%llx, w1c 0x%llx, but the source "
			 "0x%llx, 0x%llx, 0x%llx",
			arch->name, where, reg, source->name, (unsigned long long)ours.write_mask,
			(unsigned long long)ours.clear_mask, (unsigned long long)ours.w1c_mask,
			(unsigned long long)theirs.write_mask,
			(unsigned long long)theirs.clear_mask, (unsigned long long)theirs.w1c_mask);
}

/* Both ways, and where they differ, exactly as it is argued for. */
static void lists_are_their_sources_in_name_and_mask(void **state)
{
	(void)state;
	for (size_t m = 0; arch_get(m); m++) {
		const struct arch *arch = arch_get(m);
		struct allowlist source;

		load(&source, "sources", arch->name);
		assert_true(source.section[ALLOW_MSR].n_entries > 0);
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
			for (size_t i = 0; i < source.section[section].n_entries; i++)
				compare(arch, section, &source.section[section].entries[i]);
		allowlist_deinit(&source);
	}
}

/* What is listed and has no source is what is argued for, bit by bit. */
static void expect_source(const struct arch *arch, const struct allowlist *source, unsigned section,
	const struct allow_entry *entry)
{
	const struct deviation *deviation;

	if (find(source, section, entry->reg))
		return;
	deviation = deviation_of(arch, section, entry->reg);
	if (!deviation->unsourced || entry->write_mask != deviation->more ||
		entry->clear_mask != deviation->clear || entry->w1c_mask != deviation->w1c)
		fail_msg("%s %s 0x%x %s has no source", arch->name, allow_section_name(section),
			(unsigned)entry->reg, entry->name);
}

static void nothing_is_listed_that_has_no_source(void **state)
{
	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		struct allowlist source;

		load(&source, "sources", arch->name);
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
			for (size_t i = 0; i < profile->list->section[section].n_entries; i++)
				expect_source(arch, &source, section,
					&profile->list->section[section].entries[i]);
		allowlist_deinit(&source);
	}
}

static void mark(const struct arch *arch, const struct allowlist *list, bool *used)
{
	for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
		for (size_t i = 0; i < list->section[section].n_entries; i++) {
			const struct deviation *deviation =
				deviation_of(arch, section, list->section[section].entries[i].reg);

			if (deviation->why)
				used[deviation - deviations] = true;
		}
}

/* Or an argument would outlive what it was about. */
static void every_deviation_is_of_a_register(void **state)
{
	bool used[N_ELEMENTS(deviations)] = {false};

	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		struct allowlist source;

		load(&source, "sources", arch->name);
		mark(arch, &source, used);
		mark(arch, profile->list, used);
		allowlist_deinit(&source);
	}
	for (size_t i = 0; i < N_ELEMENTS(deviations); i++)
		if (!used[i])
			fail_msg("0x%x: %s: of no register", (unsigned)deviations[i].first,
				deviations[i].why);
}

static uint64_t low_bits(unsigned n)
{
	return n < 64 ? BIT(n) - 1 : ALL;
}

/* What software can change in a register of the core's PMU, by the model's tables. */
static uint64_t core_bits(const struct arch_core *core, unsigned part)
{
	const uint64_t counters = low_bits(core->n_general_alone) | low_bits(core->n_fixed)
									    << PMU_GLOBAL_FIXED;

	switch (part) {
	case ARCH_SELECT:
		return core->select_mask;
	case ARCH_FIXED_CONTROL:
		return low_bits(core->n_fixed * core->fixed_control_bits);
	case ARCH_GLOBAL_CONTROL:
		return counters;
	case ARCH_OVERFLOW_CONTROL:
		return counters | core->status_extra;
	case ARCH_GLOBAL_STATUS:
		return 0;
	default:
		return low_bits(core->width);
	}
}

static uint64_t box_bits(const struct arch_box *box, unsigned part)
{
	switch (part) {
	case ARCH_BOX_CONTROL:
		return box->control_mask | box->reset_selects | box->reset_counters;
	case ARCH_BOX_SELECT:
		return box->select_mask | box->select_reset;
	case ARCH_BOX_FIXED_SELECT:
		return box->select_enable | box->fixed_mask | box->fixed_reset;
	case ARCH_BOX_FIXED_COUNTER:
		return low_bits(box->fixed_width);
	default:
		return low_bits(box->width);
	}
}

static uint64_t writable_bits(const struct arch *arch, const struct arch_register *entry)
{
	uint64_t bits;

	switch (entry->class) {
	case ARCH_CORE_PMU:
		return core_bits(arch->core, entry->part);
	case ARCH_BOX:
		bits = box_bits(entry->box, entry->part);
		break;
	case ARCH_ALL_BOXES:
		return entry->write_mask | arch->all_boxes.freeze | arch->all_boxes.unfreeze;
	case ARCH_STORAGE:
	case ARCH_RUNNING:
	case ARCH_STATUS:
		return entry->write_mask;
	default:
		return 0;
	}
	return entry->space == OP_PCI ? bits >> entry->shift & UINT32_MAX : bits;
}

static void masks_are_within_the_tables(void **state)
{
	(void)state;
	FOR_EACH_PROFILE(arch, profile)
	{
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
			for (size_t i = 0; i < profile->list->section[section].n_entries; i++) {
				const struct allow_entry *entry =
					&profile->list->section[section].entries[i];
				const struct place place =
					place_at(allow_device(section), entry->reg);
				const uint64_t mask =
					entry->write_mask | entry->clear_mask | entry->w1c_mask;
				struct arch_hit hit;
				uint64_t bits;

				assert_true(arch_register_at(arch, &place, &hit));
				bits = writable_bits(arch, hit.entry);
				if ((mask & ~bits) !=
					deviation_of(arch, section, entry->reg)->beyond)
					fail_msg("%s %s 0x%x %s: 0x%llx, but the table 0x%llx",
						arch->name, allow_section_name(section),
						(unsigned)entry->reg, entry->name,
						(unsigned long long)mask, (unsigned long long)bits);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_profile_reaches_a_dangerous_register),
		cmocka_unit_test(no_profile_reaches_the_header_of_a_device),
		cmocka_unit_test(every_model_has_counters_and_profiles_of_known_names),
		cmocka_unit_test(every_counter_of_a_model_can_be_the_kernels),
		cmocka_unit_test(what_can_be_written_counts_or_is_argued_for),
		cmocka_unit_test(lists_name_the_source_that_the_tables_name),
		cmocka_unit_test(msr_safe_list_is_taken_as_it_is),
		cmocka_unit_test(masks_and_names_are_those_of_msr_safe_or_argued_for),
		cmocka_unit_test(lists_are_their_sources_in_name_and_mask),
		cmocka_unit_test(nothing_is_listed_that_has_no_source),
		cmocka_unit_test(every_deviation_is_of_a_register),
		cmocka_unit_test(masks_are_within_the_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
