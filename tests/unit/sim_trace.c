/* SPDX-License-Identifier: MIT */
/* Traces: what is written is read again, and what is wrong is said with its line. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sim/tap/record.h"
#include "sim/tap/trace_reader.h"
#include "sim_node.h"
#include "util/array.h"

static char complaint[2048];
static unsigned n_complaints;

static void complain(void *context, const char *message)
{
	(void)context;
	snprintf(complaint, sizeof complaint, "%s", message);
	n_complaints++;
}

/* A folder that is gone after the test. */
static char folder[] = "/tmp/msrd-trace-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static const struct trace_access samples[] = {
	{0, {OP_MSR, 0, 0x10}, false, 8, 0, 0},
	{1500, {OP_MSR, 3, 0x198}, false, 8, UINT64_C(0x1a0000001a00), 0},
	{UINT64_MAX, {OP_MSR, TRACE_MAX_CPU, UINT32_MAX}, true, 8, UINT64_MAX, 0},
	{1501, {OP_MSR, 3, 0x640}, false, 8, 0, -EIO},
	{1502, {OP_MSR, 9, 0x186}, true, 8, 0x4300c0, -ENXIO},
	{1503, {OP_PCI, 0x7f << 8 | 8 << 3 | 2, 0xd8}, true, 4, 0x10100, 0},
	{1504, {OP_PCI, UINT64_C(0x10000) << 16 | 31 << 3 | 7, 4095}, false, 1, 0xff, 0},
};

static struct trace_header get_header(void)
{
	struct trace_header header;

	trace_header_init(&header);
	trace_header_set(header.node, sizeof header.node, "a node # 1");
	header.family = 6;
	header.n_cpus = 16;
	return header;
}

static void write_samples(const char *path)
{
	struct trace_header header = get_header();
	struct trace_writer *writer = trace_writer_open(path, &header, complain, NULL);

	assert_non_null(writer);
	for (size_t i = 0; i < N_ELEMENTS(samples); i++)
		trace_writer_put(writer, &samples[i]);
	assert_true(trace_writer_end(writer));
	trace_writer_free(writer);
}

static void assert_same(const struct trace_access *a, const struct trace_access *b)
{
	assert_true(trace_place_equal(&a->place, &b->place));
	assert_true(a->time_ns == b->time_ns && a->value == b->value && a->error == b->error &&
		    a->width == b->width && a->is_write == b->is_write);
}

static void check_samples(const char *path)
{
	struct trace_reader *reader = trace_reader_open(path, complain, NULL);
	struct trace_access access;

	assert_non_null(reader);
	assert_string_equal(trace_reader_header(reader)->node, "a node ? 1");
	assert_int_equal(trace_reader_header(reader)->family, 6);
	assert_int_equal(trace_reader_header(reader)->model, TRACE_UNKNOWN);
	assert_int_equal(trace_reader_header(reader)->n_cpus, 16);
	for (size_t i = 0; i < N_ELEMENTS(samples); i++) {
		assert_int_equal(trace_reader_next(reader, &access), 1);
		assert_same(&access, &samples[i]);
	}
	assert_int_equal(trace_reader_next(reader, &access), 0);
	assert_int_equal(trace_reader_next(reader, &access), 0);
	trace_reader_free(reader);
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	write_samples(path_of("a.trace"));
	check_samples(path_of("a.trace"));
}

static bool is_compressed(const char *path)
{
	unsigned char magic[4] = {0};
	int fd = open(path, O_RDONLY);

	assert_int_equal(read(fd, magic, 4), 4);
	close(fd);
	return memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0;
}

static void what_is_called_zst_is_compressed(void **state)
{
	(void)state;
	write_samples(path_of("a.trace.zst"));
	assert_true(is_compressed(path_of("a.trace.zst")));
	check_samples(path_of("a.trace.zst"));
}

static void compressed_trace_that_is_cut_is_told(void **state)
{
	struct trace_access access;
	struct stat status;
	int r;

	(void)state;
	write_samples(path_of("cut.zst"));
	assert_int_equal(stat(path_of("cut.zst"), &status), 0);
	assert_int_equal(truncate(path_of("cut.zst"), status.st_size - 3), 0);
	struct trace_reader *reader = trace_reader_open(path_of("cut.zst"), complain, NULL);
	assert_non_null(reader);
	while ((r = trace_reader_next(reader, &access)) > 0)
		;
	assert_int_equal(r, -1);
	assert_non_null(strstr(complaint, "cut"));
	trace_reader_free(reader);
}

static struct trace_reader *read_text(const char *text, size_t length)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, length), length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	n_complaints = 0;
	*complaint = '\0';
	return trace_reader_new(fd, "T", complain, NULL);
}

/* The number of accesses, or -1 after one complaint. */
static int count(const char *text)
{
	struct trace_reader *reader = read_text(text, strlen(text));
	struct trace_access access;
	int n = 0, r = reader ? 1 : -1;

	while (r > 0 && (r = trace_reader_next(reader, &access)) > 0)
		n++;
	assert_int_equal(n_complaints, r < 0);
	trace_reader_free(reader);
	return r < 0 ? r : n;
}

#define HEAD "msrd-trace 1\n"
#define LINE "1 cpu0 r 0x10 8 0x0\n"

static void blanks_comments_and_line_ends_of_windows_are_fine(void **state)
{
	(void)state;
	assert_int_equal(count(HEAD "end\n"), 0);
	assert_int_equal(count("# mine\n\n" HEAD "node x # y\n\t \n" LINE "end 1\n"), 1);
	assert_int_equal(
		count("msrd-trace 1\r\n1  cpu0\tr 0x10 8 0x0 # here\r\n# x\r\nend\r\n\r\n"), 1);
}

static void what_is_wrong_is_said_with_line_and_cure(void **state)
{
	static const struct {
		const char *text, *complaint;
	} cases[] = {
		{"", "T:1: not a trace"},
		{"hello\n", "T:1: not a trace: \"msrd-trace 1\" is expected"},
		{"msrd-trace 2\nend\n", "T:1: a trace of a version"},
		{"msrd-trace 1", "T:1: the last line has no end"},
		{HEAD LINE, "T:3: the trace ends without its last line"},
		{HEAD LINE "end 2\n", "T:3: end 2: there are fewer or more"},
		{HEAD LINE "end x\n", "T:3: end x: a number"},
		{HEAD "end\nend\n", "T:3: end: nothing is expected"},
		{HEAD LINE "node x\nend\n", "T:3: no access"},
		{HEAD "colour red\nend\n", "T:2: colour: not known here"},
		{HEAD "node\nend\n", "T:2: node: a value"},
		{HEAD "family six\nend\n", "T:2: family: a number"},
		{HEAD "family 6\nfamily 6\nend\n", "T:3: family: is in the header twice"},
		{HEAD "1 cpu0 r 0x10 8\nend\n", "T:2: no access"},
		{HEAD "1 cpu0 r 0x10 8 0x0 EIO x\nend\n", "T:2: no access"},
		{HEAD "1x cpu0 r 0x10 8 0x0\nend\n", "T:2: no time"},
		{HEAD "99999999999999999999 cpu0 r 0x10 8 0x0\nend\n", "T:2: no time"},
		{HEAD "1 cpu r 0x10 8 0x0\nend\n", "T:2: no place"},
		{HEAD "1 0000:7f:20.0 r 0x10 4 0x0\nend\n", "T:2: no place"},
		{HEAD "1 cpu0 x 0x10 8 0x0\nend\n", "T:2: r (read) or w"},
		{HEAD "1 cpu0 r 10 8 0x0\nend\n", "T:2: no register"},
		{HEAD "1 cpu0 r 0x100000000 8 0x0\nend\n", "T:2: no register"},
		{HEAD "1 cpu0 r 0x10 4 0x0\nend\n", "T:2: no such access"},
		{HEAD "1 0000:7f:08.2 r 0x1000 4 0x0\nend\n", "T:2: no such access"},
		{HEAD "1 0000:7f:08.2 r 0x2 4 0x0\nend\n", "T:2: no such access"},
		{HEAD "1 0000:7f:08.2 w 0x4 1 0x100\nend\n", "T:2: no value"},
		{HEAD "1 cpu0 r 0x10 8 - EFOO\nend\n", "T:2: the last word is no error"},
		{HEAD "1 cpu0 r 0x10 8 0x0 EIO\nend\n", "T:2: a read that failed has no value"},
		{HEAD "1 cpu0 r 0x10 8 -\nend\n", "T:2: \"-\" stands for"},
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		assert_int_equal(count(cases[i].text), -1);
		if (strncmp(complaint, cases[i].complaint, strlen(cases[i].complaint)) != 0)
			fail_msg("%s instead of %s", complaint, cases[i].complaint);
	}
}

static void zeros_and_endless_lines_are_no_trace(void **state)
{
	static char zeros[1u << 20], letters[1u << 20];

	(void)state;
	memset(letters, 'x', sizeof letters);
	assert_null(read_text(zeros, sizeof zeros));
	assert_string_equal(complaint, "T:1: longer than any line of a trace: is it one, and does "
				       "its name say .zst where it is compressed?");
	assert_null(read_text(letters, sizeof letters));
	assert_null(read_text(HEAD "\0\n", sizeof HEAD + 1));
	assert_string_equal(complaint, "T:2: holds a NUL byte: not a trace");
}

static void missing_file_is_told(void **state)
{
	(void)state;
	assert_null(trace_reader_open(path_of("none"), complain, NULL));
	assert_non_null(strstr(complaint, "No such file"));
}

static void full_disk_is_told_once_and_leaves_a_trace_without_end(void **state)
{
	struct trace_header header = get_header();
	struct trace_writer *writer = trace_writer_open("/dev/full", &header, complain, NULL);

	(void)state;
	assert_non_null(writer);
	n_complaints = 0;
	for (int i = 0; i < 100000; i++)
		trace_writer_put(writer, &samples[1]);
	assert_int_equal(n_complaints, 1);
	assert_non_null(strstr(complaint, "No space left"));
	assert_false(trace_writer_end(writer));
	assert_int_equal(n_complaints, 1);
	trace_writer_free(writer);
}

static void half_a_trace_is_removed(void **state)
{
	struct trace_header header = get_header();
	struct trace_writer *writer = trace_writer_open(path_of("half"), &header, complain, NULL);

	(void)state;
	assert_int_equal(access(path_of("half"), F_OK), 0);
	trace_writer_free(writer);
	assert_int_equal(access(path_of("half"), F_OK), -1);
}

/* Reads and writes of a counter, by several at once. */
static void *count_up(void *context)
{
	for (int i = 0; i < 500; i++) {
		struct tap_access access = {.space = OP_MSR, .device = 0, .reg = 0x1b0, .width = 8};
		access.is_write = i % 2;
		access.value = access.is_write ? (uint64_t)i % 16 : 0;
		tap_access(context, &access);
	}
	return NULL;
}

static void order_of_the_trace_is_the_order_of_the_accesses(void **state)
{
	struct sim_node *node = *state;
	struct trace_header header = get_header();
	struct trace_writer *writer = trace_writer_open(path_of("o"), &header, complain, NULL);
	struct tap *tap = tap_record_new(
		tap_machine_new(node->machine), writer, &node->fixture, node->machine);
	pthread_t threads[4];
	uint64_t last = node_read(node, 0, 0x1b0);
	struct trace_access access;
	unsigned n = 0;

	assert_non_null(tap);
	for (size_t i = 0; i < N_ELEMENTS(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, tap), 0);
	for (size_t i = 0; i < N_ELEMENTS(threads); i++)
		pthread_join(threads[i], NULL);
	assert_true(tap_record_end(tap));
	count_up(tap); /* too late for the trace */
	tap_free(tap);

	struct trace_reader *reader = trace_reader_open(path_of("o"), complain, NULL);
	for (; trace_reader_next(reader, &access) > 0; n++) {
		if (access.is_write)
			last = access.value;
		assert_true(access.value == last);
	}
	assert_int_equal(n, 2000);
	trace_reader_free(reader);
}

static void trace_of_a_node_names_its_functions_and_errors(void **state)
{
	struct sim_node *node = *state;
	struct trace_header header = get_header();
	struct trace_writer *writer = trace_writer_open(path_of("n"), &header, complain, NULL);
	struct tap *tap = tap_record_new(
		tap_machine_new(node->machine), writer, &node->fixture, node->machine);
	struct tap_access accesses[] = {
		{.space = OP_PCI, .device = NODE_IMC1, .reg = 0, .width = 4},
		{.space = OP_MSR, .device = 1, .reg = 0x5f0, .width = 8},
	};
	char line[TRACE_TEXT_SIZE] = "";

	tap_access(tap, &accesses[0]);
	tap_access(tap, &accesses[1]);
	assert_true(tap_record_end(tap));
	tap_free(tap);
	FILE *file = fopen(path_of("n"), "r");
	while (fgets(line, sizeof line, file) && !strstr(line, "# time"))
		;
	assert_non_null(fgets(line, sizeof line, file));
	assert_string_equal(line, "0 0000:7f:10.1 r 0x0 4 0x3cb18086\n");
	assert_non_null(fgets(line, sizeof line, file));
	assert_string_equal(line, "0 cpu1 r 0x5f0 8 - EIO\n");
	assert_non_null(fgets(line, sizeof line, file));
	assert_string_equal(line, "end 2\n");
	fclose(file);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
#ifdef HAVE_ZSTD
		cmocka_unit_test(what_is_called_zst_is_compressed),
		cmocka_unit_test(compressed_trace_that_is_cut_is_told),
#endif
		cmocka_unit_test(blanks_comments_and_line_ends_of_windows_are_fine),
		cmocka_unit_test(what_is_wrong_is_said_with_line_and_cure),
		cmocka_unit_test(zeros_and_endless_lines_are_no_trace),
		cmocka_unit_test(missing_file_is_told),
		cmocka_unit_test(full_disk_is_told_once_and_leaves_a_trace_without_end),
		cmocka_unit_test(half_a_trace_is_removed),
		NODE_TEST(order_of_the_trace_is_the_order_of_the_accesses),
		NODE_TEST(trace_of_a_node_names_its_functions_and_errors),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
