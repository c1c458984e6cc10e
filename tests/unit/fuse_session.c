/* SPDX-License-Identifier: MIT */
/* How serving the files ends. The kernel's part is read(2) of the device, played here. */
#define FUSE_USE_VERSION 35
#include "test.h"

#include "fuse-msr/tree/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static int device, device_error;

ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	if (fd != device)
		return __real_read(fd, buffer, size);
	errno = device_error;
	return -1;
}

/* Serves until the device says error; what it came to, and what was said on standard error. */
static int serve_until(int error, char said[256])
{
	int before = dup(STDERR_FILENO), file = memfd_create("said", MFD_CLOEXEC);
	static struct fs fs;
	char path[32];

	device = open("/dev/null", O_RDWR | O_CLOEXEC);
	device_error = error;
	assert_true(before >= 0 && file >= 0 && device >= 0);
	struct fuse_session *session = fs_session(&fs, NULL);
	assert_non_null(session);
	snprintf(path, sizeof path, "/dev/fd/%d", device);
	assert_int_equal(fuse_session_mount(session, path), 0);

	assert_int_equal(dup2(file, STDERR_FILENO), STDERR_FILENO);
	int r = fs_serve(session);
	assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);

	ssize_t length = pread(file, said, 255, 0);
	said[length > 0 ? length : 0] = '\0';
	fuse_session_destroy(session);
	close(before);
	close(file);
	return r;
}

static void files_that_go_away_end_it(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(serve_until(ENODEV, said), 0);
	assert_string_equal(said, "");
}

static void files_that_go_away_while_a_request_is_taken_end_it_and_nothing_is_said(void **state)
{
	char said[256];

	(void)state;
	assert_int_equal(serve_until(ECONNABORTED, said), 0);
	assert_string_equal(said, "");
}

static void device_that_fails_is_an_error(void **state)
{
	char said[256];

	(void)state;
	assert_int_not_equal(serve_until(EIO, said), 0);
	assert_non_null(strstr(said, "Input/output error"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_go_away_end_it),
		cmocka_unit_test(
			files_that_go_away_while_a_request_is_taken_end_it_and_nothing_is_said),
		cmocka_unit_test(device_that_fails_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
