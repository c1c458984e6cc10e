/* SPDX-License-Identifier: MIT */
/* Numbers and their names: the public ones are those of op.h and of the wire. */
#include <assert.h>

#include "client/msrd.h"
#include "op.h"
#include "wire/reason.h"

/* The public names are op.h's. */
static_assert(MSRD_OK == (int)OP_OK && MSRD_UNKNOWN == (int)OP_UNKNOWN &&
		      MSRD_REFUSED == (int)OP_REFUSED && MSRD_NO_FILE == (int)OP_NO_FILE &&
		      MSRD_FAILED == (int)OP_FAILED && MSRD_BUSY == (int)OP_BUSY &&
		      MSRD_ABSENT == (int)OP_ABSENT && MSRD_LOCKED == (int)OP_LOCKED &&
		      MSRD_UNSUPPORTED == (int)OP_UNSUPPORTED && MSRD_SKIPPED == (int)OP_SKIPPED,
	"enum msrd_status differs from enum op_status");
static_assert(MSRD_UNIT_IMC == (int)UNIT_IMC && MSRD_UNIT_HA == (int)UNIT_HA &&
		      MSRD_UNIT_QPI == (int)UNIT_QPI && MSRD_UNIT_QPI_MASK == (int)UNIT_QPI_MASK &&
		      MSRD_UNIT_QPI_MISC == (int)UNIT_QPI_MISC &&
		      MSRD_UNIT_R2PCIE == (int)UNIT_R2PCIE && MSRD_UNIT_R3QPI == (int)UNIT_R3QPI,
	"enum msrd_unit differs from enum op_unit");

const char *msrd_status_text(enum msrd_status status)
{
	return op_status_text((enum op_status)status);
}

const char *msrd_unit_name(enum msrd_unit unit)
{
	return op_unit_name((enum op_unit)unit);
}

/* The public numbers are the wire's. */
#define X(reason, number, name)                                                                    \
	static_assert(MSRD_##reason == (int)(reason), "enum msrd_reason differs from enum "        \
						      "reason");
REASONS(X)
#undef X

const char *msrd_reason_name(unsigned reason)
{
	switch (reason) {
#define X(reason, number, name)                                                                    \
	case number:                                                                               \
		return name;
		REASONS(X)
#undef X
	}
	return NULL;
}
