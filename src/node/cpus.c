/* SPDX-License-Identifier: MIT */
/* CPU model, CPUs and sockets. CPU numbers may have gaps. */
#include <string.h>

#include "node/file.h"
#include "node/internal.h"
#include "util/cleanup.h"
#include "util/compare.h"
#include "util/cpulist.h"
#include "util/number.h"

/* Eight times the most that Linux can be built for. */
#define CPU_NUMBER_MAX 65535

/* The value behind "key\t: " in the first block of cpuinfo. */
static bool cpuinfo_value(const char *text, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) != 0)
			continue;
		const char *colon = line + length + strspn(line + length, " \t");
		if (*colon != ':')
			continue; /* "model" is also how "model name" begins */
		colon += 1 + strspn(colon + 1, " \t");
		size_t n = strcspn(colon, "\n");
		if (n >= size)
			n = size - 1;
		memcpy(value, colon, n);
		value[n] = '\0';
		return true;
	}
	return false;
}

static int cpuinfo_number(const char *text, const char *key, unsigned *number)
{
	char value[16];
	uint64_t parsed;

	if (!cpuinfo_value(text, key, value, sizeof value) ||
		!number_parse(value, UINT32_MAX, &parsed))
		return -EINVAL;
	*number = (unsigned)parsed;
	return 0;
}

int node_read_cpu_model(struct node *node, int root_fd)
{
	char text[8192]; /* the first CPU's block is a quarter of that */
	int r = file_read_text(root_fd, text, sizeof text, "proc/cpuinfo");

	if (r < 0)
		return r;
	if (!cpuinfo_value(text, "vendor_id", node->vendor, sizeof node->vendor))
		return -EINVAL;
	cpuinfo_value(text, "model name", node->model_name, sizeof node->model_name);
	if (cpuinfo_number(text, "cpu family", &node->family) < 0 ||
		cpuinfo_number(text, "model", &node->model) < 0)
		return -EINVAL;
	/* hypervisors leave it out, or say "unknown"; nothing depends on it */
	if (cpuinfo_number(text, "stepping", &node->stepping) < 0)
		node->stepping = NODE_NO_STEPPING;
	return 0;
}

static bool raise_end(void *context, uint32_t number)
{
	uint32_t *end = context;

	if (number >= *end)
		*end = number + 1;
	return true;
}

static bool mark_present(void *context, uint32_t number)
{
	struct node *node = context;

	node->cpus[number].present = true;
	return true;
}

static bool mark_online(void *context, uint32_t number)
{
	struct node *node = context;

	if (number < node->n_cpus)
		node->cpus[number].online = true;
	return true;
}

/* Calls each for every CPU of a list file such as "present". */
static int read_cpu_list(
	int root_fd, const char *name, bool (*each)(void *, uint32_t), void *context)
{
	char path[128];

	snprintf(path, sizeof path, "sys/devices/system/cpu/%s", name);
	cleanup_free char *text = file_read_whole(root_fd, path);
	if (!text)
		return -errno;
	text[strcspn(text, "\n")] = '\0';
	return cpulist_parse(text, CPU_NUMBER_MAX, each, context) ? 0 : -EINVAL;
}

static int collect_packages(struct node *node)
{
	uint32_t n = 0;

	node->packages = calloc(node->n_cpus, sizeof *node->packages);
	if (!node->packages)
		return -ENOMEM;
	for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++)
		if (node->cpus[cpu].package != NODE_NO_PACKAGE)
			node->packages[n++] = node->cpus[cpu].package;
	qsort(node->packages, n, sizeof *node->packages, compare_u32);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || node->packages[i] != node->packages[node->n_packages - 1])
			node->packages[node->n_packages++] = node->packages[i];
	node->n_cpu_packages = node->n_packages;
	return 0;
}

/* An offline CPU has no topology directory, and a container may hide one; -1 is no id. */
static uint32_t read_package(int root_fd, uint32_t cpu)
{
	long id;

	if (file_read_number(root_fd, &id,
		    "sys/devices/system/cpu/cpu%u/topology/physical_package_id", cpu) < 0 ||
		id < 0 || id >= NODE_NO_PACKAGE)
		return NODE_NO_PACKAGE;
	return (uint32_t)id;
}

/* What each CPU of a package's list is to be. */
struct siblings {
	struct node *node;
	uint32_t package;
};

static bool set_package(void *context, uint32_t number)
{
	const struct siblings *siblings = context;
	struct node *node = siblings->node;

	if (number < node->n_cpus && node->cpus[number].present)
		node->cpus[number].package = siblings->package;
	return true;
}

/* Two files for each package, not one for each of hundreds of CPUs: the kernel lists all those that
 * have the same id. Where that list is hidden, each CPU is asked. */
static void read_packages(struct node *node, int root_fd)
{
	for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++)
		node->cpus[cpu].package = NODE_NO_PACKAGE;
	for (uint32_t cpu = 0; cpu < node->n_cpus; cpu++) {
		struct siblings siblings = {node, NODE_NO_PACKAGE};
		char name[64];

		if (!node->cpus[cpu].present || node->cpus[cpu].package != NODE_NO_PACKAGE)
			continue;
		siblings.package = read_package(root_fd, cpu);
		set_package(&siblings, cpu);
		if (siblings.package == NODE_NO_PACKAGE)
			continue;
		snprintf(name, sizeof name, "cpu%u/topology/core_siblings_list", (unsigned)cpu);
		read_cpu_list(root_fd, name, set_package, &siblings);
	}
}

int node_read_cpus(struct node *node, int root_fd)
{
	int r = read_cpu_list(root_fd, "present", raise_end, &node->n_cpus);

	if (r == -ENOENT || (r == 0 && node->n_cpus == 0)) {
		node->n_cpus = 0; /* no /sys: every access is answered "no such device" */
		return 0;
	}
	if (r < 0)
		return r;
	node->cpus = calloc(node->n_cpus, sizeof *node->cpus);
	if (!node->cpus)
		return -ENOMEM;
	r = read_cpu_list(root_fd, "present", mark_present, node);
	if (r == 0)
		r = read_cpu_list(root_fd, "online", mark_online, node);
	if (r < 0)
		return r;

	read_packages(node, root_fd);
	return collect_packages(node);
}
