/* SPDX-License-Identifier: MIT */
/* Questions and their answers on the native wire, both sides: what one lays out stands beside what
 * the other reads. */
#include <errno.h>
#include <string.h>

#include "util/bytes.h"
#include "wire/native.h"

enum { MORE = 1, OWNER = 2 };		/* flags of an answer */
enum { IS_SUPPORTED = 1 };		/* of the machine */
enum { IS_PRESENT = 1, IS_ONLINE = 2 }; /* of a CPU */
enum { MAY_BE_HELD = 1 };		/* of a rule */

#define MACHINE_SPACES 32 /* where a machine's spaces begin, 4 bytes each */

static const uint16_t sizes[] = {
#define X(about, member, size) [about] = size,
	QUESTIONS(X)
#undef X
};

_Static_assert(MACHINE_SPACES + 4 * OP_N_SPACES <= 40, "a machine's spaces fit");

/* As many as there is room for. */
static uint32_t most_of(enum question_about about)
{
	return (WIRE_REPLY_SIZE - NATIVE_ANSWER_SIZE - REASON_TEXT_SIZE) / sizes[about];
}

static enum wire_message get_info(const uint8_t *bytes, struct wire_request *request)
{
	if (request->length != NATIVE_INFO_SIZE)
		return WIRE_MALFORMED;

	uint32_t table = get_le32(bytes + 8);

	if (table >= QUESTION_N_TABLES)
		return WIRE_ACCESSES; /* of a later version */
	request->question = (struct question){
		.about = (enum question_about)table,
		.first = get_le32(bytes + 12),
		.most = most_of((enum question_about)table),
	};
	return WIRE_QUESTION;
}

/* The device of rules, as far as it is a kind. */
static bool get_kind(const uint8_t *bytes, struct place *device)
{
	uint16_t unit = get_le16(bytes + 2);

	if (bytes[0] != 0 || bytes[1] >= OP_N_SPACES)
		return false;
	*device = (struct place){.space = bytes[1]};
	if (!op_space_has_units(device->space))
		return unit == 0;
	device->unit = (enum op_unit)unit;
	return unit < OP_N_UNITS;
}

static enum wire_message get_policy(const uint8_t *bytes, struct wire_request *request)
{
	struct question *question = &request->question;
	uint32_t most;

	if (request->length != NATIVE_POLICY_SIZE)
		return WIRE_MALFORMED;
	most = get_le32(bytes + 16);
	*question = (struct question){.about = QUESTION_RULES, .first = get_le32(bytes + 12)};
	question->most = most < most_of(QUESTION_RULES) ? most : most_of(QUESTION_RULES);
	if (!get_kind(bytes + 8, &question->device) || most == 0 || get_le32(bytes + 20) != 0)
		return WIRE_MALFORMED;
	return WIRE_QUESTION;
}

enum wire_message native_question_get(const uint8_t *bytes, struct wire_request *request)
{
	return get_le16(bytes + 4) == NATIVE_INFO ? get_info(bytes, request)
						  : get_policy(bytes, request);
}

size_t native_question_put(const struct question *question, uint8_t bytes[NATIVE_QUESTION_SIZE])
{
	const struct place *device = &question->device;

	if (question->about != QUESTION_RULES) {
		native_header_put(bytes, NATIVE_INFO_SIZE, NATIVE_INFO);
		put_le32(bytes + 8, (uint32_t)question->about);
		put_le32(bytes + 12, question->first);
		return NATIVE_INFO_SIZE;
	}
	native_header_put(bytes, NATIVE_POLICY_SIZE, NATIVE_POLICY);
	bytes[8] = 0;
	bytes[9] = (uint8_t)device->space;
	put_le16(bytes + 10, op_space_has_units(device->space) ? (uint16_t)device->unit : 0);
	put_le32(bytes + 12, question->first);
	put_le32(bytes + 16, question->most);
	put_le32(bytes + 20, 0);
	return NATIVE_POLICY_SIZE;
}

static void put_machine(const struct fact_machine *machine, uint8_t *bytes)
{
	put_le32(bytes, machine->n_cpus);
	put_le32(bytes + 4, machine->n_packages);
	put_le32(bytes + 8, machine->n_buses);
	put_le32(bytes + 12, machine->n_units);
	put_le32(bytes + 16, machine->family);
	put_le32(bytes + 20, machine->model);
	put_le32(bytes + 24, machine->stepping);
	put_le32(bytes + 28, machine->is_supported ? IS_SUPPORTED : 0);
	for (size_t i = 0; i < OP_N_SPACES; i++) {
		put_le16(bytes + MACHINE_SPACES + 4 * i, machine->spaces[i].reads);
		put_le16(bytes + MACHINE_SPACES + 4 * i + 2, machine->spaces[i].writes);
	}
}

static void get_machine(const uint8_t *bytes, struct fact_machine *machine)
{
	*machine = (struct fact_machine){
		.n_cpus = get_le32(bytes),
		.n_packages = get_le32(bytes + 4),
		.n_buses = get_le32(bytes + 8),
		.n_units = get_le32(bytes + 12),
		.family = get_le32(bytes + 16),
		.model = get_le32(bytes + 20),
		.stepping = get_le32(bytes + 24),
		.is_supported = get_le32(bytes + 28) & IS_SUPPORTED,
	};
	for (size_t i = 0; i < OP_N_SPACES; i++) {
		machine->spaces[i].reads = get_le16(bytes + MACHINE_SPACES + 4 * i);
		machine->spaces[i].writes = get_le16(bytes + MACHINE_SPACES + 4 * i + 2);
	}
}

static void put_cpu(const struct fact_cpu *cpu, uint8_t *bytes)
{
	put_le32(bytes, cpu->package);
	put_le16(bytes + 4, (cpu->is_present ? IS_PRESENT : 0) | (cpu->is_online ? IS_ONLINE : 0));
	put_le16(bytes + 6, cpu->status);
}

static void get_cpu(const uint8_t *bytes, struct fact_cpu *cpu)
{
	uint16_t flags = get_le16(bytes + 4);

	*cpu = (struct fact_cpu){
		.package = get_le32(bytes),
		.is_present = flags & IS_PRESENT,
		.is_online = flags & IS_ONLINE,
		.status = get_le16(bytes + 6),
	};
}

static void put_package(const struct fact_package *package, uint8_t *bytes)
{
	put_le32(bytes, package->package);
	put_le32(bytes + 4, package->n_cpus);
}

static void get_package(const uint8_t *bytes, struct fact_package *package)
{
	*package = (struct fact_package){get_le32(bytes), get_le32(bytes + 4)};
}

static void put_bus(const struct fact_bus *bus, uint8_t *bytes)
{
	put_le32(bytes, bus->package);
	put_le16(bytes + 4, bus->domain);
	bytes[6] = bus->bus;
	bytes[7] = bus->source;
	bytes[8] = bus->doubt;
}

static void get_bus(const uint8_t *bytes, struct fact_bus *bus)
{
	*bus = (struct fact_bus){
		.package = get_le32(bytes),
		.domain = get_le16(bytes + 4),
		.bus = bytes[6],
		.source = bytes[7],
		.doubt = bytes[8],
	};
}

static void put_unit(const struct fact_unit *unit, uint8_t *bytes)
{
	put_le32(bytes, unit->package);
	put_le16(bytes + 4, unit->unit);
	put_le16(bytes + 6, unit->status);
	put_le32(bytes + 8, unit->index);
	put_le16(bytes + 12, unit->domain);
	bytes[14] = unit->bus;
	bytes[15] = unit->devfn;
	put_le16(bytes + 16, unit->device_id);
}

static void get_unit(const uint8_t *bytes, struct fact_unit *unit)
{
	*unit = (struct fact_unit){
		.package = get_le32(bytes),
		.unit = get_le16(bytes + 4),
		.status = get_le16(bytes + 6),
		.index = get_le32(bytes + 8),
		.domain = get_le16(bytes + 12),
		.bus = bytes[14],
		.devfn = bytes[15],
		.device_id = get_le16(bytes + 16),
	};
}

static void put_rule(const struct fact_rule *rule, uint8_t *bytes)
{
	put_le32(bytes, rule->reg);
	put_le32(bytes + 4, rule->may_be_held ? MAY_BE_HELD : 0);
	put_le64(bytes + 8, rule->write_mask);
	put_le64(bytes + 16, rule->clear_mask);
	put_le64(bytes + 24, rule->w1c_mask);
}

static void get_rule(const uint8_t *bytes, struct fact_rule *rule)
{
	*rule = (struct fact_rule){
		.reg = get_le32(bytes),
		.may_be_held = get_le32(bytes + 4) & MAY_BE_HELD,
		.write_mask = get_le64(bytes + 8),
		.clear_mask = get_le64(bytes + 16),
		.w1c_mask = get_le64(bytes + 24),
	};
}

static void put_fact(enum question_about about, const union fact *fact, uint8_t *bytes)
{
	memset(bytes, 0, sizes[about]);
	switch (about) {
#define X(name, member, size)                                                                      \
	case name:                                                                                 \
		put_##member(&fact->member, bytes);                                                \
		break;
		QUESTIONS(X)
#undef X
	}
}

size_t native_answer_put(const struct question *question, const struct answer *answer,
	uint8_t bytes[WIRE_REPLY_SIZE])
{
	size_t size = sizes[question->about], text_length = strlen(answer->told.text);
	uint8_t *end = bytes + NATIVE_ANSWER_SIZE;
	uint16_t flags = answer->is_owner ? OWNER : 0;
	uint32_t n = 0, at = question->first;
	union fact fact;

	while (answer->next(answer->closure, question, &at, &fact)) {
		if (n == question->most) {
			flags |= MORE;
			break;
		}
		put_fact(question->about, &fact, end);
		end += size;
		n++;
		if (at++ == UINT32_MAX)
			break; /* the last register of all */
	}
	memcpy(end, answer->told.text, text_length);
	end += text_length;
	put_le32(bytes, (uint32_t)(end - bytes));
	put_le16(bytes + 4, (uint16_t)answer->status);
	put_le16(bytes + 6, answer->told.reason);
	put_le16(bytes + 8, (uint16_t)n);
	put_le16(bytes + 10, (uint16_t)size);
	put_le16(bytes + 12, flags);
	put_le16(bytes + 14, 0);
	return (size_t)(end - bytes);
}

int native_answer_length(const uint8_t bytes[NATIVE_HEADER_SIZE])
{
	uint32_t length = get_le32(bytes);

	return length < NATIVE_ANSWER_SIZE || length > WIRE_REPLY_SIZE ? -EPROTO : (int)length;
}

bool native_answer_get(const uint8_t *bytes, size_t length, enum question_about about,
	struct native_answer *answer)
{
	uint16_t status = get_le16(bytes + 4), flags = get_le16(bytes + 12);

	*answer = (struct native_answer){
		.facts = bytes + NATIVE_ANSWER_SIZE,
		.n = get_le16(bytes + 8),
		.size = get_le16(bytes + 10),
		.has_more = flags & MORE,
		.is_owner = flags & OWNER,
		.status = (enum op_status)status,
		.told.reason = get_le16(bytes + 6),
	};
	size_t facts = answer->n * answer->size, left = length - NATIVE_ANSWER_SIZE;

	/* later versions have more behind what is known of a fact; one that says that there is more
	 * and gives none would be asked for ever */
	if (status >= OP_N_STATUSES || facts > left || left - facts >= REASON_TEXT_SIZE ||
		(answer->n > 0 && answer->size < sizes[about]) ||
		(answer->n == 0 && answer->has_more))
		return false;
	native_text_get(answer->facts + facts, left - facts, answer->told.text);
	return true;
}

void native_fact_get(
	const struct native_answer *answer, size_t i, enum question_about about, union fact *fact)
{
	const uint8_t *bytes = answer->facts + i * answer->size;

	switch (about) {
#define X(name, member, size)                                                                      \
	case name:                                                                                 \
		get_##member(bytes, &fact->member);                                                \
		break;
		QUESTIONS(X)
#undef X
	}
}
