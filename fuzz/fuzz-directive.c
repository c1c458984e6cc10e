/* SPDX-License-Identifier: MIT */
/*
 * Any lines given to a small node, each either carried out or refused with a
 * reason; whatever has befallen it, its registers answer and what is in force can be
 * listed.
 */
#include <errno.h>
#include <string.h>

#include "fuse-msr/tree/control.h"
#include "fuzz/harness.h"

#define N_CPUS 4

static uint8_t imc[256] = {0x86, 0x80, 0xb0, 0x3c}, bridge[64] = {0x86, 0x80, 0x00, 0x3c};
static struct fixture_function functions[] = {
	{.bus = 0, .numa_node = -1, .size = 64, .config = bridge},
	{.bus = 0x7f, .devfn = 0x80, .numa_node = -1, .size = 256, .config = imc},
};
static uint32_t distances[] = {10}, packages[] = {0};
static struct fixture_numa_node numa_nodes[] = {{.distances = distances}};
static struct fixture_cpu cpus[N_CPUS];
static struct fixture fixture = {
	.family = 6,
	.model = 0x2d,
	.stepping = 7,
	.packages = packages,
	.n_packages = 1,
	.cores_per_package = N_CPUS,
	.threads_per_core = 1,
	.cpus = cpus,
	.n_cpus = N_CPUS,
	.numa_nodes = numa_nodes,
	.n_numa_nodes = 1,
	.functions = functions,
	.n_functions = 2,
	.bus_mhz = 100,
	.tsc_mhz = 2700,
	.uclk_mhz = 2000,
	.dclk_mhz = 800,
};

struct node {
	struct machine *machine;
	struct fault *fault;
	struct control *control;
};

static void no_complaint(void *context, const char *message)
{
	(void)context;
	(void)message;
}

static struct node node_new(void)
{
	struct node node;

	for (uint32_t i = 0; i < N_CPUS; i++)
		cpus[i] = (struct fixture_cpu){.number = i, .core = i, .online = true};
	node.machine = machine_new(&fixture, MACHINE_CLOCK_MANUAL, no_complaint, NULL);
	MUST(node.machine);
	node.fault = fault_new(node.machine, tap_machine_new(node.machine));
	MUST(node.fault);
	node.control = control_new(&fixture, node.machine, node.fault);
	MUST(node.control);
	return node;
}

static void node_free(struct node *node)
{
	control_free(node->control);
	tap_free(fault_tap(node->fault));
	machine_free(node->machine);
}

/* A delay would only keep the fuzzer. */
static bool waits(const char *line)
{
	return strstr(line, "delay");
}

static void give_lines(struct node *node, char *text)
{
	char error[DIRECTIVE_ERROR_SIZE], *rest = text;

	for (char *line; (line = strsep(&rest, "\n"));) {
		if (waits(line))
			continue;
		int r = control_apply(node->control, line, error);
		MUST(r == 0 ||
			(r == -EINVAL && error[0] != '\0' && strlen(error) < DIRECTIVE_ERROR_SIZE));
	}
}

static void look(struct node *node)
{
	for (uint32_t cpu = 0; cpu < N_CPUS; cpu++) {
		struct tap_access access = {
			.space = OP_MSR, .device = cpu, .reg = 0x10, .width = 8};
		tap_access(fault_tap(node->fault), &access);
		MUST(access.error <= 0);
	}
}

static void list(struct node *node)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	MUST(out);
	control_write(node->control, false, out);
	control_write(node->control, true, out);
	MUST(fclose(out) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct node node = node_new();
	char *text = malloc(size + 1);

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	give_lines(&node, text);
	look(&node);
	MUST(machine_clock_advance(node.machine, UINT64_C(3000000000)) == 0);
	control_due(node.control);
	list(&node);
	free(text);
	node_free(&node);
	return 0;
}
