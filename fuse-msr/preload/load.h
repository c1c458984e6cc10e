/* SPDX-License-Identifier: MIT */
/* Libraries that a program loads while it runs. */
#ifndef MSRD_FUSE_MSR_PRELOAD_LOAD_H
#define MSRD_FUSE_MSR_PRELOAD_LOAD_H

/* From now on loaded() is called whenever some have been loaded. */
void load_start(void (*loaded)(void));

#endif
