/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/measure/journal.h"
#include "fake_msrd.h"

#define REG ((struct place){.space = OP_MSR, .reg = 1})

/* A register that is 0xf0 before anybody measures, and a folder for those who do. */
struct scene {
	char parent[32];
	struct msrd msrd;
};

/* Two measurements in one process are two: their files are locked by descriptor. */
struct one {
	struct peers peers;
	struct journal journal;
};

static int set_scene(void **state)
{
	static struct scene scene;

	scene = (struct scene){.parent = "/tmp/msrctl-peers-XXXXXX"};
	assert_non_null(mkdtemp(scene.parent));
	fake_add(&scene.msrd, place_of_cpu(0), 1, 0xf0);
	fake_add(&scene.msrd, place_of_cpu(0), 2, 0);
	fake_add(&scene.msrd, place_of_cpu(0), 3, 1000);
	*state = &scene;
	return 0;
}

/* Nothing lies in the folder any more. */
static int strike_scene(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(rmdir(scene->parent), 0);
	return 0;
}

static uint64_t value(struct scene *scene)
{
	return fake_find(&scene->msrd, REG)->value;
}

/* As a measurement programs: all that it claims is known before it writes. Results of the write. */
static int change(
	struct scene *scene, struct journal *journal, uint32_t number, uint64_t mask, uint64_t set)
{
	struct place reg = {.space = OP_MSR, .reg = number};
	struct cause cause = {0};
	struct cache cache;
	int r;

	cache_init(&cache, &scene->msrd);
	assert_int_equal(journal_change(journal, &cache, &reg, mask, set, &cause), 0);
	r = journal_write(journal, &cache);
	cache_deinit(&cache);
	return r;
}

static void keep(struct scene *scene, struct journal *journal, uint32_t number)
{
	struct place counter = {.space = OP_MSR, .reg = number};
	struct cache cache;

	cache_init(&cache, &scene->msrd);
	assert_int_equal(journal_keep(journal, &cache, &counter, UINT64_MAX), 0);
	cache_deinit(&cache);
}

static void begin(struct scene *scene, struct one *one, uint64_t mask, uint64_t set)
{
	struct journal_failures failures = {0};
	struct place counter = {.space = OP_MSR, .reg = 3};

	*one = (struct one){0};
	assert_int_equal(peers_init(&one->peers, scene->parent), 0);
	one->journal.peers = &one->peers;
	assert_int_equal(peers_lock(&one->peers, 1000), 0);
	assert_int_equal(journal_adopt(&one->peers, &scene->msrd, &failures), 0);
	assert_int_equal(change(scene, &one->journal, REG.reg, mask, set), 0);
	keep(scene, &one->journal, counter.reg);
	peers_unlock(&one->peers);
	/* it counts */
	fake_find(&scene->msrd, counter)->value += 7;
}

static void end(struct scene *scene, struct one *one)
{
	struct journal_failures failures = {0};

	assert_int_equal(peers_lock(&one->peers, 1000), 0);
	assert_int_equal(journal_adopt(&one->peers, &scene->msrd, &failures), 0);
	assert_int_equal(journal_restore(&one->journal, &scene->msrd, &failures), 0);
	assert_int_equal(failures.n, 0);
	peers_deinit(&one->peers, true);
	journal_deinit(&one->journal);
}

/* Its locks vanish, its file stays. */
static void kill_one(struct one *one)
{
	close(one->peers.file);
	close(one->peers.dir);
	free(one->peers.dead_names);
	claims_deinit(&one->peers.living);
	claims_deinit(&one->peers.dead);
	journal_deinit(&one->journal);
}

static void assert_as_before(struct scene *scene)
{
	struct place counter = {.space = OP_MSR, .reg = 3};

	assert_true(value(scene) == 0xf0);
	assert_true(fake_find(&scene->msrd, counter)->value == 1000);
}

static void the_last_to_end_puts_back_when_the_first_ends_first(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	begin(scene, &b, 0xf, 0x3);
	end(scene, &a);
	assert_true(value(scene) == 0xf3);
	end(scene, &b);
	assert_as_before(scene);
}

static void the_last_to_end_puts_back_when_the_second_ends_first(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	begin(scene, &b, 0xf, 0x3);
	end(scene, &b);
	assert_true(value(scene) == 0xf3);
	end(scene, &a);
	assert_as_before(scene);
}

static void bits_that_one_alone_needs_end_with_it(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0x33, 0x3);
	begin(scene, &b, 0x3, 0x3);
	assert_true(value(scene) == 0xc3);
	end(scene, &a);
	assert_true(value(scene) == 0xf3);
	end(scene, &b);
	assert_as_before(scene);
}

static void what_a_killed_one_left_is_put_back_by_the_next(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	kill_one(&a);
	assert_true(value(scene) == 0xf3);
	begin(scene, &b, 0x1, 0x1);
	assert_true(value(scene) == 0xf1);
	end(scene, &b);
	assert_as_before(scene);
}

static void what_a_killed_one_left_is_put_back_by_who_is_there(void **state)
{
	struct scene *scene = *state;
	struct one a, b, c;

	begin(scene, &a, 0xf, 0x3);
	begin(scene, &b, 0x3, 0x3);
	begin(scene, &c, 0x2, 0x2);
	kill_one(&a);
	kill_one(&c);
	end(scene, &b);
	assert_as_before(scene);
}

static void what_the_daemon_of_a_killed_one_put_back_is_as_it_was_left(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	kill_one(&a);
	fake_find(&scene->msrd, REG)->value = 0xf0;
	begin(scene, &b, 0x1, 0x1);
	end(scene, &b);
	/* its counter too, which no daemon puts back */
	assert_as_before(scene);
}

/* Are they as they were left? Then it is put back by four. */
static void what_killed_ones_left_is_looked_at_by_one_batch(void **state)
{
	struct scene *scene = *state;
	struct journal_failures failures = {0};
	struct one a, b;

	for (uint32_t reg = 10; reg < 40; reg++)
		fake_add(&scene->msrd, place_of_cpu(0), reg, 0);
	begin(scene, &a, 0xf, 0x3);
	for (uint32_t reg = 10; reg < 40; reg++)
		assert_int_equal(change(scene, &a.journal, reg, 1, 1), 0);
	kill_one(&a);
	b = (struct one){0};
	assert_int_equal(peers_init(&b.peers, scene->parent), 0);
	b.journal.peers = &b.peers;
	assert_int_equal(peers_lock(&b.peers, 1000), 0);
	scene->msrd.n_messages = 0;
	assert_int_equal(journal_adopt(&b.peers, &scene->msrd, &failures), 0);
	assert_int_equal(scene->msrd.n_messages, 1 + 4);
	for (uint32_t reg = 10; reg < 40; reg++)
		assert_int_equal(
			fake_find(&scene->msrd, (struct place){.space = OP_MSR, .reg = reg})->value,
			0);
	assert_as_before(scene);
	peers_deinit(&b.peers, true);
}

static bool was_told(const struct one *one)
{
	struct place place;

	if (!peers_told(&one->peers, 0, &place))
		return false;
	assert_int_equal(place.reg, REG.reg);
	return true;
}

static void who_makes_a_register_right_again_tells_whom_it_failed_meanwhile(void **state)
{
	struct scene *scene = *state;
	struct one a, b, c;

	begin(scene, &a, 0xf, 0x3);
	begin(scene, &b, 0x3, 0x3);
	kill_one(&a);
	/* the daemon of the killed one */
	fake_find(&scene->msrd, REG)->value = 0xf0;
	assert_false(was_told(&b));
	begin(scene, &c, 0x3, 0x3);
	assert_true(value(scene) == 0xf3);
	assert_true(was_told(&b));
	assert_false(was_told(&c));
	end(scene, &c);
	end(scene, &b);
	assert_as_before(scene);
}

static void nobody_is_told_of_what_is_as_it_should_be(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0x3, 0x3);
	begin(scene, &b, 0xc, 0x4); /* other bits of it */
	assert_false(was_told(&a));
	end(scene, &a);
	end(scene, &b);
	assert_as_before(scene);
}

static void a_device_that_somebody_programmed_since_is_left_alone(void **state)
{
	struct scene *scene = *state;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	kill_one(&a);
	fake_find(&scene->msrd, REG)->value = 0x5;
	begin(scene, &b, 0x8, 0x8);
	end(scene, &b);
	assert_true(value(scene) == 0x5);
}

static void a_device_that_was_not_programmed_yet_is_left_alone(void **state)
{
	struct scene *scene = *state;
	struct place counter = {.space = OP_MSR, .reg = 3};
	struct one a, b;

	a = (struct one){0};
	assert_int_equal(peers_init(&a.peers, scene->parent), 0);
	a.journal.peers = &a.peers;
	assert_int_equal(peers_lock(&a.peers, 1000), 0);
	keep(scene, &a.journal, counter.reg);
	kill_one(&a);
	fake_find(&scene->msrd, counter)->value = 5000;
	begin(scene, &b, 0xf, 0x3);
	end(scene, &b);
	assert_true(fake_find(&scene->msrd, counter)->value == 5000);
}

static void a_claim_is_written_before_the_register(void **state)
{
	struct scene *scene = *state;
	struct place reg = REG;
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	/* it dies in the middle of its write */
	assert_int_equal(peers_lock(&a.peers, 1000), 0);
	scene->msrd.writes_left = 1;
	reg.reg = 2;
	assert_int_equal(change(scene, &a.journal, reg.reg, 1, 1), -ECONNRESET);
	scene->msrd.writes_left = 0;
	kill_one(&a);
	fake_find(&scene->msrd, reg)->value = 1;
	begin(scene, &b, 0xf, 0x3);
	end(scene, &b);
	assert_int_equal(fake_find(&scene->msrd, reg)->value, 0);
	assert_as_before(scene);
}

static void who_programs_keeps_others_out(void **state)
{
	struct scene *scene = *state;
	struct peers a, b;

	assert_int_equal(peers_init(&a, scene->parent), 0);
	assert_int_equal(peers_init(&b, scene->parent), 0);
	assert_int_equal(peers_lock(&a, 1000), 0);
	assert_int_equal(peers_lock(&b, 20), -EAGAIN);
	/* it leaves, with the folder, and the other makes a new one */
	peers_deinit(&a, true);
	assert_int_equal(peers_lock(&b, 1000), 0);
	peers_deinit(&b, true);
}

static void a_folder_that_others_may_write_is_not_ours(void **state)
{
	struct scene *scene = *state;
	struct peers peers;
	char path[128];

	assert_int_equal(peers_init(&peers, scene->parent), 0);
	snprintf(path, sizeof path, "%s", peers.dir_path);
	peers_deinit(&peers, true);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(peers_init(&peers, scene->parent), -EPERM);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink(scene->parent, path), 0);
	assert_true(peers_init(&peers, scene->parent) < 0);
	assert_int_equal(unlink(path), 0);
}

static void nothing_is_left_open(void **state)
{
	struct scene *scene = *state;
	int before = test_count_descriptors();
	struct one a, b;

	begin(scene, &a, 0xf, 0x3);
	begin(scene, &b, 0xf, 0x3);
	end(scene, &b);
	end(scene, &a);
	assert_int_equal(test_count_descriptors(), before);
}

static void alone_it_works_as_well(void **state)
{
	struct scene *scene = *state;
	struct journal_failures failures = {0};
	struct peers peers = {.dir = -1, .file = -1};
	struct journal journal = {.peers = &peers};

	assert_int_equal(peers_lock(&peers, 0), 0);
	assert_int_equal(journal_adopt(&peers, &scene->msrd, &failures), 0);
	assert_int_equal(change(scene, &journal, REG.reg, 0xf, 3), 0);
	assert_int_equal(journal_restore(&journal, &scene->msrd, &failures), 0);
	assert_true(value(scene) == 0xf0);
	peers_deinit(&peers, true);
	journal_deinit(&journal);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_scene, strike_scene)
	const struct CMUnitTest tests[] = {
		TEST(the_last_to_end_puts_back_when_the_first_ends_first),
		TEST(the_last_to_end_puts_back_when_the_second_ends_first),
		TEST(bits_that_one_alone_needs_end_with_it),
		TEST(what_a_killed_one_left_is_put_back_by_the_next),
		TEST(what_a_killed_one_left_is_put_back_by_who_is_there),
		TEST(what_the_daemon_of_a_killed_one_put_back_is_as_it_was_left),
		TEST(what_killed_ones_left_is_looked_at_by_one_batch),
		TEST(who_makes_a_register_right_again_tells_whom_it_failed_meanwhile),
		TEST(nobody_is_told_of_what_is_as_it_should_be),
		TEST(a_device_that_somebody_programmed_since_is_left_alone),
		TEST(a_device_that_was_not_programmed_yet_is_left_alone),
		TEST(a_claim_is_written_before_the_register),
		TEST(who_programs_keeps_others_out),
		TEST(a_folder_that_others_may_write_is_not_ours),
		TEST(nothing_is_left_open),
		TEST(alone_it_works_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
