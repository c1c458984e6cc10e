/* SPDX-License-Identifier: MIT */
/*
 * Why this process does not get at a device, in the wire's numbers. What told says of is left alone
 * where a function returns false.
 */
#ifndef MSRD_CLIENT_DIRECT_TELL_H
#define MSRD_CLIENT_DIRECT_TELL_H

#include <stdbool.h>

#include "device/files.h"
#include "node/node.h"
#include "op.h"
#include "wire/reason.h"

/* Why files of the space could not be opened below root_fd; is_write: to be written, though they
 * could to be read. */
void direct_tell_files(struct reason_told *told, int root_fd, enum op_space space,
	const struct device_files *files, bool is_write);

/* Why the node has no units to ask for, where it has none. False: it has, or its model has none. */
bool direct_tell_no_units(struct reason_told *told, int root_fd, const struct node *node);

/* Why op failed, of a device whose file is open. */
void direct_tell_failure(struct reason_told *told, int root_fd, const struct op *op);

#endif
