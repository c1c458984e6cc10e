/* SPDX-License-Identifier: MIT */
/* msrd.conf: what it may say, who gets what by it, and what is refused. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/site.h"

static int parse(const char *text, struct config *config, struct allow_error *error)
{
	return config_parse(text, strlen(text), NULL, config, error);
}

/* The text is refused, for the line, with words about the cause, and nothing of it is left. */
static void assert_refused(const char *text, unsigned line, const char *cause)
{
	struct config config;
	struct allow_error error;

	assert_int_equal(parse(text, &config, &error), -EINVAL);
	assert_int_equal(error.line, line);
	if (!strstr(error.text, cause))
		fail_msg("\"%s\" does not say \"%s\"", error.text, cause);
	assert_int_equal(config.n_sections, 0);
	assert_int_equal(config.n_lists, 0);
}

/* The profiles of somebody. */
static unsigned profiles_of(const struct config *config, const struct config_peer *peer)
{
	unsigned profiles = 0;

	for (size_t i = 0; i < config->n_sections; i++)
		if (config_applies(&config->sections[i], peer))
			profiles |= config->sections[i].profiles;
	return profiles;
}

static void text_without_sections_is_the_built_in_policy(void **state)
{
	const struct config_peer somebody = {.uid = 1000, .gid = 1000};
	const struct config_peer owner = {.uid = 1000, .gid = 1000, .is_owner = true};
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(parse("# nothing\n\n", &config, &error), 0);
	assert_int_equal(profiles_of(&config, &somebody), 1 << PROFILE_COUNTERS);
	assert_int_equal(profiles_of(&config, &owner),
		1 << PROFILE_COUNTERS | 1 << PROFILE_MATCH | 1 << PROFILE_FEATURES);
}

static void section_stands_for_the_built_in_one(void **state)
{
	const struct config_peer owner = {.uid = 1000, .gid = 1000, .is_owner = true};
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(parse("[default]\nprofiles none\n[owner]\nprofiles counters power",
				 &config, &error),
		0);
	assert_int_equal(profiles_of(&config, &owner), 1 << PROFILE_COUNTERS | 1 << PROFILE_POWER);
}

static void users_and_groups_add_up(void **state)
{
	static const uint32_t groups[] = {5, 100};
	struct config_peer peer = {.uid = 1000, .gid = 7, .groups = groups, .n_groups = 2};
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(parse("[user 1000]\r\n  profiles match # his\r\n[group 100]\n"
			       "profiles\tpower\nallowlist /etc/msrd/a.allow\n"
			       "allowlist /etc/msrd/b.allow\n[group 7]\nallowlist "
			       "/etc/msrd/a.allow\n",
				 &config, &error),
		0);
	assert_int_equal(profiles_of(&config, &peer),
		1 << PROFILE_COUNTERS | 1 << PROFILE_MATCH | 1 << PROFILE_POWER);
	peer.n_groups = 0;
	peer.uid = 0;
	assert_int_equal(profiles_of(&config, &peer), 1 << PROFILE_COUNTERS);
	assert_int_equal(config.n_lists, 2);
	assert_string_equal(config.lists[1].path, "/etc/msrd/b.allow");
	assert_int_equal(config.lists[1].line, 6);
	assert_int_equal(config.sections[1].lists, 3);
	assert_int_equal(config.sections[2].lists, 1);
}

static void largest_number_of_sessions_counts_and_none_is_no_limit(void **state)
{
	static const uint32_t groups[] = {100};
	struct config_peer peer = {.uid = 1, .gid = 1, .groups = groups, .n_groups = 1};
	struct allow_error error;
	struct config config;

	(void)state;
	config_init(&config);
	assert_int_equal(config_sessions(&config, &peer), 0);
	assert_int_equal(
		parse("[default]\nsessions 8\nprofiles none\n[user 2]\nsessions 4096 # all\n"
		      "[group 100]\nsessions 16\n[user 3]\nsessions 2",
			&config, &error),
		0);
	assert_int_equal(config_sessions(&config, &peer), 16);
	peer.n_groups = 0;
	assert_int_equal(config_sessions(&config, &peer), 8);
	peer.uid = 2;
	assert_int_equal(config_sessions(&config, &peer), 4096);
	peer.uid = 3;
	assert_int_equal(config_sessions(&config, &peer), 8);
	assert_int_equal(parse("[user 3]\nsessions 2", &config, &error), 0);
	assert_int_equal(config_sessions(&config, &peer), 2);
	peer.uid = 4;
	assert_int_equal(config_sessions(&config, &peer), 0);
}

static void default_section_of_sessions_alone_takes_nothing_away(void **state)
{
	const struct config_peer somebody = {.uid = 1000, .gid = 1000};
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(parse("[default]\nsessions 8", &config, &error), 0);
	assert_int_equal(config_sessions(&config, &somebody), 8);
	assert_int_equal(profiles_of(&config, &somebody), 1 << PROFILE_COUNTERS);
	assert_int_equal(parse("[default]\nsessions 8\nprofiles none", &config, &error), 0);
	assert_int_equal(profiles_of(&config, &somebody), 0);
	assert_int_equal(parse("[default]\nsessions 8\nallowlist /a", &config, &error), 0);
	assert_int_equal(profiles_of(&config, &somebody), 0);
}

static void error_names_line_and_cause(void **state)
{
	(void)state;
	assert_refused("profiles counters", 1, "before the first section");
	assert_refused("[default]\n\nprofile counters", 3, "unknown word: profile");
	assert_refused("[default]\nprofiles counter", 2, "no such profile: counter");
	assert_refused("[default]\nprofiles", 2, "which profiles?");
	assert_refused("[default]\nprofiles none power", 2, "stands alone");
	assert_refused("[default]\nprofiles counters none", 2, "no such profile: none");
	assert_refused("[default]\nprofiles power\nprofiles match", 3, "line 2 already");
	assert_refused("[default]\n[default]", 2, "line 1 already");
	assert_refused("[user 1]\n[user 01]", 2, "line 1 already");
	assert_refused("[everybody]", 1, "no such section: [everybody]");
	assert_refused("[]", 1, "no such section");
	assert_refused("[default", 1, "closing bracket");
	assert_refused("[default 1]", 1, "too many words");
	assert_refused("[user]", 1, "which user?");
	assert_refused("[user alice]", 1, "msrctl policy compile");
	assert_refused("[user 0x10]", 1, "is no number");
	assert_refused("[user -1]", 1, "is no number");
	assert_refused("[group 4294967295]", 1, "no such number of a group");
	assert_refused("[user 99999999999999999999]", 1, "no such number");
	assert_refused("[default]\nallowlist", 2, "absolute path");
	assert_refused("[default]\nallowlist a.allow", 2, "absolute path");
	assert_refused("[default]\nallowlist /etc/../tmp/a", 2, "without . and ..");
	assert_refused("[default]\nallowlist /etc//a", 2, "without . and ..");
	assert_refused("[default]\nallowlist /etc/", 2, "without . and ..");
	assert_refused("[default]\nallowlist /a /b", 2, "one path a line");
	assert_refused("[default]\nsessions", 2, "A number from 1 to 4096");
	assert_refused("[default]\nsessions 0", 2, "A number from 1 to 4096");
	assert_refused("[default]\nsessions 4097", 2, "A number from 1 to 4096");
	assert_refused("[default]\nsessions 0x10", 2, "A number from 1 to 4096");
	assert_refused("[default]\nsessions -1", 2, "A number from 1 to 4096");
	assert_refused("[default]\nsessions 1 2", 2, "A number from 1 to 4096");
	assert_refused("[user 5]\nsessions 1\nsessions 2", 3, "line 2 already");
	assert_refused("[owner]\nsessions 1", 2, "of a user, a group or of all");
}

static void zero_byte_is_no_text(void **state)
{
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(config_parse("[owner]\0", 8, NULL, &config, &error), -EINVAL);
	assert_non_null(strstr(error.text, "zero byte"));
	assert_int_equal(config.n_sections, 0);
}

/* n lines: a word, their number in so many digits, and an end; to be freed. */
static char *repeat(const char *begin, const char *word, int n_digits, const char *end, unsigned n)
{
	size_t size = strlen(begin) + n * (strlen(word) + (size_t)n_digits + 16) + 1, length;
	char *text = malloc(size);

	assert_non_null(text);
	length = (size_t)snprintf(text, size, "%s", begin);
	for (unsigned i = 0; i < n; i++)
		length += (size_t)snprintf(
			text + length, size - length, "%s%0*u%s\n", word, n_digits, i, end);
	return text;
}

static void everything_is_bounded(void **state)
{
	struct allow_error error;
	struct config config;
	char *text;

	(void)state;
	text = repeat("", "[user ", 1, "]", CONFIG_MAX_SECTIONS - 2);
	assert_int_equal(parse(text, &config, &error), 0);
	assert_int_equal(config.n_sections, CONFIG_MAX_SECTIONS);
	free(text);
	text = repeat("", "[user ", 1, "]", CONFIG_MAX_SECTIONS - 1);
	assert_refused(text, CONFIG_MAX_SECTIONS - 1, "too many sections");
	free(text);
	text = repeat("[default]\n", "allowlist /", 1, "", CONFIG_MAX_LISTS + 1);
	assert_refused(text, CONFIG_MAX_LISTS + 2, "too many allowlists");
	free(text);
	text = repeat("[default]\n", "allowlist /", 300, "", 1);
	assert_refused(text, 2, "path has more than");
	free(text);
	text = repeat("[default]\n#", "", 520, "", 1);
	assert_refused(text, 2, "line has more than");
	free(text);
	text = repeat("", "# ", 60, "", CONFIG_MAX_BYTES / 60);
	assert_refused(text, 0, "more than 65536 bytes");
	free(text);
}

static bool find_name(enum config_subject subject, const char *name, uint32_t *id)
{
	*id = subject == CONFIG_USER ? 1000 : 100;
	return strcmp(name, "alice") == 0;
}

static void names_are_resolved_where_somebody_can(void **state)
{
	static const char text[] = "[user alice]\n[group alice]\n";
	const struct config_names names = {find_name};
	struct allow_error error;
	struct config config;

	(void)state;
	assert_int_equal(config_parse(text, strlen(text), &names, &config, &error), 0);
	assert_int_equal(config.sections[0].id, 1000);
	assert_int_equal(config.sections[1].id, 100);
	assert_int_equal(config_parse("[user bob]", 10, &names, &config, &error), -EINVAL);
	assert_string_equal(error.text, "there is no user bob");
}

/* A reader whose files are a table. */
struct file {
	const char *path, *text;
	int error;
};

static int read_file(void *context, const char *path, size_t max, char **text, size_t *length,
	char why[SITE_ERROR_SIZE])
{
	for (const struct file *file = context; file->path; file++) {
		if (strcmp(file->path, path) != 0)
			continue;
		if (file->error)
			snprintf(why, SITE_ERROR_SIZE, "it is not root's");
		if (file->error)
			return file->error;
		*length = strlen(file->text);
		assert_true(*length <= max);
		*text = strdup(file->text);
		return 0;
	}
	return -ENOENT;
}

static int load(const struct file *files, struct site *site, char error[SITE_ERROR_SIZE])
{
	const struct site_reader reader = {.read = read_file, .context = (void *)files};

	return site_load(site, "/conf", &reader, error);
}

static void site_is_built_in_without_a_file(void **state)
{
	static const struct file files[] = {{0}};
	char error[SITE_ERROR_SIZE];
	struct site site;

	(void)state;
	assert_int_equal(load(files, &site, error), 0);
	assert_int_equal(site.config.n_sections, 2);
	site_deinit(&site);
}

static void site_has_its_lists_as_msr_safe_has_them(void **state)
{
	static const struct file files[] = {{"/conf", "[default]\nallowlist /safe\n", 0},
		{"/safe", "0x00000199 0x000000000000ffff # \"SMSR_PERF_CTL\"\n", 0}, {0}};
	char error[SITE_ERROR_SIZE];
	struct site site;

	(void)state;
	assert_int_equal(load(files, &site, error), 0);
	assert_int_equal(site.lists[0].section[ALLOW_MSR].entries[0].write_mask, 0xffff);
	site_deinit(&site);
}

static void site_with_any_error_grants_nothing(void **state)
{
	static const struct {
		struct file files[4];
		const char *error;
	} cases[] = {
		{{{"/conf", "[default]\nprofile", 0}}, "/conf:2: unknown word"},
		{{{"/conf", NULL, -EPERM}}, "/conf: it is not root's"},
		{{{"/conf", "[owner]\nallowlist /a", 0}}, "/conf:2: /a: No such file"},
		{{{"/conf", "[owner]\nallowlist /a", 0}, {"/a", NULL, -EPERM}},
			"/conf:2: /a: it is not root's"},
		{{{"/conf", "[owner]\nallowlist /a\nallowlist /b", 0}, {"/a", "0x10 0", 0},
			 {"/b", "0x10 0\n0x11", 0}},
			"/b:2: not a write mask"},
		{{{"/conf", "[owner]\nallowlist /a", 0}, {"/a", "# nothing", 0}},
			"/a: the list has no entries"},
	};
	char error[SITE_ERROR_SIZE];
	struct site site;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(load(cases[i].files, &site, error) < 0);
		if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
			fail_msg("\"%s\" is not \"%s\"", error, cases[i].error);
		assert_int_equal(site.config.n_sections, 0);
		for (size_t j = 0; j < CONFIG_MAX_LISTS; j++)
			assert_null(site.lists[j].text);
		site_deinit(&site);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_sections_is_the_built_in_policy),
		cmocka_unit_test(section_stands_for_the_built_in_one),
		cmocka_unit_test(users_and_groups_add_up),
		cmocka_unit_test(largest_number_of_sessions_counts_and_none_is_no_limit),
		cmocka_unit_test(default_section_of_sessions_alone_takes_nothing_away),
		cmocka_unit_test(error_names_line_and_cause),
		cmocka_unit_test(zero_byte_is_no_text),
		cmocka_unit_test(everything_is_bounded),
		cmocka_unit_test(names_are_resolved_where_somebody_can),
		cmocka_unit_test(site_is_built_in_without_a_file),
		cmocka_unit_test(site_has_its_lists_as_msr_safe_has_them),
		cmocka_unit_test(site_with_any_error_grants_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
