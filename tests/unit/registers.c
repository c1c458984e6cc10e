/* SPDX-License-Identifier: MIT */
/* The register tables of every model are tested like code. */
#include "test.h"

#include <string.h>
#include <strings.h>

#include "arch/arch.h"

/* What one model's table has to be, called for each. */
#define FOR_EACH_MODEL(arch)                                                                       \
	const struct arch *arch;                                                                   \
	for (size_t model_ = 0; (arch = arch_get(model_)); model_++)

#define FOR_EACH_ENTRY(arch, entry)                                                                \
	const struct arch_register *entry;                                                         \
	uint32_t slot_;                                                                            \
	for (size_t entry_ = 0; (entry = arch_register_get(arch, entry_, &slot_)); entry_++)

static struct place place_of(const struct arch_register *entry, uint32_t index)
{
	return (struct place){.space = entry->space,
		.unit = entry->unit,
		.reg = arch_register_address(entry, index)};
}

static void every_register_is_found_at_its_own_place_only(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		bool seen[2048] = {false};

		assert_true(arch_register_slots(arch) < sizeof seen);
		FOR_EACH_ENTRY(arch, entry)
		{
			for (uint32_t n = 0; n < arch_register_count(entry); n++) {
				const struct place place = place_of(entry, n);
				struct arch_hit hit;

				assert_true(arch_register_at(arch, &place, &hit));
				/* a bank may be overruled in part */
				if (hit.entry != entry)
					continue;
				assert_int_equal(hit.index, n);
				assert_int_equal(hit.slot, slot_ + n);
				assert_false(seen[hit.slot]);
				seen[hit.slot] = true;
			}
		}
	}
}

static void tables_are_in_ascending_order(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		const struct arch_registers *table = arch->registers;

		for (size_t i = 1; i < table->n_entries; i++) {
			const struct arch_register *a = &table->entries[i - 1], *b = a + 1;

			if (a->space == b->space && a->unit == b->unit)
				assert_true(a->address < b->address);
			else
				assert_true(a->space <= b->space);
		}
	}
}

static void every_register_has_a_name_and_a_source(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		FOR_EACH_ENTRY(arch, entry)
		{
			assert_true(strlen(entry->name) > 0);
			assert_true(strlen(entry->source) > 0);
			assert_true(strlen(entry->name) < ARCH_NAME_SIZE);
			if (arch_register_count(entry) > 1)
				assert_non_null(strchr(entry->name, '#'));
		}
	}
}

/* Whatever a person writes means one register. */
static void every_name_and_alias_leads_back(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		FOR_EACH_ENTRY(arch, entry)
		{
			for (uint32_t n = 0; n < arch_register_count(entry); n++) {
				const struct place place = place_of(entry, n);
				struct arch_hit hit, found;
				char name[ARCH_NAME_SIZE];

				assert_true(arch_register_at(arch, &place, &hit));
				arch_register_name(&hit, name);
				assert_true(arch_register_find(arch, &place, name, &found));
				if (found.slot != hit.slot)
					fail_msg("%s: %s is two registers", arch->name, name);
			}
		}
	}
}

static void assert_found(const struct arch *arch, const char *name, uint32_t address)
{
	const struct place device = place_of_cpu(0);
	struct arch_hit hit;

	assert_true(arch_register_find(arch, &device, name, &hit));
	assert_int_equal(arch_register_address(hit.entry, hit.index), address);
}

static void names_are_the_manuals_and_those_in_use(void **state)
{
	const struct place device = place_of_cpu(0);
	struct arch_hit hit;

	(void)state;
	FOR_EACH_MODEL(arch)
	{
		assert_found(arch, "MSR_PERF_STATUS", 0x198);
		assert_found(arch, "IA32_PERF_STATUS", 0x198);
		assert_found(arch, "ia32_perf_status", 0x198);
		assert_found(arch, "MSR_IA32_TSC", 0x10);
		assert_found(arch, "IA32_PERFEVTSEL3", 0x189);
		assert_found(arch, "IA32_PERFEVTSEL4", 0x18a);
		assert_found(arch, "C7_MSR_PMON_CTL2", 0xdf2);
		assert_found(arch, "MSR_CORE_PERF_FIXED_CTR2", 0x30b);
		/* Linux means 0x4c1 by it, and the manual's IA32_PMC0 is 0xc1 */
		assert_false(arch_register_find(arch, &device, "MSR_IA32_PMC0", &hit));
		assert_false(arch_register_find(arch, &device, "IA32_PMC8", &hit));
		assert_false(arch_register_find(arch, &device, "", &hit));
	}
	assert_false(arch_register_find(NULL, &device, "IA32_PMC0", &hit));
}

/* One table serves both: a list that calls a register otherwise is wrong. */
static void allowlists_use_the_tables_names(void **state)
{
	unsigned n_wrong = 0;

	(void)state;
	FOR_EACH_MODEL(arch)
	{
		for (size_t p = 0; p < arch->n_profiles; p++) {
			const struct allowlist *list = arch->profiles[p].list;

			for (unsigned section = 0; section < ALLOW_N_SECTIONS; section++)
				for (size_t i = 0; i < list->section[section].n_entries; i++) {
					const struct allow_entry *entry =
						&list->section[section].entries[i];
					struct place place =
						section == ALLOW_MSR
							? place_of_cpu(0)
							: place_of_unit(
								  0, section - ALLOW_PCI(0), 0);
					char name[ARCH_NAME_SIZE] = "not in the table";
					struct arch_hit hit;

					place.reg = entry->reg;
					if (arch_register_at(arch, &place, &hit))
						arch_register_name(&hit, name);
					if (strcmp(entry->name, name) == 0)
						continue;
					print_error("%s: 0x%x is %s in the list, %s in the table\n",
						arch->name, entry->reg, entry->name, name);
					n_wrong++;
				}
		}
	}
	assert_int_equal(n_wrong, 0);
}

/* Who measures asks for parts, not for addresses. */
static void parts_have_addresses(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	uint32_t address;

	(void)state;
	assert_true(arch_core_register(arch, ARCH_FIXED, 2, &address));
	assert_int_equal(address, 0x30b);
	assert_false(arch_core_register(arch, ARCH_FIXED, 3, &address));
	assert_true(arch_core_register(arch, ARCH_SELECT, 5, &address));
	assert_int_equal(address, 0x18b);
	assert_true(arch_box_register(
		arch, arch_find_box(arch, "cbox"), 3, ARCH_BOX_COUNTER, 1, &address));
	assert_int_equal(address, 0xd77);
	assert_true(arch_box_register(
		arch, arch_find_box(arch, "imc"), 0, ARCH_BOX_COUNTER, 1, &address));
	assert_int_equal(address, 0xa8);
	assert_false(arch_box_register(
		arch, arch_find_box(arch, "ubox"), 0, ARCH_BOX_CONTROL, 0, &address));
	assert_int_equal(arch_running_register(arch, ARCH_DRAM_ENERGY)->address, 0x619);
}

/* Every counter of a box has a select and an address. */
static void boxes_are_complete(void **state)
{
	(void)state;
	FOR_EACH_MODEL(arch)
	{
		for (size_t i = 0; i < arch->n_boxes; i++) {
			const struct arch_box *box = &arch->boxes[i];
			uint32_t address;

			assert_ptr_equal(arch_find_box(arch, box->name), box);
			for (uint32_t n = 0; n < box->n_counters; n++) {
				assert_true(arch_box_register(
					arch, box, 0, ARCH_BOX_COUNTER, n, &address));
				assert_true(arch_box_register(
					arch, box, 0, ARCH_BOX_SELECT, n, &address));
			}
			assert_int_equal(arch_box_register(
						 arch, box, 0, ARCH_BOX_FIXED_COUNTER, 0, &address),
				box->fixed_width != 0);
			assert_int_equal(
				arch_box_register(arch, box, 0, ARCH_BOX_CONTROL, 0, &address),
				box->control_mask != 0);
		}
		/* a register of another model's box would count for nobody */
		FOR_EACH_ENTRY(arch, entry)
		{
			if (entry->box)
				assert_ptr_equal(arch_find_box(arch, entry->box->name), entry->box);
		}
	}
}

static void model_06_2d_has_all_its_known_registers(void **state)
{
	uint32_t n = 0;

	(void)state;
	FOR_EACH_ENTRY(arch_find(6, 0x2d), entry)
	{
		if (entry->space == OP_MSR)
			n += arch_register_count(entry);
	}
	assert_int_equal(n, 461);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_register_is_found_at_its_own_place_only),
		cmocka_unit_test(tables_are_in_ascending_order),
		cmocka_unit_test(every_register_has_a_name_and_a_source),
		cmocka_unit_test(every_name_and_alias_leads_back),
		cmocka_unit_test(names_are_the_manuals_and_those_in_use),
		cmocka_unit_test(allowlists_use_the_tables_names),
		cmocka_unit_test(parts_have_addresses),
		cmocka_unit_test(boxes_are_complete),
		cmocka_unit_test(model_06_2d_has_all_its_known_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
