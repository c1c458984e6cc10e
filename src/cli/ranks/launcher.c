/* SPDX-License-Identifier: MIT */
/* Open MPI, Hydra (MPICH, Intel MPI) and Slurm: each has names of its own for the same. */
#include "cli/ranks/launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ranks/ancestor.h"
#include "util/array.h"
#include "util/number.h"

/* More than any node has; chosen, not tuned. */
#define MAX_LOCAL 65536

static bool get_number(rank_get *get, const char *name, uint32_t *number)
{
	const char *text = get(name);
	uint64_t value;

	if (!text || !number_parse(text, UINT32_MAX, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

static bool set_job(struct rank *rank, const char *kind, const char *first, const char *second)
{
	int n;

	if (!first || !*first || !second)
		return false;
	n = snprintf(rank->job, sizeof rank->job, "%s-%s-%s", kind, first, second);
	return n < (int)sizeof rank->job;
}

static bool find_open_mpi(struct rank *rank, rank_get *get)
{
	const char *job = get("PMIX_NAMESPACE");

	rank->launcher = "Open MPI";
	return get_number(get, "OMPI_COMM_WORLD_RANK", &rank->number) &&
	       get_number(get, "OMPI_COMM_WORLD_SIZE", &rank->size) &&
	       get_number(get, "OMPI_COMM_WORLD_LOCAL_SIZE", &rank->local_size) &&
	       set_job(rank, "ompi", job ? job : get("OMPI_MCA_ess_base_jobid"), "");
}

/* It gives its jobs no names: ranks of one are those that one proxy of it has started. */
static bool find_hydra(struct rank *rank, rank_get *get)
{
	char proxy[ANCESTOR_NAME_SIZE];

	rank->launcher = "Hydra";
	return get_number(get, "PMI_RANK", &rank->number) &&
	       get_number(get, "PMI_SIZE", &rank->size) &&
	       get_number(get, "MPI_LOCALNRANKS", &rank->local_size) &&
	       ancestor_without("PMI_RANK", proxy) && set_job(rank, "hydra", proxy, "");
}

uint32_t rank_tasks_of(const char *list, uint32_t i)
{
	while (*list) {
		unsigned long n, times = 1;
		char *end;

		n = strtoul(list, &end, 10);
		if (end == list || n == 0 || n > MAX_LOCAL)
			return 0;
		if (strncmp(end, "(x", 2) == 0) {
			times = strtoul(end + 2, &end, 10);
			if (*end++ != ')')
				return 0;
		}
		if (i < times)
			return (uint32_t)n;
		i -= (uint32_t)times;
		if (*end == '\0')
			return 0;
		if (*end != ',')
			return 0;
		list = end + 1;
	}
	return 0;
}

/* A batch script is in no step, and waits for no other of its kind. */
static bool find_slurm(struct rank *rank, rank_get *get)
{
	const char *tasks = get("SLURM_STEP_TASKS_PER_NODE");
	uint32_t node;

	rank->launcher = "Slurm";
	if (!tasks || !get_number(get, "SLURM_NODEID", &node))
		return false;
	rank->local_size = rank_tasks_of(tasks, node);
	return get_number(get, "SLURM_PROCID", &rank->number) &&
	       get_number(get, "SLURM_STEP_NUM_TASKS", &rank->size) && get("SLURM_STEP_ID") &&
	       set_job(rank, "slurm", get("SLURM_JOB_ID"), get("SLURM_STEP_ID"));
}

/* The inner ones first: Open MPI's and Hydra's launchers may be steps of Slurm. */
bool rank_find(struct rank *rank, rank_get *get)
{
	static bool (*const finders[])(struct rank *, rank_get *) = {
		find_open_mpi, find_hydra, find_slurm};

	for (size_t i = 0; i < N_ELEMENTS(finders); i++) {
		*rank = (struct rank){0};
		if (finders[i](rank, get) && rank->local_size > 0 &&
			rank->local_size <= MAX_LOCAL && rank->local_size <= rank->size &&
			rank->number < rank->size)
			return true;
	}
	return false;
}
