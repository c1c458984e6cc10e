/* SPDX-License-Identifier: MIT */
/*
 * Build tool: a model's registers.fields -> a C table of it. A file with an error does not build:
 * the message says the line. MODELS.md explains the grammar.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/fields.h"
#include "op.h"

struct input {
	const char *path;
	unsigned line;
	FILE *out;
	FILE *layouts; /* the table of layouts, which follows the fields of all */
	unsigned n_layouts, n_bits;
	unsigned top;	/* bits of the register at hand */
	unsigned below; /* the next field ends below this bit */
	char base[32];	/* "": none */
};

__attribute__((format(printf, 2, 3), noreturn)) static void fail(
	const struct input *input, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", input->path, input->line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

static const struct {
	const char *word, *name;
} kinds[] = {
#define X(kind, word, unit) {word, #kind},
	ARCH_KINDS(X)
#undef X
};

static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++)
		fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	fputc('"', out);
}

/* The next word, or NULL at the end of the line. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t length = strcspn(word, " \t");

	*rest = word + length;
	if (**rest)
		*(*rest)++ = '\0';
	*rest += strspn(*rest, " \t");
	return length > 0 ? word : NULL;
}

static void end_layout(struct input *input)
{
	if (input->n_layouts == 0)
		return;
	if (input->n_bits == 0)
		fail(input, "the register before has no fields");
	fputs("};\n\n", input->out);
	fprintf(input->layouts, "bits_%u, %u},\n", input->n_layouts - 1, input->n_bits);
	input->n_bits = 0;
}

/* "[imc] PATTERN... # SOURCE" */
static void begin_layout(struct input *input, char *line)
{
	char *section = line + 1, *names = strchr(line, ']'), *source = strstr(line, " # ");
	enum op_unit unit = UNIT_IMC;
	enum op_space space = OP_PCI;

	if (!names || !source || names > source || !source[3])
		fail(input, "a register is [SECTION] NAME... # SOURCE");
	*names++ = *source = '\0';
	names += strspn(names, " ");
	if (strcmp(section, "msr") == 0)
		space = OP_MSR;
	else if (!op_unit_find(section, &unit))
		fail(input, "%s is neither msr nor a unit", section);
	end_layout(input);
	fprintf(input->layouts, "\t{(enum op_space)%d, (enum op_unit)%d, ", space, unit);
	put_string(input->layouts, names);
	fputs(", ", input->layouts);
	put_string(input->layouts, source + 3);
	fputs(", ", input->layouts);
	fprintf(input->out, "static const struct arch_bits bits_%u[] = {\n", input->n_layouts++);
	input->top = (unsigned)(64 - __builtin_clzll(op_space_mask(space)));
	input->below = input->top;
}

static void take_range(struct input *input, const char *word, unsigned *high, unsigned *low)
{
	int n = 0;

	if (sscanf(word, "%u:%u%n", high, low, &n) != 2 || word[n]) {
		if (sscanf(word, "%u%n", high, &n) != 1 || word[n])
			fail(input, "%s is neither HIGH:LOW nor a bit", word);
		*low = *high;
	}
	if (*high < *low || *high >= input->top)
		fail(input, "%s: there are no such bits", word);
	if (*high >= input->below)
		fail(input, "%s: not below the field before", word);
	input->below = *low;
}

/* "{watts}" is a kind, "{0=off|1=on}" what values mean. */
static void put_braces(struct input *input, char **rest, const char **values)
{
	char *inside = *rest + 1, *end = strchr(inside, '}');

	*values = NULL;
	if (**rest != '{') {
		fputs("ARCH_NUMBER, ", input->out);
		return;
	}
	if (!end)
		fail(input, "{ without }");
	*end = '\0';
	*rest = end + 1 + strspn(end + 1, " ");
	if (isdigit((unsigned char)*inside)) {
		*values = inside;
		fputs("ARCH_NUMBER, ", input->out);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(inside, kinds[i].word) == 0) {
			fprintf(input->out, "%s, ", kinds[i].name);
			return;
		}
	fail(input, "there is no kind %s", inside);
}

/* "BITS NAME [{...}] TEXT" */
static void put_field(struct input *input, char *line)
{
	const char *values, *range = take_word(&line), *name = take_word(&line);
	unsigned high, low;

	if (input->n_layouts == 0)
		fail(input, "a field before the first register");
	if (!name || !*line)
		fail(input, "a field is BITS NAME TEXT");
	take_range(input, range, &high, &low);
	fprintf(input->out, "\t{%u, %u, ", high, low);
	put_braces(input, &line, &values);
	put_string(input->out, name);
	fputs(", ", input->out);
	put_string(input->out, line);
	fputs(", ", input->out);
	if (values)
		put_string(input->out, values);
	else
		fputs("NULL", input->out);
	fputs("},\n", input->out);
	input->n_bits++;
}

static void put_line(struct input *input, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (!*line || *line == '#')
		return;
	if (sscanf(line, "base %31s", input->base) == 1) {
		if (input->n_layouts > 0)
			fail(input, "base stands before the first register");
		fprintf(input->out, "extern const struct arch_layouts fields_%s;\n\n", input->base);
	} else if (*line == '[') {
		begin_layout(input, line);
	} else {
		put_field(input, line);
	}
}

/* fields2c NAME INPUT OUTPUT */
int main(int argc, char **argv)
{
	struct input input = {.path = argc > 2 ? argv[2] : ""};
	FILE *in = argc == 4 ? fopen(argv[2], "r") : NULL;
	char line[512], *layouts = NULL;
	size_t size;

	if (argc == 4)
		input.out = fopen(argv[3], "w");
	input.layouts = open_memstream(&layouts, &size);
	if (!in || !input.out || !input.layouts) {
		perror("usage: fields2c NAME INPUT OUTPUT");
		return EXIT_FAILURE;
	}
	fputs("#include \"arch/fields.h\"\n\n", input.out);
	while (fgets(line, sizeof line, in)) {
		input.line++;
		put_line(&input, line);
	}
	end_layout(&input);
	fclose(in);
	fclose(input.layouts);
	fprintf(input.out, "static const struct arch_layout list[] = {\n%s};\n\n", layouts);
	fprintf(input.out, "const struct arch_layouts %s = {list, %u, %s%s};\n", argv[1],
		input.n_layouts, *input.base ? "&fields_" : "NULL", input.base);
	free(layouts);
	return fclose(input.out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
