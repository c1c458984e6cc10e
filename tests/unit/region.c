/* SPDX-License-Identifier: MIT */
/*
 * Marks of threads on a machine of two sockets with two CPUs each: CPUs 0 and 1 are in socket 0. A
 * CPU has one counter, which goes on by its number plus one a second, a socket a counter of 32 bits
 * that goes on by ten times its number plus one, and a gauge.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/region_thread.h"

#define N_CPUS	  4
#define N_SOCKETS 2
#define NODE	  (N_CPUS + N_SOCKETS)
#define SECOND	  UINT64_C(1000000000)

static struct {
	struct region_file file;
	int fd;
	uint64_t seconds;
	uint32_t cpu;	    /* where the calling thread is */
	uint32_t cpu_later; /* where it is after the next look; REGION_NONE: there too */
	unsigned n_reads;
	const char *error; /* what reads end with */
	uint64_t gauge;
} world;

static uint32_t get_cpu(void *context)
{
	uint32_t cpu = world.cpu;

	(void)context;
	if (world.cpu_later != REGION_NONE)
		world.cpu = world.cpu_later;
	world.cpu_later = REGION_NONE;
	return cpu;
}

static uint64_t now_ns(void *context)
{
	(void)context;
	return world.seconds * SECOND;
}

static void read_counters(
	void *context, uint32_t cpu, unsigned levels, struct region_sample *sample)
{
	(void)context;
	world.n_reads++;
	sample->ns = world.seconds * SECOND;
	snprintf(sample->error, sizeof sample->error, "%s", world.error ? world.error : "");
	if (levels & 1U << REGION_CPU)
		sample->values[REGION_CPU][0] = world.seconds * (cpu + 1);
	if (levels & 1U << REGION_PACKAGE) {
		sample->values[REGION_PACKAGE][0] = world.seconds * 10 * (cpu / 2 + 1);
		sample->values[REGION_PACKAGE][1] = world.gauge;
	}
}

static const struct region_reader reader = {
	.cpu = get_cpu, .now_ns = now_ns, .read = read_counters};

static struct region_header numbers(void)
{
	return (struct region_header){
		.n_cpus = N_CPUS,
		.n_places = NODE + 1,
		.n_values = N_CPUS + 2 * N_SOCKETS,
		.n_ops = N_CPUS + 2 * N_SOCKETS,
		.max_values = 2,
		.max_entries = 32,
		.max_records = 16,
	};
}

/* The whole file but for what changes. */
static void fill(void)
{
	uint32_t *cpus = (uint32_t *)world.file.cpus;
	struct region_place *places = (struct region_place *)world.file.places;
	struct region_value *values = (struct region_value *)world.file.values;

	for (uint32_t i = 0; i < N_CPUS; i++) {
		cpus[i * REGION_N_LEVELS + REGION_CPU] = i;
		cpus[i * REGION_N_LEVELS + REGION_CORE] = REGION_NONE;
		cpus[i * REGION_N_LEVELS + REGION_PACKAGE] = N_CPUS + i / 2;
		cpus[i * REGION_N_LEVELS + REGION_NODE] = NODE;
		places[i] = (struct region_place){REGION_CPU, i, i, 1, i, 1};
		values[i] = (struct region_value){.width = 48};
	}
	for (uint32_t i = 0; i < N_SOCKETS; i++) {
		uint32_t first = N_CPUS + 2 * i;

		places[N_CPUS + i] = (struct region_place){REGION_PACKAGE, i, first, 2, first, 2};
		values[first] = (struct region_value){.width = 32};
		values[first + 1] = (struct region_value){.op = 1, .width = 7, .is_gauge = 1};
	}
	places[NODE] = (struct region_place){.level = REGION_NODE};
}

static int setup(void **state)
{
	const struct region_header header = numbers();

	(void)state;
	memset(&world, 0, sizeof world);
	world.cpu_later = REGION_NONE;
	world.fd = region_file_new(&world.file, &header);
	if (world.fd < 0)
		return -1;
	fill();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	region_file_close(&world.file);
	close(world.fd);
	return 0;
}

static void begin(struct region_thread *thread, uint32_t cpu, const char *name)
{
	world.cpu = cpu;
	assert_int_equal(region_thread_begin(thread, &reader, name), 0);
}

static void end(struct region_thread *thread, uint32_t cpu, const char *name)
{
	world.cpu = cpu;
	assert_int_equal(region_thread_end(thread, &reader, name), 0);
}

static struct region_thread new_thread(int32_t tid)
{
	struct region_thread thread;

	assert_int_equal(region_thread_init(&thread, &world.file, getpid(), tid), 0);
	return thread;
}

static const struct region_sum *sum_at(const char *name, uint32_t place)
{
	struct region_entry *entry = region_entry_get(&world.file, name, place);

	return region_sum_of(&world.file, entry, entry->bank);
}

static void check(const char *name, uint32_t place, uint64_t calls, uint64_t seconds, uint64_t lost,
	uint64_t value)
{
	const struct region_sum *sum = sum_at(name, place);

	assert_int_equal(sum->calls, calls);
	assert_int_equal(sum->ns, seconds * SECOND);
	assert_int_equal(sum->lost, lost);
	assert_int_equal(sum->values[0], value);
}

static void what_lies_between_the_marks_is_counted_each_time(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		world.seconds += 5;
		begin(&thread, 1, "a");
		world.seconds += 2;
		end(&thread, 1, "a");
	}
	check("a", 1, 3, 6, 0, 12);
	check("a", N_CPUS, 3, 6, 0, 60);
	check("a", NODE, 3, 6, 0, 0);
	assert_int_equal(world.file.records[0].calls, 3);
	assert_int_equal(world.file.records[0].ns, 6 * SECOND);
	assert_int_equal(world.n_reads, 6);
	region_thread_deinit(&thread);
}

static void regions_within_each_other_are_counted_in_both(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, 0, "outer");
	world.seconds += 1;
	begin(&thread, 0, "inner");
	world.seconds += 2;
	end(&thread, 0, "inner");
	world.seconds += 4;
	end(&thread, 0, "outer");
	check("outer", 0, 1, 7, 0, 7);
	check("inner", 0, 1, 2, 0, 2);
	region_thread_deinit(&thread);
}

static void regions_may_overlap(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, 0, "a");
	world.seconds += 1;
	begin(&thread, 0, "b");
	world.seconds += 2;
	end(&thread, 0, "a");
	world.seconds += 4;
	end(&thread, 0, "b");
	check("a", 0, 1, 3, 0, 3);
	check("b", 0, 1, 6, 0, 6);
	region_thread_deinit(&thread);
}

static void a_region_within_itself_is_counted_once(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, 0, "a");
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 1, 2, 0, 2);
	assert_int_equal(world.n_reads, 2);
	region_thread_deinit(&thread);
}

static void threads_of_a_socket_count_it_once(void **state)
{
	struct region_thread one = new_thread(1), two = new_thread(2);

	(void)state;
	begin(&one, 0, "a");
	world.seconds += 1;
	begin(&two, 1, "a");
	world.seconds += 1;
	end(&one, 0, "a");
	world.seconds += 1;
	end(&two, 1, "a");
	check("a", 0, 1, 2, 0, 2);
	check("a", 1, 1, 2, 0, 4);
	check("a", N_CPUS, 2, 3, 0, 30);
	check("a", NODE, 2, 3, 0, 0);
	region_thread_deinit(&one);
	region_thread_deinit(&two);
}

static void threads_on_one_cpu_count_it_once(void **state)
{
	struct region_thread one = new_thread(1), two = new_thread(2);

	(void)state;
	begin(&one, 3, "a");
	world.seconds += 1;
	begin(&two, 3, "a");
	world.seconds += 1;
	end(&one, 3, "a");
	/* what has ended is counted, whatever becomes of the other */
	check("a", 3, 1, 2, 0, 8);
	world.seconds += 1;
	end(&two, 3, "a");
	check("a", 3, 2, 3, 0, 12);
	region_thread_deinit(&one);
	region_thread_deinit(&two);
}

static void a_thread_that_moves_within_the_socket_is_counted_there_alone(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 1, "a");
	check("a", 0, 0, 0, 1, 0);
	check("a", N_CPUS, 1, 1, 0, 10);
	check("a", NODE, 0, 0, 1, 0);
	assert_int_equal(world.file.records[0].calls, 0);
	assert_int_equal(world.file.records[0].n_moved, 1);
	assert_int_equal(world.file.records[0].moved_to, 1);
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 2, "a");
	check("a", N_CPUS, 1, 1, 1, 10);
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 1, 1, 2, 1);
	region_thread_deinit(&thread);
}

static void a_thread_that_moves_does_not_take_others_along(void **state)
{
	struct region_thread one = new_thread(1), two = new_thread(2);

	(void)state;
	begin(&one, 0, "a");
	begin(&two, 0, "a");
	world.seconds += 1;
	end(&one, 1, "a");
	world.seconds += 1;
	end(&two, 0, "a");
	check("a", 0, 1, 1, 1, 1);
	region_thread_deinit(&one);
	region_thread_deinit(&two);
}

static void a_thread_that_is_moved_while_it_begins_begins_where_it_is(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	world.cpu = 0;
	world.cpu_later = 3;
	assert_int_equal(region_thread_begin(&thread, &reader, "a"), 0);
	world.seconds += 1;
	end(&thread, 3, "a");
	check("a", 0, 0, 0, 0, 0);
	check("a", 3, 1, 1, 0, 4);
	region_thread_deinit(&thread);
}

static void an_end_without_a_begin_is_told_and_changes_nothing(void **state)
{
	struct region_thread one = new_thread(1), two = new_thread(2);

	(void)state;
	assert_int_equal(region_thread_end(&one, &reader, "a"), -ENOENT);
	begin(&one, 0, "a");
	world.seconds += 1;
	/* another thread's */
	assert_int_equal(region_thread_end(&two, &reader, "a"), -ENOENT);
	world.seconds += 1;
	end(&one, 0, "a");
	assert_int_equal(region_thread_end(&one, &reader, "a"), -ENOENT);
	check("a", 0, 1, 2, 0, 2);
	assert_int_equal(world.file.records[0].n_strays, 2);
	assert_int_equal(world.file.records[1].n_strays, 1);
	region_thread_deinit(&one);
	region_thread_deinit(&two);
}

static void a_thread_that_ends_in_a_region_leaves_it_to_the_others(void **state)
{
	struct region_thread one = new_thread(1), two = new_thread(2);

	(void)state;
	begin(&one, 0, "a");
	begin(&two, 0, "a");
	world.seconds += 1;
	region_thread_end_all(&one, &reader);
	assert_int_equal(world.file.records[0].depth, 1);
	world.seconds += 1;
	end(&two, 0, "a");
	check("a", 0, 1, 1, 0, 1);
	begin(&two, 0, "a");
	world.seconds += 1;
	end(&two, 0, "a");
	check("a", 0, 2, 2, 0, 2);
	region_thread_deinit(&one);
	region_thread_deinit(&two);
}

static void names_are_short_and_plain(void **state)
{
	static const char *const bad[] = {"", "a b", "a\n", "\x1b[1m", "a\"", "\xc3\xa4", NULL};
	struct region_thread thread = new_thread(1);
	char name[REGION_NAME_SIZE + 1] = "";

	(void)state;
	memset(name, 'n', REGION_NAME_SIZE - 1);
	assert_true(region_name_is_good(name));
	begin(&thread, 0, name);
	memset(name, 'n', REGION_NAME_SIZE);
	assert_false(region_name_is_good(name));
	assert_true(region_name_is_good("src/solver.c:12-17_A+b@home"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(region_thread_begin(&thread, &reader, bad[i]), -EINVAL);
		assert_int_equal(region_thread_end(&thread, &reader, bad[i]), -EINVAL);
	}
	assert_int_equal(world.file.header->n_badly_named, 14);
	region_thread_deinit(&thread);
}

static void a_gauge_is_what_it_was_in_the_end(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	world.gauge = 40;
	begin(&thread, 0, "a");
	world.gauge = 60;
	end(&thread, 0, "a");
	assert_int_equal(sum_at("a", N_CPUS)->values[1], 60);
	region_thread_deinit(&thread);
}

static void what_could_not_be_read_is_not_counted_and_says_why(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	world.error = "the daemon is gone";
	begin(&thread, 0, "a");
	world.error = NULL;
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 0, 0, 1, 0);
	assert_string_equal(region_entry_get(&world.file, "a", 0)->error, "the daemon is gone");
	begin(&thread, 0, "a");
	world.error = "the daemon is gone";
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 0, 0, 2, 0);
	region_thread_deinit(&thread);
}

static void where_there_is_no_more_room_marks_are_lost_and_counted(void **state)
{
	struct region_thread thread = new_thread(1);
	char name[8];
	unsigned i;
	int r = 0;

	(void)state;
	for (i = 0; r == 0; i++) {
		snprintf(name, sizeof name, "r%u", i);
		r = region_thread_begin(&thread, &reader, name);
	}
	assert_int_equal(r, -ENOSPC);
	/* three places each */
	assert_int_equal(i - 1, 32 / 3);
	assert_int_equal(world.file.header->n_lost, 1);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "e%u", i);
		r = region_thread_end(&thread, &reader, name);
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(region_n_records(&world.file), 16);
	region_thread_deinit(&thread);
}

/* Runs in a process of its own, which a signal ends. */
static void in_child(void (*act)(struct region_thread *thread))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct region_thread thread = new_thread(7);

		act(&thread);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void end_one_begin_another(struct region_thread *thread)
{
	begin(thread, 0, "a");
	world.seconds += 3;
	end(thread, 0, "a");
	begin(thread, 0, "a");
	world.seconds += 4;
}

static void die_with_the_lock(struct region_thread *thread)
{
	begin(thread, 0, "a");
	region_lock(&region_entry_get(&world.file, "a", 0)->lock);
}

static void what_a_killed_program_ended_is_there(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	in_child(end_one_begin_another);
	check("a", 0, 1, 3, 0, 3);
	assert_int_equal(world.file.records[0].depth, 1);
	/* and nothing of what it did not end */
	world.seconds += 10;
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 2, 4, 0, 4);
	in_child(die_with_the_lock);
	begin(&thread, 0, "a");
	world.seconds += 1;
	end(&thread, 0, "a");
	check("a", 0, 3, 5, 0, 5);
	region_thread_deinit(&thread);
}

static void what_a_program_ended_while_another_stays_is_there(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, 0, "a");
	in_child(end_one_begin_another); /* its clock is its own */
	check("a", N_CPUS, 1, 3, 0, 30);
	world.seconds += 5;
	end(&thread, 0, "a");
	/* between the two it was killed: what was counted since is not known to be a region's */
	check("a", N_CPUS, 1, 3, 1, 30);
	region_thread_deinit(&thread);
}

static void a_process_forgets_what_its_number_left_open(void **state)
{
	struct region_thread before = new_thread(1), after = new_thread(1);

	(void)state;
	begin(&before, 0, "a");
	world.seconds += 9;
	region_forget(&world.file, getpid());
	begin(&after, 0, "a");
	world.seconds += 1;
	end(&after, 0, "a");
	check("a", 0, 1, 1, 0, 1);
	region_thread_deinit(&before);
	region_thread_deinit(&after);
}

static void counters_wrap_and_their_halves_fit(void **state)
{
	struct region_place place = {.n_values = 2, .n_ops = 4};
	struct msrd_op ops[] = {{.value = 0x00000012}, {.value = 5}, {.value = 1}, {.value = 5}};
	struct region_value *values = (struct region_value *)world.file.values;
	uint64_t result[2] = {0x4fffffff0, 0};

	(void)state;
	values[0] = (struct region_value){.width = 32};
	values[1] = (struct region_value){.op = 1, .width = 48, .has_high = 1};
	/* it was seen at 0xfffffff0 when it had wrapped four times */
	assert_true(region_decode(&world.file, &place, ops, result));
	assert_int_equal(result[0], 0x500000012);
	assert_int_equal(result[1], 0x500000001);
	ops[3].value = 6;
	assert_false(region_decode(&world.file, &place, ops, result));
	values[0] = (struct region_value){.width = 7, .shift = 1, .is_gauge = 1};
	place.n_values = 1;
	assert_true(region_decode(&world.file, &place, ops, result));
	assert_int_equal(result[0], 9);
}

static int open_it(void)
{
	struct region_file file;
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", world.fd);
	int r = region_file_open(&file, path);

	region_file_close(&file);
	return r;
}

/* It says which daemon to start. Only root can be lent one, and he alone can make one here. */
static void a_file_of_another_user_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	assert_int_equal(fchown(world.fd, 65534, 65534), 0);
	assert_int_equal(open_it(), -EPERM);
	assert_int_equal(fchown(world.fd, 0, 0), 0);
	assert_int_equal(open_it(), 0);
}

static void a_file_that_makes_no_sense_is_refused(void **state)
{
	struct region_header *header = world.file.header;
	const struct region_header good = *header;
	struct region_place *places = (struct region_place *)world.file.places;
	struct region_value *values = (struct region_value *)world.file.values;
	uint32_t *cpus = (uint32_t *)world.file.cpus;
	struct region_file file;

	(void)state;
	assert_int_equal(open_it(), 0);
	assert_int_equal(region_file_open(&file, "/proc/self/fd/999"), -ENOENT);
	assert_int_equal(region_file_open(&file, "/dev/null"), -EPROTO);
	for (size_t i = 0; i < 9; i++) {
		((uint32_t *)header)[2 + i] ^= 0x80000001;
		assert_int_equal(open_it(), -EPROTO);
		((uint32_t *)header)[2 + i] ^= 0x80000001;
	}
	header->magic[0]++;
	assert_int_equal(open_it(), -EPROTO);
	*header = good;
	cpus[0] = NODE + 1;
	assert_int_equal(open_it(), -EPROTO);
	cpus[0] = 0;
	places[1].first_value = UINT32_MAX;
	assert_int_equal(open_it(), -EPROTO);
	places[1].first_value = 1;
	places[1].n_ops = 100;
	assert_int_equal(open_it(), -EPROTO);
	places[1].n_ops = 1;
	values[2].width = 0;
	assert_int_equal(open_it(), -EPROTO);
	values[2].width = 48;
	values[2].has_high = 1;
	assert_int_equal(open_it(), -EPROTO);
	values[2].has_high = 0;
	assert_int_equal(open_it(), 0);
	/* who maps it is not killed by somebody who makes it shorter */
	assert_int_equal(ftruncate(world.fd, 0), -1);
}

static void a_cpu_that_is_not_measured_counts_nowhere(void **state)
{
	struct region_thread thread = new_thread(1);

	(void)state;
	begin(&thread, N_CPUS, "a");
	world.seconds += 1;
	end(&thread, N_CPUS, "a");
	assert_int_equal(region_n_entries(&world.file), 0);
	assert_int_equal(world.file.records[0].calls, 1);
	assert_int_equal(world.n_reads, 0);
	region_thread_deinit(&thread);
}

static void marks_do_nothing_without_a_measurement(void **state)
{
	(void)state;
	unsetenv(REGION_FILE_VARIABLE);
	assert_int_equal(msrd_region_begin("a"), 0);
	assert_int_equal(msrd_region_end("never begun"), 0);
	assert_int_equal(msrd_region_end("no name"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_lies_between_the_marks_is_counted_each_time),
		TEST(regions_within_each_other_are_counted_in_both),
		TEST(regions_may_overlap),
		TEST(a_region_within_itself_is_counted_once),
		TEST(threads_of_a_socket_count_it_once),
		TEST(threads_on_one_cpu_count_it_once),
		TEST(a_thread_that_moves_within_the_socket_is_counted_there_alone),
		TEST(a_thread_that_moves_does_not_take_others_along),
		TEST(a_thread_that_is_moved_while_it_begins_begins_where_it_is),
		TEST(an_end_without_a_begin_is_told_and_changes_nothing),
		TEST(a_thread_that_ends_in_a_region_leaves_it_to_the_others),
		TEST(names_are_short_and_plain),
		TEST(a_gauge_is_what_it_was_in_the_end),
		TEST(what_could_not_be_read_is_not_counted_and_says_why),
		TEST(where_there_is_no_more_room_marks_are_lost_and_counted),
		TEST(what_a_killed_program_ended_is_there),
		TEST(what_a_program_ended_while_another_stays_is_there),
		TEST(a_process_forgets_what_its_number_left_open),
		TEST(counters_wrap_and_their_halves_fit),
		TEST(a_file_of_another_user_is_refused),
		TEST(a_file_that_makes_no_sense_is_refused),
		TEST(a_cpu_that_is_not_measured_counts_nowhere),
		TEST(marks_do_nothing_without_a_measurement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
