/* SPDX-License-Identifier: MIT */
/* What is wrong with a fixture is said, all of it, with the right file and line. */
#include "fixture_folder.h"

static void event_that_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct fault faults[] = {
		{"0s     0,2", "0,2", "0,2 IA32_PERF_STATUS 0x1e00", "lacks the time in front"},
		{"0s     0,2", "0s 0,1", "0s 0,1", "the node has no CPU 1"},
		{"hold 2 0x30a", "keep 2 0x30a", "keep 2", "'keep' is no verb"},
		{"500ms  0,2 IA32_PERF_STATUS", "500ms 0,2 PERFSTAT", "PERFSTAT",
			"no name of one of this CPU model"},
	};

	(void)state;
	EXPECT_EACH("events.txt", faults);
}

static void example_itself_has_nothing_wrong(void **state)
{
	struct folder *folder = *state;

	struct fixture *fixture = folder_load(folder);
	assert_string_equal(folder->complaints, "");
	assert_non_null(fixture);
	fixture_free(fixture);
}

static void yaml_outside_the_schema_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"family: 6", "famly: 6", "famly", "Unexpected key: famly"},
		{"  family: 6\n", "", "bugs:", "Missing required mapping field: family"},
		{"family: 6", "family: 6\n  family: 6", "family: 6\n  family", "already seen"},
		{"family: 6", "family: six", "family: six", "value: 'six'"},
		{"family: 6", "family: 6x", "family: 6x", "'6x' is no number"},
		{"family: 6", "family: -6", "family: -6", "Invalid UINT"},
		{"family: 6", "family: 99999999999", "family: 9", "Invalid UINT"},
		{"family: 6", "family: [6]", "family: [6]", "Expecting UINT"},
		{"family: 6\n  model: 45", "family: &six 6\n  model: *six", "model: *six", "alias"},
		{"base: 2700", "base: 27oo", "base: 27oo", "'27oo' is no number"},
		{"numbering: thread-package-core", "numbering: random", "numbering: random",
			"Invalid ENUM"},
		{"type: Data", "type: DataDataData", "DataDataData", "STRING length"},
		{"name: a small node", "name: [[[[", "name: [", "Expecting STRING"},
		{"family: 6", "family: 6\n\t- : {", "\t- : {", "libyaml"},
	};

	(void)state;
	EXPECT_EACH("node.yaml", faults);
}

static void node_out_of_range_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"vendor: Genuine", "vendor: |\n    Genuine\n    ", "vendor:", "one line"},
		{"model: 45", "model: 256", "model: 256", "must be from 0 to 255"},
		{"packages: 2", "packages: 0", "packages: 0", "must be from 1 to 64"},
		{"packages: 2", "packages: 65", "packages: 65", "must be from 1 to 64"},
		{"cores_per_package: 2", "cores_per_package: 4000000000", "cores_per_package",
			"must be from 1 to"},
		{"{core: 4, thread: 1}", "{core: 0, thread: 1}", "apic_id_bits", "too few"},
		{"{core: 4, thread: 1}", "{core: 40, thread: 1}", "apic_id_bits",
			"must be from 0 to 16"},
		{"absent: 1", "core_ids: 0-2\n  absent: 1", "core_ids", "are 3, must be 2"},
		{"absent: 1", "core_ids: 0,16\n  absent: 1", "core_ids", "is no list"},
		{"absent: 1", "core_ids: 1,1\n  absent: 1", "core_ids", "twice"},
		{"absent: 1", "absent: 1-0", "absent:", "is no list"},
		{"absent: 1", "absent: 4", "absent:", "is no list"},
		{"absent: 1", "absent: 1,1", "absent:", "twice"},
		{"offline: 3", "offline: 1", "offline:", "absent CPU 1"},
		{"offline: 3", "offline: 0,2-3", "topology:", "no CPU online"},
		{"type: Data", "type: Date", "type: Date", "must be Data"},
		{"ways: 8", "ways: 0", "ways: 0", "whole number of sets"},
		{"ways: 20", "ways: 21", "ways: 21", "whole number of sets"},
		{"cpus: 2-3", "cpus: 3", "numa:", "no node for CPU 2"},
		{"cpus: 2-3", "cpus: 0-3", "cpus: 0-3", "CPU 0, which is in another"},
		{"cpus: 2-3", "cpus: 1-3", "cpus: 1-3", "CPU 1, which is absent"},
		{"number: 1", "number: 0", "number: 0, cpus: 2-3", "must be from 1"},
		{"[21, 10]", "[21]", "[21]", "must be 2"},
		{"[21, 10]", "[10, 10]", "[10, 10]", "must be from 11"},
		{"base: 2700", "base: nan", "clocks_mhz", "base is nan"},
		{"base: 2700", "base: -1", "clocks_mhz", "base is -1"},
		{"max: 3500", "max: 2600", "clocks_mhz", "must be from 2700"},
		{"bus: 0x00, node: 1", "bus: 0x100, node: 1", "0x100", "must be from 0 to 255"},
		{"bus: 0x00, node: 1", "bus: 0x00, node: 2", "node: 2", "no node has that number"},
		{"  - {bus: 0x00, node: 1}", "  - {bus: 0, node: 1}\n  - {bus: 0x0, node: 1}",
			"0x0,", "twice"},
	};

	(void)state;
	EXPECT_EACH("node.yaml", faults);
}

static void list_of_cpus_that_cannot_be_is_refused(void **state)
{
#define NUMBERED                                                                                   \
	"  numbering: thread-package-core\n  apic_id_bits: {core: 4, thread: 1}\n  absent: 1\n"
#define LIST(third)                                                                                \
	"  cpus:\n    - {number: 0, package: 0, core: 0, thread: 0, apic_id: 0}\n"                 \
	"    - {number: 2, package: 1, core: 0, thread: 0, apic_id: 32}\n" third
	static const struct fault faults[] = {
		{NUMBERED, "", "topology:", "needs numbering"},
		{NUMBERED, "  absent: 1\n" LIST(""), "cpus:", "leave them out"},
		{NUMBERED, LIST("    - {number: 2, package: 1, core: 1, thread: 0, apic_id: 1}\n"),
			"number: 2, package: 1, core: 1", "must be from 3"},
		{NUMBERED, LIST("    - {number: 3, package: 2, core: 1, thread: 0, apic_id: 1}\n"),
			"package: 2, core", "must be from 0 to 1"},
		{NUMBERED, LIST("    - {number: 3, package: 1, core: 1, thread: 1, apic_id: 1}\n"),
			"thread: 1, apic", "must be from 0 to 0"},
		{NUMBERED, LIST("    - {number: 3, package: 1, core: 0, thread: 0, apic_id: 1}\n"),
			"number: 3", "in whose place CPU 2 is"},
	};

	(void)state;
	EXPECT_EACH("node.yaml", faults);
}

static void spread_that_cannot_be_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"{1: 0.25, 4: 0.75}", "{1: 0.25, 4: 0.7}", "{1: 0.25, 4: 0.7}",
			"adds up to 0.95, not to 1"},
		{"{1: 0.25, 4: 0.75}", "{0: 0.2, 1: 0.05, 4: 0.75}", "{0: 0.2",
			"follow from the rate beside it"},
		{"{1: 0.25, 4: 0.75}", "{1: -0.25, 4: 1.25}", "{1: -0.25", "is -0.25"},
		{"{1: 0.25, 4: 0.75}", "{1: nan, 4: 0.75}", "{1: nan", "is nan"},
		{"{1: 0.25, 4: 0.75}", "{1: 0.25, 128: 0.75}", "{1: 0.25, 128",
			"Unexpected key: 128"},
		{"{1: 0.25, 4: 0.75}", "[1, 4]", "[1, 4]", "Expecting MAPPING"},
		{"{1: 6, 4: 2.5}", "{1: 6, 2: 2.5}", "{1: 6, 2",
			"names 2, which per_cycle has not"},
		{"{1: 6, 4: 2.5}", "{1: 0.5, 4: 2.5}", "{1: 0.5", "must be from 1"},
		{"{1: 6, 4: 2.5}", "{0: 6, 4: 2.5}", "{0: 6", "follow from the others"},
		{"{0: 0.8, 1: 0.2}", "{0: 0.8, 1: 0.3}", "{0: 0.8, 1: 0.3}", "adds up to 1.1"},
		{"per_cycle: {0: 0.8, 1: 0.2}", "per_second: 1, run_cycles: {1: 2}",
			"run_cycles: {1: 2}", "needs per_cycle"},
		{"per_instruction: 1.2", "per_instruction: 12", "cpus: 0\n",
			"has UOPS_ISSUED.ANY in 22153846154 cycles a second, of 3000000000"},
		{"{1: 6, 4: 2.5}", "{1: 1, 4: 2.5}", "cpus: 0\n", "in runs too short"},
		{"umask: 0x00, per_instruction: 0.1", "umask: 0, filter: -1, per_instruction: 0.1",
			"filter: -1", "'-1' is no number"},
		{"{event: 0xc4, umask: 0x00, per_instruction: 0.1,",
			"{event: 0xc0, umask: 0x00, per_instruction: 0.1,", "cpus: 0\n",
			"has 600000000 instructions a second"},
		{"per_second: 5e5, name: CAS",
			"per_second: 5e5, per_cycle: {2: 1}, run_cycles: "
			"{2: 0.1}, name: CAS",
			"run_cycles: {2", "must be from 1"},
		{"per_second: 5e5, name: CAS", "per_cycle: {1: 0.7}, name: CAS", "{1: 0.7}",
			"adds up to 0.7"},
		{"per_second: 5e5, name: CAS", "per_second: 9e8, per_cycle: {1: 1}, name: CAS",
			"unit: imc", "has CAS_COUNT.WR in 900000000 cycles a second, of 800000000"},
		{"filter: 0x10001, per_second: 4e5, name: OFFCORE_RESPONSE_0.DMND_DATA_RD}",
			"filter: 1, per_second: 4e5, name: a}\n          - {event: 0xb7, umask: 1, "
			"filter: 1, per_second: 4e5, name: b}",
			"cpus: 0\n", "umask 0x01 and that filter twice"},
	};

	(void)state;
	EXPECT_EACH("workload.yaml", faults);
}

static void workload_out_of_range_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"event: 0xc4", "event: 0x1c4", "0x1c4", "must be from 0 to 255"},
		{"event: 0x04, umask: 0x03", "event: 0x204, umask: 0x03", "0x204",
			"must be from 0 to 511"},
		{"per_instruction: 0.1", "per_instruction: -1", "per_instruction: -1", "is -1"},
		{"per_instruction: 0.1, ", "", "event: 0xc4", "needs one of"},
		{"per_second: 1e6, name: LONG", "per_second: 1, per_instruction: 1, name: LONG",
			"per_instruction: 1,", "needs one of"},
		{"per_second: 1e6, name: CAS", "per_instruction: 1, name: CAS",
			"per_instruction: 1,", "for CPUs only"},
		{"per_second: 1e6, name: LONG", "per_second: -1e6, name: LONG", "-1e6",
			"must be from 0"},
		{"seconds: 3", "seconds: 0", "seconds: 0", "must be from 1e-06"},
		{"seconds: 3", "seconds: 1e12", "seconds: 1e12", "must be from"},
		{"frequency_mhz: 3000", "frequency_mhz: 0", "frequency_mhz: 0", "must be from 1"},
		{"active: 1.0", "active: 1.01", "active: 1.01", "must be from 0 to 1"},
		{"user: 0.9", "user: nan", "user: nan", "must be from 0 to 1"},
		{"instructions_per_cycle: 2.0", "instructions_per_cycle: 17",
			"instructions_per_cycle: 17", "must be from 0 to 16"},
		{"temperature_c: 60", "temperature_c: 200", "temperature_c: 200", "is 200"},
		{"mixes: [loop]", "mixes: [lop]", "mixes: [lop]", "'lop', which is none"},
		{"mixes: [loop]", "mixes: [loop, loop]", "- cpus: 0\n", "umask 0x00 twice"},
		{"event: 0x2e, umask: 0x41", "event: 0xc4, umask: 0", "- cpus: 0\n",
			"event 0xc4 with umask 0x00 twice"},
		{"phases:",
			"  - name: loop\n    rates: [{event: 1, umask: 1, per_second: 1, "
			"name: x}]\nphases:",
			"name: loop\n    rates: [", "twice"},
		{"cpus: 2-3", "cpus: 3", "cpus:\n", "lacks CPU 2 and 0 more"},
		{"cpus: 2-3", "cpus: 0,2-3", "cpus: 0,2-3", "CPU 0 a second time"},
		{"cpus: 2-3", "cpus: 1-3", "cpus: 1-3", "CPU 1, which the node lacks"},
		{"cpus: 2-3", "cpus: 2-9999", "cpus: 2-9999", "is no list"},
		{"packages: 0-1", "packages: 0", "packages:\n", "lacks package 1"},
		{"packages: 0-1", "packages: 0-2", "packages: 0-2", "package 2, which the node"},
		{"package_watts: 80", "package_watts: -1", "package_watts: -1", "is -1"},
		{"pp0_watts: 50", "pp0_watts: 81", "pp0_watts: 81", "must be from 0 to 80"},
		{"unit: imc", "unit: imx", "unit: imx", "no uncore unit"},
		{"boxes: 0\n", "boxes: 0-64\n", "boxes: 0-64", "is no list"},
		{"          - unit: imc",
			"          - unit: imc\n            boxes: 0,3\n"
			"            rates: [{event: 4, umask: 3, per_second: 1, name: x}]\n"
			"          - unit: imc",
			"boxes: 0\n", "has one that boxes[0] has too"},
	};

	(void)state;
	EXPECT_EACH("workload.yaml", faults);
}

static void msr_line_that_is_wrong_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"0x606 0xa1003", "0x606", "0x606 ", "is not 'CPU-LIST"},
		{"0x606 0xa1003", "0x606 1 1", "0x606 1 1", "is not 'CPU-LIST"},
		{"0x606", "0x100000000", "0x100000000", "no MSR address"},
		{"0x606", "6o6", "6o6", "no MSR address"},
		{"0xa1003", "0x10000000000000000", "0x606", "no value of 64 bits"},
		{"0xa1003", "-1", "0x606", "no value of 64 bits"},
		{"0,2-3 0x606", "0,2- 0x606", "0,2- ", "is no list"},
		{"0,2-3 0x606", "0,0 0x606", "0,0 ", "twice"},
		{"0,2-3 0x606", "0-3 0x606", "0-3 0x606", "the node has no CPU 1"},
		{"0     0x1b", "2     0x1b", "2-3   0x1b", "has a value in line 4"},
		{"# MSR_RAPL_POWER_UNIT,", "# MSR_RAPL_POWER_UNIT", "0x606", "lacks its '# NAME"},
		{"# MSR_RAPL_POWER_UNIT,", "# ,", "0x606", "lacks its '# NAME"},
		{"# MSR_RAPL_POWER_UNIT, recorded: all dumps of this model", "", "0x606",
			"lacks its '# NAME"},
		{"# MSR_RAPL_POWER_UNIT, recorded: all dumps of this model", "# X, ", "0x606",
			"lacks its '# NAME"},
	};

	(void)state;
	EXPECT_EACH("msr.txt", faults);
}

static void pci_line_that_is_wrong_is_refused(void **state)
{
	static const struct fault faults[] = {
		{"00: 86 80 28", "00: 8x 80 28", "00: 8x", "not up to 16 bytes"},
		{"00: 86 80 28", "00: 86  80 28", "00: 86  80", "not up to 16 bytes"},
		{"00: 86 80 28", "00: 186 80 28", "00: 186", "not up to 16 bytes"},
		{"00 00 80 00\n100", "00 00 80 00 00\n100", "00: 86 80 28", "not up to 16 bytes"},
		{"100: 00", "1000: 00", "1000:", "is no device"},
		{"100: 00", "108: 00", "108:", "odd"},
		{"100: 00", "00: 00", "00: 00 00 00", "is there already"},
		{"\n\n0000:7f", "\n\n10: 00\n0000:7f", "10: 00", "belong to no device"},
		{"0000:7f:0b.0", "0000:7f:2b.0", "0000:7f:2b.0", "is no device"},
		{"0000:7f:0b.0", "0000:7f:0b.8", "0000:7f:0b.8", "is no device"},
		{"0000:7f:0b.0", "0000:00:05.0", "0000:00:05.0 0880: 8086:3ce0", "twice"},
		{"0000:7f:0b.0", "0000:00:04.0", "0000:00:04.0", "ascending"},
		{"8086:3ce0", "8086:3ce1", "8086:3ce1", "not what the bytes"},
		{"0880: 8086:3ce0", "System peripheral", "System", "is not 'ADDRESS CLASS"},
		{"0000:7f:0b.0", "0000:7f:0a.0 0880: 8086:3cc0\n\n0000:7f:0b.0", "0a.0",
			"without a byte"},
		{"0880: 8086:3ce0", "System peripheral [0880]: Intel [8086:3ce1]", "System",
			"not what the bytes"},
		{"0880: 8086:3ce0 (rev 07)\n00: 86 80 e0 3c", "Device: Intel\n00: ff ff ff ff",
			"Device: Intel", "use lspci -n"},
		{"0000:7f:0b.0", "1000000:7f:0b.0", "1000000:", "is no device"},
		{"0000:7f:0b.0", "what is this\n0000:7f:0b.0", "what", "is no device"},
	};

	(void)state;
	EXPECT_EACH("pci.txt", faults);
}

static void everything_wrong_is_said_in_one_go(void **state)
{
	struct folder *folder = *state;

	folder_edit(folder, "node.yaml", "model: 45", "model: 450");
	folder_edit(folder, "node.yaml", "ways: 8", "ways: 0");
	folder_edit(folder, "msr.txt", "0x606", "6o6");
	folder_edit(folder, "msr.txt", "0xfee00900", "-1");
	folder_edit(folder, "pci.txt", "8086:3ce0", "8086:3ce1");
	folder_edit(folder, "workload.yaml", "active: 1.0", "active: 2.0");
	folder_expect(folder, "node.yaml", "model: 450", "is 450");
	folder_expect(folder, "node.yaml", "ways: 0", "whole number");
	folder_expect(folder, "msr.txt", "6o6", "address");
	folder_expect(folder, "msr.txt", "-1", "value");
	folder_expect(folder, "pci.txt", "8086:3ce1", "bytes");
	folder_expect(folder, "workload.yaml", "active: 2.0", "is 2");
	assert_int_equal(folder->n_complaints, 6);
}

static void missing_file_is_named(void **state)
{
	static const char *const names[] = {"node.yaml", "msr.txt", "workload.yaml"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct folder folder;
		folder_init(&folder);
		sysroot_remove(&folder.sysroot, names[i]);
		folder_expect(&folder, names[i], "", "No such file");
		folder_deinit(&folder);
	}
}

static void what_is_no_text_file_is_refused(void **state)
{
	static const char *const names[] = {
		"node.yaml", "msr.txt", "pci.txt", "workload.yaml", "events.txt"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct folder folder;
		folder_init(&folder);
		sysroot_write(&folder.sysroot, names[i], 3, "", 1);
		folder_expect(&folder, names[i], "", "NUL byte");
		sysroot_write(&folder.sysroot, names[i], 100 << 20, "x", 1);
		folder_expect(&folder, names[i], "", "larger than 16 MiB");
		sysroot_remove(&folder.sysroot, names[i]);
		assert_int_equal(mkfifoat(folder.sysroot.fd, names[i], 0600), 0);
		folder_expect(&folder, names[i], "", "not a regular file");
		folder_deinit(&folder);
	}
}

static void empty_yaml_is_refused(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "node.yaml", "");
	folder_write(folder, "workload.yaml", "# nothing\n");
	folder_expect(folder, "node.yaml", "", "empty");
	folder_expect(folder, "workload.yaml", "", "empty");
}

static void yaml_larger_than_4_mib_is_refused(void **state)
{
	struct folder *folder = *state;

	char *text = malloc((5 << 20) + 1);
	assert_non_null(text);
	memset(text, '#', 5 << 20);
	text[5 << 20] = '\0';
	folder_write(folder, "node.yaml", text);
	free(text);
	folder_expect(folder, "node.yaml", "", "larger than 4 MiB");
}

static void folder_that_is_not_there_needs_nobody_to_listen(void **state)
{
	(void)state;
	assert_null(fixture_load("/nonexistent", NULL, NULL));
}

static void complaints_have_an_end(void **state)
{
	struct folder *folder = *state;
	char *text = calloc(1, 200001);

	assert_non_null(text);
	for (size_t i = 0; i < 200000; i += 2)
		memcpy(text + i, "x\n", 2);
	folder_write(folder, "msr.txt", text);
	assert_null(folder_load(folder));
	assert_int_equal(folder->n_complaints, 100);
	free(text);
}

static void deep_yaml_is_refused(void **state)
{
	struct folder *folder = *state;
	char *text = malloc(1000001);

	assert_non_null(text);
	memset(text, '[', 1000000);
	text[1000000] = '\0';
	memcpy(text, "name: ", 6);
	folder_write(folder, "node.yaml", text);
	folder_expect(folder, "node.yaml", "name: ", "Expecting STRING");
	free(text);
}

/* Twenty thousand rates a load from a few lines: the budget of the whole fixture stops it. */
static void mixes_do_not_multiply_without_end(void **state)
{
	enum { N_MIXES = 16, N_RATES = 256, N_CPUS = 2048 };
	struct folder *folder = *state;
	char *text = NULL;
	size_t size = 0;

	FILE *file = open_memstream(&text, &size);
	assert_non_null(file);
	fprintf(file, "mixes:\n");
	for (int mix = 0; mix < N_MIXES; mix++) {
		fprintf(file, "  - name: m%d\n    rates:\n", mix);
		for (int rate = 0; rate < N_RATES; rate++)
			fprintf(file, "      - {event: %d, umask: %d, per_second: 1, name: x}\n",
				mix, rate);
	}
	fprintf(file, "phases:\n  - name: p\n    seconds: 0\n    cpus:\n");
	for (int cpu = 0; cpu < N_CPUS; cpu++) {
		fprintf(file,
			"      - {cpus: %d, frequency_mhz: 1000, active: 1, user: 1, "
			"instructions_per_cycle: 1, temperature_c: 50, mixes: [m0",
			cpu);
		for (int mix = 1; mix < N_MIXES; mix++)
			fprintf(file, ", m%d", mix);
		fprintf(file, "]}\n");
	}
	fprintf(file, "    packages:\n      - {packages: 0-1, package_watts: 1, pp0_watts: 1, "
		      "dram_watts: 1, temperature_c: 50}\n");
	fclose(file);
	folder_write(folder, "workload.yaml", text);
	assert_null(folder_load(folder));
	assert_non_null(strstr(folder->complaints, "too many rates"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(example_itself_has_nothing_wrong),
		cmocka_unit_test(yaml_outside_the_schema_is_refused),
		cmocka_unit_test(node_out_of_range_is_refused),
		cmocka_unit_test(list_of_cpus_that_cannot_be_is_refused),
		cmocka_unit_test(spread_that_cannot_be_is_refused),
		cmocka_unit_test(workload_out_of_range_is_refused),
		cmocka_unit_test(msr_line_that_is_wrong_is_refused),
		cmocka_unit_test(event_that_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(pci_line_that_is_wrong_is_refused),
		FOLDER_TEST(everything_wrong_is_said_in_one_go),
		cmocka_unit_test(missing_file_is_named),
		cmocka_unit_test(what_is_no_text_file_is_refused),
		FOLDER_TEST(empty_yaml_is_refused),
		FOLDER_TEST(yaml_larger_than_4_mib_is_refused),
		cmocka_unit_test(folder_that_is_not_there_needs_nobody_to_listen),
		FOLDER_TEST(complaints_have_an_end),
		FOLDER_TEST(deep_yaml_is_refused),
		FOLDER_TEST(mixes_do_not_multiply_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
