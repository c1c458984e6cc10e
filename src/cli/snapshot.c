/* SPDX-License-Identifier: MIT */
/* Registers as lines of text, both ways. Touches none. */
#include "cli/snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/domain.h"
#include "cli/registers.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/cpulist.h"
#include "util/number.h"

struct reader {
	struct snapshot *snapshot;
	const struct node *node;
	struct topology topology;
	const char *path;
	char *error;
	unsigned line;
	bool has_model;
};

__attribute__((format(printf, 2, 3))) static int fail(
	struct reader *reader, const char *format, ...)
{
	va_list arguments;
	int n = snprintf(reader->error, SNAPSHOT_ERROR_SIZE, "%s:%u: ", reader->path, reader->line);

	if (n < 0 || n >= SNAPSHOT_ERROR_SIZE)
		return -EINVAL;
	va_start(arguments, format);
	vsnprintf(reader->error + n, SNAPSHOT_ERROR_SIZE - (size_t)n, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Units on each socket of a list. */
struct unit_adder {
	struct places *places;
	const struct arch *arch;
	const char *units;
	int r;
};

static bool add_units(void *context, uint32_t package)
{
	struct unit_adder *adder = context;

	adder->r = places_parse_units(adder->places, adder->arch, package, adder->units);
	return adder->r == 0;
}

/* "0-1/imc0-3" */
static int parse_units(struct reader *reader, struct places *places, char *text, char *slash)
{
	struct unit_adder adder = {
		.places = places, .arch = reader->node->arch, .units = slash + 1};

	*slash = '\0';
	if (*text == '\0' || !cpulist_parse(text, UINT16_MAX, add_units, &adder)) {
		if (adder.r == -EINVAL)
			return fail(reader,
				"%s are no units such as imc0-3 that this CPU model has",
				slash + 1);
		return adder.r ? adder.r
			       : fail(reader, "%s is no list of sockets such as 0-1", text);
	}
	return 0;
}

static int parse_place(struct reader *reader, struct places *places, char *text)
{
	char error[DOMAIN_ERROR_SIZE], *slash = strchr(text, '/');
	int r;

	if (slash)
		return parse_units(reader, places, text, slash);
	r = domain_parse(places, &reader->topology, text, error);
	return r == -EINVAL ? fail(reader, "%s", error) : r;
}

static int find_register(struct reader *reader, struct place *place, const char *text)
{
	char where[OP_TEXT_SIZE], name[ARCH_NAME_SIZE];
	const struct arch *arch = reader->node->arch;

	if (registers_find(arch, place, text, &place->reg))
		return 0;
	place_describe_device(place, where);
	if (registers_nearest(arch, place, text, name))
		return fail(reader, "%s is no number and no register of %s; did you mean %s?", text,
			where, name);
	return fail(reader, "%s is no number and no register of %s", text, where);
}

static int add(struct reader *reader, const struct place *place, uint64_t value)
{
	struct snapshot *snapshot = reader->snapshot;
	size_t n = snapshot->writes.n;
	unsigned *lines = array_grow(snapshot->lines, n, sizeof *lines);

	if (!lines)
		return -ENOMEM;
	snapshot->lines = lines;
	lines[n] = reader->line;
	return accesses_add(&snapshot->writes, OP_WRITE, place, value);
}

static int read_register(struct reader *reader, char *where, const char *reg, const char *text)
{
	struct places places = {0};
	uint64_t value = 0;
	int r;

	if (!number_parse(text, UINT64_MAX, &value))
		return fail(reader, "%s is no number such as 0x1f", text);
	r = parse_place(reader, &places, where);
	for (size_t i = 0; r == 0 && i < places.n; i++) {
		r = find_register(reader, &places.list[i], reg);
		if (r == 0 && value & ~op_space_mask(places.list[i].space))
			r = fail(reader, "%s: a PCI register has only 32 bits", text);
		if (r == 0)
			r = add(reader, &places.list[i], value);
	}
	places_deinit(&places);
	return r;
}

static int read_model(struct reader *reader, const char *name)
{
	const struct arch *arch = reader->node->arch;

	if (strcasecmp(name, arch->name) != 0)
		return fail(reader, "these are registers of a %s, and this is a %s (%s)", name,
			arch->name, arch->text);
	reader->has_model = true;
	return 0;
}

static int read_line(struct reader *reader, char *line)
{
	char *words[4] = {NULL}, *rest = line, *word;
	size_t n = 0;

	line[strcspn(line, "#\n")] = '\0';
	while (n < N_ELEMENTS(words) && (word = strsep(&rest, " \t\r")))
		if (*word)
			words[n++] = word;
	if (n == 0)
		return 0;
	if (strcmp(words[0], "model") == 0 && n == 2)
		return read_model(reader, words[1]);
	if (!reader->has_model)
		return fail(reader, "before the first register stands whose they are: model %s",
			reader->node->arch->name);
	if (n != 3)
		return fail(reader, "a line is PLACE REGISTER VALUE, such as 0-3 0x186 0x4300c0");
	return read_register(reader, words[0], words[1], words[2]);
}

static int compare_places(const struct place *a, const struct place *b)
{
	const uint32_t keys[][2] = {{a->space, b->space}, {a->package, b->package},
		{a->unit, b->unit}, {a->index, b->index}, {a->cpu, b->cpu}, {a->reg, b->reg}};

	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* Of a place, and which write it is. */
struct order {
	struct place place;
	size_t i;
};

static int compare_orders(const void *a, const void *b)
{
	const struct order *one = a, *other = b;
	int difference = compare_places(&one->place, &other->place);

	return difference ? difference : (one->i > other->i) - (one->i < other->i);
}

/* A register that comes twice would be what stands last: by mistake. */
static int check_twice(struct reader *reader)
{
	const struct snapshot *snapshot = reader->snapshot;
	size_t n = snapshot->writes.n;
	cleanup_free struct order *orders = calloc(n + 1, sizeof *orders);
	char text[OP_TEXT_SIZE];

	if (!orders)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		orders[i] = (struct order){snapshot->writes.list[i].place, i};
	qsort(orders, n, sizeof *orders, compare_orders);
	for (size_t i = 1; i < n; i++)
		if (compare_places(&orders[i - 1].place, &orders[i].place) == 0) {
			reader->line = snapshot->lines[orders[i].i];
			return fail(reader, "%s stands in line %u, too",
				place_describe(&orders[i].place, text),
				snapshot->lines[orders[i - 1].i]);
		}
	return 0;
}

static int read_all(struct reader *reader, FILE *in)
{
	cleanup_free char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int r = 0;

	while (r == 0 && (length = getline(&line, &size, in)) >= 0) {
		reader->line++;
		r = strlen(line) == (size_t)length ? read_line(reader, line)
						   : fail(reader, "that is no text");
	}
	if (r == 0 && ferror(in))
		r = -errno;
	if (r == 0 && reader->snapshot->writes.n == 0)
		r = fail(reader, "there is no register in it");
	return r == 0 ? check_twice(reader) : r;
}

int snapshot_read(struct snapshot *snapshot, const struct node *node, FILE *in, const char *path,
	char error[SNAPSHOT_ERROR_SIZE])
{
	struct reader reader = {.snapshot = snapshot, .node = node, .path = path, .error = error};
	int r = topology_init(&reader.topology, node);

	if (r == 0)
		r = read_all(&reader, in);
	topology_deinit(&reader.topology);
	return r;
}

void snapshot_deinit(struct snapshot *snapshot)
{
	accesses_deinit(&snapshot->writes);
	free(snapshot->lines);
	*snapshot = (struct snapshot){.lines = NULL};
}

/* The number that counts the devices of a kind on a line. */
static uint32_t number_of(const struct place *place)
{
	return op_space_has_units(place->space) ? place->index : place->cpu;
}

/* Do both stand on one line? */
static bool is_alike(const struct op *a, const struct op *b)
{
	return place_same_kind(&a->place, &b->place) && a->place.package == b->place.package &&
	       a->place.reg == b->place.reg && a->value == b->value;
}

/* Reads from to to (not included), whose values are the same: "0-3,8". */
static void write_numbers(FILE *out, const struct accesses *reads, size_t from, size_t to)
{
	const char *comma = "";

	for (size_t i = from; i < to; i++) {
		uint32_t first = number_of(&reads->list[i].place);

		while (i + 1 < to && number_of(&reads->list[i + 1].place) ==
					     number_of(&reads->list[i].place) + 1)
			i++;
		fprintf(out, "%s%u", comma, first);
		if (number_of(&reads->list[i].place) != first)
			fprintf(out, "-%u", number_of(&reads->list[i].place));
		comma = ",";
	}
}

static void write_line(
	FILE *out, const struct arch *arch, const struct accesses *reads, size_t from, size_t to)
{
	const struct op *op = &reads->list[from];
	char name[ARCH_NAME_SIZE];
	int digits = 0;

	for (uint64_t mask = op_space_mask(op->place.space); mask; mask >>= 4)
		digits++;
	if (op_space_has_units(op->place.space))
		fprintf(out, "%u/%s", op->place.package, op_unit_name(op->place.unit));
	write_numbers(out, reads, from, to);
	fprintf(out, " 0x%x 0x%0*" PRIx64, op->place.reg, digits, op->value);
	if (registers_name(arch, &op->place, name))
		fprintf(out, "  # %s", name);
	fputc('\n', out);
}

void snapshot_write(FILE *out, const struct node *node, const struct accesses *reads, size_t n)
{
	fprintf(out,
		"# What msrctl restore puts back: PLACE REGISTER VALUE  # NAME\n"
		"# PLACE is CPUs (0-3,8), or SOCKETS/UNITS (0-1/imc0-3).\n"
		"model %s  # %s, %s\n",
		node->arch->name, node->arch->text, node->model_name);
	for (size_t i = 0, end; i < n; i = end) {
		end = i + 1;
		if (accesses_result(reads, i) != 0)
			continue;
		while (end < n && accesses_result(reads, end) == 0 &&
			is_alike(&reads->list[i], &reads->list[end]))
			end++;
		write_line(out, node->arch, reads, i, end);
	}
}
