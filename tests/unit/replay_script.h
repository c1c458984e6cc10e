/* SPDX-License-Identifier: MIT */
/* Accesses as a script, for tests of replays: as a trace, and as what is made now. */
#ifndef MSRD_TESTS_REPLAY_SCRIPT_H
#define MSRD_TESTS_REPLAY_SCRIPT_H

#include "test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/tap/tap.h"
#include "sim/tap/trace_reader.h"

#define HEAD  "msrd-trace 1\n"
#define MAX_N 64

/* "r10 r11 w12=3": reads and writes of MSRs of CPU 0, as a trace of lines 2, 3, … or as accesses.
 */
static inline size_t script_parse(const char *script, struct tap_access accesses[MAX_N])
{
	size_t n = 0;
	int length;
	char verb;

	for (; *script != '\0'; script += length, n++) {
		unsigned reg, value = 0;
		assert_true(n < MAX_N);
		assert_true(sscanf(script, " %c%x%n", &verb, &reg, &length) == 2);
		script += length;
		length = 0;
		if (*script == '=')
			assert_int_equal(sscanf(script, "=%x%n", &value, &length), 1);
		accesses[n] = (struct tap_access){.is_write = verb == 'w',
			.space = OP_MSR,
			.reg = reg,
			.width = 8,
			.value = value};
	}
	return n;
}

static inline void script_complain(void *context, const char *message)
{
	(void)context;
	fail_msg("%s", message);
}

static inline struct trace_reader *script_read(const char *text)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return trace_reader_new(fd, "T", script_complain, NULL);
}

/* In a trace, the value of a read of register R in line L is 0xL00R. */
static inline char *script_trace(const char *script)
{
	struct tap_access accesses[MAX_N];
	size_t size, n = script_parse(script, accesses);
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, HEAD);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%zu cpu0 %c 0x%x 8 0x%" PRIx64 "\n", (i + 2) * 1000,
			accesses[i].is_write ? 'w' : 'r', accesses[i].reg,
			accesses[i].is_write ? accesses[i].value
					     : (uint64_t)(i + 2) << 12 | accesses[i].reg);
	fprintf(out, "end %zu\n", n);
	fclose(out);
	return text;
}

#endif
