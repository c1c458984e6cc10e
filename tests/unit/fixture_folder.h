/* SPDX-License-Identifier: MIT */
/*
 * The example of fixtures/README.md as a folder, so that the text for people
 * can't go stale; a test changes it and looks at what the loader says.
 */
#ifndef MSRD_TESTS_FIXTURE_FOLDER_H
#define MSRD_TESTS_FIXTURE_FOLDER_H

#include "test.h"

#include "sim/fixture/fixture.h"
#include "sysroot.h"

struct folder {
	struct sysroot sysroot;
	char complaints[65536]; /* one a line */
	size_t n_complaints;
};

/* A whole text file; free() it. */
static inline char *read_text(const char *folder, const char *name)
{
	char path[PATH_MAX + NAME_MAX];
	struct stat status;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	char *text = calloc(1, (size_t)status.st_size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)status.st_size, file), status.st_size);
	fclose(file);
	return text;
}

static inline void folder_write(const struct folder *folder, const char *name, const char *text)
{
	unlinkat(folder->sysroot.fd, name, 0);
	sysroot_write(&folder->sysroot, name, 0, text, strlen(text));
}

/* The fenced text below the heading of that name. */
static inline void folder_extract(const struct folder *folder, const char *readme, const char *name)
{
	char heading[64];

	snprintf(heading, sizeof heading, "\n### %s\n```", name);
	const char *begin = strstr(readme, heading);
	assert_non_null(begin);
	begin = strchr(begin + strlen(heading), '\n') + 1;
	const char *end = strstr(begin, "\n```");
	assert_non_null(end);
	char *text = strndup(begin, (size_t)(end + 1 - begin));
	folder_write(folder, name, text);
	free(text);
}

static inline void folder_init(struct folder *folder)
{
	char *readme = read_text(FIXTURES_DIR, "README.md");

	folder->n_complaints = 0;
	sysroot_init(&folder->sysroot);
	folder_extract(folder, readme, "node.yaml");
	folder_extract(folder, readme, "msr.txt");
	folder_extract(folder, readme, "pci.txt");
	folder_extract(folder, readme, "workload.yaml");
	folder_extract(folder, readme, "events.txt");
	free(readme);
}

static inline void folder_deinit(struct folder *folder)
{
	sysroot_deinit(&folder->sysroot);
}

/* CMocka fixtures: a folder as it is, the test's to change. */
static inline int folder_setup(void **state)
{
	struct folder *folder = test_malloc(sizeof *folder);

	folder_init(folder);
	*state = folder;
	return 0;
}

static inline int folder_teardown(void **state)
{
	folder_deinit(*state);
	test_free(*state);
	return 0;
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

/* Replaces the first such text; it has to be there. */
static inline void folder_edit(
	const struct folder *folder, const char *name, const char *from, const char *to)
{
	char *old = read_text(folder->sysroot.path, name), *new = NULL;
	char *place = strstr(old, from);

	assert_non_null(place);
	assert_true(
		asprintf(&new, "%.*s%s%s", (int)(place - old), old, to, place + strlen(from)) > 0);
	folder_write(folder, name, new);
	free(new);
	free(old);
}

static inline void folder_complain(void *context, const char *message)
{
	struct folder *folder = context;
	size_t used = strlen(folder->complaints);

	folder->n_complaints++;
	snprintf(folder->complaints + used, sizeof folder->complaints - used, "%s\n", message);
}

static inline struct fixture *folder_load(struct folder *folder)
{
	int before = test_count_descriptors();

	folder->complaints[0] = '\0';
	folder->n_complaints = 0;
	struct fixture *fixture = fixture_load(folder->sysroot.path, folder_complain, folder);
	assert_int_equal(test_count_descriptors(), before);
	if (folder->n_complaints > 0)
		assert_null(fixture);
	return fixture;
}

/* Loading complains of the line in which marker stands ("": of no line), with that text. */
static inline void folder_expect(
	struct folder *folder, const char *name, const char *marker, const char *text)
{
	char prefix[PATH_MAX];

	assert_null(folder_load(folder));
	snprintf(prefix, sizeof prefix, "%s/%s: ", folder->sysroot.path, name);
	if (*marker) {
		char *whole = read_text(folder->sysroot.path, name);
		const char *place = strstr(whole, marker);
		int line = 1;
		assert_non_null(place);
		for (const char *c = whole; c < place; c++)
			line += *c == '\n';
		snprintf(prefix, sizeof prefix, "%s/%s:%d: ", folder->sysroot.path, name, line);
		free(whole);
	}
	for (const char *line = folder->complaints; *line; line = strchr(line, '\n') + 1) {
		const char *found = strstr(line, text);
		if (strncmp(line, prefix, strlen(prefix)) == 0 && found &&
			found < strchr(line, '\n'))
			return;
	}
	fail_msg("no complaint '%s…%s' in:\n%s", prefix, text, folder->complaints);
}

/* One fault in one file of the example. */
struct fault {
	const char *from, *to;
	const char *marker; /* stands in the line to blame; "" is none */
	const char *text;   /* of the complaint */
};

static inline void folder_expect_each(const char *name, const struct fault *faults, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct folder folder;
		folder_init(&folder);
		folder_edit(&folder, name, faults[i].from, faults[i].to);
		folder_expect(&folder, name, faults[i].marker, faults[i].text);
		folder_deinit(&folder);
	}
}

#define EXPECT_EACH(name, faults) folder_expect_each(name, faults, sizeof faults / sizeof *(faults))

#endif
