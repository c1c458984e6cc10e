/* SPDX-License-Identifier: MIT */
/*
 * cpuN/power/energy_perf_bias, as arch/x86/kernel/cpu/intel_epb.c answers: the low bits of a
 * register that is the same on all of Intel's processors that have it. It must not know what they
 * do.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fuse-msr/tree/file.h"
#include "util/number.h"

#define IA32_ENERGY_PERF_BIAS 0x1b0 /* SDM vol. 4, table 2-2: architectural */
#define MAX_BIAS	      15

static const struct {
	const char *word;
	uint64_t bias;
} words[] = {{"performance", 0}, {"balance-performance", 4}, {"normal", 6}, {"balance-power", 8},
	{"power", MAX_BIAS}};

static struct tap_access access_bias(
	const struct file_node *node, const struct tree_file *file, bool is_write, uint64_t value)
{
	struct tap_access access = {
		.is_write = is_write,
		.space = OP_MSR,
		.device = file->number,
		.reg = IA32_ENERGY_PERF_BIAS,
		.width = sizeof(uint64_t),
		.value = value,
	};

	tap_access(node->tap, &access);
	return access;
}

static ssize_t bias_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	struct tap_access access = access_bias(node, file, false, 0);
	char text[32];

	(void)handle;
	if (access.error < 0)
		return access.error;
	size_t length =
		(size_t)snprintf(text, sizeof text, "%" PRIu64 "\n", access.value & MAX_BIAS);
	if (offset >= length)
		return 0;
	if (count > length - offset)
		count = length - offset;
	memcpy(buffer, text + offset, count);
	return (ssize_t)count;
}

static bool parse_bias(const char *text, uint64_t *bias)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i].word) == 0) {
			*bias = words[i].bias;
			return true;
		}
	return number_parse(text, MAX_BIAS, bias);
}

static ssize_t bias_write(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, const uint8_t *buffer, size_t count, uint64_t offset)
{
	char text[32] = "";
	uint64_t bias;

	(void)handle;
	(void)offset;
	if (count >= sizeof text)
		return -EINVAL;
	memcpy(text, buffer, count);
	text[strcspn(text, "\n")] = '\0';
	if (!parse_bias(text, &bias))
		return -EINVAL;
	struct tap_access access = access_bias(node, file, false, 0);
	if (access.error == 0)
		access = access_bias(node, file, true, (access.value & ~(uint64_t)MAX_BIAS) | bias);
	return access.error < 0 ? access.error : (ssize_t)count;
}

const struct file_ops biasfile_ops = {.is_live = true, .read = bias_read, .write = bias_write};
