/* SPDX-License-Identifier: MIT */
/*
 * Text to struct, line by line. Pure: opens nothing, asks nobody, and knows
 * neither what a profile allows nor who is asking.
 */
#include "policy/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/number.h"

#define BLANKS " \t\r"

struct config_parser {
	struct config *config;
	const struct config_names *names;
	struct allow_error *error;
	unsigned line;
	struct config_section *section; /* NULL: none has begun */
};

static const char *const profile_names[] = {
#define X(profile, name) [profile] = name,
	PROFILES(X)
#undef X
};

static const struct {
	const char *word;
	bool has_id;
} subjects[] = {
#define X(subject, word, has_id) [subject] = {word, has_id},
	CONFIG_SUBJECTS(X)
#undef X
};

const char *profile_name(enum profile profile)
{
	return profile_names[profile];
}

bool profile_find(const char *name, enum profile *profile)
{
	for (size_t i = 0; i < N_ELEMENTS(profile_names); i++) {
		if (strcmp(profile_names[i], name) != 0)
			continue;
		*profile = (enum profile)i;
		return true;
	}
	return false;
}

__attribute__((format(printf, 2, 3))) static int fail(
	struct config_parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	parser->error->line = parser->line;
	vsnprintf(parser->error->text, sizeof parser->error->text, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Cuts the next blank-separated word out of *text; NULL at the end. */
static char *take_word(char **text)
{
	char *word = *text + strspn(*text, BLANKS);

	if (*word == '\0')
		return NULL;
	*text = word + strcspn(word, BLANKS);
	if (**text != '\0')
		*(*text)++ = '\0';
	return word;
}

static struct config_section *find_section(
	struct config *config, enum config_subject subject, uint32_t id)
{
	for (size_t i = 0; i < config->n_sections; i++)
		if (config->sections[i].subject == subject && config->sections[i].id == id)
			return &config->sections[i];
	return NULL;
}

static bool find_subject(const char *word, enum config_subject *subject)
{
	for (size_t i = 0; i < N_ELEMENTS(subjects); i++) {
		if (strcmp(subjects[i].word, word) != 0)
			continue;
		*subject = (enum config_subject)i;
		return true;
	}
	return false;
}

/* The user or group behind the subject's word. */
static int parse_id(
	struct config_parser *parser, enum config_subject subject, const char *word, uint32_t *id)
{
	uint64_t number;

	if (!word)
		return fail(parser, "which %s?", subjects[subject].word);
	/* decimal alone, as everybody else writes ids; the last one means "none" to the kernel */
	if (strspn(word, "0123456789") == strlen(word)) {
		word += strspn(word, "0");
		if (!number_parse(*word ? word : "0", UINT32_MAX - 1, &number))
			return fail(parser, "no such number of a %s: %.40s", subjects[subject].word,
				word);
		*id = (uint32_t)number;
		return 0;
	}
	if (!parser->names)
		return fail(parser,
			"%.40s is no number: msrd knows no names, msrctl policy compile does",
			word);
	if (!parser->names->find(subject, word, id))
		return fail(parser, "there is no %s %.40s", subjects[subject].word, word);
	return 0;
}

static int begin_section(struct config_parser *parser, enum config_subject subject, uint32_t id)
{
	struct config *config = parser->config;
	const struct config_section *before = find_section(config, subject, id);

	if (before)
		return fail(parser, "this section stands in line %u already", before->line);
	if (config->n_sections == CONFIG_MAX_SECTIONS - 2) /* room for the built-in ones */
		return fail(parser, "too many sections: %d at the most", CONFIG_MAX_SECTIONS - 2);
	parser->section = &config->sections[config->n_sections++];
	*parser->section =
		(struct config_section){.subject = subject, .id = id, .line = parser->line};
	return 0;
}

/* "default", "user 1000": what stands between the brackets. */
static int parse_section(struct config_parser *parser, char *text)
{
	const char *word = take_word(&text);
	enum config_subject subject;
	uint32_t id = 0;

	if (!word || !find_subject(word, &subject))
		return fail(parser,
			"no such section: [%.40s]; use [default], [owner], [user N] or [group N]",
			word ? word : "");
	if (subjects[subject].has_id) {
		int r = parse_id(parser, subject, take_word(&text), &id);
		if (r < 0)
			return r;
	}
	if (take_word(&text))
		return fail(parser, "too many words in section line");
	return begin_section(parser, subject, id);
}

static int parse_profiles(struct config_parser *parser, char *text)
{
	struct config_section *section = parser->section;
	const char *word = take_word(&text);
	enum profile profile;

	if (section->profile_line)
		return fail(parser, "the profiles of this section stand in line %u already",
			section->profile_line);
	section->profile_line = parser->line;
	if (!word)
		return fail(parser, "which profiles? \"none\" is none of them");
	if (strcmp(word, "none") == 0) {
		word = take_word(&text);
		return word ? fail(parser, "\"none\" stands alone, and not with %.40s", word) : 0;
	}
	for (; word; word = take_word(&text)) {
		if (!profile_find(word, &profile))
			return fail(parser,
				"no such profile: %.40s; there are counters, match, features and "
				"power",
				word);
		section->profiles |= 1u << profile;
	}
	return 0;
}

/* Is it absolute, and does it say in itself where it leads? */
static bool is_plain_path(const char *path)
{
	while (*path == '/') {
		size_t length = strcspn(++path, "/");

		if (length == 0 || strncmp(path, ".", length) == 0 ||
			(length == 2 && strncmp(path, "..", 2) == 0))
			return false;
		path += length;
		if (*path == '\0')
			return true;
	}
	return false;
}

static int parse_allowlist(struct config_parser *parser, char *text)
{
	struct config *config = parser->config;
	const char *path = take_word(&text);
	size_t i;

	if (!path || !is_plain_path(path))
		return fail(parser, "not an absolute path without . and ..: %.60s",
			path ? path : "(none given)");
	if (strlen(path) >= CONFIG_PATH_SIZE)
		return fail(parser, "the path has more than %d bytes", CONFIG_PATH_SIZE - 1);
	if (take_word(&text))
		return fail(parser, "one path a line, without blanks");
	for (i = 0; i < config->n_lists; i++)
		if (strcmp(config->lists[i].path, path) == 0)
			break;
	if (i == CONFIG_MAX_LISTS)
		return fail(parser, "too many allowlists: %d at the most", CONFIG_MAX_LISTS);
	if (i == config->n_lists) {
		config->lists[i].line = parser->line;
		memcpy(config->lists[i].path, path, strlen(path) + 1);
		config->n_lists++;
	}
	parser->section->lists |= 1u << i;
	parser->section->list_lines[i] = parser->line;
	return 0;
}

static int parse_sessions(struct config_parser *parser, char *text)
{
	struct config_section *section = parser->section;
	const char *word = take_word(&text);
	uint64_t number;

	if (section->subject == CONFIG_OWNER)
		return fail(parser, "the owner of the lock file changes during a session: say it "
				    "of a user, a group or of all");
	if (section->sessions_line)
		return fail(parser, "the sessions of this section stand in line %u already",
			section->sessions_line);
	section->sessions_line = parser->line;
	if (!word || strspn(word, "0123456789") != strlen(word) || *word == '0' ||
		!number_parse(word, CONFIG_MAX_SESSIONS, &number) || take_word(&text))
		return fail(parser, "how many sessions at a time? A number from 1 to %d",
			CONFIG_MAX_SESSIONS);
	section->sessions = (unsigned)number;
	return 0;
}

static int parse_line(struct config_parser *parser, char *text)
{
	const char *word;
	size_t length;

	text[strcspn(text, "#")] = '\0';
	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length > 0 && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
	if (length == 0)
		return 0;
	if (text[0] == '[') {
		if (text[length - 1] != ']')
			return fail(parser, "section line without a closing bracket");
		text[length - 1] = '\0';
		return parse_section(parser, text + 1);
	}
	word = take_word(&text);
	if (!parser->section)
		return fail(parser, "%.40s stands before the first section", word);
	if (strcmp(word, "profiles") == 0)
		return parse_profiles(parser, text);
	if (strcmp(word, "allowlist") == 0)
		return parse_allowlist(parser, text);
	if (strcmp(word, "sessions") == 0)
		return parse_sessions(parser, text);
	return fail(parser, "unknown word: %.40s; a section has profiles, allowlist and sessions",
		word);
}

/* What holds of those whom the text says nothing of. */
static void add_builtin(struct config *config)
{
	static const struct config_section builtin[] = {
		{.subject = CONFIG_DEFAULT, .profiles = 1u << PROFILE_COUNTERS},
		{.subject = CONFIG_OWNER, .profiles = 1u << PROFILE_MATCH | 1u << PROFILE_FEATURES},
	};

	for (size_t i = 0; i < N_ELEMENTS(builtin); i++) {
		struct config_section *section = find_section(config, builtin[i].subject, 0);

		if (!section)
			config->sections[config->n_sections++] = builtin[i];
		else if (section->sessions > 0 && !section->profile_line && !section->lists)
			section->profiles = builtin[i].profiles;
	}
}

void config_init(struct config *config)
{
	*config = (struct config){0};
	add_builtin(config);
}

/* One line is cut out and parsed at a time: no copy of the whole is needed. */
static int parse_text(struct config_parser *parser, const char *text, size_t length)
{
	int r = 0;

	for (size_t begin = 0, end; r == 0 && begin < length; begin = end + 1) {
		const char *newline = memchr(text + begin, '\n', length - begin);
		char line[CONFIG_PATH_SIZE + 256];

		parser->line++;
		end = newline ? (size_t)(newline - text) : length;
		if (end - begin >= sizeof line)
			return fail(parser, "the line has more than %zu bytes", sizeof line - 1);
		memcpy(line, text + begin, end - begin);
		line[end - begin] = '\0';
		r = parse_line(parser, line);
	}
	return r;
}

int config_parse(const char *text, size_t length, const struct config_names *names,
	struct config *config, struct allow_error *error)
{
	struct config_parser parser = {.config = config, .names = names, .error = error};
	int r;

	*config = (struct config){0};
	*error = (struct allow_error){0};
	if (length > CONFIG_MAX_BYTES)
		r = fail(&parser, "more than %d bytes", CONFIG_MAX_BYTES);
	else if (length > 0 && memchr(text, '\0', length))
		r = fail(&parser, "not a text file: it has a zero byte");
	else
		r = parse_text(&parser, text, length);
	if (r < 0)
		*config = (struct config){0}; /* never half of it */
	else
		add_builtin(config);
	return r;
}

static bool is_in_group(const struct config_peer *peer, uint32_t gid)
{
	for (size_t i = 0; i < peer->n_groups; i++)
		if (peer->groups[i] == gid)
			return true;
	return peer->gid == gid;
}

bool config_applies(const struct config_section *section, const struct config_peer *peer)
{
	switch (section->subject) {
	case CONFIG_DEFAULT:
		return true;
	case CONFIG_OWNER:
		return peer->is_owner;
	case CONFIG_USER:
		return peer->uid == section->id;
	case CONFIG_GROUP:
		return is_in_group(peer, section->id);
	}
	return false;
}

unsigned config_sessions(const struct config *config, const struct config_peer *peer)
{
	unsigned sessions = 0;

	for (size_t i = 0; i < config->n_sections; i++) {
		const struct config_section *section = &config->sections[i];

		if (section->sessions > sessions && config_applies(section, peer))
			sessions = section->sessions;
	}
	return sessions;
}

const char *config_section_describe(
	const struct config_section *section, char text[CONFIG_TEXT_SIZE])
{
	if (subjects[section->subject].has_id)
		snprintf(text, CONFIG_TEXT_SIZE, "[%s %u]", subjects[section->subject].word,
			section->id);
	else
		snprintf(text, CONFIG_TEXT_SIZE, "[%s]", subjects[section->subject].word);
	return text;
}
