/* SPDX-License-Identifier: MIT */
/* The names of /dev: what root makes beside the drivers' files, and what the drivers do then. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fuse-msr/tree/made.h"
#include "fuse-msr/tree/pages.h"

static struct tree *tree;
static struct made *made;
static uint64_t dev, cpu;

static const struct made_wish file = {.mode = S_IFREG | 0640, .uid = 1, .gid = 2};
static const struct made_wish dir = {.mode = S_IFDIR | 0755};

/* The number of what has the name, or 0; whoever looks forgets it at once. */
static uint64_t find(uint64_t in, const char *name)
{
	struct stat status;

	if (made_lookup(made, in, name, &status) < 0)
		return 0;
	made_forget(made, status.st_ino, 1);
	return status.st_ino;
}

static struct stat status_of(uint64_t inode)
{
	struct stat status = {0};

	assert_true(made_status(made, inode, &status));
	return status;
}

/* ... and who makes it looks no further. */
static int make(uint64_t in, const char *name, const struct made_wish *wish)
{
	struct stat status;
	int r = made_make(made, in, name, wish, &status);

	if (r == 0)
		made_forget(made, status.st_ino, 1);
	return r;
}

static int move(const char *from, const char *to, unsigned flags)
{
	const struct made_place old = {cpu, from}, new = {cpu, to};

	return made_rename(made, &old, &new, flags);
}

/* The names but for "." and "..", each with a blank behind it. */
static const char *names(uint64_t in)
{
	static char text[512];
	struct made_listed listed;

	text[0] = '\0';
	for (int64_t at = 2; made_list(made, in, at, &listed); at = listed.offset) {
		strcat(text, listed.name);
		strcat(text, " ");
	}
	return text;
}

static void switch_cpu(bool is_online)
{
	static const char *const paths[] = {"dev/cpu/1", "dev/cpu/1/msr", "dev/cpu/1/cpuid"};
	static uint32_t indexes[3];

	for (int i = 0; i < 3; i++)
		if (indexes[i] == 0 || tree_find(tree, paths[i]) != TREE_NONE)
			indexes[i] = tree_find(tree, paths[i]);
	for (int i = 0; i < 3; i++)
		tree->files[indexes[i]].is_gone = !is_online;
	for (int i = 0; i < 3; i++)
		made_changed(made, indexes[i]);
}

static int set_up(void **state)
{
	(void)state;
	tree = tree_new();
	assert_non_null(tree);
	tree_dir(tree, TREE_ROOT, "sys");
	for (int i = 2; i-- > 0;) {
		char path[32];
		snprintf(path, sizeof path, "dev/cpu/%d/msr", i);
		tree_device(tree, TREE_ROOT, path, NULL, 0600, (uint32_t)i, 0);
		snprintf(path, sizeof path, "dev/cpu/%d/cpuid", i);
		tree_device(tree, TREE_ROOT, path, NULL, 0600, (uint32_t)i, 0);
	}
	made = made_new(tree);
	assert_non_null(made);
	dev = find(tree_find(tree, "dev") + 1, "cpu");
	cpu = find(dev, "0");
	assert_int_not_equal(cpu, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made = made_free(made);
	tree = tree_free(tree);
	return 0;
}

static void drivers_files_have_the_tree_s_numbers_and_order(void **state)
{
	(void)state;
	assert_int_equal(find(cpu, "msr"), tree_find(tree, "dev/cpu/0/msr") + 1);
	assert_string_equal(names(dev), "1 0 ");
	assert_string_equal(names(cpu), "msr cpuid ");
	assert_true(made_has(made, cpu));
	assert_false(made_has(made, tree_find(tree, "sys") + 1));
	assert_false(made_has(made, 0));
	assert_false(made_has(NULL, cpu));
	assert_int_equal(find(cpu, "nothing"), 0);
	assert_int_equal(find(find(cpu, "msr"), "in"), 0);
}

static void what_is_made_is_the_maker_s_and_listed_first(void **state)
{
	(void)state;
	assert_int_equal(make(cpu, "file", &file), 0);
	assert_int_equal(make(cpu, "file", &file), -EEXIST);
	assert_string_equal(names(cpu), "file msr cpuid ");
	struct stat status = status_of(find(cpu, "file"));
	assert_int_equal(status.st_mode, S_IFREG | 0640);
	assert_int_equal(status.st_uid, 1);
	assert_int_equal(status.st_gid, 2);
	assert_int_equal(status.st_nlink, 1);
	assert_true(status.st_ino >> MADE_SERIAL_SHIFT != 0 && (uint32_t)status.st_ino == 0);
}

static void name_that_is_too_long_is_none(void **state)
{
	char name[MADE_NAME_MAX + 2];

	(void)state;
	memset(name, 'n', sizeof name);
	name[MADE_NAME_MAX + 1] = '\0';
	assert_int_equal(make(cpu, name, &file), -ENAMETOOLONG);
	name[MADE_NAME_MAX] = '\0';
	assert_int_equal(make(cpu, name, &file), 0);
}

static void file_lives_until_it_has_no_name_and_nobody_knows_it(void **state)
{
	struct stat status, second;
	char bytes[4] = "";

	(void)state;
	assert_int_equal(made_make(made, cpu, "file", &file, &status), 0);
	uint64_t inode = status.st_ino;
	assert_int_equal(made_link(made, inode, cpu, "second", &second), 0);
	assert_int_equal(second.st_nlink, 2);
	assert_int_equal(made_remove(made, cpu, "file", false), 0);
	assert_int_equal(made_remove(made, cpu, "second", false), 0);
	assert_int_equal(status_of(inode).st_nlink, 0);
	assert_int_equal(made_write(made, inode, (const uint8_t *)"abc", 3, 0), 3);
	assert_int_equal(made_read(made, inode, (uint8_t *)bytes, 4, 0), 3);
	assert_string_equal(bytes, "abc");
	assert_int_equal(made_link(made, inode, cpu, "again", &second), -ENOENT);
	made_forget(made, inode, 2);
	assert_false(made_status(made, inode, &status));
	assert_int_equal(make(cpu, "file", &file), 0);
	assert_int_not_equal(find(cpu, "file"), inode);
}

static void directory_counts_what_is_in_it_and_goes_when_empty(void **state)
{
	(void)state;
	assert_int_equal(status_of(cpu).st_size, 80);
	assert_int_equal(make(cpu, "d", &dir), 0);
	assert_int_equal(status_of(cpu).st_nlink, 3);
	assert_int_equal(status_of(cpu).st_size, 100);
	assert_int_equal(make(find(cpu, "d"), "in", &file), 0);
	assert_int_equal(made_remove(made, cpu, "d", true), -ENOTEMPTY);
	assert_int_equal(made_remove(made, cpu, "d", false), -EISDIR);
	assert_int_equal(made_remove(made, cpu, "msr", true), -ENOTDIR);
	assert_int_equal(made_remove(made, cpu, "no", true), -ENOENT);
	assert_int_equal(made_remove(made, find(cpu, "d"), "in", false), 0);
	assert_int_equal(made_remove(made, cpu, "d", true), 0);
	assert_int_equal(status_of(cpu).st_nlink, 2);
}

static void nothing_is_made_in_a_directory_that_is_removed(void **state)
{
	struct stat status;
	struct made_listed listed;

	(void)state;
	assert_int_equal(made_make(made, cpu, "d", &dir, &status), 0);
	assert_int_equal(made_remove(made, cpu, "d", true), 0);
	assert_int_equal(make(status.st_ino, "in", &file), -ENOENT);
	assert_int_equal(status_of(status.st_ino).st_nlink, 0);
	assert_true(made_list(made, status.st_ino, 1, &listed));
	assert_string_equal(listed.name, "..");
	made_forget(made, status.st_ino, 1);
}

static void group_of_a_directory_is_inherited_by_its_bit(void **state)
{
	(void)state;
	assert_int_equal(make(cpu, "d", &dir), 0);
	uint64_t d = find(cpu, "d");
	made_set_owner(made, d, (uid_t)-1, 7);
	made_set_mode(made, d, 02775);
	assert_int_equal(make(d, "file", &file), 0);
	assert_int_equal(make(d, "in", &dir), 0);
	assert_int_equal(status_of(find(d, "file")).st_gid, 7);
	assert_int_equal(status_of(find(d, "in")).st_mode, S_IFDIR | 02755);
	assert_int_equal(status_of(d).st_uid, 0);
}

static void link_says_where_it_leads(void **state)
{
	const struct made_wish wish = {.mode = S_IFLNK | 0777, .target = "msr"};

	(void)state;
	assert_int_equal(make(cpu, "link", &wish), 0);
	char *target = made_target(made, find(cpu, "link"));
	assert_string_equal(target, "msr");
	free(target);
	assert_int_equal(status_of(find(cpu, "link")).st_size, 3);
	assert_null(made_target(made, find(cpu, "msr")));
}

static void device_keeps_its_kind_and_numbers(void **state)
{
	const struct made_wish device = {.mode = S_IFBLK | 0600, .device = makedev(259, 77)};

	(void)state;
	assert_int_equal(make(cpu, "block", &device), 0);
	assert_int_equal(move("block", "moved", 0), 0);
	struct stat status = status_of(find(cpu, "moved"));
	assert_int_equal(status.st_mode, S_IFBLK | 0600);
	assert_int_equal(status.st_rdev, makedev(259, 77));
	assert_int_equal(status.st_size, 0);
	assert_int_equal(status_of(cpu).st_rdev, 0);
}

static void times_are_set_one_by_one(void **state)
{
	const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {5, 7}};

	(void)state;
	time_t before = status_of(cpu).st_atim.tv_sec;
	made_set_times(made, cpu, times);
	assert_int_equal(status_of(cpu).st_mtim.tv_sec, 5);
	assert_int_equal(status_of(cpu).st_mtim.tv_nsec, 7);
	assert_int_equal(status_of(cpu).st_atim.tv_sec, before);
	assert_int_equal(make(cpu, "file", &file), 0);
	assert_true(status_of(cpu).st_mtim.tv_sec > 5);
}

static void name_is_moved_as_its_flags_say(void **state)
{
	(void)state;
	make(cpu, "a", &file);
	make(cpu, "b", &file);
	make(cpu, "d", &dir);
	uint64_t a = find(cpu, "a"), d = find(cpu, "d");
	assert_int_equal(move("a", "b", RENAME_NOREPLACE), -EEXIST);
	assert_int_equal(move("a", "b", 0), 0);
	assert_int_equal(find(cpu, "b"), a);
	assert_int_equal(find(cpu, "a"), 0);
	assert_int_equal(move("a", "b", 0), -ENOENT);
	assert_int_equal(move("b", "d", 0), -EISDIR);
	assert_int_equal(move("d", "b", 0), -ENOTDIR);
	assert_int_equal(move("b", "d", RENAME_EXCHANGE), 0);
	assert_int_equal(find(cpu, "d"), a);
	assert_int_equal(find(cpu, "b"), d);
	assert_int_equal(move("b", "none", RENAME_EXCHANGE), -ENOENT);
	assert_int_equal(move("b", "d", RENAME_EXCHANGE | RENAME_NOREPLACE), -EINVAL);
	assert_int_equal(move("b", "d", 0x80), -EINVAL);
	assert_string_equal(names(cpu), "d b msr cpuid ");
	assert_int_equal(move("d", "e", RENAME_WHITEOUT), 0);
	assert_string_equal(names(cpu), "e d b msr cpuid ");
	assert_int_equal(status_of(find(cpu, "d")).st_mode, S_IFCHR);
}

static void directory_is_not_moved_into_itself(void **state)
{
	(void)state;
	make(cpu, "d", &dir);
	uint64_t d = find(cpu, "d");
	make(d, "in", &dir);
	const struct made_place from = {cpu, "d"}, to = {find(d, "in"), "d"}, inside = {d, "in"};
	assert_int_equal(made_rename(made, &from, &to, 0), -EINVAL);
	assert_int_equal(made_rename(made, &inside, &from, RENAME_EXCHANGE), -EINVAL);
	assert_int_equal(made_rename(made, &inside, &from, 0), -ENOTEMPTY);
}

static void more_files_than_there_is_room_for_are_refused(void **state)
{
	char name[16];
	int r = 0, n = 0;

	(void)state;
	for (; r == 0; n++) {
		if (n % 256 == 0) {
			snprintf(name, sizeof name, "d%d", n);
			r = make(dev, name, &dir);
		} else {
			snprintf(name, sizeof name, "d%d", n / 256 * 256);
			uint64_t in = find(dev, name);
			snprintf(name, sizeof name, "f%d", n);
			r = make(in, name, &file);
		}
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(n, MADE_NODES_MAX + 1);
	assert_int_equal(move("msr", "other", RENAME_WHITEOUT), -ENOSPC);
	assert_string_equal(names(cpu), "msr cpuid ");
	assert_int_equal(made_remove(made, find(dev, "d0"), "f1", false), 0);
	assert_int_equal(make(cpu, "more", &file), 0);
}

static void more_bytes_than_there_is_room_for_are_refused(void **state)
{
	(void)state;
	make(cpu, "file", &file);
	make(cpu, "other", &file);
	uint64_t inode = find(cpu, "file"), other = find(cpu, "other");
	const uint64_t all = (uint64_t)MADE_PAGES_MAX * PAGE_BYTES;
	assert_int_equal(made_allocate(made, inode, 0, 0, all + 1), -ENOSPC);
	assert_int_equal(made_allocate(made, inode, 0, 0, all), 0);
	assert_int_equal(made_write(made, other, (const uint8_t *)"x", 1, 0), -ENOSPC);
	assert_int_equal(made_truncate(made, inode, all - 1 - PAGE_BYTES), 0);
	assert_int_equal(made_write(made, other, (const uint8_t *)"xy", 2, PAGE_BYTES - 1), 1);
	assert_int_equal(made_remove(made, cpu, "file", false), 0);
	assert_int_equal(made_allocate(made, other, 0, 0, all), 0);
}

static void driver_s_file_has_no_content_here(void **state)
{
	uint8_t byte = 0;

	(void)state;
	uint64_t msr = find(cpu, "msr");
	assert_int_equal(made_read(made, msr, &byte, 1, 0), -EINVAL);
	assert_int_equal(made_write(made, msr, &byte, 1, 0), -EINVAL);
	assert_int_equal(made_truncate(made, msr, 0), -EINVAL);
	assert_int_equal(made_allocate(made, msr, 0, 0, 1), -ENODEV);
	assert_int_equal(made_seek(made, msr, 0, true), -EINVAL);
}

static void files_of_a_cpu_come_back_as_others(void **state)
{
	(void)state;
	uint64_t one = find(dev, "1"), msr = find(one, "msr");
	struct stat status;
	assert_int_equal(made_lookup(made, one, "msr", &status), 0);
	made_set_mode(made, msr, 0666);
	switch_cpu(false);
	assert_int_equal(find(dev, "1"), 0);
	assert_int_equal(status_of(msr).st_nlink, 0);
	switch_cpu(true);
	uint64_t again = find(find(dev, "1"), "msr");
	assert_int_not_equal(again, msr);
	assert_int_equal((uint32_t)again, (uint32_t)msr);
	assert_int_equal(status_of(again).st_mode, S_IFREG | 0600);
	assert_int_equal(status_of(msr).st_nlink, 0);
	made_forget(made, msr, 1);
	assert_string_equal(names(dev), "1 0 ");
}

static void driver_takes_away_only_what_is_its_own(void **state)
{
	struct made_place from, to;

	(void)state;
	uint64_t one = find(dev, "1");
	assert_int_equal(made_remove(made, one, "msr", false), 0);
	assert_int_equal(make(one, "msr", &file), 0);
	switch_cpu(false);
	assert_string_equal(names(one), "msr ");
	switch_cpu(true);
	assert_string_equal(names(one), "cpuid msr ");
	assert_int_equal(status_of(find(one, "msr")).st_uid, 1);

	from = (struct made_place){dev, "1"};
	to = (struct made_place){dev, "moved"};
	assert_int_equal(made_rename(made, &from, &to, 0), 0);
	switch_cpu(false);
	assert_string_equal(names(one), "cpuid msr ");
	assert_int_equal(make(dev, "1", &dir), 0);
	switch_cpu(true);
	uint64_t other = find(dev, "1");
	assert_string_equal(names(other), "cpuid msr ");
	switch_cpu(false);
	assert_int_equal(find(dev, "1"), other);
	assert_int_equal(made_remove(made, dev, "1", true), 0);
	assert_int_equal(make(dev, "1", &file), 0);
	switch_cpu(true);
	assert_true(S_ISREG(status_of(find(dev, "1")).st_mode));
}

static void hole_has_no_pages_and_reads_as_zeros(void **state)
{
	struct pages pages = {0};
	size_t left = 8;
	uint8_t bytes[8];

	(void)state;
	assert_int_equal(pages_write(&pages, &left, (const uint8_t *)"abcdefgh", 8, 0x1ffc), 8);
	assert_int_equal(left, 6);
	assert_int_equal(pages_read(&pages, bytes, 8, 0x1ffc), 8);
	assert_memory_equal(bytes, "abcdefgh", 8);
	assert_int_equal(pages_read(&pages, bytes, 8, 0), 8);
	assert_memory_equal(bytes, "\0\0\0\0\0\0\0\0", 8);
	assert_int_equal(pages_seek(&pages, 0, false), 0x1000);
	assert_int_equal(pages_seek(&pages, 0x1008, false), 0x1008);
	assert_int_equal(pages_seek(&pages, 0x1008, true), 0x2004);
	assert_int_equal(pages_seek(&pages, 0, true), 0);
	assert_int_equal(pages_seek(&pages, 0x2004, true), -ENXIO);
	pages_punch(&pages, &left, 0x1ffe, 0x1002);
	assert_int_equal(left, 7);
	assert_int_equal(pages_read(&pages, bytes, 8, 0x1ffc), 8);
	assert_memory_equal(bytes, "ab\0\0\0\0\0\0", 8);
	assert_int_equal(pages_seek(&pages, 0x2000, false), -ENXIO);
	pages_truncate(&pages, &left, 0x1ffd);
	pages_truncate(&pages, &left, 0x2004);
	assert_int_equal(pages_read(&pages, bytes, 8, 0x1ffc), 8);
	assert_memory_equal(bytes, "a\0\0\0\0\0\0\0", 8);
	pages_truncate(&pages, &left, 0);
	assert_int_equal(left, 8);
	assert_null(pages.pages);
}

static void punch_in_one_page_leaves_the_rest_of_it(void **state)
{
	struct pages pages = {0};
	size_t left = 1;
	uint8_t bytes[8];

	(void)state;
	assert_int_equal(pages_write(&pages, &left, (const uint8_t *)"abcdefgh", 8, 0), 8);
	pages_punch(&pages, &left, 2, 3);
	assert_int_equal(pages_read(&pages, bytes, 8, 0), 8);
	assert_memory_equal(bytes, "ab\0\0\0fgh", 8);
	pages_truncate(&pages, &left, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(drivers_files_have_the_tree_s_numbers_and_order),
		TEST(what_is_made_is_the_maker_s_and_listed_first),
		TEST(name_that_is_too_long_is_none),
		TEST(file_lives_until_it_has_no_name_and_nobody_knows_it),
		TEST(directory_counts_what_is_in_it_and_goes_when_empty),
		TEST(nothing_is_made_in_a_directory_that_is_removed),
		TEST(group_of_a_directory_is_inherited_by_its_bit),
		TEST(link_says_where_it_leads),
		TEST(device_keeps_its_kind_and_numbers),
		TEST(times_are_set_one_by_one),
		TEST(name_is_moved_as_its_flags_say),
		TEST(directory_is_not_moved_into_itself),
		TEST(more_files_than_there_is_room_for_are_refused),
		TEST(more_bytes_than_there_is_room_for_are_refused),
		TEST(driver_s_file_has_no_content_here),
		TEST(files_of_a_cpu_come_back_as_others),
		TEST(driver_takes_away_only_what_is_its_own),
		cmocka_unit_test(hole_has_no_pages_and_reads_as_zeros),
		cmocka_unit_test(punch_in_one_page_leaves_the_rest_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
