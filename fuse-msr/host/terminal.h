/* SPDX-License-Identifier: MIT */
/*
 * Whose the terminal is. A shell in another PID namespace takes it, and cannot give it back to a
 * process group that it has no number for.
 */
#ifndef MSRD_FUSE_MSR_HOST_TERMINAL_H
#define MSRD_FUSE_MSR_HOST_TERMINAL_H

struct terminal {
	int fd; /* -1: there is none, or it is not ours */
};

void terminal_init(struct terminal *terminal);

/* If it was ours, and whoever has it now is gone, it is ours again. */
void terminal_deinit(struct terminal *terminal);

#endif
