/* SPDX-License-Identifier: MIT */
/* A bar for what takes more than a second, on a terminal only. */
#include "test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "fuse-msr/progress.h"

static bool is_terminal;
static struct timespec now;

int __wrap_isatty(int fd);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_isatty(int fd)
{
	(void)fd;
	return is_terminal;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	(void)clock;
	*time = now;
	return 0;
}

/* What standard error gets, second by second, with a bar that is shown at each of them. */
static const char *show(unsigned seconds)
{
	static char text[1024];
	struct progress progress;
	int file = memfd_create("stderr", MFD_CLOEXEC), before = dup(STDERR_FILENO);

	fflush(stderr);
	dup2(file, STDERR_FILENO);
	now = (struct timespec){.tv_sec = 100};
	progress_init(&progress, "reading X");
	for (unsigned i = 0; i <= seconds; i++, now.tv_sec++)
		progress_show(&progress, i / 8.0);
	progress_end(&progress);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	ssize_t n = pread(file, text, sizeof text - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(file);
	close(before);
	return text;
}

static void bar_is_shown_after_a_second_and_goes_away(void **state)
{
	(void)state;
	is_terminal = true;
	assert_string_equal(show(0), "");
	assert_string_equal(show(2), "\r\033[Kreading X [####                            ]  12 %"
				     "\r\033[Kreading X [########                        ]  25 %"
				     "\r\033[K");
}

static void no_bar_where_there_is_no_terminal(void **state)
{
	(void)state;
	is_terminal = false;
	assert_string_equal(show(8), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bar_is_shown_after_a_second_and_goes_away),
		cmocka_unit_test(no_bar_where_there_is_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
