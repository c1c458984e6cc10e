/* SPDX-License-Identifier: MIT */
#ifndef MSRD_FUSE_MSR_CHECK_EVENTS_H
#define MSRD_FUSE_MSR_CHECK_EVENTS_H

#include "sim/fixture/fixture.h"

/* Lets all that is to befall a node befall one, and complains of what it can't be done to. */
void check_events(const struct fixture *fixture,
	void (*complain)(void *context, const char *message), void *context);

#endif
