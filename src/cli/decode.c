/* SPDX-License-Identifier: MIT */
/* Shows what the bits of registers mean. What they mean is the model's to say (arch/fields.h). */
#include "cli/decode.h"

#include "cli/fields.h"
#include "util/array.h"

/* Columns at the end for scripts. */
#define N_FOR_SCRIPTS 3

static const struct table_column columns[] = {
	{"BITS", "bits", false},
	{"FIELD", "field", false},
	{"VALUE", "value", false},
	{"IS", "is", false},
	{"MEANING", "meaning", false},
	{"AMOUNT", "amount", true},
	{"AMOUNT OF", "amount_unit", false},
	{"SOURCE", "source", false},
};

static size_t find(const struct accesses *accesses, const struct place *place)
{
	size_t i = 0;

	while (i < accesses->n && !(accesses->list[i].place.reg == place->reg &&
					  place_same_device(&accesses->list[i].place, place)))
		i++;
	return i;
}

static int add_units_of(
	struct accesses *accesses, const struct arch *arch, const struct place *place)
{
	const struct arch_layout *layout = arch_layout_at(arch, place);
	struct place unit = *place;
	int r = 0;

	for (size_t i = 0; layout && i < layout->n_bits && r == 0; i++)
		if (fields_unit_register(arch, &layout->bits[i], &unit.reg) &&
			find(accesses, &unit) == accesses->n)
			r = accesses_add(accesses, OP_READ, &unit, 0);
	return r;
}

int decode_add_units(struct accesses *accesses, const struct arch *arch)
{
	size_t n = accesses->n;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct place place = accesses->list[i].place;

		r = add_units_of(accesses, arch, &place);
	}
	return r;
}

struct decoder {
	const struct cli *cli;
	const struct accesses *accesses;
	struct placed placed;
	enum base base;
};

/* The value of the register that says how large the field's unit is; NULL: none does. */
static const uint64_t *find_unit(
	const struct decoder *decoder, const struct place *place, const struct arch_bits *bits)
{
	struct place unit = *place;
	size_t i;

	if (!fields_unit_register(decoder->cli->node.arch, bits, &unit.reg))
		return NULL;
	i = find(decoder->accesses, &unit);
	if (i == decoder->accesses->n || accesses_result(decoder->accesses, i) != 0)
		return NULL;
	return &decoder->accesses->list[i].value;
}

static void put_text(struct table *table, const char *text)
{
	if (text && *text)
		table_cell(table, "%s", text);
	else
		table_no_cell(table);
}

/* What people read of it, and "-" where the value alone says all. */
static void put_is(struct table *table, const struct field *field)
{
	if (field->said)
		table_cell(table, "%.*s", field->said_length, field->said);
	else if (field->has_amount)
		table_cell(table, "%.6g %s", field->amount, field->unit);
	else
		table_no_cell(table);
}

static void put_for_scripts(struct decoder *decoder, const struct field *field, const char *source)
{
	struct table *table = decoder->placed.table;

	if (!decoder->cli->json)
		return;
	if (field->has_amount)
		table_cell(table, "%.15g", field->amount);
	else
		table_no_cell(table);
	put_text(table, field->has_amount ? field->unit : NULL);
	put_text(table, source);
}

static void put_field(struct decoder *decoder, const struct op *op, const struct arch_bits *bits,
	const char *source)
{
	const struct field field = fields_get(
		decoder->cli->node.arch, bits, op->value, find_unit(decoder, &op->place, bits));
	struct table *table = decoder->placed.table;
	char text[FIELDS_BITS_SIZE];

	placed_row(&decoder->placed, &op->place);
	table_cell(table, "%s", fields_bits(bits, text));
	put_text(table, bits->name);
	placed_value(&decoder->placed, decoder->base, bits->high - bits->low + 1u, field.value);
	put_is(table, &field);
	put_text(table, bits->text);
	put_for_scripts(decoder, &field, source);
}

/* Nothing that is set is kept back. */
static void put_rest(struct decoder *decoder, const struct op *op, uint64_t rest)
{
	const struct field none = {.value = rest};
	struct table *table = decoder->placed.table;

	placed_row(&decoder->placed, &op->place);
	table_no_cell(table);
	table_no_cell(table);
	placed_value(&decoder->placed, decoder->base, placed_bits(&op->place), rest);
	table_no_cell(table);
	table_cell(table, "%s", "bits that are not described");
	put_for_scripts(decoder, &none, NULL);
}

static void put_register(struct decoder *decoder, const struct op *op)
{
	const struct arch_layout *layout = arch_layout_at(decoder->cli->node.arch, &op->place);
	uint64_t rest = op->value & ~(layout ? arch_layout_mask(layout) : 0);

	for (size_t i = 0; layout && i < layout->n_bits; i++)
		put_field(decoder, op, &layout->bits[i], layout->source);
	if (rest || !layout)
		put_rest(decoder, op, rest);
}

static void put_one(struct decoder *decoder, const struct op *op, const char *text)
{
	const struct arch_layout *layout = arch_layout_at(decoder->cli->node.arch, &op->place);
	char error[FIELDS_ERROR_SIZE];
	struct arch_bits bits;

	if (fields_find(decoder->cli->node.arch, &op->place, text, &bits, error))
		put_field(decoder, op, &bits, layout && bits.name ? layout->source : NULL);
}

struct table *decode_table(const struct cli *cli, const struct accesses *accesses, size_t n,
	const char *text, enum base base)
{
	size_t n_columns = N_ELEMENTS(columns) - (cli->json ? 0 : N_FOR_SCRIPTS);
	struct decoder decoder = {
		.cli = cli,
		.accesses = accesses,
		.placed = placed_new(
			"fields", cli->node.arch, accesses->list, n, columns, n_columns, cli->json),
		.base = base,
	};

	for (size_t i = 0; i < n; i++) {
		if (accesses_result(accesses, i) != 0)
			continue;
		if (text)
			put_one(&decoder, &accesses->list[i], text);
		else
			put_register(&decoder, &accesses->list[i]);
	}
	return decoder.placed.table;
}
