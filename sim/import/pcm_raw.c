/* SPDX-License-Identifier: MIT */
/*
 * Registers that pcm-raw was asked for, and the CSV that it wrote. A column or row is called as
 * the request says, or by register: "thread_msr:0x10:static", "thread_msr/MSR 0x10/static". By
 * default two lines of heads stand over the values, the first of which names the CPU; with -tr a
 * line is an event, and its values are those of all CPUs or packages in ascending order.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/import/internal.h"
#include "util/array.h"
#include "util/number.h"

#define ROW_NAME     2 /* cells: date, time, name, ms, cycles, values */
#define ROW_VALUES   5
#define MAX_REQUESTS 4096 /* far more than pcm-raw can do: chosen, not tuned */
#define REQUEST	     "thread_msr/config=0x10,config1=0,name=TSC"

struct reader {
	struct import *import;
	struct fixture_file *file;
	const char *source;
	size_t line;
	char *places, *names; /* the heads; NULL: none */
	size_t n_values, n_requests;
	size_t n_differences, n_elsewhere;
};

/* The next cell of a line, cut out; NULL behind the last. */
static char *next_cell(char **rest)
{
	return *rest ? strsep(rest, ",") : NULL;
}

/* The same of a line that stays as it is, into *cell; false: there is none. */
static bool copy_cell(const char **line, char *cell, size_t size)
{
	if (!*line)
		return false;
	size_t length = strcspn(*line, ",");
	snprintf(cell, size, "%.*s", (int)length, *line);
	*line = (*line)[length] == ',' ? *line + length + 1 : NULL;
	return true;
}

static const struct import_request *find_request(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->n_requests; i++)
		if (strcmp(import->requests[i].name, name) == 0)
			return &import->requests[i];
	return NULL;
}

/* Behind "thread_msr" or "package_msr": the register as the name says it. */
static bool take_name(const char *text, struct import_request *request)
{
	uint64_t address;

	if (!import_skip(&text, ":0x") && !import_skip(&text, "/MSR 0x"))
		return false;
	if (!import_hex(&text, 8, &address) || (*text != ':' && *text != '/'))
		return false;
	text++;
	request->address = (uint32_t)address;
	request->is_difference = strcmp(text, "freerun") == 0;
	return request->is_difference || strcmp(text, "static") == 0;
}

/* Which register is it that is called so? False: an event. */
static bool find_register(struct reader *reader, const char *name, struct import_request *request)
{
	const struct import_request *asked = find_request(reader->import, name);

	*request = asked ? *asked : (struct import_request){0};
	if (asked)
		return true;
	if (strncmp(name, "thread_msr", 10) == 0)
		return take_name(name + 10, request);
	request->is_of_package = strncmp(name, "package_msr", 11) == 0;
	if (request->is_of_package)
		return take_name(name + 11, request);
	reader->n_elsewhere += strncmp(name, "pcicfg", 6) == 0 || strncmp(name, "mmio", 4) == 0;
	return false;
}

static void add(
	struct reader *reader, const struct import_request *request, uint32_t cpu, uint64_t value)
{
	const struct import_msr msr = {
		.msr = {cpu, request->address, value, (uint32_t)reader->line},
		.source = reader->source,
		.is_sample = true,
	};

	import_add_msr(reader->import, reader->file, &msr);
}

/* The value of the CPU, or of all of the package's. */
static void add_at(struct reader *reader, const struct import_request *request, size_t number,
	const char *text)
{
	const struct fixture *fixture = reader->import->fixture;
	uint64_t value;

	if (!isdigit((unsigned char)*text) || !number_parse(text, UINT64_MAX, &value)) {
		fixture_complain(reader->file, reader->line,
			"'%.32s' is no value of 64 bits, as pcm-raw prints it", text);
		return;
	}
	reader->n_differences += request->is_difference;
	if (request->is_difference)
		return;
	reader->n_values++;
	if (!request->is_of_package) {
		add(reader, request, (uint32_t)number, value);
		return;
	}
	if (number >= fixture->n_packages) {
		fixture_complain(reader->file, reader->line, "the node has no package %zu", number);
		return;
	}
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (fixture->cpus[i].package == fixture->packages[number])
			add(reader, request, fixture->cpus[i].number, value);
}

/* "SKT0CORE3", "SKT1" */
static bool get_place(const struct import_request *request, const char *cell, size_t *number)
{
	unsigned package, cpu;
	int n = sscanf(cell, "SKT%5uCORE%5u", &package, &cpu);

	*number = request->is_of_package ? package : cpu;
	return n == (request->is_of_package ? 1 : 2);
}

/* The line of values below the two heads. */
static void take_columns(struct reader *reader, char *line)
{
	const char *names = reader->names, *places = reader->places;
	char name[128], place[32];
	struct import_request request;
	size_t number, i = 0;

	for (; line && copy_cell(&names, name, sizeof name); i++) {
		const char *cell = next_cell(&line);
		bool has_place = copy_cell(&places, place, sizeof place);
		if (*cell == '\0' || !find_register(reader, name, &request))
			continue;
		if (has_place && get_place(&request, place, &number)) {
			add_at(reader, &request, number, cell);
			continue;
		}
		fixture_complain(reader->file, reader->line,
			"which CPU is column %zu of? The line above 'Date,Time' is missing", i + 1);
		return;
	}
	while (copy_cell(&names, name, sizeof name))
		if (find_register(reader, name, &request)) {
			fixture_complain(reader->file, reader->line,
				"has %zu cells, and more heads above: is it cut off?", i);
			return;
		}
}

/* A line that is an event: cells may be empty in front of its values and behind them. */
static void take_row(struct reader *reader, char *line)
{
	const struct fixture *fixture = reader->import->fixture;
	struct import_request request;
	size_t n = 0;

	for (int i = 0; i < ROW_NAME; i++)
		next_cell(&line);
	const char *name = next_cell(&line);
	for (int i = ROW_NAME + 1; i < ROW_VALUES; i++)
		next_cell(&line);
	if (!name || !find_register(reader, name, &request))
		return;
	size_t wanted = request.is_of_package ? fixture->n_packages : fixture->n_cpus;
	if (line)
		line += strspn(line, ",");
	for (const char *at = line; at && *at && *at != ','; n++)
		at = (at = strchr(at, ',')) ? at + 1 : NULL;
	if (n != wanted) {
		fixture_complain(reader->file, reader->line,
			"has %zu values for %zu %s: is this of the machine that the cpuinfo is of?",
			n, wanted, request.is_of_package ? "packages" : "CPUs");
		return;
	}
	for (size_t i = 0; i < n; i++)
		add_at(reader, &request, request.is_of_package ? i : fixture->cpus[i].number,
			next_cell(&line));
}

static void add_request(struct reader *reader, const struct import_request *request)
{
	struct import *import = reader->import;
	const struct import_request *same = find_request(import, request->name);

	if (same && (same->address != request->address ||
			    same->is_difference != request->is_difference ||
			    same->is_of_package != request->is_of_package)) {
		fixture_complain(reader->file, reader->line,
			"%s is requested as another register in %s:%zu", request->name, same->path,
			same->line);
		return;
	}
	reader->n_requests++;
	if (same || request->name[0] == '\0')
		return;
	struct import_request *requests = NULL;
	if (import->n_requests < MAX_REQUESTS)
		requests = array_grow(import->requests, import->n_requests, sizeof *requests);
	if (!requests) {
		fixture_complain(reader->file, reader->line,
			"more than %d requests, or out of memory", MAX_REQUESTS);
		return;
	}
	import->requests = requests;
	requests[import->n_requests++] = *request;
}

/* "config=0x10,config1=0,name=TSC": moves nothing; false when it is not so. */
static bool take_request(struct reader *reader, const char *text, bool is_of_package)
{
	struct import_request request = {.is_of_package = is_of_package, .name = ""};
	char words[128], *rest = words;
	bool has_address = false, has_kind = false;
	uint64_t number;

	snprintf(words, sizeof words, "%.*s", (int)strcspn(text, " \t'\""), text);
	for (const char *word; (word = strsep(&rest, ","));) {
		if (import_skip(&word, "config=")) {
			has_address = number_parse(word, UINT32_MAX, &number);
			request.address = (uint32_t)number;
		} else if (import_skip(&word, "config1=")) {
			has_kind = number_parse(word, 1, &number);
			request.is_difference = number == 1;
		} else if (import_skip(&word, "name=")) {
			request.name = import_text(reader->import, "%s", word);
		}
	}
	if (!has_address || !has_kind)
		return false;
	request.path = import_text(reader->import, "%s", reader->file->name);
	request.line = reader->line;
	add_request(reader, &request);
	return true;
}

/* All requests of a line, as on the command line; false: it has none. */
static bool take_requests(struct reader *reader, const char *text)
{
	static const char *const kinds[] = {"thread_msr/", "package_msr/"};
	bool has_any = false;

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++)
		for (const char *at = text; (at = strstr(at, kinds[i]));) {
			at += strlen(kinds[i]);
			if (strncmp(at, "config", 6) != 0)
				continue; /* the name of a column */
			has_any = true;
			if (!take_request(reader, at, i == 1))
				fixture_complain(
					reader->file, reader->line, "is not '%s'", REQUEST);
		}
	return has_any;
}

/* "2021-09-27,00:07:40.507,…" */
static bool is_dated(const char *line)
{
	size_t year = strspn(line, "0123456789");

	return year > 0 && line[year] == '-';
}

static void take_line(struct reader *reader, char *line)
{
	const char *cell = line;

	if (take_requests(reader, line))
		return;
	if (!is_dated(line)) {
		/* the heads: each is looked at with the line of values */
		if (strncmp(line, "Date,", 5) == 0)
			reader->names = line;
		else if (*line == ',')
			reader->places = line;
		return;
	}
	for (int i = 0; cell && i < ROW_NAME; i++)
		cell = (cell = strchr(cell, ',')) ? cell + 1 : NULL;
	/* milliseconds, where no line is an event */
	if (cell && isdigit((unsigned char)*cell))
		take_columns(reader, line);
	else
		take_row(reader, line);
}

static void say_left_out(const struct reader *reader)
{
	if (reader->n_differences > 0)
		import_remark(reader->import,
			"%s: %zu values are differences (freerun), of no register",
			reader->file->name, reader->n_differences);
	if (reader->n_elsewhere > 0)
		import_remark(reader->import,
			"%s: %zu values are of config space or memory, of functions that it does "
			"not name: left out",
			reader->file->name, reader->n_elsewhere);
}

void import_pcm_raw(struct import *import, struct fixture_file *file)
{
	struct reader reader = {.import = import, .file = file};
	size_t before = import->load.n_complaints;
	char *rest = file->text;

	reader.source = import_text(import, "recorded: pcm-raw, %s", import_base(file));
	for (char *line; (line = strsep(&rest, "\n"));) {
		reader.line++;
		line[strcspn(line, "\r")] = '\0';
		take_line(&reader, line);
	}
	if (reader.n_values == 0 && reader.n_requests == 0 && import->load.n_complaints == before)
		fixture_complain(file, 0,
			"has no register: request it (pcm-raw -e %s), and give the request in a "
			"file before this one",
			REQUEST);
	say_left_out(&reader);
}
