/* SPDX-License-Identifier: MIT */
/* Arrays of libmsrd, as long as they are, in an order that people like. */
#include "cli/picture.h"

#include <errno.h>
#include <stdlib.h>

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_sockets(const void *a, const void *b)
{
	const struct msrd_socket *first = a, *second = b;

	return compare(first->socket, second->socket);
}

static int compare_units(const void *a, const void *b)
{
	const struct msrd_device *first = a, *second = b;
	int by_socket = compare(first->socket, second->socket);
	int by_kind = compare(first->unit, second->unit);

	return by_socket ? by_socket : by_kind ? by_kind : compare(first->index, second->index);
}

/* All of a table of what this daemon has, which is as long as it is for a whole session. */
#define FETCH(table, type)                                                                         \
	static int fetch_##table(struct picture *picture, struct msrd *msrd)                       \
	{                                                                                          \
		size_t n;                                                                          \
		int r = msrd_##table(msrd, NULL, 0, &n);                                           \
                                                                                                   \
		if (r < 0)                                                                         \
			return r;                                                                  \
		picture->table = calloc(n + 1, sizeof(struct type));                               \
		if (!picture->table)                                                               \
			return -ENOMEM;                                                            \
		r = msrd_##table(msrd, picture->table, n, &picture->n_##table);                    \
		if (picture->n_##table > n)                                                        \
			picture->n_##table = n;                                                    \
		return r;                                                                          \
	}

FETCH(cpus, msrd_cpu)
FETCH(sockets, msrd_socket)
FETCH(buses, msrd_bus)
FETCH(units, msrd_device)

int picture_ask(struct picture *picture, struct msrd *msrd)
{
	*picture = (struct picture){0};
	int r = msrd_info(msrd, &picture->machine);

	if (r == 0)
		r = fetch_cpus(picture, msrd);
	if (r == 0)
		r = fetch_sockets(picture, msrd);
	if (r == 0)
		r = fetch_buses(picture, msrd);
	if (r == 0)
		r = fetch_units(picture, msrd);
	if (r < 0)
		return r;
	qsort(picture->sockets, picture->n_sockets, sizeof *picture->sockets, compare_sockets);
	qsort(picture->units, picture->n_units, sizeof *picture->units, compare_units);
	return 0;
}

int picture_see(struct picture *picture, const struct node *node)
{
	*picture = (struct picture){
		.cpus = calloc(node->n_cpus + 1, sizeof *picture->cpus),
		.sockets = calloc(node->n_packages + 1, sizeof *picture->sockets),
		.buses = calloc(node->n_buses + 1, sizeof *picture->buses),
		.n_cpus = node->n_cpus,
		.n_sockets = node->n_packages,
		.n_buses = node->n_buses,
	};
	if (!picture->cpus || !picture->sockets || !picture->buses)
		return -ENOMEM;
	for (uint32_t i = 0; i < node->n_cpus; i++)
		picture->cpus[i] = (struct msrd_cpu){.socket = node->cpus[i].package,
			.is_present = node->cpus[i].present,
			.is_online = node->cpus[i].online};
	for (uint32_t i = 0; i < node->n_packages; i++)
		picture->sockets[i].socket = node->packages[i];
	for (size_t i = 0; i < node->n_buses; i++)
		picture->buses[i] = (struct msrd_bus){.socket = node->buses[i].package,
			.domain = node->buses[i].domain,
			.bus = node->buses[i].bus,
			.source = (uint8_t)node->buses[i].source,
			.doubt = (uint8_t)node->buses[i].doubt};
	return 0;
}

void picture_deinit(struct picture *picture)
{
	free(picture->cpus);
	free(picture->sockets);
	free(picture->buses);
	free(picture->units);
	*picture = (struct picture){0};
}
