/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/lockfile.h"
#include "util/array.h"

#define NOBODY 65534

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/cli_lockfile.XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink("lock");
	rmdir("lock");
	unlink("elsewhere");
	chmod(".", 0700);
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1; /* nothing lies about */
}

static void a_lock_that_is_made_is_whose_it_was_made_for(void **state)
{
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_look("lock", &owner), -ENOENT);
	assert_int_equal(lockfile_make("lock", getuid(), &owner), 0);
	assert_int_equal(owner, getuid());
	owner = NOBODY;
	assert_int_equal(lockfile_look("lock", &owner), 0);
	assert_int_equal(owner, getuid());
	assert_int_equal(lockfile_remove("lock"), 0);
	assert_int_equal(lockfile_look("lock", &owner), -ENOENT);
	assert_int_equal(lockfile_remove("lock"), 0);
}

static void a_lock_that_is_there_is_left_alone(void **state)
{
	struct stat before, after;
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_make("lock", getuid(), &owner), 0);
	assert_int_equal(stat("lock", &before), 0);
	owner = NOBODY;
	assert_int_equal(lockfile_make("lock", getuid(), &owner), -EEXIST);
	assert_int_equal(owner, getuid());
	assert_int_equal(stat("lock", &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void a_link_in_its_place_is_neither_followed_nor_touched(void **state)
{
	static const char *const targets[] = {"elsewhere", "nowhere"};
	struct stat st;

	(void)state;
	close(open("elsewhere", O_CREAT | O_WRONLY, 0600));
	for (size_t i = 0; i < N_ELEMENTS(targets); i++) {
		uid_t owner = NOBODY;

		assert_int_equal(symlink(targets[i], "lock"), 0);
		assert_int_equal(lockfile_look("lock", &owner), -ENOTSUP);
		assert_int_equal(owner, getuid());
		assert_int_equal(lockfile_make("lock", getuid(), &owner), -ENOTSUP);
		assert_int_equal(lockfile_replace("lock", getuid(), &owner), -ENOTSUP);
		assert_int_equal(lockfile_remove("lock"), -ENOTSUP);
		assert_int_equal(lstat("lock", &st), 0);
		assert_true(S_ISLNK(st.st_mode));
		assert_int_equal(access("nowhere", F_OK), -1);
		assert_int_equal(unlink("lock"), 0);
	}
	assert_int_equal(stat("elsewhere", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_folder_in_its_place_is_left_alone(void **state)
{
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(mkdir("lock", 0700), 0);
	assert_int_equal(lockfile_make("lock", getuid(), &owner), -ENOTSUP);
	assert_int_equal(lockfile_replace("lock", getuid(), &owner), -ENOTSUP);
	assert_int_equal(lockfile_remove("lock"), -ENOTSUP);
	assert_int_equal(rmdir("lock"), 0);
}

static void a_lock_that_is_replaced_is_another_file(void **state)
{
	struct stat before, after;
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_replace("lock", getuid(), &owner), 0);
	assert_int_equal(owner, getuid());
	assert_int_equal(stat("lock", &before), 0);
	assert_int_equal(lockfile_replace("lock", getuid(), &owner), 0);
	assert_int_equal(stat("lock", &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
}

static void what_a_killed_one_has_left_beside_it_is_in_nobodys_way(void **state)
{
	char name[32];
	uid_t owner = NOBODY;

	(void)state;
	snprintf(name, sizeof name, "lock.%ld", (long)getpid());
	assert_int_equal(symlink("elsewhere", name), 0);
	assert_int_equal(lockfile_make("lock", getuid(), &owner), 0);
	assert_int_equal(access("elsewhere", F_OK), -1);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_make("none/lock", getuid(), &owner), -ENOENT);
	assert_int_equal(lockfile_replace("none/lock", getuid(), &owner), -ENOENT);
}

static void a_path_that_is_too_long_is_an_error(void **state)
{
	char path[4096];
	uid_t owner = NOBODY;

	(void)state;
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_int_equal(lockfile_make(path, getuid(), &owner), -ENAMETOOLONG);
}

static void of_many_who_make_it_at_once_one_has_made_it(void **state)
{
	enum { MANY = 20 };
	int start[2], n_made = 0, n_refused = 0;
	pid_t children[MANY];

	(void)state;
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < MANY; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			uid_t owner;
			char byte;

			close(start[1]);
			/* all of them go on when the pipe is closed */
			if (read(start[0], &byte, 1) != 0)
				_exit(2);
			int r = lockfile_make("lock", getuid(), &owner);
			_exit(r == 0 ? 0 : r == -EEXIST ? 1 : 2);
		}
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < MANY; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		n_made += WEXITSTATUS(status) == 0;
		n_refused += WEXITSTATUS(status) == 1;
	}
	assert_int_equal(n_made, 1);
	assert_int_equal(n_refused, MANY - 1);
}

/* --- of an ordinary user alone */

static void a_folder_that_can_not_be_written_is_an_error(void **state)
{
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_make("lock", getuid(), &owner), 0);
	assert_int_equal(chmod(".", 0500), 0);
	assert_int_equal(lockfile_make("lock", getuid(), &owner), -EACCES);
	assert_int_equal(lockfile_replace("lock", getuid(), &owner), -EACCES);
	assert_int_equal(lockfile_remove("lock"), -EACCES);
	assert_int_equal(chmod(".", 0700), 0);
}

static void a_lock_for_somebody_else_is_not_made_and_nothing_is_left(void **state)
{
	uid_t owner = NOBODY;

	(void)state;
	assert_int_equal(lockfile_make("lock", getuid() + 1, &owner), -EPERM);
	assert_int_equal(lockfile_replace("lock", getuid() + 1, &owner), -EPERM);
	assert_int_equal(lockfile_look("lock", &owner), -ENOENT);
}

/* --- of root alone */

static void a_lock_of_another_user_says_whose_it_is(void **state)
{
	uid_t owner = 0;

	(void)state;
	assert_int_equal(lockfile_make("lock", 1, &owner), 0);
	assert_int_equal(lockfile_make("lock", 2, &owner), -EEXIST);
	assert_int_equal(owner, 1);
	assert_int_equal(lockfile_replace("lock", 2, &owner), 0);
	assert_int_equal(owner, 2);
	assert_int_equal(lockfile_look("lock", &owner), 0);
	assert_int_equal(owner, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* an ordinary user's */
		TEST(a_folder_that_can_not_be_written_is_an_error),
		TEST(a_lock_for_somebody_else_is_not_made_and_nothing_is_left),
		TEST(a_lock_that_is_made_is_whose_it_was_made_for),
		TEST(a_lock_that_is_there_is_left_alone),
		TEST(a_link_in_its_place_is_neither_followed_nor_touched),
		TEST(a_folder_in_its_place_is_left_alone),
		TEST(a_lock_that_is_replaced_is_another_file),
		TEST(what_a_killed_one_has_left_beside_it_is_in_nobodys_way),
		TEST(a_folder_that_is_not_there_is_an_error),
		TEST(a_path_that_is_too_long_is_an_error),
		TEST(of_many_who_make_it_at_once_one_has_made_it),
		/* root's */
		TEST(a_lock_of_another_user_says_whose_it_is),
	};
	size_t n_ordinary = geteuid() == 0 ? 2 : 0;

	return test_run_with_root(tests + n_ordinary, N_ELEMENTS(tests) - n_ordinary, 1);
}
