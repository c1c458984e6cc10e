/* SPDX-License-Identifier: MIT */
/* What the bits of registers mean is tested like code, of every model. */
#include "arch/fields.h"

#include "test.h"

#include <string.h>

#include "policy/allowlist.h"

#define FOR_EACH_MODEL(arch)                                                                       \
	const struct arch *arch;                                                                   \
	for (size_t model_ = 0; (arch = arch_get(model_)); model_++)

static struct place place_of(const struct arch_hit *hit)
{
	return (struct place){.space = hit->entry->space,
		.unit = hit->entry->unit,
		.reg = arch_register_address(hit->entry, hit->index)};
}

/* A pattern that a later file overrules, or that is misspelt, means nothing. */
static void every_layout_is_of_a_register(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		const struct arch_layouts *layouts = arch_layouts_of(arch);

		assert_non_null(layouts);
		for (size_t i = 0; i < layouts->n; i++) {
			struct arch_walk walk = arch_walk(arch);
			struct arch_hit hit;
			bool is_found = false;

			while (!is_found && arch_register_next(&walk, &hit)) {
				const struct place place = place_of(&hit);

				is_found = arch_layout_at(arch, &place) == &layouts->list[i];
			}
			if (!is_found)
				fail_msg("%s: no register is called %s", arch->name,
					layouts->list[i].registers);
		}
	}
}

static void fields_descend_and_do_not_overlap(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	for (const struct arch_layouts *layouts = arch_layouts_of(arch); layouts;
		layouts = layouts->base)
		for (size_t i = 0; i < layouts->n; i++) {
			const struct arch_layout *layout = &layouts->list[i];

			assert_true(
				(arch_layout_mask(layout) & ~op_space_mask(layout->space)) == 0);
			assert_true(*layout->source != '\0');
			for (size_t j = 0; j < layout->n_bits; j++) {
				assert_true(layout->bits[j].high >= layout->bits[j].low);
				assert_true(
					j == 0 || layout->bits[j].high < layout->bits[j - 1].low);
				assert_ptr_equal(arch_bits_find(layout, layout->bits[j].name),
					&layout->bits[j]);
			}
		}
}

/* What values mean is of values that the field can have. */
static void values_fit_their_fields(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	for (const struct arch_layouts *layouts = arch_layouts_of(arch); layouts;
		layouts = layouts->base)
		for (size_t i = 0; i < layouts->n; i++)
			for (size_t j = 0; j < layouts->list[i].n_bits; j++) {
				const struct arch_bits *bits = &layouts->list[i].bits[j];
				unsigned n_said = 0, n_written = bits->values ? 1 : 0;
				int length;

				for (const char *c = bits->values; c && *c; c++)
					n_written += *c == '|';
				for (uint64_t n = 0; n < 16 && n >> (bits->high - bits->low) < 2;
					n++)
					n_said += arch_bits_value(bits, n, &length) != NULL;
				if (n_said != n_written)
					fail_msg("%s: %s", bits->name, bits->values);
			}
}

/* Bits that the lists let one write, and no manual describes. */
static const struct {
	const char *model, *pattern;
	uint64_t bits;
} undescribed[] = {
	/* ov_en, assumed; 17:16 of box controls, which software has to write 1 */
	{"06_3e", "MSR_U_PMON_UCLK_FIXED_CTL", 1u << 20},
	{"06_3e", "MSR_U_PMON_EVNTSEL", 1u << 20},
	{"06_3e", "MSR_PCU_PMON_EVNTSEL", 1u << 20},
	{"06_3e", "_PCI_PMON_CTL", 1u << 20},
	{"06_3e", "_PMON_BOX_CTL", 3u << 16},
	/* its bits are not known; assumed those of its counters */
	{"06_3e", "MSR_PMON_GLOBAL_STATUS", UINT64_MAX},
	{"06_3e", "_PMON_BOX_STATUS", UINT64_MAX},
	/* the guide's table has 44 bits, its text 48 */
	{"06_2d", "MSR_U_PMON_UCLK_FIXED_CTR", UINT64_C(0xf) << 44},
	/* clamping, which Linux has and the manual's figure has not */
	{"06_2d", "MSR_DRAM_POWER_LIMIT", 1u << 16},
	{"06_3e", "MSR_DRAM_POWER_LIMIT", 1u << 16},
	/* reserved bits of the iMC's box control, which clients write and which do nothing */
	{"06_2d", "MC_CHy_PCI_PMON_BOX_CTL", 3u},
};

static uint64_t undescribed_bits(const struct arch *arch, const char *name)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < sizeof undescribed / sizeof *undescribed; i++)
		if (strcmp(undescribed[i].model, arch->name) == 0 &&
			strstr(name, undescribed[i].pattern))
			bits |= undescribed[i].bits;
	return bits;
}

static void check_entry(const struct arch *arch, unsigned section, const struct allow_entry *entry)
{
	const struct place place = place_at(allow_device(section), entry->reg);
	const struct arch_layout *layout = arch_layout_at(arch, &place);
	uint64_t mask = entry->write_mask | entry->clear_mask | entry->w1c_mask;
	struct arch_hit hit;

	if (arch_register_at(arch, &place, &hit) && hit.entry->class == ARCH_ABSENT)
		return;
	mask &= ~(layout ? arch_layout_mask(layout) : 0);
	if (mask & ~undescribed_bits(arch, entry->name))
		fail_msg("%s: %s: bits 0x%llx may be written, and no field has them", arch->name,
			entry->name, (unsigned long long)mask);
	/* what its bits are is not known */
	if (!layout && !strstr(entry->name, "_STATUS") && !strstr(entry->name, "_GLOBAL_CONFIG"))
		fail_msg("%s: %s has no fields", arch->name, entry->name);
}

static void what_may_be_used_is_described(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	for (size_t i = 0; i < arch->n_profiles; i++)
		for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++) {
			const struct allowlist *list = arch->profiles[i].list;

			for (size_t j = 0; j < list->section[section].n_entries; j++)
				check_entry(arch, section, &list->section[section].entries[j]);
		}
}

/* Counters are as wide as the model's tables have them. */
static unsigned width_of(const struct arch *arch, const struct arch_hit *hit)
{
	const struct arch_register *entry = hit->entry;

	if (entry->class == ARCH_CORE_PMU)
		return entry->part == ARCH_GENERAL || entry->part == ARCH_GENERAL_FULL ||
				       entry->part == ARCH_FIXED
			       ? arch->core->width
			       : 0;
	if (entry->class == ARCH_RUNNING)
		return entry->width;
	if (entry->class != ARCH_BOX || entry->shift != 0)
		return 0;
	if (op_space_has_units(entry->space))
		return entry->part == ARCH_BOX_COUNTER || entry->part == ARCH_BOX_FIXED_COUNTER ? 32
												: 0;
	return entry->part == ARCH_BOX_COUNTER	       ? entry->box->width
	       : entry->part == ARCH_BOX_FIXED_COUNTER ? entry->box->fixed_width
						       : 0;
}

static void counters_are_as_wide_as_the_models(void **state)
{
	unsigned n_seen = 0;

	(void)state;
	FOR_EACH_MODEL(arch)
	{
		struct arch_walk walk = arch_walk(arch);
		struct arch_hit hit;

		while (arch_register_next(&walk, &hit)) {
			const struct place place = place_of(&hit);
			const struct arch_layout *layout = arch_layout_at(arch, &place);
			unsigned width = width_of(arch, &hit);

			if (width == 0)
				continue;
			n_seen++;
			assert_non_null(layout);
			assert_int_equal(layout->n_bits, 1);
			assert_int_equal(layout->bits[0].high + 1, width);
			assert_true(layout->bits[0].kind == ARCH_COUNT ||
				    layout->bits[0].kind == ARCH_JOULES ||
				    layout->bits[0].kind == ARCH_DRAM_JOULES);
		}
	}
	assert_true(n_seen > 100);
}

static void units_are_those_of_their_register(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	const struct place limit = place_at(place_of_cpu(0), 0x610);
	const struct arch_layout *layout = arch_layout_at(arch, &limit);
	const struct arch_bits *bits, *unit;
	enum arch_kind kind;
	uint32_t reg;

	(void)state;
	bits = arch_bits_find(layout, "power_limit_1");
	assert_true(arch_kind_asks(arch, bits->kind, &kind));
	assert_true(arch_kind_find(arch, kind, &reg, &unit));
	assert_int_equal(reg, 0x606);
	/* 115 W and 10 s, as the manual has them: 0x398 eighths of a watt, 2^13 (1 + 1/4) / 1024 */
	assert_true(arch_bits_amount(arch, bits, 0x398, arch_bits_get(unit, 0xa1003)) == 115);
	bits = arch_bits_find(layout, "TIME_WINDOW_1");
	assert_true(arch_kind_asks(arch, bits->kind, &kind));
	assert_true(arch_kind_find(arch, kind, &reg, &unit));
	assert_true(arch_bits_amount(arch, bits, 1u << 5 | 13, arch_bits_get(unit, 0xa1003)) == 10);
	assert_true(arch_bits_amount(arch, unit, 10, 0) == 1.0 / 1024);
	assert_false(arch_kind_asks(arch, ARCH_RATIO, &kind));
	assert_string_equal(arch_kind_unit(ARCH_RATIO), "MHz");
	assert_null(arch_kind_unit(ARCH_COUNT));
}

static void kinds_without_a_register_have_units_of_their_own(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	static const struct {
		enum arch_kind kind;
		uint64_t n;
		double amount;
	} cases[] = {
		{ARCH_RATIO, 27, 2700},
		{ARCH_SIXTEENTHS, 3, 18.75},
		{ARCH_VOLTS, 0x2400, 1.125},
		{ARCH_CELSIUS, 43, 43},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct arch_bits bits = {.kind = cases[i].kind};

		assert_true(arch_bits_amount(arch, &bits, cases[i].n, 0) == cases[i].amount);
	}
	/* memory's energy counts in units of its own where the model has them */
	struct arch other = *arch;
	const struct arch_bits dram = {.kind = ARCH_DRAM_JOULES};
	enum arch_kind kind;

	assert_true(arch_kind_asks(arch, ARCH_DRAM_JOULES, &kind));
	assert_true(arch_bits_amount(arch, &dram, 8, 3) == 1);
	other.dram_joules = 0.25;
	assert_false(arch_kind_asks(&other, ARCH_DRAM_JOULES, &kind));
	assert_true(arch_bits_amount(&other, &dram, 8, 3) == 2);
}

static void a_model_says_of_its_own_registers_what_differs(void **state)
{
	const struct place select = place_at(place_of_cpu(0), 0xd10);

	(void)state;
	assert_non_null(arch_bits_find(arch_layout_at(arch_find(6, 0x2d), &select), "invert"));
	assert_null(arch_bits_find(arch_layout_at(arch_find(6, 0x3e), &select), "invert"));
	assert_non_null(arch_bits_find(arch_layout_at(arch_find(6, 0x3e), &select), "tid_en"));
	/* what is the same is the base's */
	const struct place fixed = place_at(place_of_cpu(0), 0x38d);

	assert_ptr_equal(arch_layout_at(arch_find(6, 0x3e), &fixed),
		arch_layout_at(arch_find(6, 0x2d), &fixed));
}

static void nothing_is_known_of_what_is_no_register(void **state)
{
	const struct place nowhere = place_at(place_of_cpu(0), 0xffffffff);
	const struct place select = place_at(place_of_cpu(0), 0x186);
	const struct arch_bits *bits;
	uint32_t reg;
	int length;

	(void)state;
	assert_null(arch_layout_at(arch_find(6, 0x2d), &nowhere));
	assert_null(arch_layout_at(NULL, &select));
	assert_null(arch_bits_find(NULL, "EVENT"));
	assert_false(arch_kind_find(NULL, ARCH_WATTS_UNIT, &reg, &bits));
	bits = arch_bits_find(arch_layout_at(arch_find(6, 0x2d), &select), "INV");
	assert_null(arch_bits_value(bits, 2, &length));
	assert_non_null(arch_bits_value(bits, 1, &length));
	assert_int_equal(length, strlen("fewer"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_is_of_a_register),
		cmocka_unit_test(fields_descend_and_do_not_overlap),
		cmocka_unit_test(values_fit_their_fields),
		cmocka_unit_test(what_may_be_used_is_described),
		cmocka_unit_test(counters_are_as_wide_as_the_models),
		cmocka_unit_test(units_are_those_of_their_register),
		cmocka_unit_test(kinds_without_a_register_have_units_of_their_own),
		cmocka_unit_test(a_model_says_of_its_own_registers_what_differs),
		cmocka_unit_test(nothing_is_known_of_what_is_no_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
