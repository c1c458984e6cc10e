/* SPDX-License-Identifier: MIT */
/* What to say when an access fails, and when the daemon does. */
#include "client/handle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What to do about it, where there is something. */
static const char *status_cure(enum op_status status)
{
	switch (status) {
	case OP_REFUSED:
		return "; `msrctl list` shows what is allowed";
	case OP_NO_FILE:
		return "; is the msr module loaded, and has the daemon its privileges?";
	case OP_FAILED:
		return "; this CPU may not have the register";
	case OP_ABSENT:
		return ", or it is offline";
	case OP_LOCKED:
		return "; see who owns /var/run/likwid.lock";
	default:
		return "";
	}
}

bool handle_is_forked(const struct msrd *msrd)
{
	return getpid() != msrd->owner;
}

/* How the daemon ended that left us alone; nothing of it stays. */
static void describe_end(struct msrd *msrd, char *text, size_t size)
{
	struct child *child = &msrd->connection.child;

	if (!child_has_ended(child, msrd->end_timeout_ms / OBITUARY_SHARE)) {
		snprintf(text, size, "it closed the connection");
		return;
	}
	if (msrd->is_ours && child_has_stepped_aside(child))
		/* all else that ends its session well is of our doing */
		snprintf(text, size, "somebody has told it to terminate");
	else
		child_describe(child, text, size);
	leftover_remove(&msrd->connection.leftover);
}

int handle_break_off(struct msrd *msrd, int error)
{
	char end[128];

	connection_close(&msrd->connection);
	msrd->broken = error;
	msrd->reason = REASON_NONE;
	switch (error) {
	case -ECONNRESET:
		describe_end(msrd, end, sizeof end);
		snprintf(msrd->text, sizeof msrd->text,
			"%s is gone: %s; the system log may say why", msrd->who, end);
		break;
	case -ETIMEDOUT:
		snprintf(msrd->text, sizeof msrd->text, "%s did not answer within %u ms", msrd->who,
			msrd->connection.reply_timeout_ms);
		break;
	case -EPROTO:
		snprintf(msrd->text, sizeof msrd->text, "%s gave an answer that makes no sense",
			msrd->who);
		break;
	default:
		snprintf(msrd->text, sizeof msrd->text, "the connection to the daemon failed: %s",
			strerror(-error));
		break;
	}
	return error;
}

/* What the daemon says knows more than its status alone. */
void handle_describe(const struct op *op, const struct reason_told *told, char *text, size_t size)
{
	const bool is_told = told->text[0] != '\0';
	char what[OP_TEXT_SIZE];

	snprintf(text, size, "%s: %s%s%s%s", op_describe(op, what), op_status_text(op->status),
		is_told ? ": " : "", told->text,
		is_told && op->status != OP_REFUSED ? "" : status_cure(op->status));
}

void handle_tell(struct msrd *msrd, const struct op *op, const struct reason_told *told)
{
	msrd->reason = told->reason;
	handle_describe(op, told, msrd->text, sizeof msrd->text);
}

int handle_has_no(struct msrd *msrd, const struct op *op)
{
	char what[OP_TEXT_SIZE];

	msrd->reason = REASON_NONE;
	snprintf(msrd->text, sizeof msrd->text,
		"%s: the protocol of %s has no such request or unit", op_describe(op, what),
		msrd->conversation->name);
	return -EINVAL;
}
