/* SPDX-License-Identifier: MIT */
/* How many sessions a user has at a time: below a root folder of the test's own. */
#include "daemon/seat.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* of nobody here */
#define ACCOUNT 64999

/* What a file system says that has no locks. */
static bool has_no_locks;

int __real_fcntl64(int fd, int command, void *argument);
int __wrap_fcntl64(int fd, int command, void *argument);
int __wrap_fcntl64(int fd, int command, void *argument)
{
	if (command != F_OFD_SETLK || !has_no_locks)
		return __real_fcntl64(fd, command, argument);
	errno = ENOLCK;
	return -1;
}

struct scene {
	char folder[64];
	int fd;
	uid_t user, other; /* neither is who runs this */
};

static int set_up(void **state)
{
	static struct scene scene;

	scene.user = geteuid() + 1000;
	scene.other = geteuid() + 1001;
	umask(077); /* as the daemon has it */
	strcpy(scene.folder, "/tmp/msrd-test-seat-XXXXXX");
	assert_non_null(mkdtemp(scene.folder));
	scene.fd = open(scene.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(scene.fd >= 0);
	assert_int_equal(mkdirat(scene.fd, "run", 0755), 0);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	unlinkat(scene->fd, SEAT_FILE, 0);
	unlinkat(scene->fd, "run/msrd", AT_REMOVEDIR);
	unlinkat(scene->fd, "run/target", 0);
	unlinkat(scene->fd, "run", AT_REMOVEDIR);
	close(scene->fd);
	return rmdir(scene->folder);
}

static void put_file(const struct scene *scene, mode_t mode)
{
	mkdirat(scene->fd, "run/msrd", 0755);
	int fd = openat(scene->fd, SEAT_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void a_user_has_as_many_seats_as_he_may_and_another_his_own(void **state)
{
	struct scene *scene = *state;
	int n = test_count_descriptors(), seats[4];

	for (int i = 0; i < 3; i++) {
		seats[i] = seat_take(scene->fd, scene->user, 3, ACCOUNT);
		assert_true(seats[i] >= 0);
	}
	assert_int_equal(seat_take(scene->fd, scene->user, 3, ACCOUNT), -EUSERS);
	seats[3] = seat_take(scene->fd, scene->other, 1, ACCOUNT);
	assert_true(seats[3] >= 0);
	assert_int_equal(seat_take(scene->fd, scene->other, 1, ACCOUNT), -EUSERS);
	/* the one in the middle is free again, as soon as its descriptor is closed */
	close(seats[1]);
	seats[1] = seat_take(scene->fd, scene->user, 3, ACCOUNT);
	assert_true(seats[1] >= 0);
	assert_int_equal(seat_take(scene->fd, scene->user, 3, ACCOUNT), -EUSERS);
	for (int i = 0; i < 4; i++)
		close(seats[i]);
	assert_int_equal(test_count_descriptors(), n);
}

static void a_process_that_is_killed_gives_its_seat_back(void **state)
{
	struct scene *scene = *state;
	int ready[2], status;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		byte = seat_take(scene->fd, scene->user, 1, ACCOUNT) >= 0 ? 'y' : 'n';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT), -EUSERS);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	int seat = seat_take(scene->fd, scene->user, 1, ACCOUNT);
	assert_true(seat >= 0);
	close(seat);
	close(ready[0]);
	close(ready[1]);
}

static void the_file_is_made_for_nobody_else_in_a_folder_for_everybody(void **state)
{
	struct scene *scene = *state;
	struct stat status;
	int seat = seat_take(scene->fd, scene->user, 1, ACCOUNT);

	assert_true(seat >= 0);
	close(seat);
	assert_int_equal(fstatat(scene->fd, SEAT_FILE, &status, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0600);
	assert_int_equal(fstatat(scene->fd, "run/msrd", &status, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(status.st_mode, S_IFDIR | 0755);
	assert_int_equal(umask(077), 077);
}

static void who_runs_as_the_user_makes_no_file(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(seat_take(scene->fd, geteuid(), 1, ACCOUNT), -ENOENT);
	assert_int_equal(faccessat(scene->fd, "run/msrd", F_OK, 0), -1);
}

static void a_file_that_others_may_open_does_not_count(void **state)
{
	struct scene *scene = *state;

	put_file(scene, 0640);
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT), -EPERM);
	put_file(scene, 0604);
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT), -EPERM);
	put_file(scene, 0600);
	int seat = seat_take(scene->fd, scene->user, 1, ACCOUNT);
	assert_true(seat >= 0);
	close(seat);
}

static void a_file_of_the_users_own_does_not_count(void **state)
{
	struct scene *scene = *state;

	put_file(scene, 0600);
	/* root's would: nobody else can have made it */
	if (geteuid() == 0)
		assert_int_equal(fchownat(scene->fd, SEAT_FILE, scene->user, 0, 0), 0);
	assert_int_equal(
		seat_take(scene->fd, geteuid() == 0 ? scene->user : geteuid(), 1, ACCOUNT), -EPERM);
}

static void a_file_system_without_locks_is_an_error_and_no_free_seat(void **state)
{
	struct scene *scene = *state;
	int n = test_count_descriptors();

	has_no_locks = true;
	int r = seat_take(scene->fd, scene->user, 2, ACCOUNT);
	has_no_locks = false;
	assert_int_equal(r, -ENOLCK);
	assert_int_equal(test_count_descriptors(), n);
}

static void a_file_that_the_services_daemon_made_counts(void **state)
{
	struct scene *scene = *state;

	put_file(scene, 0600);
	assert_int_equal(fchownat(scene->fd, SEAT_FILE, ACCOUNT, 0, 0), 0);
	int seat = seat_take(scene->fd, scene->user, 1, ACCOUNT);
	assert_true(seat >= 0);
	close(seat);
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT + 1), -EPERM);
	/* who is the account is nobody else */
	assert_int_equal(seat_take(scene->fd, ACCOUNT, 1, ACCOUNT), -EPERM);
}

static void no_link_and_nothing_but_a_file_is_opened(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(mkdirat(scene->fd, "run/msrd", 0755), 0);
	assert_int_equal(symlinkat("../target", scene->fd, SEAT_FILE), 0);
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT), -ELOOP);
	assert_int_equal(faccessat(scene->fd, "run/target", F_OK, 0), -1);
	assert_int_equal(unlinkat(scene->fd, SEAT_FILE, 0), 0);
	assert_int_equal(mkfifoat(scene->fd, SEAT_FILE, 0600), 0);
	assert_int_equal(seat_take(scene->fd, scene->user, 1, ACCOUNT), -EPERM);
}

#define SEAT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEAT_TEST(a_user_has_as_many_seats_as_he_may_and_another_his_own),
		SEAT_TEST(a_process_that_is_killed_gives_its_seat_back),
		SEAT_TEST(the_file_is_made_for_nobody_else_in_a_folder_for_everybody),
		SEAT_TEST(who_runs_as_the_user_makes_no_file),
		SEAT_TEST(a_file_that_others_may_open_does_not_count),
		SEAT_TEST(a_file_of_the_users_own_does_not_count),
		SEAT_TEST(no_link_and_nothing_but_a_file_is_opened),
		SEAT_TEST(a_file_system_without_locks_is_an_error_and_no_free_seat),
		SEAT_TEST(a_file_that_the_services_daemon_made_counts),
	};

	return test_run_with_root(tests, sizeof tests / sizeof *tests, 1);
}
