/* SPDX-License-Identifier: MIT */
/*
 * Config space: where the registers of uncore boxes stand (Intel 327043-001)
 * and which function is which. Knows no counting.
 */
#include "sim/machine/pcispace.h"

#define VENDOR_INTEL  0x8086
#define DEVICE_UBOX   0x3ce0
#define UBOX_NODE_ID  0x40 /* [2:0] */
#define UBOX_NODE_MAP 0x54 /* eight fields of 3 bits: node id of each socket */
#define N_NODE_FIELDS 8

/* Registers that only keep what is written: matches and masks of filters. */
static const struct {
	enum op_unit unit;
	uint32_t offset;
	uint32_t write_mask;
} filters[] = {
	{UNIT_HA, 0x40, 0xFFFFFFC0},	    /* ADDRMATCH0 */
	{UNIT_HA, 0x44, 0x00003FFF},	    /* ADDRMATCH1 */
	{UNIT_HA, 0x48, 0x0000003F},	    /* OPCODEMATCH */
	{UNIT_QPI_MASK, 0x228, 0x8003FFF8}, /* PKT_MATCH0 */
	{UNIT_QPI_MASK, 0x22C, 0x000F000F}, /* PKT_MATCH1 */
	{UNIT_QPI_MASK, 0x238, 0x8003FFF8}, /* PKT_MASK0 */
	{UNIT_QPI_MASK, 0x23C, 0x000F000F}, /* PKT_MASK1 */
};
#define N_FILTERS (sizeof filters / sizeof *filters)
_Static_assert(N_FILTERS <= PCISPACE_MAX_FILTERS, "a function keeps all filters");

static uint32_t dump_dword(const struct fixture_function *dump, uint32_t offset)
{
	if (offset + 4 > dump->size)
		return 0;
	const uint8_t *bytes = dump->config + offset;
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static bool is_device(const struct fixture_function *dump, uint32_t device_id)
{
	return device_id != 0 && dump_dword(dump, 0) == (device_id << 16 | VENDOR_INTEL);
}

/* A socket is the number of the field in the UBOX that holds the UBOX's own node id. */
static bool ubox_socket(const struct fixture_function *ubox, uint32_t *socket)
{
	uint32_t node = dump_dword(ubox, UBOX_NODE_ID) & 7;
	uint32_t map = dump_dword(ubox, UBOX_NODE_MAP);

	for (uint32_t i = 0; i < N_NODE_FIELDS; i++) {
		if ((map >> (3 * i) & 7) == node) {
			*socket = i;
			return true;
		}
	}
	return false;
}

static bool bus_socket(
	const struct fixture *fixture, const struct fixture_function *on_bus, uint32_t *socket)
{
	for (size_t i = 0; i < fixture->n_functions; i++) {
		const struct fixture_function *other = &fixture->functions[i];
		if (other->domain == on_bus->domain && other->bus == on_bus->bus &&
			is_device(other, DEVICE_UBOX))
			return ubox_socket(other, socket);
	}
	return false;
}

const struct arch_function *pcispace_find_uncore(
	const struct fixture *fixture, uint32_t function, uint32_t *socket)
{
	const struct arch *arch = arch_find(fixture->family, fixture->model);
	const struct fixture_function *dump = &fixture->functions[function];

	uint32_t id = dump_dword(dump, 0);

	if (!arch || (id & 0xffff) != VENDOR_INTEL)
		return NULL;
	const struct arch_function *known =
		arch_find_function(arch, dump->devfn, (uint16_t)(id >> 16));
	return known && bus_socket(fixture, dump, socket) ? known : NULL;
}

static bool unit_kind(enum op_unit unit, enum uncore_kind *kind)
{
	switch (unit) {
	case UNIT_IMC:
		*kind = UNCORE_IMC;
		return true;
	case UNIT_HA:
		*kind = UNCORE_HA;
		return true;
	case UNIT_QPI:
		*kind = UNCORE_QPI;
		return true;
	case UNIT_R2PCIE:
		*kind = UNCORE_R2PCIE;
		return true;
	case UNIT_R3QPI:
		*kind = UNCORE_R3QPI;
		return true;
	case UNIT_QPI_MASK:
	case UNIT_QPI_MISC:
		break;
	}
	return false;
}

/* A dword of a box: which register, and which half of it. */
struct box_place {
	enum uncore_part part;
	uint32_t index;
	uint32_t shift; /* 32 for the high dword */
};

static struct box_place box_place_at(uint32_t offset)
{
	switch (offset) {
	case 0xD0:
	case 0xD4:
		return (struct box_place){UNCORE_FIXED_COUNTER, 0, (offset & 4) * 8};
	case 0xF0:
		return (struct box_place){UNCORE_FIXED_SELECT, 0, 0};
	case 0xF4:
		return (struct box_place){UNCORE_CONTROL, 0, 0};
	}
	if (offset >= 0xA0 && offset < 0xC0)
		return (struct box_place){UNCORE_COUNTER, (offset - 0xA0) / 8, (offset & 4) * 8};
	if (offset >= 0xD8 && offset < 0xE8)
		return (struct box_place){UNCORE_SELECT, (offset - 0xD8) / 4, 0};
	return (struct box_place){UNCORE_COUNTER, UNCORE_MAX_COUNTERS, 0}; /* no box has it */
}

static bool find_place(const struct pcispace *function, uint32_t offset, struct box_place *place)
{
	*place = box_place_at(offset);
	return function->has_box && uncore_has(function->kind, place->part, place->index);
}

/* Index into filters, or N_FILTERS. */
static size_t find_filter(const struct pcispace *function, uint32_t offset)
{
	size_t i = 0;

	while (i < N_FILTERS && !(function->uncore && filters[i].unit == function->uncore->unit &&
					filters[i].offset == offset))
		i++;
	return i;
}

static uint32_t read_dword(struct pcispace *function, uint32_t offset, uint64_t ns)
{
	struct box_place place;

	if (find_place(function, offset, &place))
		return (uint32_t)(uncore_read(&function->box, place.part, place.index, ns) >>
				  place.shift);
	size_t filter = find_filter(function, offset);
	if (filter < N_FILTERS)
		return function->filters[filter];
	return dump_dword(function->dump, offset);
}

/* Reserved bits, and all that is not known to be writable, stay as they are. */
static void write_dword(struct pcispace *function, uint32_t offset, uint64_t ns, uint32_t value)
{
	struct box_place place;

	if (find_place(function, offset, &place)) {
		struct uncore_box *box = &function->box;
		uint64_t half = UINT64_C(0xFFFFFFFF) << place.shift;
		uint64_t other = uncore_read(box, place.part, place.index, ns) & ~half;
		uint64_t whole = other | (uint64_t)value << place.shift;
		uncore_write(box, place.part, place.index, ns,
			whole & uncore_write_mask(box, place.part));
		return;
	}
	size_t filter = find_filter(function, offset);
	if (filter < N_FILTERS)
		function->filters[filter] = value & filters[filter].write_mask;
}

void pcispace_init(struct pcispace *function, const struct fixture *fixture, uint32_t number)
{
	uint32_t socket = 0;

	*function = (struct pcispace){.dump = &fixture->functions[number]};
	function->uncore = pcispace_find_uncore(fixture, number, &socket);
	if (!function->uncore)
		return;
	function->has_box = unit_kind(function->uncore->unit, &function->kind);
	if (function->has_box)
		uncore_init(
			&function->box, function->kind, fixture, socket, function->uncore->index);
	for (uint32_t offset = 0; offset < function->dump->size; offset += 4)
		write_dword(function, offset, 0, dump_dword(function->dump, offset));
}

static uint32_t width_mask(uint32_t width)
{
	return UINT32_MAX >> (32 - 8 * width);
}

static bool is_outside(const struct pcispace *function, uint32_t offset, uint32_t width)
{
	return offset >= function->dump->size || width > function->dump->size - offset;
}

uint32_t pcispace_read(struct pcispace *function, uint32_t offset, uint32_t width, uint64_t ns)
{
	if (is_outside(function, offset, width))
		return width_mask(width);
	return read_dword(function, offset & ~3u, ns) >> (offset & 3) * 8 & width_mask(width);
}

void pcispace_write(
	struct pcispace *function, uint32_t offset, uint32_t width, uint64_t ns, uint32_t value)
{
	uint32_t shift = (offset & 3) * 8;
	uint32_t mask = width_mask(width) << shift;

	if (is_outside(function, offset, width))
		return;
	uint32_t other = read_dword(function, offset & ~3u, ns) & ~mask;
	write_dword(function, offset & ~3u, ns, other | (value << shift & mask));
}
