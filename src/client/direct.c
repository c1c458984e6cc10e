/* SPDX-License-Identifier: MIT */
/*
 * A conversation with nobody: what the daemon does between its wire and its devices, without its
 * policy. Why something can't be is direct_tell.c's.
 */
#include "client/direct.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/direct_tell.h"
#include "device/msr.h"
#include "device/pci.h"
#include "node/lock.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct direct {
	struct conversation conversation;
	int root_fd;
	const char *lock_path;
	struct node node;
	struct device *devices[OP_N_SPACES];
	/* why not all files are open, or none to be written: REASON_NONE where they are */
	struct reason_told unopened[OP_N_SPACES], unwritten[OP_N_SPACES];
	struct reason_told no_units; /* why there are none: REASON_NONE where there are */
};

/* On every batch, as the daemon does. */
static enum op_status look_at_lock(const struct direct *direct)
{
	bool is_own;

	return lock_check(direct->lock_path, getuid(), &is_own);
}

/* A value's bits and an address that no register there has. */
static bool is_too_wide(const struct op *op)
{
	return op->verb == OP_WRITE && (op->value & ~op_space_mask(op->place.space)) != 0;
}

static bool is_between(const struct op *op)
{
	return op->verb != OP_CHECK && op->place.reg % op_space_step(op->place.space) != 0;
}

static void carry_out(const struct direct *direct, struct op *op)
{
	struct device *device = direct->devices[op->place.space];

	if (is_too_wide(op) || is_between(op))
		op->status = OP_FAILED;
	else
		device_access(device, op);
}

/* As far as is known before it is tried. */
static enum op_status foresee(const struct direct *direct, const struct op *op)
{
	struct op check = *op;

	if (is_too_wide(op) || is_between(op))
		return OP_FAILED;
	check.verb = OP_CHECK;
	carry_out(direct, &check);
	return check.status;
}

__attribute__((format(printf, 3, 4))) static void tell(
	struct reason_told *told, enum reason reason, const char *format, ...)
{
	va_list arguments;

	told->reason = (uint16_t)reason;
	va_start(arguments, format);
	vsnprintf(told->text, sizeof told->text, format, arguments);
	va_end(arguments);
}

static void tell_failure(const struct direct *direct, const struct op *op, struct reason_told *told)
{
	const struct reason_told *unwritten = &direct->unwritten[op->place.space];

	if (is_too_wide(op))
		tell(told, REASON_TOO_WIDE, "the value has bits that the register has not");
	else if (is_between(op))
		tell(told, REASON_FAULT, "no register begins there: they are at multiples of %u",
			(unsigned)op_space_step(op->place.space));
	else if (op->verb == OP_WRITE && unwritten->reason != REASON_NONE)
		*told = *unwritten;
	else
		direct_tell_failure(told, direct->root_fd, op);
}

static void tell_absence(const struct direct *direct, const struct op *op, struct reason_told *told)
{
	if (op_space_has_units(op->place.space) && direct->no_units.reason != REASON_NONE)
		*told = direct->no_units;
	else
		tell(told, REASON_NO_DEVICE, "this machine shows none, or it is offline");
}

static void explain(const struct direct *direct, const struct op *op, struct reason_told *told)
{
	told->reason = REASON_NONE;
	told->text[0] = '\0';
	switch (op->status) {
	case OP_NO_FILE:
		*told = direct->unopened[op->place.space];
		break;
	case OP_FAILED:
		tell_failure(direct, op, told);
		break;
	case OP_ABSENT:
		tell_absence(direct, op, told);
		break;
	case OP_LOCKED:
		told->reason = REASON_LOCKED;
		lock_describe(direct->lock_path, told->text, sizeof told->text);
		break;
	default:
		break;
	}
}

static int access_one(struct conversation *conversation, struct connection *connection,
	struct op *op, struct reason_told *told)
{
	const struct direct *direct = (const struct direct *)conversation;

	(void)connection;
	op->status = look_at_lock(direct);
	if (op->status == OP_OK)
		carry_out(direct, op);
	if (op->status != OP_OK)
		explain(direct, op, told);
	return 0;
}

/* Sets each status to what is known before the first access. False: none is to be tried. */
static bool judge(const struct direct *direct, struct batch *batch)
{
	const enum op_status lock = look_at_lock(direct);
	bool all = true;

	for (size_t i = 0; i < batch->n; i++) {
		struct op *op = &batch->ops[i];

		op->status = lock;
		if (lock == OP_OK && batch->mode == BATCH_ALL_OR_NONE)
			op->status = foresee(direct, op);
		all = all && op->status == OP_OK;
	}
	return all;
}

static void run(struct conversation *conversation, struct batch *batch, conversation_hear *hear,
	void *closure)
{
	const struct direct *direct = (const struct direct *)conversation;
	struct reason_told told;

	batch->begin_ns = clock_now_ns();
	bool goes_on = judge(direct, batch);

	for (size_t i = 0; i < batch->n; i++) {
		struct op *op = &batch->ops[i];

		if (op->status == OP_OK && goes_on)
			carry_out(direct, op);
		else if (op->status == OP_OK)
			op->status = OP_SKIPPED;
		explain(direct, op, &told);
		hear(closure, i, &told);
		if (op->status != OP_OK && batch->mode == BATCH_UNTIL_FAILURE)
			goes_on = false;
	}
	batch->end_ns = clock_now_ns();
}

static void say_goodbye(struct conversation *conversation, struct connection *connection)
{
	(void)conversation;
	(void)connection;
}

static void free_direct(struct conversation *conversation)
{
	struct direct *direct = (struct direct *)conversation;

	for (int space = 0; space < OP_N_SPACES; space++)
		direct->devices[space] = device_free(direct->devices[space]);
	node_deinit(&direct->node);
	if (direct->root_fd >= 0)
		close(direct->root_fd);
	free(direct);
}

static struct device *open_space(
	const struct direct *direct, enum op_space space, bool writable, struct device_files *files)
{
	enum pci_use use[OP_N_UNITS];

	if (!op_space_has_units(space))
		return msr_new(direct->root_fd, &direct->node, writable, files);
	for (unsigned unit = 0; unit < OP_N_UNITS; unit++)
		use[unit] = writable ? PCI_READ_WRITE : PCI_READ;
	return pci_new(direct->root_fd, &direct->node, use, files);
}

static bool is_denied(const struct device_files *files)
{
	return files->opened == 0 && (files->error == EACCES || files->error == EPERM);
}

/* Who may not write may still read; who may not read either is told about that. False: out of
 * memory. */
static bool open_read_only(struct direct *direct, enum op_space space, struct device_files *files)
{
	const struct device_files writable = *files;

	device_free(direct->devices[space]);
	direct->devices[space] = open_space(direct, space, false, files);
	if (direct->devices[space] && files->opened > 0)
		direct_tell_files(
			&direct->unwritten[space], direct->root_fd, space, &writable, true);
	return direct->devices[space] != NULL;
}

/* 0 or -errno. */
static int open_files(struct direct *direct, enum op_space space)
{
	struct device_files files;

	direct->devices[space] = open_space(direct, space, true, &files);
	if (!direct->devices[space] ||
		(is_denied(&files) && !open_read_only(direct, space, &files)))
		return -ENOMEM;
	if (files.error == EMFILE || files.error == ENFILE)
		return -files.error; /* the program has others to open, too */
	if (files.opened < files.wanted)
		direct_tell_files(&direct->unopened[space], direct->root_fd, space, &files, false);
	if (files.read_only > 0) {
		files.error = EROFS;
		direct_tell_files(&direct->unwritten[space], direct->root_fd, space, &files, true);
	}
	return 0;
}

static int open_machine(struct direct *direct, int root_fd, char *text, size_t size)
{
	direct->root_fd = openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = direct->root_fd < 0 ? -errno : node_init(&direct->node, direct->root_fd);

	if (r < 0 && r != -EMFILE && r != -ENFILE && r != -ENOMEM) {
		snprintf(text, size,
			"can't find out what machine this is: %s (mount /proc and /sys)",
			strerror(-r));
		return r;
	}
	for (int space = 0; r == 0 && space < OP_N_SPACES; space++)
		r = open_files(direct, (enum op_space)space);
	if (r == -EMFILE || r == -ENFILE)
		snprintf(text, size,
			"direct access to this machine takes %zu open files, and the limit is too "
			"low "
			"(ulimit -n)",
			direct->node.n_cpus + direct->node.n_functions);
	else if (r < 0)
		snprintf(text, size, "out of memory");
	return r;
}

int direct_new(struct conversation **conversation, int root_fd, const char *lock_path, char *text,
	size_t size)
{
	static const struct conversation_ops ops = {
		.access = access_one,
		.run = run,
		.end = say_goodbye,
		.free = free_direct,
	};
	struct direct *direct = calloc(1, sizeof *direct);

	if (!direct) {
		snprintf(text, size, "out of memory");
		return -ENOMEM;
	}
	direct->conversation.ops = &ops;
	snprintf(direct->conversation.name, sizeof direct->conversation.name, "direct access");
	direct->lock_path = lock_path;
	int r = open_machine(direct, root_fd, text, size);
	if (r < 0) {
		free_direct(&direct->conversation);
		return r;
	}
	direct_tell_no_units(&direct->no_units, direct->root_fd, &direct->node);
	*conversation = &direct->conversation;
	return 0;
}
