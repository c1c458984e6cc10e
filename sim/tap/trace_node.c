/* SPDX-License-Identifier: MIT */
#include "sim/tap/trace_node.h"

void trace_node_header(const struct fixture *fixture, struct trace_header *header)
{
	trace_header_init(header);
	if (fixture->name)
		trace_header_set(header->node, sizeof header->node, fixture->name);
	if (fixture->vendor)
		trace_header_set(header->vendor, sizeof header->vendor, fixture->vendor);
	header->family = fixture->family;
	header->model = fixture->model;
	header->stepping = fixture->stepping;
	header->n_cpus = (uint32_t)fixture->n_cpus;
}

static uint64_t find_device(const struct fixture *fixture, const struct tap_access *access)
{
	const struct fixture_function *function;

	switch (access->space) {
	case OP_MSR:
		return access->device;
	case OP_PCI:
		function = &fixture->functions[access->device];
		return (uint64_t)function->domain << 16 | (uint64_t)function->bus << 8 |
		       function->devfn;
	}
	return 0;
}

struct trace_access trace_node_access(
	const struct fixture *fixture, const struct tap_access *access, uint64_t time_ns)
{
	return (struct trace_access){
		.time_ns = time_ns,
		.place = {access->space, find_device(fixture, access), access->reg},
		.is_write = access->is_write,
		.width = access->width,
		.value = access->value,
		.error = access->error,
	};
}
