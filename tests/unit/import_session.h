/* SPDX-License-Identifier: MIT */
/* An import of a machine of two packages, and what it says. */
#ifndef MSRD_TESTS_UNIT_IMPORT_SESSION_H
#define MSRD_TESTS_UNIT_IMPORT_SESSION_H

#include <errno.h>

#include "fixture_folder.h"
#include "sim/import/import.h"

/* Two packages of two cores; the shape is the kernel's. */
#define BLOCK(cpu, package, core, apic)                                                            \
	"processor\t: " #cpu "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\n"       \
	"model name\t: Intel(R) Xeon(R) CPU E5-2630 0 @ 2.30GHz\nstepping\t: 7\n"                  \
	"microcode\t: 0x710\ncache size\t: 15360 KB\nphysical id\t: " #package "\n"                \
	"core id\t\t: " #core "\napicid\t\t: " #apic "\ncpuid level\t: 13\n"                       \
	"flags\t\t: fpu tsc msr\nbugs\t\t:\nbogomips\t: 4589.04\n"                                 \
	"address sizes\t: 46 bits physical, 48 bits virtual\npower management:\n\n"
#define CPUINFO BLOCK(0, 0, 0, 0) BLOCK(1, 0, 8, 16) BLOCK(2, 1, 0, 32) BLOCK(3, 1, 8, 48)

struct session {
	struct import *import;
	char complaints[16384], remarks[4096];
};

static inline void append(char *texts, size_t size, const char *message)
{
	size_t used = strlen(texts);

	snprintf(texts + used, size - used, "%s\n", message);
}

static inline void hear_complaint(void *context, const char *message)
{
	struct session *session = context;

	append(session->complaints, sizeof session->complaints, message);
}

static inline void hear_remark(void *context, const char *message)
{
	struct session *session = context;

	append(session->remarks, sizeof session->remarks, message);
}

static inline int set_up(void **state)
{
	struct session *session = test_calloc(1, sizeof *session);
	const struct import_listener listener = {hear_complaint, hear_remark, session};

	session->import = import_new(&listener);
	assert_non_null(session->import);
	*state = session;
	return 0;
}

static inline int tear_down(void **state)
{
	struct session *session = *state;

	import_free(session->import);
	test_free(session);
	return 0;
}

static inline struct fixture_file text_file(
	struct session *session, const char *name, const char *text)
{
	struct fixture_file file;

	import_take(session->import, &file, name, strdup(text), strlen(text));
	return file;
}

static inline void take(struct session *session, const char *name, const char *text,
	void (*parse)(struct import *import, struct fixture_file *file))
{
	struct fixture_file file = text_file(session, name, text);

	parse(session->import, &file);
	fixture_file_deinit(&file);
}

static inline void take_msr(struct session *session, const char *text, const char *cpus)
{
	struct fixture_file file = text_file(session, "dump", text);

	import_msr(session->import, &file, cpus);
	fixture_file_deinit(&file);
}

static inline void identify(struct session *session)
{
	take(session, "cpuinfo", CPUINFO, import_cpuinfo);
	if (!import_identified(session->import))
		fail_msg("%s", session->complaints);
}

static inline const struct fixture *finish(struct session *session)
{
	if (!import_finish(session->import, "node"))
		fail_msg("not imported:\n%s", session->complaints);
	return import_saving(session->import).fixture;
}

static inline void assert_value(const struct session *session, uint32_t cpu, uint32_t address,
	uint64_t value, const char *source)
{
	const struct fixture_saving saving = import_saving(session->import);

	for (size_t i = 0; i < saving.fixture->n_msrs; i++) {
		const struct fixture_msr *msr = &saving.fixture->msrs[i];
		if (msr->cpu != cpu || msr->address != address)
			continue;
		assert_int_equal(msr->value, value);
		if (!strstr(saving.msr_sources[i], source))
			fail_msg("'%s' does not say '%s'", saving.msr_sources[i], source);
		return;
	}
	fail_msg("no 0x%x of CPU %u", address, cpu);
}

static inline void assert_note(const struct session *session, const char *key, const char *text)
{
	const struct fixture_saving saving = import_saving(session->import);

	for (size_t i = 0; i < saving.n_notes; i++)
		if (strcmp(saving.notes[i].key, key) == 0 && strstr(saving.notes[i].text, text))
			return;
	fail_msg("nothing says '%s' of %s", text, key);
}

/* What is wrong with one file, said with its line. */
struct wrong {
	void (*parse)(struct import *import, struct fixture_file *file); /* NULL: import_msr */
	const char *text;
	const char *complaint;
};

static inline void expect_complaints(const struct wrong *wrongs, size_t n, bool is_identity)
{
	for (size_t i = 0; i < n; i++) {
		struct session *session;
		set_up((void **)&session);
		if (!is_identity)
			identify(session);
		if (wrongs[i].parse)
			take(session, "dump", wrongs[i].text, wrongs[i].parse);
		else
			take_msr(session, wrongs[i].text, NULL);
		if (is_identity)
			assert_false(import_identified(session->import));
		else
			assert_false(import_finish(session->import, "node"));
		if (!strstr(session->complaints, wrongs[i].complaint))
			fail_msg("no '%s' of %zu in:\n%s", wrongs[i].complaint, i,
				session->complaints);
		tear_down((void **)&session);
	}
}

#define SESSION_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
