/* SPDX-License-Identifier: MIT */
/* What rdmsr prints: a value a line, and neither register nor CPU. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"

void import_rdmsr(
	struct import *import, struct fixture_file *file, uint32_t address, const char *cpus)
{
	struct fixture_list list = import_cpus(import, file, cpus);
	const char *source = import_text(import, "recorded: rdmsr, %s%s", import_base(file),
		cpus ? ""
		     : " (it names no CPU: in ascending order, as rdmsr -a goes through them)");
	size_t n = 0, number = 0;
	char *rest = file->text;

	for (char *line; list.numbers && (line = strsep(&rest, "\n"));) {
		const char *text = line + strspn(line, " \t");
		uint64_t value;
		number++;
		line[strcspn(line, "\r")] = '\0';
		if (*text == '\0')
			continue;
		if (!import_hex(&text, 16, &value) || text[strspn(text, " \t")] != '\0') {
			fixture_complain(file, number,
				"is no hexadecimal value of 64 bits, one a line, as rdmsr prints "
				"it");
			break;
		}
		if (n < list.n) {
			const struct import_msr msr = {
				.msr = {list.numbers[n], address, value, (uint32_t)number},
				.source = source,
			};
			import_add_msr(import, file, &msr);
		}
		n++;
	}
	if (list.n > 0 && n != list.n && import->load.n_complaints == 0)
		fixture_complain(file, 0,
			"has %zu values for %zu CPUs: say which ones, --rdmsr 0x%" PRIx32
			"@0-3=FILE",
			n, list.n, address);
	free(list.numbers);
}
