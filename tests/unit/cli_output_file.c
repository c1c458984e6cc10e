/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output/file.h"
#include "util/cleanup.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/cli_output_file.XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink("figures");
	unlink("link");
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1; /* nothing lies about */
}

static void put(const char *path, const char *text)
{
	cleanup_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
}

static void assert_holds(const char *path, const char *wanted)
{
	cleanup_fclose FILE *file = fopen(path, "r");
	char text[256];
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

static void a_file_in_one_piece_is_there_at_once(void **state)
{
	struct output_file file;
	struct stat status;

	(void)state;
	put("figures", "old\n");
	assert_int_equal(chmod("figures", 0640), 0);
	assert_int_equal(symlink("figures", "link"), 0);
	assert_int_equal(output_file_open(&file, "link", FILE_REPLACES), 0);
	fputs("new\n", file.stream);
	fflush(file.stream);
	assert_holds("figures", "old\n");
	assert_int_equal(output_file_commit(&file), 0);
	output_file_close(&file);
	assert_holds("figures", "new\n");
	assert_int_equal(lstat("link", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat("figures", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_link_that_leads_to_nothing_yet_stays_one(void **state)
{
	struct output_file file;
	struct stat status;

	(void)state;
	assert_int_equal(symlink("figures", "link"), 0);
	assert_int_equal(output_file_open(&file, "link", FILE_REPLACES), 0);
	fputs("new\n", file.stream);
	assert_int_equal(output_file_commit(&file), 0);
	output_file_close(&file);
	assert_holds("figures", "new\n");
	assert_int_equal(lstat("link", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
}

static void what_is_not_committed_leaves_the_old_file(void **state)
{
	struct output_file file;

	(void)state;
	put("figures", "old\n");
	assert_int_equal(output_file_open(&file, "figures", FILE_REPLACES), 0);
	fputs("new\n", file.stream);
	output_file_close(&file);
	assert_holds("figures", "old\n");
}

static void a_file_that_grows_grows(void **state)
{
	struct output_file file;

	(void)state;
	put("figures", "old\n");
	assert_int_equal(output_file_open(&file, "figures", FILE_GROWS), 0);
	assert_true(file.is_empty);
	fputs("new\n", file.stream);
	fflush(file.stream);
	assert_holds("figures", "new\n");
	assert_int_equal(output_file_commit(&file), 0);
	output_file_close(&file);
	assert_int_equal(output_file_open(&file, "figures", FILE_APPENDS), 0);
	assert_false(file.is_empty);
	fputs("newer\n", file.stream);
	assert_int_equal(output_file_commit(&file), 0);
	output_file_close(&file);
	assert_holds("figures", "new\nnewer\n");
}

static void a_device_is_written_to_and_not_replaced(void **state)
{
	struct output_file file;
	struct stat status;

	(void)state;
	assert_int_equal(output_file_open(&file, "/dev/full", FILE_REPLACES), 0);
	fputs("new\n", file.stream);
	assert_int_equal(output_file_commit(&file), -ENOSPC);
	output_file_close(&file);
	assert_int_equal(stat("/dev/full", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

static void a_folder_that_is_not_there_is_said_at_once(void **state)
{
	struct output_file file;

	(void)state;
	assert_int_equal(output_file_open(&file, "not/there", FILE_REPLACES), -ENOENT);
	assert_int_equal(output_file_open(&file, "not/there", FILE_GROWS), -ENOENT);
	assert_int_equal(output_file_open(&file, ".", FILE_REPLACES), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_in_one_piece_is_there_at_once, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_link_that_leads_to_nothing_yet_stays_one, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			what_is_not_committed_leaves_the_old_file, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_file_that_grows_grows, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_device_is_written_to_and_not_replaced, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_folder_that_is_not_there_is_said_at_once, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
