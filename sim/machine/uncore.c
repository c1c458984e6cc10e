/* SPDX-License-Identifier: MIT */
/*
 * Uncore boxes of the Xeon E5-2600, after Intel 327043-001 (Uncore Performance
 * Monitoring Guide, March 2012).
 *
 * What the model leaves out, as in the core PMU: edge detection, threshold and
 * invert are kept but count like the plain event; so do filters. An event
 * selected with the extension bit (QPI ev_sel_ext, PCU extra select) is another
 * event: bit 8 of the number in the workload.
 */
#include "sim/machine/uncore.h"

/* box control */
#define CONTROL_RST_CTRL (1u << 0)
#define CONTROL_RST_CTRS (1u << 1)
#define CONTROL_FRZ	 (1u << 8)
#define CONTROL_FRZ_EN	 (1u << 16)
#define CONTROL_FREEZE	 (CONTROL_FRZ | CONTROL_FRZ_EN)
#define CONTROL_RESET	 (CONTROL_RST_CTRL | CONTROL_RST_CTRS)

/* event select */
#define SELECT_RST	 (1u << 17)
#define SELECT_EXT	 (1u << 21)
#define SELECT_EN	 (1u << 22)
#define SELECT_FIXED_RST (1u << 19)

/* what SELECT_EXT is in the workload's event numbers */
#define EVENT_EXT (1u << 8)

struct uncore_type {
	const char *name; /* as the workload calls it */
	uint8_t n_counters;
	uint8_t width;
	bool has_fixed;
	enum flow_kind fixed_flow;
	uint32_t control_mask; /* 0: no box control */
	uint32_t select_mask;  /* bits that read back */
	uint32_t select_reset; /* the bit that clears the counter, and itself */
	uint32_t fixed_reset;  /* the same in the fixed counter's select */
};

#define COUNTERS(n, bits)    .n_counters = n, .width = bits
#define CONTROL(mask)	     .control_mask = mask
#define SELECTS(mask, reset) .select_mask = mask, .select_reset = reset
#define FIXED(flow, reset)   .has_fixed = true, .fixed_flow = flow, .fixed_reset = reset

static const struct uncore_type types[] = {
	[UNCORE_CBOX] = {"cbox", COUNTERS(4, 44), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xFFCCFFFF, SELECT_RST)},
	[UNCORE_UBOX] = {"ubox", COUNTERS(2, 44), SELECTS(0x1FC4FFFF, SELECT_RST),
		FIXED(FLOW_UCLK, 0)},
	[UNCORE_PCU] = {"pcu", COUNTERS(4, 48), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xDFE4C0FF, SELECT_RST)},
	/* the reset bits of the control are reserved here */
	[UNCORE_IMC] = {"imc", COUNTERS(4, 48), CONTROL(CONTROL_FREEZE), SELECTS(0xFFC4FFFF, 0),
		FIXED(FLOW_DCLK, SELECT_FIXED_RST)},
	[UNCORE_HA] = {"ha", COUNTERS(4, 48), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xFFC4FFFF, 0)},
	[UNCORE_QPI] = {"qpi", COUNTERS(4, 48), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xFFE4FFFF, 0)},
	[UNCORE_R2PCIE] = {"r2pcie", COUNTERS(4, 44), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xFFC4FFFF, 0)},
	[UNCORE_R3QPI] = {"r3qpi", COUNTERS(3, 44), CONTROL(CONTROL_FREEZE | CONTROL_RESET),
		SELECTS(0xFFC4FFFF, 0)},
};

void uncore_init(struct uncore_box *box, enum uncore_kind kind, const struct fixture *fixture,
	uint32_t package, uint32_t index)
{
	const struct uncore_type *type = &types[kind];

	*box = (struct uncore_box){
		.type = type,
		.flow = {.fixture = fixture,
			.kind = FLOW_BOX_EVENT,
			.package = package,
			.unit = type->name,
			.box = index},
		.fixed.width = type->width,
	};
	for (uint32_t i = 0; i < UNCORE_MAX_COUNTERS; i++)
		box->counters[i].width = type->width;
}

bool uncore_has(enum uncore_kind kind, enum uncore_part part, uint32_t index)
{
	switch (part) {
	case UNCORE_CONTROL:
		return types[kind].control_mask != 0;
	case UNCORE_SELECT:
	case UNCORE_COUNTER:
		return index < types[kind].n_counters;
	case UNCORE_FIXED_SELECT:
	case UNCORE_FIXED_COUNTER:
		return types[kind].has_fixed;
	}
	return false;
}

uint64_t uncore_write_mask(const struct uncore_box *box, enum uncore_part part)
{
	switch (part) {
	case UNCORE_CONTROL:
		return box->type->control_mask;
	case UNCORE_SELECT:
		return box->type->select_mask | box->type->select_reset;
	case UNCORE_FIXED_SELECT:
		return SELECT_EN | box->type->fixed_reset;
	case UNCORE_COUNTER:
	case UNCORE_FIXED_COUNTER:
		return counter_mask(&box->fixed);
	}
	return 0;
}

static void uncore_settle(struct uncore_box *box, uint64_t ns)
{
	for (uint32_t i = 0; i < box->type->n_counters; i++)
		counter_settle(&box->counters[i], ns);
	counter_settle(&box->fixed, ns);
}

/* After a change of any control; the counters must be settled. */
static void uncore_route(struct uncore_box *box, uint64_t ns)
{
	/* frz alone does nothing: it needs frz_en */
	bool frozen = (box->control & CONTROL_FREEZE) == CONTROL_FREEZE;
	struct flow fixed = box->flow;

	for (uint32_t i = 0; i < box->type->n_counters; i++) {
		struct flow flow = box->flow;
		uint32_t select = box->selects[i];
		bool runs = (select & SELECT_EN) && !frozen;
		flow.selection.event = (select & 0xFF) | (select & SELECT_EXT ? EVENT_EXT : 0);
		flow.selection.umask = select >> 8 & 0xFF;
		counter_route(&box->counters[i], runs ? &flow : NULL, ns);
	}
	fixed.kind = box->type->fixed_flow;
	counter_route(&box->fixed, (box->fixed_select & SELECT_EN) && !frozen ? &fixed : NULL, ns);
}

uint64_t uncore_read(struct uncore_box *box, enum uncore_part part, uint32_t index, uint64_t ns)
{
	uncore_settle(box, ns);
	switch (part) {
	case UNCORE_CONTROL:
		return box->control;
	case UNCORE_SELECT:
		return box->selects[index];
	case UNCORE_COUNTER:
		return box->counters[index].value;
	case UNCORE_FIXED_SELECT:
		return box->fixed_select;
	case UNCORE_FIXED_COUNTER:
		return box->fixed.value;
	}
	return 0;
}

static void write_control(struct uncore_box *box, uint32_t value)
{
	if (value & CONTROL_RST_CTRL) {
		for (uint32_t i = 0; i < box->type->n_counters; i++)
			box->selects[i] = 0;
		box->fixed_select = 0;
	}
	if (value & CONTROL_RST_CTRS) {
		for (uint32_t i = 0; i < box->type->n_counters; i++)
			counter_set(&box->counters[i], 0);
		counter_set(&box->fixed, 0);
	}
	/* measured: 0x10003 reads back 0x10000 */
	box->control = value & ~CONTROL_RESET;
}

void uncore_write(
	struct uncore_box *box, enum uncore_part part, uint32_t index, uint64_t ns, uint64_t value)
{
	uncore_settle(box, ns);
	switch (part) {
	case UNCORE_CONTROL:
		write_control(box, (uint32_t)value);
		break;
	case UNCORE_SELECT:
		if (value & box->type->select_reset)
			counter_set(&box->counters[index], 0);
		box->selects[index] = (uint32_t)value & ~box->type->select_reset;
		break;
	case UNCORE_COUNTER:
		counter_set(&box->counters[index], value);
		break;
	case UNCORE_FIXED_SELECT:
		if (value & box->type->fixed_reset)
			counter_set(&box->fixed, 0);
		box->fixed_select = (uint32_t)value & ~box->type->fixed_reset;
		break;
	case UNCORE_FIXED_COUNTER:
		counter_set(&box->fixed, value);
		break;
	}
	uncore_route(box, ns);
}
