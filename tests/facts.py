#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when an address, id, event code, bit or width of a CPU model stands outside src/arch/MODEL.

Every number in the rooms that is written in hexadecimal with more than one digit, that is the
width of a counter, that something called a width is set to, or that the models' folders write
in decimal too, has to be listed here with the reason why it is no fact of a model. Of the
models' decimals the small ones and the powers of two are left out: they count anything.

usage: facts.py SOURCE-ROOT
"""
import pathlib
import re
import sys

# Widths of counters that tell models apart.
WIDTHS = {36, 44, 48}
# Decimals below count anything.
SMALL = 17

# file (or * for everywhere): literals, reason
ALLOWED = {
    "*": {
        "0xff": "a byte",
        "0xffff": "16 bits",
        "0xffffffff": "32 bits",
        "20": "MiB, as a shift",
        "100": "percent, and a plain hundred",
        "1000000": "ns in a ms, and millionths",
    },
    "fuse-msr/tree/biasfile.c": {"0x1b0": "an architectural register, the same on all"},
    "fuse-msr/tree/tree_firmware.c": {
        "0x80000000": "where a simulated node's PCI segments are mapped",
        "28": "256 buses of 1 MiB, as a shift",
        "44": "bytes of an ACPI table's header",
    },
    "sim/machine/cpuid.c": {
        "22": "SDM vol. 2, CPUID: the same on all",
        "24": "SDM vol. 2, CPUID: the same on all",
        "27": "SDM vol. 2, CPUID: the same on all",
        "29": "SDM vol. 2, CPUID: the same on all",
        "31": "SDM vol. 2, CPUID: the same on all",
        "48": "bytes of a name in CPUID",
    },
    "sim/machine/cpuid.h": {"0x80000000": "where CPUID's extended leaves begin"},
    "sim/machine/pcispace.c": {
        "0x0547": "bits of every function's COMMAND",
        "0x3c": "every function's interrupt line",
    },
    "fuse-msr/tree/msrfile.c": {
        "0xa0": "a number of asm/msr.h",
        "0xa1": "a number of asm/msr.h",
    },
    "src/cli/output/text.c": {
        "0x80": "bytes of UTF-8",
        "0xe0": "bytes of UTF-8",
        "0xc0": "bytes of UTF-8",
        "0xf0": "bytes of UTF-8",
        "0xa0": "bytes of UTF-8",
        "0xf8": "bytes of UTF-8",
        "0x90": "bytes of UTF-8",
        "0xc2": "bytes of UTF-8",
        "0xed": "bytes of UTF-8",
        "0x9f": "bytes of UTF-8",
        "0xf4": "bytes of UTF-8",
        "0x8f": "bytes of UTF-8",
        "0x20": "the first character that has a shape",
        "0x7f": "a control character",
        "0xef": "bytes of UTF-8",
        "0xbf": "bytes of UTF-8",
        "0xbe": "bytes of UTF-8",
    },
    "src/cli/ranks/digest.h": {"0xcbf29ce484222325": "FNV-1a begins with it"},
    "src/cli/ranks/digest.c": {"0x100000001b3": "FNV-1a multiplies by it"},
    "src/arch/buses.h": {"0x8086": "the vendor id of all of Intel's PCI functions"},
    "src/arch/pmu.h": {
        "17": "a bit of every event select",
        "18": "a bit of every event select",
        "19": "a bit of every event select",
        "23": "a bit of every event select",
        "24": "a field of every event select",
        "21": "a bit of every event select",
        "22": "a bit of every event select",
    },
    "src/cli/count/names.c": {"63": "more boxes of a kind than any package has"},
    "src/cli/count/raw.c": {"63": "more boxes of a kind than any package has"},
    "src/cli/count/want.c": {"31": "the last bit of 32"},
    "src/cli/places.c": {"63": "more units of a kind than any package has"},
    "src/cli/top/canvas.c": {"0xc0": "a byte of UTF-8", "0x80": "a byte of UTF-8"},
    "src/client/conversation.h": {"24": "bytes of a name"},
    "src/daemon/kept.c": {"31": "a multiplier of a hash"},
    "src/policy/allowlist.c": {"0xfff": "the end of PCI Express config space"},
    "src/client/msrd.h": {number: "a reason" for number in ["34", "36", "38", "44", "48"]},
    "src/wire/likwid.c": {"24": "a place in LIKWID's record"},
    "src/wire/native.c": {"24": "a place in a message"},
    "src/wire/native_question.c": {"24": "a place in a message", "28": "a place in a row",
                                   "40": "bytes of a row"},
    "src/wire/question.h": {"20": "bytes of a row", "40": "bytes of a row"},
    "src/wire/native_client.c": {"24": "a place in a reply"},
    "src/wire/native.h": {"24": "bytes of an operation", "0x6472736d": '"msrd", a type', "0x657269776472736d": '"msrdwire"'},
    "src/wire/reason.h": {number: "a reason" for number in ["34", "36", "38", "44", "48"]},
    "src/wire/release.c": {
        number: "LIKWID's number of a device" for number in ["17", "18", "19", "21", "22", "23", "24", "29", "61", "62"]
    },
    "sim/fixture/clocks.c": {"800": "a memory clock, assumed and said so"},
    "sim/fixture/idle.c": {"31": "a bit of every IA32_THERM_STATUS"},
    "sim/import/acpi.c": {"44": "bytes of a header"},
    "sim/import/assume.c": {"48": "bits of virtual addresses, assumed and said so"},
    "sim/import/cpuid.c": {
        "0x80000002": "a leaf of CPUID", "0x80000008": "a leaf of CPUID",
        "0xf0": "a field of CPUID.01H", "24": "a field of CPUID.01H",
        "22": "a field of CPUID.04H", "0x3ff": "a field of CPUID.04H", "0xfff": "a field of CPUID.04H",
    },
    "sim/import/msrsave.c": {"0xfb6a58813aea28cf": "what msrsave writes for what it can't read"},
    "sim/fixture/lspci.c": {"0x1f": "the last device of a PCI bus"},
    "sim/fixture/topology.c": {"0xffffff": "PCI domains, as many as lspci has digits for"},
    "sim/fixture/directive_word.c": {
        "18": "digits that fit in 64 bits",
        "31": "the last device of a PCI bus",
    },
    "sim/fixture/workload.c": {"18": "the most rates, as a shift"},
    "sim/machine/thermal.c": {
        "27": "a bit of every IA32_THERM_STATUS",
        "31": "a bit of every IA32_THERM_STATUS",
    },
    "sim/tap/meet.h": {number: "SplitMix64" for number in [
        "27", "30", "31", "0x9e3779b97f4a7c15", "0xbf58476d1ce4e5b9", "0x94d049bb133111eb"]},
    "sim/tap/replay_match.h": {"18": "accesses that are looked ahead, as a shift"},
    "sim/tap/replay_registers.c": {"0x9e3779b97f4a7c15": "a multiplier of a hash"},
    "sim/tap/stream.c": {"23": "8 MiB, as a power of two"},
    "fuse-msr/preload/instruction.h": {
        "0x1012": "Linux's ARCH_SET_CPUID",
        "0xa2": "the CPUID instruction",
    },
    "fuse-msr/preload/answers.c": {
        "0x80000000": "where CPUID's extended leaves begin",
        "24": "the APIC id in CPUID leaf 1",
    },
    "fuse-msr/preload/patch.c": {
        "0x90": "the NOP instruction",
        "0xa2": "the CPUID instruction",
        "0x31": "the RDTSC instruction",
        "0xf9": "the RDTSCP instruction",
        "0x1b": "an encoding of DWARF's",
        "0x3b": "an encoding of DWARF's",
    },
    "fuse-msr/tree/nodetree.c": {"0x3f": "the bits of a UUID that are random"},
    "fuse-msr/tree/cpumask.c": {"31": "groups of 32 bits, rounded up"},
    "fuse-msr/tree/pcifile.c": {"0x7f": "the PCI header's type"},
    "fuse-msr/tree/tree_pci.c": {
        number: "a place in every PCI header" for number in ["0x10", "0x19", "0x2c", "0x2e", "0x30", "0x38", "0x3c", "0x7f"]
    },
}

LITERAL = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|[1-9]\d*)(?:[uUlL]*)(?![\w.])")
WIDTH_SET = re.compile(r"\w*width\s*=\s*([1-9]\d*)\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def blank(match):
    """Keeps the lines, drops the text."""
    return re.sub(r"[^\n]", " ", match[0])


def code_of(path):
    return STRING.sub(blank, COMMENT.sub(blank, path.read_text()))


def is_power_of_two(number):
    return number & (number - 1) == 0


def decimals_of(models):
    decimals = {int(literal[1]) for model in models for path in model.glob("*.[ch]")
                for literal in LITERAL.finditer(code_of(path)) if not literal[1].lower().startswith("0x")}
    return {number for number in decimals if number >= SMALL and not is_power_of_two(number)} | WIDTHS


def is_fact(literal, known):
    return int(literal, 16) > 0xf if literal.lower().startswith("0x") else int(literal) in known


def wrong_literals(root, path, known):
    name = str(path.relative_to(root))
    allowed = {**ALLOWED["*"], **ALLOWED.get(name, {})}
    for number, line in enumerate(code_of(path).splitlines(), 1):
        for match in LITERAL.finditer(line):
            if is_fact(match[1], known) and match[1].lower() not in allowed:
                yield f"{name}:{number}: {match[1]} looks like a fact of a CPU model"
        for match in WIDTH_SET.finditer(line):
            yield f"{name}:{number}: {match[1]} looks like a width of a CPU model"


def unused(root):
    for name, literals in ALLOWED.items():
        if name == "*":
            continue
        present = {match[1].lower() for match in LITERAL.finditer(code_of(root / name))} if (root / name).exists() else set()
        yield from (f"facts.py: {name} has no {literal} any more" for literal in literals if literal not in present)


def main():
    root = pathlib.Path(sys.argv[1])
    models = [path for path in (root / "src/arch").iterdir() if path.is_dir()]
    paths = [path for room in ("src", "sim", "fuse-msr") for path in sorted(root.glob(f"{room}/**/*.[ch]"))
             if not any(path.is_relative_to(model) for model in models)]
    known = decimals_of(models)
    wrong = [line for path in paths for line in wrong_literals(root, path, known)] + list(unused(root))
    print("\n".join(wrong) or f"no fact of {len(models)} models in {len(paths)} files")
    return 1 if wrong or not models else 0


sys.exit(main())
