/* SPDX-License-Identifier: MIT */
/* The grammar of raw events: UNIT[NUMBER]/KEY[=VALUE],…/[:u][:k]. Knows no names of events. */
#include "cli/count/raw.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/number.h"

/* What a unit's keys set. */
enum key_field {
	KEY_SELECT, /* bits of the select */
	KEY_EVENT,
	KEY_FILTER,
	KEY_FIXED,
	KEY_PACKET,
	KEY_REGISTER,
	KEY_SHIFT,
	KEY_BITS,
	KEY_GAUGE,
};

struct key {
	const char *name;
	enum key_field field;
	unsigned shift, bits; /* bits 0: a flag without a value */
	bool core, box;	      /* who has it; those of an MSR neither */
};

#define FLAG(bit) (unsigned)__builtin_ctz(bit), 0

static const struct key keys[] = {
	{"event", KEY_EVENT, 0, 9, true, true},
	{"umask", KEY_SELECT, PMU_SELECT_UMASK_SHIFT, 8, true, true},
	{"edge", KEY_SELECT, FLAG(PMU_SELECT_EDGE), true, true},
	{"inv", KEY_SELECT, FLAG(PMU_SELECT_INVERT), true, true},
	{"cmask", KEY_SELECT, PMU_SELECT_THRESHOLD, 8, true, false},
	{"thresh", KEY_SELECT, PMU_SELECT_THRESHOLD, 8, false, true},
	{"any", KEY_SELECT, FLAG(PMU_SELECT_ANY), true, false},
	{"select", KEY_SELECT, 0, 32, false, true},
	{"filter", KEY_FILTER, 0, 64, true, true},
	{"fixed", KEY_FIXED, 0, 0, false, true},
	{"match0", KEY_PACKET, 0, 32, false, true},
	{"match1", KEY_PACKET, 1, 32, false, true},
	{"mask0", KEY_PACKET, 2, 32, false, true},
	{"mask1", KEY_PACKET, 3, 32, false, true},
	{"reg", KEY_REGISTER, 0, 32, false, false},
	{"shift", KEY_SHIFT, 0, 6, false, false},
	{"bits", KEY_BITS, 0, 7, false, false},
	{"gauge", KEY_GAUGE, 0, 0, false, false},
};

struct raw {
	struct want *want;
	const struct arch *arch;
	const char *text; /* the whole event */
	char *error;
	bool has_event;
};

bool raw_is(const char *text)
{
	return strchr(text, '/') != NULL;
}

static bool has_key(const struct raw *raw, const struct key *key)
{
	bool is_core = raw->want->kind == WANT_CORE;

	if (raw->want->kind == WANT_MSR || !(key->core || key->box))
		return raw->want->kind == WANT_MSR && !(key->core || key->box);
	if (key->field == KEY_PACKET)
		return !is_core && op_space_has_units(raw->want->box->space) &&
		       raw->want->box->unit == UNIT_QPI;
	if (key->field == KEY_FIXED)
		return !is_core && raw->want->box->fixed_width > 0;
	if (key->field == KEY_FILTER && !is_core)
		return raw->want->box->n_filters > 0 && raw->want->box->filters[0].mask != 0;
	return is_core ? key->core : key->box;
}

static bool fail_key(struct raw *raw, const char *word)
{
	char names[200] = "";

	for (size_t i = 0; i < N_ELEMENTS(keys); i++) {
		size_t used = strlen(names);

		if (has_key(raw, &keys[i]))
			snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
				keys[i].name);
	}
	return want_fail(raw->error, "%s: %s has no \"%s\"; it has %s", raw->text,
		want_unit_name(raw->want), word, names);
}

static bool set_key(struct raw *raw, const struct key *key, uint64_t value)
{
	struct want *want = raw->want;

	switch (key->field) {
	case KEY_EVENT:
		raw->has_event = true;
		want->select |= value & PMU_SELECT_EVENT;
		if (!(value & PMU_EVENT_EXTENDS))
			return true;
		if (want->kind == WANT_CORE || want->box->select_extend == 0)
			return want_fail(raw->error, "%s: events of %s go up to 0xff", raw->text,
				want_unit_name(want));
		want->select |= want->box->select_extend;
		return true;
	case KEY_SELECT:
		raw->has_event = raw->has_event || key->bits > 8;
		want->select |= (uint32_t)value << key->shift;
		return true;
	case KEY_FILTER:
		want->filter = value;
		return true;
	case KEY_FIXED:
		raw->has_event = true;
		want->counters = UINT64_C(1) << WANT_FIXED;
		return true;
	case KEY_PACKET:
		want->has_packets = true;
		want->packets[key->shift] = (uint32_t)value;
		return true;
	case KEY_REGISTER:
		raw->has_event = true;
		want->field.reg = (uint32_t)value;
		return true;
	case KEY_SHIFT:
		want->field.shift = (uint8_t)value;
		return true;
	case KEY_BITS:
		want->field.bits = (uint8_t)value;
		return true;
	case KEY_GAUGE:
		want->is_gauge = true;
		return true;
	}
	return false;
}

/* "msr/IA32_THERM_STATUS/" */
static bool find_register(struct raw *raw, const char *name)
{
	const struct place cpu = place_of_cpu(0);
	struct arch_hit hit;

	if (raw->want->kind != WANT_MSR || !arch_register_find(raw->arch, &cpu, name, &hit))
		return false;
	raw->has_event = true;
	raw->want->field.reg = hit.address;
	return true;
}

/* "umask=0x03" or "edge". */
static bool parse_word(struct raw *raw, char *word)
{
	char *number = strchr(word, '=');
	uint64_t value = 1;

	if (number)
		*number++ = '\0';
	for (size_t i = 0; i < N_ELEMENTS(keys); i++) {
		const struct key *key = &keys[i];
		uint64_t max = key->bits ? UINT64_MAX >> (64 - key->bits) : 1;

		if (strcmp(word, key->name) != 0 || !has_key(raw, key))
			continue;
		if (!number && key->bits > 0)
			return want_fail(raw->error, "%s: %s needs a value, such as %s=0x1",
				raw->text, word, word);
		if (number && !number_parse(number, max, &value))
			return want_fail(raw->error, "%s: %s is no number up to %#llx", raw->text,
				number, (unsigned long long)max);
		return value == 0 && key->bits == 0 ? true : set_key(raw, key, value);
	}
	return (!number && find_register(raw, word)) || fail_key(raw, word);
}

/* "imc", "cbox3", "cpu" */
static bool parse_unit(struct raw *raw, const char *text, size_t length)
{
	struct want *want = raw->want;
	char name[32], units[160] = "cpu, msr";
	uint64_t number;
	size_t letters;

	if (length == 3 && strncmp(text, "cpu", 3) == 0) {
		want->kind = WANT_CORE;
		return true;
	}
	if (length == 3 && strncmp(text, "msr", 3) == 0) {
		want->kind = WANT_MSR;
		return true;
	}
	want->kind = WANT_BOX;
	snprintf(name, sizeof name, "%.*s", (int)length, text);
	want->box = arch_find_box(raw->arch, name);
	if (want->box) /* "r2pcie" ends like a number, too */
		return true;
	letters = strlen(name);
	while (letters > 0 && isdigit((unsigned char)name[letters - 1]))
		letters--;
	if (number_parse(name + letters, 63, &number)) {
		name[letters] = '\0';
		want->has_index = true;
		want->index = (uint32_t)number;
		want->box = arch_find_box(raw->arch, name);
	}
	if (want->box)
		return true;
	for (size_t i = 0; i < raw->arch->n_boxes; i++) {
		size_t used = strlen(units);

		snprintf(units + used, sizeof units - used, ", %s", raw->arch->boxes[i].name);
	}
	return want_fail(raw->error, "%s: \"%.*s\" is no unit of %s; it has %s", raw->text,
		(int)length, text, raw->arch->text, units);
}

/* ":u", ":k", ":uk": who is counted; nothing is everybody. */
static bool parse_modifiers(struct raw *raw, const char *text)
{
	uint32_t levels = 0;

	for (; *text; text++) {
		if (*text == 'u')
			levels |= PMU_SELECT_USER;
		else if (*text == 'k')
			levels |= PMU_SELECT_KERNEL;
		else if (*text != ':')
			return want_fail(raw->error,
				"%s: \"%c\" is no modifier; there are :u (user) and :k (kernel)",
				raw->text, *text);
	}
	if (raw->want->kind != WANT_CORE)
		return levels == 0 || want_fail(raw->error,
					      "%s: %s does not know user and kernel apart; "
					      "leave :u and :k out",
					      raw->text, want_unit_name(raw->want));
	raw->want->select |= levels ? levels : PMU_SELECT_USER | PMU_SELECT_KERNEL;
	return true;
}

/* The whole register, if nobody says which bits; a field that counts is as wide as it is. */
static bool check_field(struct raw *raw)
{
	struct want *want = raw->want;
	struct place place = place_at(place_of_cpu(0), want->field.reg);
	unsigned all = (unsigned)__builtin_popcountll(op_space_mask(OP_MSR));
	struct arch_hit hit;

	if (!raw->has_event)
		return want_fail(raw->error,
			"%s: which register? such as msr/IA32_APERF/ or "
			"msr/reg=0xe8/",
			raw->text);
	if (!arch_register_at(raw->arch, &place, &hit) || hit.entry->class == ARCH_ABSENT)
		return want_fail(raw->error, "%s: MSR %#x is not known of %s; see msrctl list",
			raw->text, want->field.reg, raw->arch->text);
	want->scope = hit.entry->scope;
	if (want->field.bits == 0)
		want->field.bits = hit.entry->class == ARCH_RUNNING && want->field.shift == 0
					   ? hit.entry->width
					   : (uint8_t)(all - want->field.shift);
	if (want->field.shift + want->field.bits > all)
		return want_fail(raw->error, "%s: a register has %u bits", raw->text, all);
	return true;
}

/* Bits that the box has not. */
static bool check_select(struct raw *raw)
{
	const struct want *want = raw->want;
	uint32_t mask;

	if (want->kind == WANT_MSR)
		return check_field(raw);
	mask = want->kind == WANT_CORE ? (uint32_t)raw->arch->core->select_mask
				       : want->box->select_mask;

	if (!raw->has_event)
		return want_fail(raw->error, "%s: which event? such as %s/event=0x1/", raw->text,
			want_unit_name(want));
	if (want->select & ~mask)
		return want_fail(raw->error,
			"%s: bits %#x of the event select do not exist in %s of %s", raw->text,
			want->select & ~mask, want_unit_name(want), raw->arch->text);
	return true;
}

bool raw_parse(
	struct want *want, const struct arch *arch, const char *text, char error[WANT_ERROR_SIZE])
{
	struct raw raw = {want, arch, text, error, false};
	const char *begin = strchr(text, '/'), *end = strrchr(text, '/');
	char words[WANT_NAME_SIZE], *rest = words, *word;

	if (begin == end)
		return want_fail(
			error, "%s: the second / is missing: UNIT/event=0x1,umask=0x1/", text);
	if (!parse_unit(&raw, text, (size_t)(begin - text)))
		return false;
	snprintf(words, sizeof words, "%.*s", (int)(end - begin - 1), begin + 1);
	while ((word = strsep(&rest, ",")))
		if (*word && !parse_word(&raw, word))
			return false;
	return parse_modifiers(&raw, end + 1) && check_select(&raw);
}
