#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The functions that msrd.h declares, msrd.map lists and the shared library exports are the same.

usage: abi_names.py MSRD.H MSRD.MAP LIBMSRD.SO
"""
import pathlib
import re
import subprocess
import sys


def without_comments(path):
    return re.sub(r"/\*.*?\*/|^#.*?$", "", pathlib.Path(path).read_text(), flags=re.S | re.M)


def read_elf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def main():
    header, script, library = sys.argv[1:]
    declared = set(re.findall(r"MSRD_EXPORT\s[^;{]*?\b(msrd_\w+)\s*\(", without_comments(header)))
    (node, names), = re.findall(r"(\w+) \{\s*global:(.*?)local:\s*\*;\s*\};", without_comments(script), re.S)
    listed = set(re.findall(r"\w+", names))
    symbols = set(re.findall(r" GLOBAL +DEFAULT +(?:\d+|ABS) ([\w@]+)$", read_elf("--dyn-syms", library), re.M)) - {node}
    exported = {symbol.split("@@")[0] for symbol in symbols if symbol.endswith("@@" + node)}
    (version,) = re.findall(r"SONAME.*\[libmsrd\.so\.(\d+)\]", read_elf("-d", library))

    wrong = [f"{name}: declared in msrd.h, not listed in msrd.map" for name in sorted(declared - listed)]
    wrong += [f"{name}: listed in msrd.map, not declared in msrd.h" for name in sorted(listed - declared)]
    wrong += [f"{name}: listed in msrd.map, not exported as {node}" for name in sorted(listed - exported)]
    wrong += [f"{symbol}: exported, not listed in msrd.map" for symbol in sorted(symbols)
              if symbol.split("@")[0] not in listed]
    if node != "LIBMSRD_" + version:
        wrong.append(f"the soversion is {version}, and the symbols' version {node}")
    if len(declared) < 30:
        wrong.append(f"only {len(declared)} functions found in msrd.h: is it read rightly?")
    print("\n".join(wrong) or f"{len(declared)} functions are declared, listed and exported")
    return 1 if wrong else 0


sys.exit(main())
