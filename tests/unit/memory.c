/* SPDX-License-Identifier: MIT */
/*
 * Memory that can't be had, at each of the calls in turn: what is loaded says so and
 * leaves nothing behind, whole or half. The linker puts the functions here before libc's.
 */
#include "test.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "daemon/machine.h"
#include "sysroot.h"

/* The call that fails, counted down; 0: none does. */
static unsigned countdown;

static bool fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__real_reallocarray(void *pointer, size_t n, size_t size);
char *__real_strndup(const char *text, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__wrap_reallocarray(void *pointer, size_t n, size_t size);
char *__wrap_strndup(const char *text, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fails() ? NULL : __real_realloc(pointer, size);
}

void *__wrap_reallocarray(void *pointer, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(pointer, n, size);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return fails() ? NULL : __real_strndup(text, size);
}

/* More than any of what follows asks for; chosen. */
#define MANY 200

/* Runs load with the first, second … call failing, until none is left to fail. At least n fail. */
static void starve(
	int (*load)(const struct sysroot *sysroot), const struct sysroot *sysroot, unsigned n)
{
	unsigned i;

	for (i = 1; i < MANY; i++) {
		countdown = i;
		int r = load(sysroot);
		bool all_was_there = countdown > 0;

		countdown = 0;
		if (all_was_there) {
			assert_int_equal(r, 0);
			break;
		}
		assert_int_equal(r, -ENOMEM);
	}
	assert_in_range(i, n + 1, MANY - 1);
}

static unsigned package_of(uint32_t cpu)
{
	return cpu & 1;
}

static int load_node(const struct sysroot *sysroot)
{
	struct node node;
	int r = node_init(&node, sysroot->fd);

	node_deinit(&node);
	return r;
}

static void add_uncore(const struct sysroot *sysroot)
{
	sysroot_add_function(sysroot, "0000:7f:0b.0", 0x3ce0, 256);
	sysroot_add_function(sysroot, "0000:7f:10.0", 0x3cb0, 4096);
	sysroot_add_function(sysroot, "0000:7f:10.1", 0x3cb1, 4096);
}

static void machine_that_does_not_fit_into_memory_is_an_error(void **state)
{
	const struct sysroot *sysroot = *state;
	int before = test_count_descriptors();

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_uncore(sysroot);
	starve(load_node, sysroot, 8);
	sysroot_print(sysroot, "proc/bus/pci/devices", "7f80\t80863cb0\tx\n7f81\t80863cb1\tx\n");
	starve(load_node, sysroot, 8);
	assert_int_equal(test_count_descriptors(), before);
}

/* The session that follows is told, access by access. */
static int open_machine(const struct sysroot *sysroot)
{
	struct machine machine;
	struct site site;
	int r;

	site_init(&site);
	machine_init(&machine, sysroot->fd, &site);
	r = machine.unready == OP_OK ? 0 : -ENOMEM;
	machine_deinit(&machine);
	return r;
}

static void daemon_whose_devices_do_not_fit_is_unready(void **state)
{
	const struct sysroot *sysroot = *state;

	sysroot_add_cpus(sysroot, "0-1", 1, package_of);
	add_uncore(sysroot);
	starve(open_machine, sysroot, 10);
}

static int load_list(const struct sysroot *sysroot)
{
	static const char text[] = "[msr]\n0xc1 0xff # a\n0xc2 0xff # b\n0xc3 0xff # c\n"
				   "[pci imc]\n0xd8 0xff # d\n";
	struct allow_error error;
	struct allowlist list;
	int r = allowlist_parse(text, strlen(text), &list, &error);

	(void)sysroot;
	if (r < 0)
		assert_null(list.text);
	allowlist_deinit(&list);
	return r;
}

static void list_is_never_half_loaded(void **state)
{
	starve(load_list, *state, 4);
}

static int read_site(void *context, const char *path, size_t max, char **text, size_t *length,
	char why[SITE_ERROR_SIZE])
{
	const char *content =
		strcmp(path, context) == 0 ? "[default]\nallowlist /list\n" : "[msr]\n0xc1 0xff\n";

	(void)max;
	(void)why;
	*text = strdup(content);
	*length = strlen(content);
	return 0;
}

static int load_site(const struct sysroot *sysroot)
{
	char path[] = "/config", error[SITE_ERROR_SIZE];
	const struct site_reader reader = {.read = read_site, .context = path};
	struct site site;
	int r = site_load(&site, path, &reader, error);

	(void)sysroot;
	if (r < 0) {
		assert_non_null(strstr(error, "out of memory"));
		assert_int_equal(site.config.n_sections, 0);
	}
	site_deinit(&site);
	return r;
}

static void site_that_does_not_fit_grants_nothing(void **state)
{
	starve(load_site, *state, 2);
}

#define MEMORY_TEST(f) cmocka_unit_test_setup_teardown(f, sysroot_set_up, sysroot_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MEMORY_TEST(machine_that_does_not_fit_into_memory_is_an_error),
		MEMORY_TEST(daemon_whose_devices_do_not_fit_is_unready),
		MEMORY_TEST(list_is_never_half_loaded),
		MEMORY_TEST(site_that_does_not_fit_grants_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
