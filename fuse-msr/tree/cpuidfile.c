/* SPDX-License-Identifier: MIT */
/* The cpuid character device. It must not know what a leaf says. */
#include <errno.h>
#include <string.h>

#include "fuse-msr/tree/file.h"
#include "sim/machine/cpuid.h"

/* The position's low half is EAX, its high half ECX; each further 16 bytes are the next EAX. */
static ssize_t cpuid_read(const struct file_node *node, const struct tree_file *file,
	uint64_t handle, uint8_t *buffer, size_t count, uint64_t offset)
{
	const struct fixture_cpu *cpu = fixture_find_cpu(node->fixture, file->number);

	(void)handle;
	if (count % sizeof(struct cpuid) != 0)
		return -EINVAL;
	if (!cpu ||
		!(node->control ? machine_cpu_is_online(node->machine, file->number) : cpu->online))
		return -ENXIO;
	for (size_t done = 0; done < count; done += sizeof(struct cpuid), offset++) {
		struct cpuid cpuid = cpuid_answer(
			node->fixture, cpu, (uint32_t)offset, (uint32_t)(offset >> 32));
		memcpy(buffer + done, &cpuid, sizeof cpuid);
	}
	return (ssize_t)count;
}

const struct file_ops cpuidfile_ops = {.is_live = true, .read = cpuid_read};
