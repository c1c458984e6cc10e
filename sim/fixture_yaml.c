/* SPDX-License-Identifier: MIT */
/*
 * libcyaml says what is wrong only to its log, and knows no line any more once
 * a file is loaded: so the log is read here, and the line of a value is found
 * again in the document of libyaml, which libcyaml stands on. Knows no format.
 */
#include "sim/fixture_yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A few hundred bytes of memory a line of YAML: chosen for 8192 CPUs, not tuned. */
#define MAX_YAML_BYTES (4 << 20)

/* libcyaml's messages of one load: the cause comes first, then where, innermost first. */
struct log {
	char cause[256];
	size_t line;
};

__attribute__((format(printf, 3, 0))) static void log_line(
	cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	struct log *log = context;
	char text[256];

	(void)level;
	vsnprintf(text, sizeof text, format, arguments);
	text[strcspn(text, "\n")] = '\0';
	const char *place = strstr(text, "(line: ");
	if (strcmp(text, "Load: Backtrace:") == 0)
		return;
	if (place && log->line == 0)
		log->line = strtoul(place + strlen("(line: "), NULL, 10);
	else if (!place && log->cause[0] == '\0')
		snprintf(log->cause, sizeof log->cause, "%s",
			strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
}

static cyaml_config_t config_of(struct log *log)
{
	return (cyaml_config_t){
		.log_fn = log_line,
		.log_ctx = log,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		/* aliases can make a small file explode */
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

/* The file as libyaml's nodes; 0, or the line of a syntax error. */
static size_t read_document(struct fixture_yaml *yaml)
{
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)yaml->file.text, yaml->file.size);
	yaml->has_document = yaml_parser_load(&parser, &yaml->document);
	size_t line = yaml->has_document ? 0 : parser.problem_mark.line + 1;
	yaml_parser_delete(&parser);
	return line;
}

/*
 * libcyaml gives an unexpected key the line of the mapping it stands in: the
 * key is the next such scalar. Reads no further than libcyaml did, for what
 * follows may be nested beyond reason.
 */
static size_t key_line(const struct fixture_file *file, const char *key, size_t mapping_line)
{
	yaml_parser_t parser;
	yaml_event_t event;
	size_t line = mapping_line;

	if (!yaml_parser_initialize(&parser))
		return line;
	yaml_parser_set_input_string(&parser, (const unsigned char *)file->text, file->size);
	for (bool more = true; more && yaml_parser_parse(&parser, &event);) {
		more = event.type != YAML_STREAM_END_EVENT;
		if (event.type == YAML_SCALAR_EVENT && event.start_mark.line + 1 >= mapping_line &&
			strcmp((const char *)event.data.scalar.value, key) == 0) {
			line = event.start_mark.line + 1;
			more = false;
		}
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return line;
}

/* The line to blame when libcyaml refused the file. */
static size_t refused_line(struct fixture_yaml *yaml, cyaml_err_t error, const struct log *log)
{
	static const char unexpected[] = "Unexpected key: ";

	if (error == CYAML_ERR_LIBYAML_PARSER)
		return read_document(yaml);
	if (strncmp(log->cause, unexpected, strlen(unexpected)) == 0)
		return key_line(&yaml->file, log->cause + strlen(unexpected), log->line);
	return log->line;
}

static bool is_number(const yaml_node_t *node, cyaml_type_e type)
{
	const char *text = (const char *)node->data.scalar.value;
	char *end = NULL;

	if (type == CYAML_UINT || type == CYAML_INT)
		strtoll(text, &end, 0);
	else if (type == CYAML_FLOAT)
		strtod(text, &end);
	return !end || *end == '\0';
}

/* libcyaml takes 27x for 27. The document has the shape of the schema and is no deeper. */
static void check_numbers(
	struct fixture_yaml *yaml, yaml_node_t *node, const cyaml_schema_value_t *schema)
{
	yaml_document_t *document = &yaml->document;

	if (node->type == YAML_SCALAR_NODE) {
		if (!is_number(node, schema->type))
			fixture_complain(&yaml->file, node->start_mark.line + 1,
				"'%.64s' is no number", (const char *)node->data.scalar.value);
	} else if (schema->type == CYAML_SEQUENCE) {
		for (yaml_node_item_t *item = node->data.sequence.items.start;
			item < node->data.sequence.items.top; item++)
			check_numbers(yaml, yaml_document_get_node(document, *item),
				schema->sequence.entry);
	} else if (schema->type == CYAML_MAPPING) {
		for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
			pair < node->data.mapping.pairs.top; pair++) {
			yaml_node_t *key = yaml_document_get_node(document, pair->key);
			const cyaml_schema_field_t *field = schema->mapping.fields;
			while (strcmp(field->key, (const char *)key->data.scalar.value) != 0)
				field++;
			check_numbers(
				yaml, yaml_document_get_node(document, pair->value), &field->value);
		}
	}
}

bool fixture_yaml_open(struct fixture_yaml *yaml, struct fixture_load *load, const char *name,
	const cyaml_schema_value_t *schema)
{
	struct log log = {.line = 0};
	cyaml_config_t config = config_of(&log);
	size_t before = load->n_complaints;

	*yaml = (struct fixture_yaml){.schema = schema};
	if (!fixture_file_read(&yaml->file, load, name, false))
		return false;
	if (yaml->file.size > MAX_YAML_BYTES) {
		fixture_complain(&yaml->file, 0, "larger than %d MiB", MAX_YAML_BYTES >> 20);
		return false;
	}
	cyaml_err_t r = cyaml_load_data((const uint8_t *)yaml->file.text, yaml->file.size, &config,
		schema, &yaml->data, NULL);
	if (r == CYAML_OK && !yaml->data) {
		fixture_complain(&yaml->file, 0, "is empty");
		return false;
	}
	if (r != CYAML_OK) {
		fixture_complain(&yaml->file, refused_line(yaml, r, &log), "%s",
			log.cause[0] ? log.cause : cyaml_strerror(r));
		return false;
	}
	size_t line = read_document(yaml);
	if (!yaml->has_document) {
		fixture_complain(&yaml->file, line, "libyaml cannot read it, or out of memory");
		return false;
	}
	check_numbers(yaml, yaml_document_get_root_node(&yaml->document), schema);
	return load->n_complaints == before;
}

void fixture_yaml_close(struct fixture_yaml *yaml)
{
	struct log log = {.line = 0};
	cyaml_config_t config = config_of(&log);

	cyaml_free(&config, yaml->schema, yaml->data, 0);
	if (yaml->has_document)
		yaml_document_delete(&yaml->document);
	fixture_file_free(&yaml->file);
}

/* The child of a mapping or sequence for the next step of a path, or NULL. */
static yaml_node_t *step(
	yaml_document_t *document, yaml_node_t *node, const char **path, size_t *line)
{
	const char *name = *path + (**path == '.');
	size_t length = strcspn(name, ".[");

	if (**path == '[' && node->type == YAML_SEQUENCE_NODE) {
		char *end;
		size_t index = strtoul(*path + 1, &end, 10);
		yaml_node_item_t *item = node->data.sequence.items.start + index;
		if (item >= node->data.sequence.items.top)
			return NULL;
		*path = end + 1;
		node = yaml_document_get_node(document, *item);
		*line = node->start_mark.line + 1;
		return node;
	}
	if (node->type != YAML_MAPPING_NODE)
		return NULL;
	*path = name + length;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(document, pair->key);
		if (key->data.scalar.length != length ||
			memcmp(key->data.scalar.value, name, length) != 0)
			continue;
		*line = key->start_mark.line + 1;
		return yaml_document_get_node(document, pair->value);
	}
	return NULL;
}

/* The line of what a path names, or of the nearest thing around it. */
static size_t line_of(yaml_document_t *document, const char *path)
{
	yaml_node_t *node = yaml_document_get_root_node(document);
	size_t line = 0;

	while (node && *path != '\0')
		node = step(document, node, &path, &line);
	return line;
}

void fixture_yaml_complain(
	struct fixture_yaml *yaml, const char *path, const char *key, const char *format, ...)
{
	char what[384], whole[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	snprintf(whole, sizeof whole, "%s%s%s", path, *path && *key ? "." : "", key);
	fixture_complain(&yaml->file, line_of(&yaml->document, whole), "%s %s", whole, what);
}

void fixture_yaml_range(struct fixture_yaml *yaml, const char *path, const char *key, double value,
	double min, double max)
{
	if (!(value >= min && value <= max))
		fixture_yaml_complain(
			yaml, path, key, "is %g, must be from %g to %g", value, min, max);
}

struct fixture_list fixture_yaml_list(struct fixture_yaml *yaml, const char *path, const char *key,
	const char *text, uint32_t max)
{
	struct fixture_list list;
	int r = fixture_list_parse(&list, text, max);

	if (r < 0)
		fixture_yaml_complain(yaml, path, key, "'%.64s' %s", text, fixture_list_error(r));
	return list;
}
