/* SPDX-License-Identifier: MIT */
/* What a client has left is put back: access by access, on devices of memory that may fail. */
#include "daemon/restore.h"

#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/controls.h"
#include "bank_device.h"
#include "daemon/grant.h"

#define N_CPUS 4

/* Event selects, the fixed counters' control, the global one: of a core. */
enum { SELECT0 = 0x186, SELECT1 = 0x187, FIXED = 0x38d, GLOBAL = 0x38f, PMC0 = 0xc1 };
/* Memory channel: box control and first select. CBox 0 likewise, and its filter. */
enum { IMC_CONTROL = 0xf4, IMC_SELECT = 0xd8, CBOX_CONTROL = 0xd04, CBOX_SELECT = 0xd10 };

struct scene {
	struct bank msr, pci;
	struct device *devices[OP_N_SPACES];
	struct site site;
	struct grant grant;
	struct kept kept;
	struct access access;
	struct restored restored;
	char lock[40];
};

static struct scene scene;

static void make_world(const struct arch *arch, size_t n_cpus)
{
	size_t n_devices[ALLOW_N_SECTIONS] = {n_cpus, 2, 2, 2, 2, 2, 2, 2};

	scene = (struct scene){
		.msr.device.ops = &bank_ops,
		.pci.device.ops = &bank_ops,
		.devices = {&scene.msr.device, &scene.pci.device},
		.lock = "/nonexistent",
		.access = {.peer.uid = 1000,
			.policy = &scene.grant.policy,
			.owner_policy = &scene.grant.owner,
			.devices = scene.devices,
			.arch = arch,
			.kept = &scene.kept,
			.lock_path = scene.lock},
	};
	site_init(&scene.site);
	assert_int_equal(grant_peer(&scene.grant, arch, &scene.site, &scene.access.peer), 0);
	assert_int_equal(
		kept_init(&scene.kept, restore_capacity(arch, &scene.grant.owner, n_devices)), 0);
}

static int set_up(void **state)
{
	(void)state;
	make_world(arch_find(6, 0x2d), N_CPUS);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(scene.lock);
	kept_deinit(&scene.kept);
	return 0;
}

/* From here on there is a lock file of that user. */
static void lock_for(uid_t owner)
{
	int fd;

	strcpy(scene.lock, "/tmp/msrd-test-lock-XXXXXX");
	fd = mkstemp(scene.lock);
	assert_true(fd >= 0);
	close(fd);
	/* only root gives files away: the peer is who is not, or who is, the owner */
	scene.access.peer.uid = owner;
}

static enum op_status write_place(struct place place, uint64_t value)
{
	struct op op = {.verb = OP_WRITE, .place = place, .value = value};

	access_run(&scene.access, &(struct batch){.ops = &op, .n = 1}, NULL, NULL);
	return op.status;
}

static enum op_status write_msr(uint32_t cpu, uint32_t reg, uint64_t value)
{
	return write_place(place_at(place_of_cpu(cpu), reg), value);
}

static enum op_status write_imc(uint32_t package, uint32_t reg, uint64_t value)
{
	return write_place(place_at(place_of_unit(package, UNIT_IMC, 0), reg), value);
}

static void restore(void)
{
	scene.msr.n_writes = scene.pci.n_writes = 0;
	restore_run(&scene.access, true, &scene.restored);
}

static void assert_restored(unsigned n)
{
	assert_int_equal(scene.restored.n[RESTORE_DONE], n);
	assert_int_equal(restore_total(&scene.restored), n);
}

static void controls_get_back_what_they_held_before_the_first_write(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 1, SELECT0)->value = 0x4100c5;
	assert_int_equal(write_msr(1, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(1, SELECT0, 0x4300c1), OP_OK);
	assert_int_equal(write_msr(2, FIXED, 0x333), OP_OK);
	assert_int_equal(write_imc(1, IMC_SELECT, 0x400304), OP_OK);
	restore();
	assert_restored(3);
	assert_true(bank_msr(&scene.msr, 1, SELECT0)->value == 0x4100c5);
	assert_true(bank_msr(&scene.msr, 2, FIXED)->value == 0);
	assert_true(bank_unit(&scene.pci, 1, UNIT_IMC, 0, IMC_SELECT)->value == 0);
}

static void they_are_written_in_reverse_order(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, FIXED, 0x333), OP_OK);
	assert_int_equal(write_msr(3, SELECT1, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(0, GLOBAL, 0x700000003), OP_OK);
	assert_int_equal(write_msr(0, FIXED, 0x222), OP_OK);
	restore();
	assert_restored(3);
	assert_int_equal(scene.msr.writes[0].place.reg, GLOBAL);
	assert_int_equal(scene.msr.writes[1].place.reg, SELECT1);
	assert_int_equal(scene.msr.writes[2].place.reg, FIXED);
}

/* One register under two CPUs' numbers: the first one's old value is what it really was. */
static void register_that_two_cpus_share_comes_back(void **state)
{
	struct bank_register *reg;

	(void)state;
	assert_int_equal(write_msr(0, CBOX_SELECT, 0x400011), OP_OK);
	reg = bank_msr(&scene.msr, 1, CBOX_SELECT);
	reg->value = 0x400011;
	assert_int_equal(write_msr(1, CBOX_SELECT, 0x400022), OP_OK);
	restore();
	assert_true(scene.msr.writes[0].place.cpu == 1 && scene.msr.writes[0].value == 0x400011);
	assert_true(scene.msr.writes[1].place.cpu == 0 && scene.msr.writes[1].value == 0);
}

static void counters_and_status_are_left(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, PMC0, 77), OP_OK);
	assert_int_equal(write_msr(0, 0x309, 77), OP_OK);
	assert_int_equal(write_msr(0, 0x390, 1), OP_OK); /* clears overflow */
	assert_int_equal(write_msr(0, 0xd16, 77), OP_OK);
	assert_int_equal(write_imc(0, 0xa0, 77), OP_OK);
	restore();
	assert_restored(0);
	assert_int_equal(scene.msr.n_writes + scene.pci.n_writes, 0);
}

static void what_is_as_before_is_not_written(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 0, SELECT0)->value = 0x4300c0;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(0, SELECT1, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(0, SELECT1, 0), OP_OK);
	restore();
	assert_restored(0);
	assert_int_equal(scene.msr.n_writes, 0);
}

static void bits_that_the_client_did_not_change_stay_as_others_made_them(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 0, GLOBAL)->value = 0x1;
	assert_int_equal(write_msr(0, GLOBAL, 0x700000001), OP_OK);
	bank_msr(&scene.msr, 0, GLOBAL)->value = 0x700000006;
	restore();
	assert_restored(1);
	assert_true(bank_msr(&scene.msr, 0, GLOBAL)->value == 0x6);
}

static void device_that_fails_in_between_does_not_keep_the_others(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(1, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(2, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(3, SELECT0, 0x4300c0), OP_OK);
	bank_msr(&scene.msr, 2, SELECT0)->writes = OP_FAILED;
	bank_msr(&scene.msr, 1, SELECT0)->reads = OP_ABSENT; /* it went offline */
	restore();
	assert_int_equal(scene.restored.n[RESTORE_DONE], 2);
	assert_int_equal(scene.restored.n[RESTORE_FAILED], 2);
	assert_true(restore_left_some(&scene.restored));
	assert_int_equal(scene.restored.first.cpu, 2);
	assert_true(bank_msr(&scene.msr, 0, SELECT0)->value == 0);
	assert_true(bank_msr(&scene.msr, 3, SELECT0)->value == 0);
}

static void write_that_failed_leaves_nothing_to_put_back(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 0, SELECT0)->writes = OP_FAILED;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_FAILED);
	restore();
	assert_restored(0);
}

static void bit_that_may_only_be_cleared_stays_off_and_is_told(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 0, SELECT0)->value = 0x5300c5; /* the kernel's: INT is on */
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	restore();
	assert_int_equal(scene.restored.n[RESTORE_PARTLY], 1);
	assert_int_equal(restore_total(&scene.restored), 1);
	assert_true(bank_msr(&scene.msr, 0, SELECT0)->value == 0x4300c5);
}

static void counter_that_the_kernel_has_taken_since_is_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(0, FIXED, 0x333), OP_OK);
	/* it was the kernel's before, too: INT is among the bits that the client changed */
	bank_msr(&scene.msr, 1, SELECT0)->value = 0x5300c5;
	assert_int_equal(write_msr(1, SELECT0, 0x4300c0), OP_OK);
	bank_msr(&scene.msr, 0, SELECT0)->value = 0x5300c5;
	bank_msr(&scene.msr, 0, FIXED)->value = 0x3b3;
	bank_msr(&scene.msr, 1, SELECT0)->value = 0x5300c5;
	restore();
	assert_int_equal(scene.restored.n[RESTORE_REFUSED], 2);
	assert_int_equal(scene.msr.n_writes, 0);
}

static void switches_come_back_while_the_lock_file_is_the_owners(void **state)
{
	(void)state;
	lock_for(geteuid());
	assert_int_equal(write_msr(0, 0x1a4, 0xf), OP_OK);
	restore();
	assert_restored(1);
	assert_true(bank_msr(&scene.msr, 0, 0x1a4)->value == 0);
}

/* What the register held can be his own choice, by another session: he would write it now. */
static void former_owner_writes_nothing_by_dying(void **state)
{
	(void)state;
	lock_for(geteuid());
	bank_msr(&scene.msr, 0, 0x1a4)->value = 0xf;
	assert_int_equal(write_msr(0, 0x1a4, 0), OP_OK);
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	unlink(scene.lock);
	assert_int_equal(write_msr(0, 0x1a4, 0xf), OP_REFUSED);
	restore();
	assert_int_equal(scene.restored.n[RESTORE_DONE], 1);
	assert_int_equal(scene.restored.n[RESTORE_REFUSED], 1);
	assert_int_equal(scene.restored.first.reg, 0x1a4);
	assert_true(bank_msr(&scene.msr, 0, 0x1a4)->value == 0);
	assert_true(bank_msr(&scene.msr, 0, SELECT0)->value == 0);
}

/* As likwid-features does: it is LIKWID's way to say exit. */
static void switches_of_who_just_closes_stay_where_that_is_how_to_exit(void **state)
{
	(void)state;
	scene.access.lasting = &scene.grant.lasting;
	lock_for(geteuid());
	assert_int_equal(write_msr(0, 0x1a4, 0xf), OP_OK);
	assert_int_equal(write_msr(1, 0x1a0, 0x4000000000), OP_OK);
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(0, 0x1a6, 1), OP_OK);
	restore();
	assert_int_equal(scene.restored.n[RESTORE_DONE], 2);
	assert_int_equal(scene.restored.n[RESTORE_LASTS], 2);
	assert_false(restore_left_some(&scene.restored));
	assert_true(bank_msr(&scene.msr, 0, 0x1a4)->value == 0xf);
	assert_true(bank_msr(&scene.msr, 0, SELECT0)->value == 0);

	assert_int_equal(write_msr(0, 0x1a4, 0), OP_OK);
	restore_run(&scene.access, false, &scene.restored);
	assert_restored(1);
	assert_true(bank_msr(&scene.msr, 0, 0x1a4)->value == 0xf);
}

static void nothing_is_written_for_whom_another_user_has_locked_out(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_imc(0, IMC_SELECT, 0x400304), OP_OK);
	lock_for(geteuid() + 1);
	restore();
	assert_int_equal(scene.restored.n[RESTORE_LOCKED], 2);
	assert_int_equal(restore_total(&scene.restored), 2);
	assert_int_equal(scene.msr.n_writes + scene.pci.n_writes, 0);
}

static void take_lock(struct bank *bank)
{
	(void)bank;
	lock_for(geteuid() + 1);
}

static void lock_that_is_taken_meanwhile_ends_it(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(1, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(2, SELECT0, 0x4300c0), OP_OK);
	scene.msr.n_until = 1;
	scene.msr.meanwhile = take_lock;
	restore();
	assert_int_equal(scene.restored.n[RESTORE_DONE], 1);
	assert_int_equal(scene.restored.n[RESTORE_LOCKED], 2);
}

static void selects_that_a_box_has_cleared_come_back(void **state)
{
	(void)state;
	bank_msr(&scene.msr, 0, CBOX_SELECT)->value = 0x400011;
	bank_msr(&scene.msr, 0, CBOX_SELECT + 2)->value = 0x400012;
	assert_int_equal(write_msr(0, CBOX_CONTROL, 0x10103), OP_OK);
	/* as the hardware does; and the client uses one of them */
	bank_msr(&scene.msr, 0, CBOX_CONTROL)->value = 0x10100;
	bank_msr(&scene.msr, 0, CBOX_SELECT)->value = 0;
	bank_msr(&scene.msr, 0, CBOX_SELECT + 2)->value = 0;
	assert_int_equal(write_msr(0, CBOX_SELECT, 0x400099), OP_OK);
	restore();
	assert_restored(3);
	assert_true(bank_msr(&scene.msr, 0, CBOX_SELECT)->value == 0x400011);
	assert_true(bank_msr(&scene.msr, 0, CBOX_SELECT + 2)->value == 0x400012);
	assert_true(bank_msr(&scene.msr, 0, CBOX_CONTROL)->value == 0);
	/* the box is thawed when all of it is right */
	assert_int_equal(scene.msr.writes[2].place.reg, CBOX_CONTROL);
}

static void boxes_that_were_all_frozen_are_thawed(void **state)
{
	(void)state;
	kept_deinit(&scene.kept);
	make_world(arch_find(6, 0x3e), N_CPUS);
	assert_int_equal(write_msr(0, 0xc00, 0x80000000), OP_OK);
	bank_msr(&scene.msr, 0, 0xc00)->value = 0; /* reads so */
	restore();
	assert_restored(1);
	assert_true(scene.msr.writes[0].value == 0x20000000);
	bank_msr(&scene.msr, 0, 0xc00)->value = 0;

	assert_int_equal(write_msr(0, 0xc00, 0x80000000), OP_OK);
	assert_int_equal(write_msr(0, 0xc00, 0x20000000), OP_OK);
	bank_msr(&scene.msr, 0, 0xc00)->value = 0;
	restore();
	assert_restored(0);
}

static void what_is_put_back_is_forgotten(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	restore();
	assert_restored(1);
	bank_msr(&scene.msr, 0, SELECT0)->value = 0x4300c0;
	restore();
	assert_restored(0);
}

static void control_that_does_not_fit_is_not_written(void **state)
{
	(void)state;
	kept_deinit(&scene.kept);
	assert_int_equal(kept_init(&scene.kept, 2), 0);
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(1, SELECT0, 0x4300c0), OP_OK);
	assert_int_equal(write_msr(2, SELECT0, 0x4300c0), OP_REFUSED);
	assert_int_equal(scene.access.refusal.reason, POLICY_NOT_KEPT);
	assert_true(bank_msr(&scene.msr, 2, SELECT0)->value == 0);
	/* what is kept already may change again, and a counter need not be kept */
	assert_int_equal(write_msr(0, SELECT0, 0x4300c1), OP_OK);
	bank_msr(&scene.msr, 3, SELECT0)->value = 0;
	assert_int_equal(write_msr(3, PMC0, 1), OP_OK);
	restore();
	assert_restored(2);
}

static void box_whose_selects_do_not_fit_is_not_cleared(void **state)
{
	(void)state;
	kept_deinit(&scene.kept);
	assert_int_equal(kept_init(&scene.kept, 3), 0);
	assert_int_equal(write_msr(0, CBOX_CONTROL, 0x10103), OP_REFUSED);
	assert_int_equal(scene.access.refusal.reason, POLICY_NOT_KEPT);
	assert_int_equal(scene.msr.n_writes, 0);
}

static void without_memory_no_control_is_written(void **state)
{
	(void)state;
	kept_deinit(&scene.kept);
	assert_int_equal(kept_init(&scene.kept, SIZE_MAX / 2), -ENOMEM);
	assert_int_equal(write_msr(0, SELECT0, 0x4300c0), OP_REFUSED);
	assert_int_equal(write_msr(0, PMC0, 1), OP_OK);
}

static void control_that_can_not_be_read_is_not_written(void **state)
{
	(void)state;
	bank_unit(&scene.pci, 0, UNIT_IMC, 0, IMC_SELECT)->reads = OP_FAILED;
	assert_int_equal(write_imc(0, IMC_SELECT, 0x400304), OP_FAILED);
	assert_int_equal(scene.pci.n_writes, 0);
}

/* Every bit that may be written of every control, on every device. */
static void everything_that_may_be_written_fits(void **state)
{
	const struct policy *policy = &scene.grant.owner;
	size_t n_kept = 0;

	(void)state;
	for (unsigned i = 0; i < ALLOW_N_SECTIONS * policy->n_lists; i++) {
		unsigned section = i % ALLOW_N_SECTIONS;
		const struct allowlist *list = policy->lists[i / ALLOW_N_SECTIONS];

		for (size_t j = 0; j < list->section[section].n_entries; j++) {
			const struct allow_entry *entry = &list->section[section].entries[j];
			struct place place = place_at(allow_device(section), entry->reg);

			if (!(entry->write_mask | entry->clear_mask) ||
				!arch_is_control(scene.access.arch, &place) ||
				kept_find(&scene.kept, &place))
				continue;
			assert_non_null(kept_add(&scene.kept, &place, 0));
			n_kept++;
		}
	}
	assert_true(n_kept > 100);
	/* ... on each of four CPUs, and of two units */
	assert_true(2 * n_kept < scene.kept.capacity && 4 * n_kept >= scene.kept.capacity);
}

static void table_finds_what_is_in_it_also_when_it_is_full(void **state)
{
	struct kept kept;

	(void)state;
	assert_int_equal(kept_init(&kept, 1000), 0);
	for (uint32_t i = 0; i < 1000; i++) {
		struct place place = i % 2 ? place_at(place_of_cpu(i % 7), 0x186 + i)
					   : place_at(place_of_unit(i % 3, UNIT_IMC, i % 4), 4 * i);

		assert_null(kept_find(&kept, &place));
		assert_non_null(kept_add(&kept, &place, i));
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_ptr_equal(kept_find(&kept, &kept.values[i].place), &kept.values[i]);
	struct place other = place_at(place_of_cpu(9), 0x186);
	assert_null(kept_find(&kept, &other));
	assert_null(kept_add(&kept, &other, 0));
	kept_deinit(&kept);
}

static void register_that_the_model_does_not_know_is_a_control(void **state)
{
	const struct arch *arch = arch_find(6, 0x2d);
	struct place place = place_at(place_of_cpu(0), 0xdead);

	(void)state;
	assert_true(arch_is_control(arch, &place));
	assert_true(arch_is_control(NULL, &place));
	place.reg = 0x1a0;
	assert_true(arch_is_control(arch, &place));
	place.reg = 0x1a6; /* a filter of the core's */
	assert_true(arch_is_control(arch, &place));
	place.reg = 0x19c;
	assert_false(arch_is_control(arch, &place));
}

#define RESTORE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RESTORE_TEST(controls_get_back_what_they_held_before_the_first_write),
		RESTORE_TEST(they_are_written_in_reverse_order),
		RESTORE_TEST(register_that_two_cpus_share_comes_back),
		RESTORE_TEST(counters_and_status_are_left),
		RESTORE_TEST(what_is_as_before_is_not_written),
		RESTORE_TEST(bits_that_the_client_did_not_change_stay_as_others_made_them),
		RESTORE_TEST(device_that_fails_in_between_does_not_keep_the_others),
		RESTORE_TEST(write_that_failed_leaves_nothing_to_put_back),
		RESTORE_TEST(bit_that_may_only_be_cleared_stays_off_and_is_told),
		RESTORE_TEST(counter_that_the_kernel_has_taken_since_is_the_kernels),
		RESTORE_TEST(switches_come_back_while_the_lock_file_is_the_owners),
		RESTORE_TEST(former_owner_writes_nothing_by_dying),
		RESTORE_TEST(switches_of_who_just_closes_stay_where_that_is_how_to_exit),
		RESTORE_TEST(nothing_is_written_for_whom_another_user_has_locked_out),
		RESTORE_TEST(lock_that_is_taken_meanwhile_ends_it),
		RESTORE_TEST(selects_that_a_box_has_cleared_come_back),
		RESTORE_TEST(boxes_that_were_all_frozen_are_thawed),
		RESTORE_TEST(what_is_put_back_is_forgotten),
		RESTORE_TEST(control_that_does_not_fit_is_not_written),
		RESTORE_TEST(box_whose_selects_do_not_fit_is_not_cleared),
		RESTORE_TEST(without_memory_no_control_is_written),
		RESTORE_TEST(control_that_can_not_be_read_is_not_written),
		RESTORE_TEST(everything_that_may_be_written_fits),
		cmocka_unit_test(table_finds_what_is_in_it_also_when_it_is_full),
		cmocka_unit_test(register_that_the_model_does_not_know_is_a_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
