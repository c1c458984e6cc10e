/* SPDX-License-Identifier: MIT */
/*
 * Which rank of which parallel job are we, as its launcher says in the environment? That says who
 * measures with whom, of the same user, and nothing else.
 */
#ifndef MSRD_CLI_RANKS_LAUNCHER_H
#define MSRD_CLI_RANKS_LAUNCHER_H

#include <stdbool.h>
#include <stdint.h>

#define RANK_JOB_SIZE 160

struct rank {
	const char *launcher;	 /* "Open MPI" */
	char job[RANK_JOB_SIZE]; /* the same in all ranks of the job on this node, and in no other
				  */
	uint32_t number, size;	 /* in the job */
	uint32_t local_size;	 /* on this node */
};

/* As of getenv(3). */
typedef char *rank_get(const char *name);

/* False: no launcher that is known says all of it. */
bool rank_find(struct rank *rank, rank_get *get);

/* How many of "2(x3),1", as Slurm writes what each node has, node number i has; 0: it is no such
 * list, or has no such node. */
uint32_t rank_tasks_of(const char *list, uint32_t i);

#endif
