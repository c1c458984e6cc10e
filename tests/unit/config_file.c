/* SPDX-License-Identifier: MIT */
/* Whose files count as the site's policy. */
#include "test.h"

#include "daemon/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A root of its own, with /etc/msrd in it. */
struct world {
	char folder[64];
	int fd;
};

static int set_up(void **state)
{
	static struct world world;

	umask(022);
	strcpy(world.folder, "/tmp/msrd-test-config-XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	world.fd = open(world.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(world.fd >= 0);
	assert_int_equal(mkdirat(world.fd, "etc", 0755), 0);
	assert_int_equal(mkdirat(world.fd, "etc/msrd", 0755), 0);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	unlinkat(world->fd, "etc/msrd/msrd.conf", 0);
	unlinkat(world->fd, "etc/msrd/site", 0);
	if (unlinkat(world->fd, "etc/msrd", AT_REMOVEDIR) < 0)
		unlinkat(world->fd, "etc/msrd", 0);
	unlinkat(world->fd, "etc/real", AT_REMOVEDIR);
	unlinkat(world->fd, "etc", AT_REMOVEDIR);
	close(world->fd);
	return rmdir(world->folder);
}

static void put(const struct world *world, const char *path, const char *text)
{
	int fd = openat(world->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Nobody gets anything, and the words say why. */
static void assert_refused(const struct world *world, const char *why)
{
	char error[SITE_ERROR_SIZE] = "";
	int before = test_count_descriptors();
	struct site site;

	assert_true(config_file_load(&site, world->fd, error) < 0);
	if (!strstr(error, why))
		fail_msg("\"%s\" does not say \"%s\"", error, why);
	assert_int_equal(site.config.n_sections, 0);
	site_deinit(&site);
	assert_int_equal(test_count_descriptors(), before);
}

static void assert_loaded(const struct world *world, size_t n_lists)
{
	char error[SITE_ERROR_SIZE] = "";
	struct site site;

	if (config_file_load(&site, world->fd, error) < 0)
		fail_msg("%s", error);
	assert_true(site.config.n_sections >= 2);
	assert_int_equal(site.config.n_lists, n_lists);
	site_deinit(&site);
}

static void without_a_file_the_built_in_policy_holds(void **state)
{
	const struct world *world = *state;

	assert_loaded(world, 0);
	/* as it does in a folder that is not root's alone */
	assert_int_equal(fchmodat(world->fd, "etc/msrd", 0777, 0), 0);
	assert_loaded(world, 0);
	assert_int_equal(unlinkat(world->fd, "etc/msrd", AT_REMOVEDIR), 0);
	assert_loaded(world, 0);
}

static void file_of_somebody_else_is_refused(void **state)
{
	const struct world *world = *state;

	put(world, "etc/msrd/msrd.conf", "[default]\nprofiles power\n");
	if (geteuid() == 0)
		assert_int_equal(fchownat(world->fd, "etc/msrd/msrd.conf", 1, 0, 0), 0);
	assert_refused(world, "has to be root's");
}

static void files_of_root_alone_are_loaded(void **state)
{
	const struct world *world = *state;

	put(world, "etc/msrd/msrd.conf", "[default]\nallowlist /etc/msrd/site\n");
	put(world, "etc/msrd/site", "0x10 0\n");
	assert_loaded(world, 1);
}

static void file_that_others_may_write_is_refused(void **state)
{
	static const mode_t modes[] = {0664, 0646, 0666, 0602};
	const struct world *world = *state;

	put(world, "etc/msrd/msrd.conf", "");
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(fchmodat(world->fd, "etc/msrd/msrd.conf", modes[i], 0), 0);
		assert_refused(world, "/etc/msrd/msrd.conf may be written by others");
	}
}

static void folder_that_others_may_write_is_refused(void **state)
{
	static const char *const folders[] = {"etc/msrd", "etc", "."};
	static const char *const says[] = {"/etc/msrd may be", "/etc may be", ": / may be"};
	const struct world *world = *state;

	put(world, "etc/msrd/msrd.conf", "");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(fchmodat(world->fd, folders[i], 01777, 0), 0);
		assert_refused(world, says[i]);
		assert_int_equal(fchmodat(world->fd, folders[i], 0755, 0), 0);
		assert_int_equal(fchownat(world->fd, folders[i], 1, 1, 0), 0);
		assert_refused(world, "belongs to uid 1");
		assert_int_equal(fchownat(world->fd, folders[i], 0, 0, 0), 0);
	}
	assert_loaded(world, 0);
}

static void links_and_what_is_no_file_are_refused(void **state)
{
	const struct world *world = *state;

	assert_int_equal(symlinkat("/dev/null", world->fd, "etc/msrd/msrd.conf"), 0);
	assert_refused(world, "symbolic link");
	assert_int_equal(unlinkat(world->fd, "etc/msrd/msrd.conf", 0), 0);
	assert_int_equal(mkfifoat(world->fd, "etc/msrd/msrd.conf", 0644), 0);
	assert_refused(world, "no regular file");
	assert_int_equal(unlinkat(world->fd, "etc/msrd/msrd.conf", 0), 0);
	assert_int_equal(renameat(world->fd, "etc/msrd", world->fd, "etc/real"), 0);
	assert_int_equal(symlinkat("real", world->fd, "etc/msrd"), 0);
	assert_refused(world, "symbolic link");
}

static void file_beyond_the_bound_is_refused(void **state)
{
	const struct world *world = *state;
	int fd;

	put(world, "etc/msrd/msrd.conf", "");
	fd = openat(world->fd, "etc/msrd/msrd.conf", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, CONFIG_MAX_BYTES + 1), 0);
	close(fd);
	assert_refused(world, "more than 65536 bytes");
}

static void list_is_judged_as_the_configuration_is(void **state)
{
	const struct world *world = *state;

	put(world, "etc/msrd/msrd.conf", "[default]\nallowlist /etc/msrd/site\n");
	assert_refused(world, "/etc/msrd/msrd.conf:2: /etc/msrd/site: No such file");
	put(world, "etc/msrd/site", "0x10 0\n");
	assert_int_equal(fchmodat(world->fd, "etc/msrd/site", 0666, 0), 0);
	assert_refused(world, "/etc/msrd/site may be written by others");
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(without_a_file_the_built_in_policy_holds),
		FILE_TEST(file_of_somebody_else_is_refused),
		/* for root */
		FILE_TEST(files_of_root_alone_are_loaded),
		FILE_TEST(file_that_others_may_write_is_refused),
		FILE_TEST(folder_that_others_may_write_is_refused),
		FILE_TEST(links_and_what_is_no_file_are_refused),
		FILE_TEST(file_beyond_the_bound_is_refused),
		FILE_TEST(list_is_judged_as_the_configuration_is),
	};

	return test_run_with_root(tests, sizeof tests / sizeof *tests, 6);
}
