/* SPDX-License-Identifier: MIT */
/* Batches of a handle, as its other accesses see them. */
#ifndef MSRD_CLIENT_BATCH_H
#define MSRD_CLIENT_BATCH_H

#include "client/handle.h"

/* What is in flight is waited for, to be reaped later. The handle's lock is held. */
void batch_land(struct msrd *msrd);

#endif
