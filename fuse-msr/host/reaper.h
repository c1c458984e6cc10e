/* SPDX-License-Identifier: MIT */
/*
 * The descendants of this process. As their subreaper it gets every orphan
 * among them, and so can see to it that none stays behind.
 */
#ifndef MSRD_FUSE_MSR_HOST_REAPER_H
#define MSRD_FUSE_MSR_HOST_REAPER_H

/* Orphans come to this process from here on, and children wait to be reaped, also where the
 * parent has said that they need not (SIGCHLD ignored). 0 or -errno. */
int reaper_adopt(void);

/* Asks all descendants to end (SIGTERM), makes them end after grace_ms (SIGKILL), reaps them. */
void reaper_end(int grace_ms);

/* The signals that end a program, and SIGCHLD: blocked, and to be read from the signalfd that
 * this returns (or -errno). */
int reaper_signals(void);

/* None of these is blocked any more, for a program to be executed. Those that are ignored stay so,
 * as nohup(1) and a shell's & want it. */
void reaper_signals_release(void);

#endif
