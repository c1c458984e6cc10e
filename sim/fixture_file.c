/* SPDX-License-Identifier: MIT */
/*
 * What all fixture files share: they are read whole and bounded, complaints
 * carry file and line, and lists of numbers are sets. Knows no format.
 */
#include "sim/fixture_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"
#include "util/number.h"

void fixture_complain(struct fixture_file *file, size_t line, const char *format, ...)
{
	struct fixture_load *load = file->load;
	char what[512], message[1024], where[32] = "";
	va_list arguments;

	load->n_complaints++;
	if (load->n_complaints > FIXTURE_MAX_COMPLAINTS)
		return;
	if (load->n_complaints == FIXTURE_MAX_COMPLAINTS) {
		load->complain(load->context, "more complaints than anybody reads: stopped here");
		return;
	}
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	if (line > 0)
		snprintf(where, sizeof where, ":%zu", line);
	snprintf(message, sizeof message, "%.400s/%s%s: %s", load->fixture->path, file->name, where,
		what);
	load->complain(load->context, message);
}

/* The bytes of an open file, with a NUL behind. */
static int read_all(int fd, char **text, size_t *size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > FIXTURE_MAX_FILE_BYTES)
		return -EFBIG;

	cleanup_free char *bytes = malloc((size_t)status.st_size + 1);
	if (!bytes)
		return -ENOMEM;
	size_t done = 0;
	while (done < (size_t)status.st_size) {
		ssize_t n = read(fd, bytes + done, (size_t)status.st_size - done);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	bytes[done] = '\0';
	*size = done;
	*text = steal_ptr(&bytes);
	return 0;
}

static int file_read(const char *folder, const char *name, char **text, size_t *size)
{
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL; /* it is undefined now */
		return -ENOMEM;
	}
	/* O_NONBLOCK: a FIFO must not make us wait */
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	return read_all(fd, text, size);
}

/* A fixture that was copied without what its links lead to must not lose a file silently. */
static bool is_link(const char *folder, const char *name)
{
	cleanup_free char *path = NULL;
	struct stat status;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		path = NULL; /* it is undefined now */
		return false;
	}
	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

bool fixture_file_read(
	struct fixture_file *file, struct fixture_load *load, const char *name, bool optional)
{
	*file = (struct fixture_file){.load = load, .name = name};
	int r = file_read(load->fixture->path, name, &file->text, &file->size);
	if (r == -ENOENT && is_link(load->fixture->path, name)) {
		fixture_complain(file, 0, "is a symbolic link that leads nowhere");
		return false;
	}
	if (r == -ENOENT && optional) {
		file->text = strdup("");
		r = file->text ? 0 : -ENOMEM;
	}
	if (r == -EFBIG)
		fixture_complain(file, 0, "larger than %u MiB", FIXTURE_MAX_FILE_BYTES >> 20);
	else if (r == -EINVAL)
		fixture_complain(file, 0, "not a regular file");
	else if (r < 0)
		fixture_complain(file, 0, "cannot be read: %s", strerror(-r));
	else if (strlen(file->text) != file->size)
		fixture_complain(file, 0, "holds a NUL byte: not a text file");
	else
		return true;
	return false;
}

void fixture_file_free(struct fixture_file *file)
{
	free(file->text);
	*file = (struct fixture_file){0};
}

struct collector {
	struct fixture_list *list;
	uint64_t seen[FIXTURE_MAX_CPUS / 64];
	int error;
};

static bool collect(void *context, uint32_t number)
{
	struct collector *collector = context;
	struct fixture_list *list = collector->list;
	uint64_t bit = UINT64_C(1) << (number % 64);

	if (collector->seen[number / 64] & bit) {
		collector->error = -EEXIST;
		return false;
	}
	uint32_t *numbers = fixture_grow(list->numbers, list->n, sizeof *numbers);
	if (!numbers) {
		collector->error = -ENOMEM;
		return false;
	}
	collector->seen[number / 64] |= bit;
	list->numbers = numbers;
	list->numbers[list->n++] = number;
	return true;
}

int fixture_list_parse(struct fixture_list *list, const char *text, uint32_t max)
{
	struct collector collector = {.list = list, .error = -EINVAL};

	*list = (struct fixture_list){0};
	if (number_list_parse(text, max, collect, &collector))
		return 0;
	free(list->numbers);
	*list = (struct fixture_list){0};
	return collector.error;
}

const char *fixture_list_error(int error)
{
	switch (error) {
	case -EEXIST:
		return "names a number twice";
	case -ENOMEM:
		return "is too long: out of memory";
	default:
		return "is no list of numbers in range, such as 0-3,8";
	}
}

void *fixture_grow(void *array, size_t n, size_t element_bytes)
{
	/* grows when n is a power of two, so that no capacity has to be kept */
	if (n > 0 && (n & (n - 1)) != 0)
		return array;
	return reallocarray(array, n > 0 ? 2 * n : 1, element_bytes);
}

static int compare_cpu(const void *key, const void *element)
{
	uint32_t number = *(const uint32_t *)key;
	const struct fixture_cpu *cpu = element;

	return number < cpu->number ? -1 : number > cpu->number;
}

struct fixture_cpu *fixture_find_cpu(const struct fixture *fixture, uint32_t number)
{
	if (fixture->n_cpus == 0)
		return NULL;
	return bsearch(&number, fixture->cpus, fixture->n_cpus, sizeof *fixture->cpus, compare_cpu);
}
