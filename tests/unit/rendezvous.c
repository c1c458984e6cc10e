/* SPDX-License-Identifier: MIT */
#include "daemon/rendezvous.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* A path of our own: no other process has our pid, and main() has seen to what lies there. */
static int open_own(struct rendezvous *rendezvous)
{
	return rendezvous_open(rendezvous, getpid(), getuid(), getgid());
}

static const char *own_path(void)
{
	static char path[64];

	snprintf(path, sizeof path, "/tmp/likwid-%d", (int)getpid());
	return path;
}

static int connect_to(const struct rendezvous *rendezvous)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&rendezvous->address,
				 sizeof rendezvous->address),
		0);
	return fd;
}

static void socket_is_the_users_own_with_mode_0600(void **state)
{
	struct rendezvous rendezvous;
	struct stat st;

	(void)state;
	mode_t umask_before = umask(0);
	assert_int_equal(open_own(&rendezvous), 0);
	assert_string_equal(rendezvous.address.sun_path, own_path());
	assert_int_equal(lstat(own_path(), &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, getuid());
	assert_int_equal(umask(umask_before), 0); /* as it was */
	rendezvous_close(&rendezvous);
	assert_int_equal(lstat(own_path(), &st), -1);
	assert_int_equal(errno, ENOENT);
}

static void socket_of_another_user_belongs_to_him(void **state)
{
	struct rendezvous rendezvous;
	struct stat st;

	(void)state;
	if (geteuid() != 0) {
		/* without privileges nobody else's socket can be made, and nothing is left */
		assert_int_equal(
			rendezvous_open(&rendezvous, getpid(), getuid() + 1, getgid()), -EPERM);
		assert_int_equal(lstat(own_path(), &st), -1);
		return;
	}
	assert_int_equal(rendezvous_open(&rendezvous, getpid(), 65534, 65534), 0);
	assert_int_equal(lstat(own_path(), &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(st.st_gid, 65534);
	rendezvous_close(&rendezvous);
	assert_int_equal(lstat(own_path(), &st), -1);
}

static void path_that_is_occupied_is_left_alone(void **state)
{
	struct rendezvous rendezvous;
	struct stat st;
	char byte;

	(void)state;
	int fd = open(own_path(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	assert_int_equal(open_own(&rendezvous), -EADDRINUSE);
	fd = open(own_path(), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, &byte, 1), 1);
	close(fd);
	rendezvous_close(&rendezvous); /* which must not remove it either */
	assert_int_equal(unlink(own_path()), 0);

	assert_int_equal(symlink("/tmp/msrd-test-nowhere", own_path()), 0);
	assert_int_equal(open_own(&rendezvous), -EADDRINUSE);
	assert_int_equal(lstat("/tmp/msrd-test-nowhere", &st), -1);
	assert_int_equal(unlink(own_path()), 0);
}

static void client_is_accepted_with_its_credentials(void **state)
{
	struct rendezvous rendezvous;
	struct peer peer;

	(void)state;
	assert_int_equal(open_own(&rendezvous), 0);
	int fd = connect_to(&rendezvous);
	int accepted = rendezvous_accept(&rendezvous, -1, 5000, &peer);
	/* the session waits in recv: four system calls an access */
	assert_int_equal(fcntl(accepted, F_GETFL) & O_NONBLOCK, 0);
	assert_true(accepted >= 0);
	assert_int_equal(peer.uid, getuid());
	assert_int_equal(peer.gid, getgid());
	assert_int_equal(peer.pid, getpid());
	rendezvous_close(&rendezvous);
	close(accepted);
	close(fd);
}

static void nobody_comes_is_a_timeout(void **state)
{
	struct rendezvous rendezvous;
	struct peer peer;

	(void)state;
	assert_int_equal(open_own(&rendezvous), 0);
	assert_int_equal(rendezvous_accept(&rendezvous, -1, 10, &peer), -ETIMEDOUT);
	rendezvous_close(&rendezvous);
}

static void termination_ends_the_wait(void **state)
{
	struct rendezvous rendezvous;
	struct peer peer;
	int signals[2];

	(void)state;
	assert_int_equal(pipe2(signals, O_CLOEXEC), 0);
	assert_int_equal(write(signals[1], "x", 1), 1);
	assert_int_equal(open_own(&rendezvous), 0);
	assert_int_equal(rendezvous_accept(&rendezvous, signals[0], 5000, &peer), -ECANCELED);
	rendezvous_close(&rendezvous);
	close(signals[0]);
	close(signals[1]);
}

/* Root can pretend that the daemon is another user's, and root is let in. Only
 * a third user tells: a child that connects as one. */
static void stranger_is_closed_and_the_wait_goes_on(void **state)
{
	struct rendezvous rendezvous;
	struct peer peer;

	(void)state;
	assert_int_equal(rendezvous_open(&rendezvous, getpid(), 65533, 65533), 0);
	assert_int_equal(chmod(own_path(), 0666), 0);
	pid_t child = fork();
	if (child == 0) {
		char byte;
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(1);
		int fd = connect_to(&rendezvous);
		_exit(read(fd, &byte, 1) == 0 ? 0 : 1); /* closed without a word */
	}
	assert_int_equal(rendezvous_accept(&rendezvous, -1, 300, &peer), -ETIMEDOUT);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	rendezvous_close(&rendezvous);
}

static void handed_over_client_has_to_be_the_users_where_his_rights_are_not_ours(void **state)
{
	struct peer peer;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(rendezvous_take(pair[0], getuid(), true, &peer), 0);
	assert_int_equal(peer.uid, getuid());
	assert_int_equal(peer.pid, getpid());
	assert_int_equal(rendezvous_take(pair[0], getuid() + 1, true, &peer), -EPERM);
	/* a service manager's daemon is nobody's in particular */
	assert_int_equal(rendezvous_take(pair[0], getuid() + 1, false, &peer), 0);
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(rendezvous_take(-1, getuid(), true, &peer), -EBADF);
}

static void listener_that_fails_ends_the_wait(void **state)
{
	struct rendezvous rendezvous = {.listener = open("/dev/null", O_RDWR | O_CLOEXEC)};
	struct peer peer;
	int signals[2];

	(void)state;
	assert_int_equal(pipe2(signals, O_CLOEXEC), 0);
	assert_int_equal(rendezvous_accept(&rendezvous, signals[0], 10000, &peer), -ENOTSOCK);
	close(rendezvous.listener);
	close(signals[0]);
	close(signals[1]);
}

static void interrupt(int number)
{
	(void)number;
}

static void interrupted_wait_goes_on_to_its_end(void **state)
{
	const struct itimerval soon = {.it_value.tv_usec = 1000};
	struct sigaction before, action = {.sa_handler = interrupt};
	struct rendezvous rendezvous;
	struct peer peer;

	(void)state;
	assert_int_equal(open_own(&rendezvous), 0);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(rendezvous_accept(&rendezvous, -1, 100, &peer), -ETIMEDOUT);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	rendezvous_close(&rendezvous);
}

static void wait_that_fails_is_an_error(void **state)
{
	struct rendezvous rendezvous = {.listener = -1};
	struct rlimit before, none;
	struct peer peer;

	(void)state;
	/* poll refuses more descriptors than there may be; valgrind keeps the limit to itself */
	struct pollfd two[] = {{.fd = -1}, {.fd = -1}};

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){1, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	bool is_limited = poll(two, 2, 0) < 0;
	int r = is_limited ? rendezvous_accept(&rendezvous, -1, 10000, &peer) : -EINVAL;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(r, -EINVAL);
}

static void rendezvous_leaves_no_descriptor(void **state)
{
	struct rendezvous rendezvous;
	int before = test_count_descriptors();

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(open_own(&rendezvous), 0);
		rendezvous_close(&rendezvous);
	}
	assert_int_equal(test_count_descriptors(), before);
}

/* /tmp is everybody's: where something lies at our path, a child with another one goes on. */
static void find_free_path(void)
{
	struct stat st;

	while (lstat(own_path(), &st) == 0) {
		pid_t pid = fork();
		int status;

		if (pid < 0 || (pid > 0 && waitpid(pid, &status, 0) != pid))
			exit(1);
		if (pid > 0)
			exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(socket_is_the_users_own_with_mode_0600),
		cmocka_unit_test(socket_of_another_user_belongs_to_him),
		cmocka_unit_test(path_that_is_occupied_is_left_alone),
		cmocka_unit_test(client_is_accepted_with_its_credentials),
		cmocka_unit_test(nobody_comes_is_a_timeout),
		cmocka_unit_test(termination_ends_the_wait),
		cmocka_unit_test(
			handed_over_client_has_to_be_the_users_where_his_rights_are_not_ours),
		cmocka_unit_test(listener_that_fails_ends_the_wait),
		cmocka_unit_test(interrupted_wait_goes_on_to_its_end),
		cmocka_unit_test(wait_that_fails_is_an_error),
		cmocka_unit_test(rendezvous_leaves_no_descriptor),
		cmocka_unit_test(stranger_is_closed_and_the_wait_goes_on),
	};

	find_free_path();
	return test_run_with_root(tests, sizeof tests / sizeof *tests, 1);
}
