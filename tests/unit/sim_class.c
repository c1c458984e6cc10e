/* SPDX-License-Identifier: MIT */
/* Classes of registers that not every model has, on a package made for the test. */
#include "test.h"

#include "sim/machine/machine_state.h"

static const struct arch_box kind = {.name = "box",
	.n_counters = 1,
	.width = 32,
	.select_mask = 0xFFFF,
	.select_enable = 0x100,
	.fixed_width = 32,
	.fixed_counts = ARCH_COUNTS_UCLK};
static const struct arch arch = {
	.boxes = &kind, .n_boxes = 1, .all_boxes = {.freeze = 0x8, .unfreeze = 0x4}};
static const struct fixture fixture = {.uclk_mhz = 1};

/* One box behind MSRs whose fixed counter counts a million a second. */
struct scene {
	struct uncore_box box;
	struct machine_package package;
	struct machine machine;
	struct arch_register entry;
	uint64_t stored;
};

static void world_init(struct scene *scene, enum arch_class class)
{
	*scene = (struct scene){
		.machine = {.fixture = &fixture, .arch = &arch, .n_boxes = 1},
		.entry = {.class = class, .write_mask = 0x3},
	};
	scene->package.boxes = &scene->box;
	uncore_init(&scene->box, &kind, &fixture, 0, 0, NULL);
	uncore_write(&scene->box, ARCH_BOX_FIXED_SELECT, 0, 0, kind.select_enable);
}

static void write_at(struct scene *scene, uint64_t ns, uint64_t value)
{
	const struct instance instance = {.entry = &scene->entry,
		.ns = ns,
		.stored = &scene->stored,
		.machine = &scene->machine,
		.package = &scene->package};
	const struct class_ops *ops = class_ops(scene->entry.class);

	assert_int_equal(value & ~ops->write_mask(&instance), 0);
	assert_int_equal(ops->write(&instance, value), 0);
}

static uint64_t count_at(struct scene *scene, uint64_t ns)
{
	return uncore_read(&scene->box, ARCH_BOX_FIXED_COUNTER, 0, ns);
}

static void control_of_all_boxes_holds_them_and_lets_them_go(void **state)
{
	struct scene scene;

	(void)state;
	world_init(&scene, ARCH_ALL_BOXES);
	assert_int_equal(count_at(&scene, 1000), 1);
	write_at(&scene, 2000, 0x9);
	assert_int_equal(scene.stored, 0x1); /* its own bits read 0 */
	assert_int_equal(count_at(&scene, 5000), 2);
	write_at(&scene, 5000, 0x2); /* neither: they are held still */
	assert_int_equal(count_at(&scene, 6000), 2);
	write_at(&scene, 6000, 0x4);
	assert_int_equal(count_at(&scene, 7000), 3);
}

static void status_is_cleared_by_writing_1(void **state)
{
	struct scene scene;

	(void)state;
	world_init(&scene, ARCH_STATUS);
	scene.stored = 0x7;
	write_at(&scene, 0, 0x1);
	assert_int_equal(scene.stored, 0x6);
	write_at(&scene, 0, 0);
	assert_int_equal(scene.stored, 0x6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_of_all_boxes_holds_them_and_lets_them_go),
		cmocka_unit_test(status_is_cleared_by_writing_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
