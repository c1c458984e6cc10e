/* SPDX-License-Identifier: MIT */
/* Whose files count as the site's policy. */
#include "daemon/config_file.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A root of its own, with /etc/msrd in it. */
struct scene {
	char folder[64];
	int fd;
};

static int set_up(void **state)
{
	static struct scene scene;

	umask(022);
	strcpy(scene.folder, "/tmp/msrd-test-config-XXXXXX");
	assert_non_null(mkdtemp(scene.folder));
	scene.fd = open(scene.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(scene.fd >= 0);
	assert_int_equal(mkdirat(scene.fd, "etc", 0755), 0);
	assert_int_equal(mkdirat(scene.fd, "etc/msrd", 0755), 0);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	unlinkat(scene->fd, "etc/msrd/msrd.conf", 0);
	unlinkat(scene->fd, "etc/msrd/site", 0);
	if (unlinkat(scene->fd, "etc/msrd", AT_REMOVEDIR) < 0)
		unlinkat(scene->fd, "etc/msrd", 0);
	unlinkat(scene->fd, "etc/real", AT_REMOVEDIR);
	unlinkat(scene->fd, "etc", AT_REMOVEDIR);
	close(scene->fd);
	return rmdir(scene->folder);
}

static void put(const struct scene *scene, const char *path, const char *text)
{
	int fd = openat(scene->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Nobody gets anything, and the words say why. */
static void assert_refused(const struct scene *scene, const char *why)
{
	char error[SITE_ERROR_SIZE] = "";
	int before = test_count_descriptors();
	struct site site;

	assert_true(config_file_load(&site, scene->fd, error) < 0);
	if (!strstr(error, why))
		fail_msg("\"%s\" does not say \"%s\"", error, why);
	assert_int_equal(site.config.n_sections, 0);
	site_deinit(&site);
	assert_int_equal(test_count_descriptors(), before);
}

static void assert_loaded(const struct scene *scene, size_t n_lists)
{
	char error[SITE_ERROR_SIZE] = "";
	struct site site;

	if (config_file_load(&site, scene->fd, error) < 0)
		fail_msg("%s", error);
	assert_true(site.config.n_sections >= 2);
	assert_int_equal(site.config.n_lists, n_lists);
	site_deinit(&site);
}

static void without_a_file_the_built_in_policy_holds(void **state)
{
	const struct scene *scene = *state;

	assert_loaded(scene, 0);
	/* as it does in a folder that is not root's alone */
	assert_int_equal(fchmodat(scene->fd, "etc/msrd", 0777, 0), 0);
	assert_loaded(scene, 0);
	assert_int_equal(unlinkat(scene->fd, "etc/msrd", AT_REMOVEDIR), 0);
	assert_loaded(scene, 0);
}

static void file_of_somebody_else_is_refused(void **state)
{
	const struct scene *scene = *state;

	put(scene, "etc/msrd/msrd.conf", "[default]\nprofiles power\n");
	if (geteuid() == 0)
		assert_int_equal(fchownat(scene->fd, "etc/msrd/msrd.conf", 1, 0, 0), 0);
	assert_refused(scene, "has to be root's");
}

static void files_of_root_alone_are_loaded(void **state)
{
	const struct scene *scene = *state;

	put(scene, "etc/msrd/msrd.conf", "[default]\nallowlist /etc/msrd/site\n");
	put(scene, "etc/msrd/site", "0x10 0\n");
	assert_loaded(scene, 1);
}

static void file_that_others_may_write_is_refused(void **state)
{
	static const mode_t modes[] = {0664, 0646, 0666, 0602};
	const struct scene *scene = *state;

	put(scene, "etc/msrd/msrd.conf", "");
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(fchmodat(scene->fd, "etc/msrd/msrd.conf", modes[i], 0), 0);
		assert_refused(scene, "/etc/msrd/msrd.conf may be written by others");
	}
}

static void folder_that_others_may_write_is_refused(void **state)
{
	static const char *const folders[] = {"etc/msrd", "etc", "."};
	static const char *const says[] = {"/etc/msrd may be", "/etc may be", ": / may be"};
	const struct scene *scene = *state;

	put(scene, "etc/msrd/msrd.conf", "");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(fchmodat(scene->fd, folders[i], 01777, 0), 0);
		assert_refused(scene, says[i]);
		assert_int_equal(fchmodat(scene->fd, folders[i], 0755, 0), 0);
		assert_int_equal(fchownat(scene->fd, folders[i], 1, 1, 0), 0);
		assert_refused(scene, "belongs to uid 1");
		assert_int_equal(fchownat(scene->fd, folders[i], 0, 0, 0), 0);
	}
	assert_loaded(scene, 0);
}

static void links_and_what_is_no_file_are_refused(void **state)
{
	const struct scene *scene = *state;

	assert_int_equal(symlinkat("/dev/null", scene->fd, "etc/msrd/msrd.conf"), 0);
	assert_refused(scene, "symbolic link");
	assert_int_equal(unlinkat(scene->fd, "etc/msrd/msrd.conf", 0), 0);
	assert_int_equal(mkfifoat(scene->fd, "etc/msrd/msrd.conf", 0644), 0);
	assert_refused(scene, "no regular file");
	assert_int_equal(unlinkat(scene->fd, "etc/msrd/msrd.conf", 0), 0);
	assert_int_equal(renameat(scene->fd, "etc/msrd", scene->fd, "etc/real"), 0);
	assert_int_equal(symlinkat("real", scene->fd, "etc/msrd"), 0);
	assert_refused(scene, "symbolic link");
}

static void file_beyond_the_bound_is_refused(void **state)
{
	const struct scene *scene = *state;
	int fd;

	put(scene, "etc/msrd/msrd.conf", "");
	fd = openat(scene->fd, "etc/msrd/msrd.conf", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, CONFIG_MAX_BYTES + 1), 0);
	close(fd);
	assert_refused(scene, "more than 65536 bytes");
}

static void list_is_judged_as_the_configuration_is(void **state)
{
	const struct scene *scene = *state;

	put(scene, "etc/msrd/msrd.conf", "[default]\nallowlist /etc/msrd/site\n");
	assert_refused(scene, "/etc/msrd/msrd.conf:2: /etc/msrd/site: No such file");
	put(scene, "etc/msrd/site", "0x10 0\n");
	assert_int_equal(fchmodat(scene->fd, "etc/msrd/site", 0666, 0), 0);
	assert_refused(scene, "/etc/msrd/site may be written by others");
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
