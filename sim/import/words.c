/* SPDX-License-Identifier: MIT */
/* The words that files of other tools are made of. */
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"

const char *import_base(const struct fixture_file *file)
{
	const char *slash = strrchr(file->name, '/');

	return slash ? slash + 1 : file->name;
}

struct fixture_list import_cpus(struct import *import, struct fixture_file *file, const char *text)
{
	const struct fixture *fixture = import->fixture;
	struct fixture_list list = {0};

	if (text) {
		int r = fixture_list_parse(&list, text, FIXTURE_MAX_CPUS - 1);
		if (r < 0)
			fixture_complain(file, 0, "its CPUs '%s': %s", text, fixture_list_error(r));
		return list;
	}
	list.numbers = calloc(fixture->n_cpus + 1, sizeof *list.numbers);
	for (size_t i = 0; list.numbers && i < fixture->n_cpus; i++)
		list.numbers[list.n++] = fixture->cpus[i].number;
	if (!list.numbers)
		import_no_memory(import);
	return list;
}

bool import_hex(const char **text, unsigned digits, uint64_t *value)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	const char *begin = *text;

	if (begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X'))
		begin += 2;
	size_t n = strspn(begin, hex);
	if (n == 0 || n > digits)
		return false;
	*value = strtoull(begin, NULL, 16);
	*text = begin + n;
	return true;
}

bool import_skip(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	*text += strspn(*text, " \t");
	return true;
}
